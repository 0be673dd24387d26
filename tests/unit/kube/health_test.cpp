#include "kube/health.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using kube::Health;
using kube::Verdict;

namespace {

json::Value object(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(test::is_ok(value)) << text;
  return value ? *value : json::Value();
}

json::Value deployment(const std::string& status, const std::string& spec = R"({"replicas":2})") {
  return object(R"({"kind":"Deployment","metadata":{"name":"app","namespace":"n","uid":"d","generation":3},"spec":)" +
                spec + R"(,"status":)" + status + "}");
}

json::Value replica_set(const std::string& uid, int revision) {
  return object(R"({"kind":"ReplicaSet","metadata":{"name":")" + uid + R"(","uid":")" + uid +
                R"(","annotations":{"deployment.kubernetes.io/revision":")" + std::to_string(revision) +
                R"("},"ownerReferences":[{"controller":true,"uid":"d"}]}})");
}

json::Value pod(const std::string& name, const std::string& owner, const std::string& container_status) {
  return object(R"({"kind":"Pod","metadata":{"name":")" + name + R"(","ownerReferences":[{"controller":true,"uid":")" +
                owner + R"("}]},"status":{"phase":"Pending","containerStatuses":[)" + container_status + "]}}");
}

const std::string k_running = R"({"name":"c","image":"i","restartCount":0,"state":{"running":{}}})";
const std::string k_not_found =
    R"({"name":"c","image":"r/sample:9.9.9","restartCount":0,"state":{"waiting":{"reason":"ErrImagePull","message":"failed to resolve reference: r/sample:9.9.9: not found"}}})";

const char* const k_settled =
    R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2})";

}  // namespace

// DV-02, HE-06: a Deployment is healthy only when every wanted replica of this generation is there and ready.
TEST(DeploymentHealth, follows_its_counts) {
  struct Row {
    const char* label;
    const char* status;
    Health health;
  };
  for (
      const Row& row : {
          Row{"all there", k_settled, Health::current},
          Row{"not observed",
              R"({"observedGeneration":2,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2})",
              Health::in_progress},
          Row{"no status yet", "{}", Health::in_progress},
          Row{"one not ready",
              R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":1,"availableReplicas":1})",
              Health::in_progress},
          Row{"an old one left",
              R"({"observedGeneration":3,"replicas":3,"updatedReplicas":2,"readyReplicas":3,"availableReplicas":3})",
              Health::in_progress},
          Row{"ready but not yet available",
              R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":1})",
              Health::in_progress},
          Row{"deadline",
              R"({"observedGeneration":3,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]})",
              Health::failed},
          Row{"quota",
              R"({"observedGeneration":3,"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"exceeded quota"}]})",
              Health::failed},
      }) {
    EXPECT_EQ(kube::health_of(deployment(row.status), {}).health, row.health) << row.label;
  }
}

TEST(DeploymentHealth, zero_ready_is_never_healthy_for_one_replica) {
  const auto one = deployment(R"({"observedGeneration":3,"replicas":1,"updatedReplicas":1})", R"({"replicas":1})");
  EXPECT_EQ(kube::health_of(one, {}).health, Health::in_progress);
  const auto none_wanted = deployment(R"({"observedGeneration":3})", R"({"replicas":0})");
  EXPECT_EQ(kube::health_of(none_wanted, {}).health, Health::current);
}

// B-14: the first sight of a missing image is proof; the cause names image and cure.
TEST(DeploymentHealth, is_doomed_when_every_pod_of_its_newest_revision_is) {
  kube::Snapshot snapshot;
  snapshot.objects = {deployment(R"({"observedGeneration":3,"replicas":3,"updatedReplicas":1,"readyReplicas":2})")};
  snapshot.replica_sets = {replica_set("old", 9), replica_set("new", 10)};  // as numbers, not as text
  snapshot.pods = {pod("old-1", "old", k_running), pod("new-1", "new", k_not_found)};
  const kube::Judgement judgement = kube::judge(snapshot);
  EXPECT_EQ(judgement.verdict, Verdict::doomed);
  ASSERT_NE(judgement.culprit(), nullptr);
  EXPECT_EQ(judgement.culprit()->message,
            "image r/sample:9.9.9 of container c of pod new-1 does not exist in the registry");
  EXPECT_FALSE(judgement.culprit()->cure.empty());
}

