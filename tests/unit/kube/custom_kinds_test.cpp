#include "kube/custom_kinds.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using kube::CustomKinds;
using kube::Health;

namespace {

json::Value value(const std::string& text) {
  auto parsed = json::parse(text);
  EXPECT_TRUE(test::is_ok(parsed)) << text;
  return parsed ? *parsed : json::Value();
}

const std::string k_rows =
    R"({"kinds":[{"group":"db.example","kind":"Database","current":"$.status.conditions[?@.type=='Up' && @.status=='True']",)"
    R"("failed":"$.status[?@=='Broken']","message":"$.status.note"},{"kind":"Pod","current":"$.status.ok"}]})";

json::Value database(const std::string& status, const std::string& metadata = R"({"name":"d"})") {
  return value(R"({"apiVersion":"db.example/v1","kind":"Database","metadata":)" + metadata + R"(,"status":)" + status +
               "}");
}

}  // namespace

TEST(CustomKinds, queries_say_what_is_current_and_what_has_failed) {
  const auto kinds = CustomKinds::from_json(value(k_rows));
  ASSERT_TRUE(kinds.ok()) << kinds.error().sentence();
  const auto health = [&](const std::string& status) { return kinds->health_of(database(status)); };
  EXPECT_EQ(health(R"({"conditions":[{"type":"Up","status":"True"}]})")->health, Health::current);
  EXPECT_EQ(health(R"({"conditions":[{"type":"Up","status":"False"}]})")->health, Health::in_progress);
  const auto failed = health(R"({"phase":"Broken","note":"no disk","conditions":[{"type":"Up","status":"True"}]})");
  EXPECT_EQ(failed->health, Health::failed);
  EXPECT_EQ(failed->message, "Database d has failed: no disk");
}

// What a query selects has to be true, not only there.
TEST(CustomKinds, false_and_null_do_not_hold) {
  const auto kinds = CustomKinds::from_json(value(k_rows));
  for (const auto& [ok, health] : {std::pair("true", Health::current),
                                   {"1", Health::current},
                                   {"false", Health::in_progress},
                                   {"null", Health::in_progress}})
    EXPECT_EQ(
        kinds->health_of(value(R"({"apiVersion":"v1","kind":"Pod","status":{"ok":)" + std::string(ok) + "}}"))->health,
        health)
        << ok;
}

TEST(CustomKinds, stand_before_the_rules_that_are_built_in_and_behind_their_gates) {
  const auto kinds = CustomKinds::from_json(value(k_rows));
  kube::Snapshot snapshot;
  snapshot.custom = &*kinds;
  EXPECT_EQ(
      kube::health_of(value(R"({"apiVersion":"v1","kind":"Pod","status":{"ok":true,"phase":"Failed"}})"), snapshot)
          .health,
      Health::current);
  const auto going = database(R"({"conditions":[{"type":"Up","status":"True"}]})",
                              R"({"name":"d","deletionTimestamp":"2026-01-01T00:00:00Z"})");
  EXPECT_EQ(kube::health_of(going, snapshot).health, Health::terminating);
  EXPECT_FALSE(kinds->health_of(value(R"({"apiVersion":"other/v1","kind":"Database"})")));
}

TEST(CustomKinds, a_row_that_cannot_be_meant_is_refused_by_its_number) {
  for (const auto& [text, sign] :
       {std::pair(R"({"kinds":[]})", "a list 'kinds'"),
        {R"({"kinds":[{"kind":"A"}]})", "kinds[0] does not say what is current"},
        {R"({"kinds":[{"kind":"A","current":"$"},{"kind":"B","current":"$["}]})", "kinds[1] current: "},
        {R"({"kinds":[{"kind":"A","current":"$","curent":"$"}]})", "'curent'"},
        {R"({"kinds":[{"current":"$"}]})", "names no kind"}}) {
    const auto kinds = CustomKinds::from_json(value(text));
    ASSERT_FALSE(kinds.ok()) << text;
    EXPECT_TRUE(base::contains(kinds.error().what, sign)) << kinds.error().what;
  }
}
