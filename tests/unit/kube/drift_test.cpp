// Security fields that are not what the manifest says, planted one by one: B-19, DV-06, SC-01 to SC-07.
#include "kube/drift.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using kube::Drift;

namespace {

json::Value object(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(test::is_ok(value)) << text;
  return value ? *value : json::Value();
}

const std::string k_hardened =
    R"({"runAsNonRoot":true,"runAsUser":10001,"runAsGroup":10001,"allowPrivilegeEscalation":false,)"
    R"("readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}})";

// The pod's spec with a container web; `pod` and `container` are more members of each.
std::string spec(const std::string& context = k_hardened, const std::string& pod = {},
                 const std::string& container = {}) {
  return R"({"securityContext":{"fsGroup":10001})" + pod +
         R"(,"containers":[{"name":"web","image":"r/web:1","securityContext":)" + context + container + "}]}";
}

json::Value deployment(const std::string& pod_spec, const std::string& metadata = R"("name":"d")") {
  return object(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{)" + metadata +
                R"(},"spec":{"template":{"spec":)" + pod_spec + "}}}");
}

json::Value live(const std::string& pod_spec) {
  return deployment(pod_spec, R"("name":"d","namespace":"n","uid":"d")");
}

std::vector<Drift> drifts(const std::string& live_spec, const json::Array* intent = nullptr) {
  kube::Snapshot snapshot;
  snapshot.objects = {live(live_spec)};
  return kube::drift({deployment(spec())}, snapshot, intent);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST(Drift, what_the_api_server_fills_in_is_none) {
  EXPECT_TRUE(drifts(spec()).empty());
  EXPECT_TRUE(drifts(spec(k_hardened,
                          R"(,"serviceAccountName":"default","serviceAccount":"default","dnsPolicy":"ClusterFirst",)"
                          R"("hostNetwork":false,"volumes":[])",
                          R"(,"imagePullPolicy":"IfNotPresent","terminationMessagePath":"/dev/termination-log")"))
                  .empty());
}

TEST(Drift, each_field_that_differs_is_one_finding_that_names_all_sides) {
  struct Row {
    std::string live;
    std::string field;
    bool fails;
  };
  const Row rows[] = {
      {replaced(spec(), "r/web:1", "r/web:2"), "container web image", true},
      {replaced(spec(), R"("runAsNonRoot":true)", R"("runAsNonRoot":false)"),
       "container web securityContext.runAsNonRoot", true},
      {replaced(spec(), R"("runAsUser":10001)", R"("runAsUser":0)"), "container web securityContext.runAsUser", true},
      {replaced(spec(), R"("runAsGroup":10001)", R"("runAsGroup":0)"), "container web securityContext.runAsGroup",
       true},
      {replaced(spec(), R"("allowPrivilegeEscalation":false,)", ""),
       "container web securityContext.allowPrivilegeEscalation", true},
      {replaced(spec(), R"(["ALL"])", R"(["NET_RAW"])"), "container web securityContext.capabilities", true},
      {replaced(spec(), R"("readOnlyRootFilesystem":true)", R"("readOnlyRootFilesystem":false)"),
       "container web securityContext.readOnlyRootFilesystem", true},
      {replaced(spec(), R"({"fsGroup":10001})", R"({"fsGroup":1})"), "securityContext.fsGroup", true},
      {replaced(spec(), R"({"runAs)", R"({"privileged":true,"runAs)"), "container web securityContext.privileged",
       true},
      {spec(k_hardened, R"(,"serviceAccountName":"admin")"), "serviceAccountName", true},
      {spec(k_hardened, R"(,"hostNetwork":true)"), "hostNetwork", true},
      {spec(k_hardened, R"(,"hostPID":true)"), "hostPID", true},
      {spec(k_hardened, R"(,"volumes":[{"name":"v","hostPath":{"path":"/"}}])"), "volume v hostPath", true},
      {spec(k_hardened, "", R"(,"ports":[{"containerPort":80,"hostPort":80}])"), "container web hostPort 80", true},
      // Stricter than it was written, or one more container: somebody's webhook.
      {spec(k_hardened, R"(,"automountServiceAccountToken":false)"), "automountServiceAccountToken", false},
      {replaced(spec(), R"({"runAs)", R"({"seccompProfile":{"type":"RuntimeDefault"},"runAs)"),
       "container web securityContext.seccompProfile", false},
      {replaced(spec(), R"("containers":[)",
                R"("containers":[{"name":"proxy","image":"p","securityContext":{"runAsUser":1}},)"),
       "container proxy", false},
  };
  for (const Row& row : rows) {
    const auto found = drifts(row.live);
    ASSERT_EQ(found.size(), 1U) << row.live;
    EXPECT_EQ(found[0].field, row.field);
    EXPECT_EQ(found[0].fails, row.fails) << row.field;
    EXPECT_TRUE(base::contains(found[0].message, "Deployment n/d") && base::contains(found[0].message, row.field))
        << found[0].message;
  }
  const auto image = drifts(rows[0].live).at(0);
  EXPECT_EQ(
      json::to_text(kube::to_json(image)),
      R"({"rule":"DRIFT","verdict":"fail","kind":"Deployment","name":"d","namespace":"n","field":"container web image",)"
      R"("manifest":"\"r/web:1\"","live":"\"r/web:2\"","message":"Deployment n/d: container web image is \"r/web:2\" in )"
      R"(the cluster and \"r/web:1\" in the manifest"})");
}

TEST(Drift, a_pod_that_was_changed_on_its_way_is_told_once) {
  kube::Snapshot snapshot;
  snapshot.objects = {live(spec())};
  snapshot.replica_sets = {object(
      R"({"kind":"ReplicaSet","metadata":{"uid":"rs","ownerReferences":[{"controller":true,"uid":"d"}]},"spec":{"replicas":2}})")};
  for (const char* name : {"a", "b"})
    snapshot.pods.push_back(object(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + std::string(name) +
                                   R"(","namespace":"n","ownerReferences":[{"controller":true,"uid":"rs"}]},"spec":)" +
                                   replaced(spec(), R"("runAsUser":10001)", R"("runAsUser":5)") + "}"));
  const auto found = kube::drift({deployment(spec())}, snapshot, nullptr);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].fails &&
              base::contains(found[0].message, "Pod n/a: container web securityContext.runAsUser is 5 in the pod"))
      << found[0].message;
}

TEST(Drift, the_third_corner_is_what_chart_and_values_mean) {
  const json::Array intent{deployment(replaced(spec(), "r/web:1", "r/web:3"))};
  const auto found = drifts(spec(), &intent);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(*found[0].intended, "\"r/web:3\"");
  EXPECT_TRUE(base::contains(found[0].message,
                             "is meant to be \"r/web:3\" by chart and values, and was deployed as \"r/web:1\""))
      << found[0].message;
  const json::Array same{deployment(spec())};
  EXPECT_TRUE(drifts(spec(), &same).empty());
}
