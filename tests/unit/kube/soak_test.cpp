// What moves after a release became healthy, planted one by one: B-15, DV-03.
#include "kube/soak.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using kube::Movement;

namespace {

json::Value object(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(test::is_ok(value)) << text;
  return value ? *value : json::Value();
}

base::WallTime at(const std::string& time) { return *base::from_rfc3339("2026-01-01T" + time + "Z"); }

json::Value pod(const std::string& name, int restarts, const std::string& ready_since, const std::string& more = {}) {
  const std::string ready = ready_since.empty()
                                ? R"({"type":"Ready","status":"False","lastTransitionTime":"2026-01-01T12:00:30Z"})"
                                : R"({"type":"Ready","status":"True","lastTransitionTime":")" + ready_since + "\"}";
  return object(R"({"kind":"Pod","metadata":{"name":")" + name + R"(","namespace":"n","uid":"u-)" + name +
                R"(","ownerReferences":[{"controller":true,"uid":"rs"}]},"spec":{},"status":{"conditions":[)" + ready +
                R"(],"containerStatuses":[{"name":"web","restartCount":)" + std::to_string(restarts) + more + "}]}}");
}

kube::Snapshot snapshot(json::Array pods, const std::string& address = "10.0.0.1") {
  kube::Snapshot made;
  made.objects = {
      object(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"n","uid":"d"}})"),
      object(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"n","uid":"s"}})")};
  made.replica_sets = {
      object(R"({"kind":"ReplicaSet","metadata":{"uid":"rs","ownerReferences":[{"controller":true,"uid":"d"}]}})")};
  made.endpoint_slices = {object(
      R"({"metadata":{"namespace":"n","labels":{"kubernetes.io/service-name":"s"}},"endpoints":[{"addresses":[")" +
      address + R"("]}]})")};
  made.pods = std::move(pods);
  return made;
}

const std::string k_since = "2026-01-01T11:00:00Z";

std::vector<Movement> moved(const kube::Snapshot& now) {
  kube::Soak soak;
  soak.begin(snapshot({pod("a", 0, k_since), pod("b", 2, k_since)}), at("12:00:00"));
  // It travels between calls.
  const auto text = json::to_text(soak.to_json());
  const auto back = kube::Soak::from_json(*json::parse(text));
  EXPECT_TRUE(back.ok());
  EXPECT_EQ(back->lasted(at("12:01:00")), base::Millis{60'000});
  return back->moved(now);
}

}  // namespace

TEST(Soak, nothing_moves_where_all_stays_as_it_was) {
  EXPECT_TRUE(moved(snapshot({pod("a", 0, k_since), pod("b", 2, k_since)})).empty());
}

TEST(Soak, a_restart_is_named_with_pod_container_counts_and_last_state) {
  const auto found =
      moved(snapshot({pod("a", 0, k_since),
                      pod("b", 3, k_since, R"(,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}})")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].breaks);
  EXPECT_EQ(
      json::to_text(kube::to_json(found[0])),
      R"({"what":"container web of pod b was restarted, 2 restarts before and 3 after; its last run ended with )"
      R"(OOMKilled, exit code 137","breaks":true,"pod":"b","container":"web","restartsBefore":2,"restartsAfter":3,)"
      R"("lastState":"OOMKilled, exit code 137"})");
}

TEST(Soak, readiness_that_came_and_went_between_two_looks_shows_and_breaks) {
  const auto again = moved(snapshot({pod("a", 0, "2026-01-01T12:00:40Z"), pod("b", 2, k_since)}));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].breaks && base::contains(again[0].what, "pod a lost its readiness")) << again[0].what;
  const auto gone = moved(snapshot({pod("a", 0, ""), pod("b", 2, k_since)}));
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_TRUE(gone[0].breaks && base::contains(gone[0].what, "pod a is no longer ready")) << gone[0].what;
}

// An autoscaler or a node may do this: named, and the soak begins anew.
TEST(Soak, pods_and_endpoints_that_come_and_go_are_named_and_do_not_break) {
  const auto found = moved(snapshot({pod("a", 0, k_since), pod("c", 0, k_since)}, "10.0.0.9"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].what, "pod c came");
  EXPECT_EQ(found[1].what, "pod b went");
  EXPECT_EQ(found[2].what, "the endpoints of Service s were 10.0.0.1 and are 10.0.0.9");
  for (const Movement& one : found) EXPECT_FALSE(one.breaks) << one.what;
}

TEST(Soak, pods_of_a_job_and_of_others_are_none_of_its_matter) {
  kube::Snapshot now = snapshot({pod("a", 0, k_since), pod("b", 2, k_since)});
  now.pods.push_back(object(R"({"kind":"Pod","metadata":{"name":"x","namespace":"n","uid":"x"},"spec":{}})"));
  now.pods.push_back(object(R"({"kind":"Pod","metadata":{"name":"j","namespace":"n","uid":"j","ownerReferences":)"
                            R"([{"controller":true,"uid":"d"}]},"spec":{"restartPolicy":"Never"}})"));
  EXPECT_TRUE(moved(now).empty());
}

TEST(Soak, a_cursor_that_is_none_is_refused) {
  for (const char* text : {R"({"began":"x"})", R"({"began":1,"pods":{"a":[1]}})"})
    EXPECT_FALSE(kube::Soak::from_json(object(text)).ok()) << text;
  EXPECT_FALSE(kube::Soak::from_json(json::Value())->has_begun());
}