TEST(DeploymentHealth, one_bad_node_or_an_old_revision_does_not_doom_it) {
  kube::Snapshot snapshot;
  snapshot.objects = {deployment(R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":1})")};
  snapshot.replica_sets = {replica_set("old", 1), replica_set("new", 2)};
  snapshot.pods = {pod("old-1", "old", k_not_found), pod("new-1", "new", k_not_found), pod("new-2", "new", k_running)};
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
}

TEST(PodDoom, knows_proof_from_what_may_pass) {
  struct Row {
    const char* waiting;
    int restarts;
    bool doomed;
  };
  for (const Row& row : {
           Row{R"({"reason":"InvalidImageName"})", 0, true},
           Row{R"({"reason":"ErrImageNeverPull"})", 0, true},
           Row{R"({"reason":"ImagePullBackOff","message":"manifest unknown"})", 0, true},
           Row{R"({"reason":"ImagePullBackOff","message":"Back-off pulling image"})", 0, false},
           Row{R"({"reason":"ErrImagePull","message":"i/o timeout"})", 0, false},
           Row{R"({"reason":"ErrImagePull","message":"401 unauthorized"})", 0, true},
           Row{R"({"reason":"CreateContainerConfigError","message":"secret \"x\" not found"})", 0, true},
           Row{R"({"reason":"CreateContainerConfigError","message":"failed to sync secret cache"})", 0, false},
           Row{R"({"reason":"CrashLoopBackOff"})", 1, false},
           Row{R"({"reason":"CrashLoopBackOff"})", 2, true},
           Row{R"({"reason":"ContainerCreating"})", 0, false},
       }) {
    const auto one = pod("p", "o",
                         R"({"name":"c","image":"i","restartCount":)" + std::to_string(row.restarts) +
                             R"(,"state":{"waiting":)" + row.waiting + "}}");
    EXPECT_EQ(kube::health_of(one, {}).health == Health::failed, row.doomed) << row.waiting;
  }
}

TEST(ServiceHealth, wants_a_ready_pod_behind_it) {
  const auto service = object(
      R"({"kind":"Service","metadata":{"name":"app","namespace":"n"},"spec":{"clusterIP":"10.0.0.1","selector":{"a":"b"}}})");
  const auto slice = [](const std::string& name, const std::string& ready) {
    return object(R"({"kind":"EndpointSlice","metadata":{"namespace":"n","labels":{"kubernetes.io/service-name":")" +
                  name + R"("}},"endpoints":[{"conditions":)" + ready + "}]}");
  };
  kube::Snapshot snapshot;
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress);
  snapshot.endpoint_slices = {slice("other", R"({"ready":true})"), slice("app", R"({"ready":false})")};
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::in_progress);
  snapshot.endpoint_slices.push_back(slice("app", "{}"));
  EXPECT_EQ(kube::health_of(service, snapshot).health, Health::current);
  const auto headless_without_selector =
      object(R"({"kind":"Service","metadata":{"name":"x"},"spec":{"clusterIP":"None"}})");
  EXPECT_EQ(kube::health_of(headless_without_selector, {}).health, Health::current);
}

TEST(Health, other_kinds_follow_their_own_words) {
  struct Row {
    const char* object;
    Health health;
  };
  for (
      const Row& row : {
          Row{R"({"kind":"ConfigMap","metadata":{"name":"x"}})", Health::current},
          Row{R"({"kind":"ConfigMap","metadata":{"name":"x","deletionTimestamp":"2026-01-01T00:00:00Z"}})",
              Health::terminating},
          Row{R"({"kind":"Job","status":{"startTime":"x"}})", Health::in_progress},
          Row{R"({"kind":"Job","status":{"conditions":[{"type":"Complete","status":"True"}]}})", Health::current},
          Row{R"({"kind":"Job","status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}})",
              Health::failed},
          Row{R"({"kind":"PersistentVolumeClaim","status":{"phase":"Lost"}})", Health::failed},
          Row{R"({"kind":"Custom","status":{"conditions":[{"type":"Ready","status":"False"}]}})", Health::in_progress},
          Row{R"({"kind":"CustomResourceDefinition","status":{"conditions":[{"type":"NamesAccepted","status":"False"}]}})",
              Health::failed},
          Row{R"({"kind":"DaemonSet","metadata":{"generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1,"updatedNumberScheduled":1}})",
              Health::in_progress},
      }) {
    EXPECT_EQ(kube::health_of(object(row.object), {}).health, row.health) << row.object;
  }
}
