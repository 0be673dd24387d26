// What the objects around one say of it: pods, ReplicaSets, endpoints, events, and earlier looks.
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

json::Value pod(const std::string& name, const std::string& owner, const std::string& container_status,
                const std::string& more = {}) {
  return object(R"({"kind":"Pod","metadata":{"name":")" + name + R"(","uid":")" + name +
                R"(","labels":{"controller-revision-hash":"new"},"ownerReferences":[{"controller":true,"uid":")" +
                owner + R"("}]},"status":{"phase":"Pending","containerStatuses":[)" + container_status + "]" + more +
                "}}");
}

json::Value event(const std::string& about, const std::string& reason, const std::string& message,
                  const std::string& at, int count = 1) {
  return object(R"({"kind":"Event","involvedObject":{"uid":")" + about + R"("},"reason":")" + reason +
                R"(","message":")" + message + R"(","firstTimestamp":")" + at + R"(","lastTimestamp":")" + at +
                R"(","count":)" + std::to_string(count) + "}");
}

const std::string k_running = R"({"name":"c","image":"i","restartCount":0,"state":{"running":{}}})";
const std::string k_not_found =
    R"({"name":"c","image":"r/sample:9.9.9","restartCount":0,"state":{"waiting":{"reason":"ErrImagePull","message":"failed to resolve reference: r/sample:9.9.9: not found"}}})";
const std::string k_back_off =
    R"({"name":"c","image":"i","restartCount":0,"state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}})";
const std::string k_unschedulable =
    R"(,"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes are available: 1 Insufficient cpu.","lastTransitionTime":"2026-01-01T11:00:00Z"}])";

base::WallTime at(const std::string& time) { return *base::from_rfc3339("2026-01-01T" + time + "Z"); }

kube::Snapshot rollout(json::Array new_pods) {
  kube::Snapshot snapshot;
  snapshot.objects = {deployment(R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2})")};
  snapshot.replica_sets = {replica_set("new", 1)};
  snapshot.pods = std::move(new_pods);
  snapshot.now = at("12:00:00");
  return snapshot;
}

}  // namespace

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
  EXPECT_EQ(judgement.culprit()->signature, "image-not-found");
  EXPECT_EQ(judgement.culprit()->act, kube::Act::rollback);
  EXPECT_FALSE(judgement.culprit()->cure.empty());
}

TEST(DeploymentHealth, one_bad_node_or_an_old_revision_does_not_doom_it) {
  kube::Snapshot snapshot;
  snapshot.objects = {deployment(R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":1})")};
  snapshot.replica_sets = {replica_set("old", 1), replica_set("new", 2)};
  snapshot.pods = {pod("old-1", "old", k_not_found), pod("new-1", "new", k_not_found), pod("new-2", "new", k_running)};
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
}

// HE-07: a pod that its node lost is counted apart and neither fails a rollout nor saves it.
TEST(DeploymentHealth, does_not_count_pods_lost_to_their_nodes) {
  kube::Snapshot snapshot = rollout({pod("a", "new", k_not_found), pod("b", "new", k_running)});
  snapshot.pods[1].find("status")->set("phase", "Failed");
  snapshot.pods[1].find("status")->set("reason", "Evicted");
  kube::Judgement judgement = kube::judge(snapshot);
  EXPECT_EQ(judgement.disrupted, 1U);
  EXPECT_EQ(judgement.verdict, Verdict::doomed);
  snapshot.pods.erase(snapshot.pods.begin());
  judgement = kube::judge(snapshot);
  EXPECT_EQ(judgement.disrupted, 1U);
  EXPECT_EQ(judgement.verdict, Verdict::progressing);
}

// B-14: a doubtful sign is proof at the second look that counts, or when its time is over.
TEST(Doom, of_a_doubtful_sign_needs_a_second_look_or_time) {
  kube::Sightings memory;
  kube::Snapshot snapshot = rollout({pod("a", "new", k_back_off)});
  snapshot.memory = &memory;
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
  snapshot.now = at("12:00:02");  // the same back-off, seen again
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
  // The memory travels in a cursor.
  auto carried = kube::Sightings::from_json(memory.to_json());
  ASSERT_TRUE(test::is_ok(carried));
  snapshot.memory = &*carried;
  snapshot.now = at("12:00:17");
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::doomed);
  // A sign that went away starts anew.
  snapshot.pods = {pod("a", "new", k_running)};
  snapshot.now = at("12:00:19");
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
  snapshot.pods = {pod("a", "new", k_back_off)};
  snapshot.now = at("12:00:40");
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
}

TEST(Doom, of_what_may_mend_itself_counts_time_alone) {
  const std::string timeout =
      R"({"name":"c","image":"i","state":{"waiting":{"reason":"ErrImagePull","message":"dial tcp 1.2.3.4:443: i/o timeout"}}})";
  kube::Sightings memory;
  kube::Snapshot snapshot = rollout({pod("a", "new", timeout)});
  snapshot.memory = &memory;
  for (const char* time : {"12:00:00", "12:00:30", "12:01:30", "12:02:59"}) {
    snapshot.now = at(time);
    EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing) << time;
  }
  snapshot.now = at("12:03:00");
  const kube::Judgement judgement = kube::judge(snapshot);
  EXPECT_EQ(judgement.verdict, Verdict::doomed);
  EXPECT_EQ(judgement.culprit()->act, kube::Act::human);
}

TEST(Doom, sightings_refuse_a_cursor_of_another_form) {
  EXPECT_TRUE(test::has_kind(kube::Sightings::from_json(object(R"({"a":[1]})")), base::Outcome::config));
  kube::Sightings full;
  full.begin(at("12:00:00"));
  for (int i = 0; i < 3'000; ++i) full.see("sign " + std::to_string(i), {});
  EXPECT_EQ(full.to_json().members().size(), 2'000U);
}

TEST(PodDoom, without_a_clock_knows_proof_from_what_may_pass) {
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

TEST(PodDoom, names_the_limit_that_was_too_small) {
  auto one = pod(
      "p", "o",
      R"({"name":"c","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}})");
  one.set("spec", object(R"({"containers":[{"name":"c","resources":{"limits":{"memory":"64Mi"}}}]})"));
  EXPECT_EQ(kube::health_of(one, {}).message,
            "container c of pod p was killed for using more memory than its limit of 64Mi");
}

// A pod that fits nowhere waits for a node that the autoscaler adds, and fails once it says that it adds none.
TEST(PodDoom, waits_for_the_autoscaler_and_believes_its_last_word) {
  kube::Snapshot snapshot;
  snapshot.now = at("12:00:00");
  const auto one = pod("p", "o", "", k_unschedulable);
  EXPECT_EQ(kube::health_of(one, snapshot).reason, "Unschedulable");
  snapshot.events = {event("p", "TriggeredScaleUp", "pod triggered scale-up", "2026-01-01T11:01:00Z")};
  EXPECT_EQ(kube::health_of(one, snapshot).health, Health::in_progress);
  snapshot.events.push_back(event("p", "NotTriggerScaleUp", "1 max node group size reached", "2026-01-01T11:02:00Z"));
  const auto health = kube::health_of(one, snapshot);
  EXPECT_EQ(health.health, Health::failed);
  EXPECT_EQ(health.signature, "no-scale-up");
  snapshot.events.push_back(event("p", "TriggeredScaleUp", "pod triggered scale-up", "2026-01-01T11:03:00Z"));
  EXPECT_EQ(kube::health_of(one, snapshot).health, Health::in_progress);
}

TEST(PodDoom, reads_what_volumes_say_until_a_container_runs) {
  kube::Snapshot snapshot;
  snapshot.now = at("12:00:00");
  const std::string creating = R"({"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}})";
  const auto mount = [](const std::string& since) {
    return event("p", "FailedMount", "MountVolume.SetUp failed for volume: secret \\\"tls\\\" not found", since);
  };
  snapshot.events = {mount("2026-01-01T11:59:30Z")};
  EXPECT_EQ(kube::health_of(pod("p", "o", creating), snapshot).health, Health::in_progress);
  snapshot.events = {mount("2026-01-01T11:50:00Z")};
  EXPECT_EQ(kube::health_of(pod("p", "o", creating), snapshot).message,
            "pod p mounts the Secret tls, which does not exist");
  // As Microsoft's library tells it: the address on one line, the reason on another.
  snapshot.events = {
      event("p", "FailedMount",
            "MountVolume.SetUp failed: GET https://kv-shop.vault.azure.net/secrets/db/\\n----\\nRESPONSE 403: "
            "403 Forbidden\\nERROR CODE: Forbidden",
            "2026-01-01T11:50:00Z")};
  EXPECT_EQ(kube::health_of(pod("p", "o", creating), snapshot).message,
            "the key vault kv-shop refuses the secret db to the identity of pod p");
  EXPECT_EQ(kube::health_of(pod("p", "o", k_running), snapshot).health, Health::in_progress);
}

TEST(PodDoom, gives_a_readiness_probe_the_time_that_its_numbers_ask_for) {
  kube::Snapshot snapshot;
  auto one =
      pod("p", "o",
          R"({"name":"c","ready":false,"restartCount":0,"state":{"running":{"startedAt":"2026-01-01T11:50:00Z"}}})");
  one.set("spec", object(R"({"containers":[{"name":"c","readinessProbe":{"periodSeconds":10},
    "startupProbe":{"periodSeconds":10,"failureThreshold":30}}]})"));
  snapshot.events = {event("p", "Unhealthy", "Readiness probe failed: statuscode: 503", "2026-01-01T11:51:00Z", 9)};
  snapshot.now = at("11:59:30");  // 31 + 3 + 1 periods, two timeouts and four silent minutes are not over
  EXPECT_EQ(kube::health_of(one, snapshot).health, Health::in_progress);
  snapshot.now = at("12:00:30");
  EXPECT_EQ(kube::health_of(one, snapshot).signature, "readiness");
  snapshot.events = {
      event("p", "Killing", "Container c failed liveness probe, will be restarted", "2026-01-01T11:51:00Z")};
  EXPECT_EQ(kube::health_of(one, snapshot).health, Health::in_progress) << "it was not restarted yet";
}

// One stuck pod blocks a StatefulSet that goes in order; a DaemonSet may lack as many as it tolerates.
TEST(WorkloadHealth, of_ordered_and_node_bound_pods) {
  const auto set = [](const std::string& kind, const std::string& spec, const std::string& status) {
    return object(R"({"kind":")" + kind + R"(","metadata":{"name":"s","uid":"s","generation":1},"spec":)" + spec +
                  R"(,"status":)" + status + "}");
  };
  const std::string ordered =
      R"({"observedGeneration":1,"replicas":2,"readyReplicas":1,"currentRevision":"old","updateRevision":"new"})";
  const std::string initial =
      R"({"observedGeneration":1,"replicas":2,"readyReplicas":1,"currentRevision":"new","updateRevision":"new"})";
  const std::string nodes = R"({"observedGeneration":1,"desiredNumberScheduled":4,"numberReady":2})";
  struct Row {
    const char* label;
    json::Value object;
    std::vector<std::string> pods;
    bool doomed;
  };
  for (const Row& row : {
           Row{"rolling", set("StatefulSet", R"({"replicas":2})", ordered), {k_not_found, k_running}, true},
           Row{"rolling in parallel",
               set("StatefulSet", R"({"replicas":2,"podManagementPolicy":"Parallel"})", ordered),
               {k_not_found, k_running},
               true},
           Row{"started in parallel",
               set("StatefulSet", R"({"replicas":2,"podManagementPolicy":"Parallel"})", initial),
               {k_not_found, k_running},
               false},
           Row{"started in parallel, all",
               set("StatefulSet", R"({"replicas":2,"podManagementPolicy":"Parallel"})", initial),
               {k_not_found, k_not_found},
               true},
           Row{"one node", set("DaemonSet", "{}", nodes), {k_not_found, k_running}, false},
           Row{"two nodes", set("DaemonSet", "{}", nodes), {k_not_found, k_not_found, k_running}, true},
           Row{"two nodes tolerated",
               set("DaemonSet", R"({"updateStrategy":{"rollingUpdate":{"maxUnavailable":"50%"}}})", nodes),
               {k_not_found, k_not_found, k_running},
               false},
           Row{"every node", set("DaemonSet", "{}", nodes), {k_not_found}, true},
           Row{"a job whose image is missing",
               set("Job", "{}", R"({"startTime":"x","active":1})"),
               {k_not_found},
               true},
           Row{"a job that crashes",
               set("Job", "{}", R"({"startTime":"x","active":1})"),
               {R"({"name":"c","restartCount":5,"state":{"waiting":{"reason":"CrashLoopBackOff"}}})"},
               false},
       }) {
    kube::Snapshot snapshot;
    for (const std::string& status : row.pods)
      snapshot.pods.push_back(pod("p" + std::to_string(snapshot.pods.size()), "s", status));
    EXPECT_EQ(kube::health_of(row.object, snapshot).health == Health::failed, row.doomed) << row.label;
  }
}

// HE-07: replicas that stand on spot nodes alone are healthy, and a warning.
TEST(WorkloadHealth, warns_when_every_replica_is_on_spot) {
  const auto node = [](const std::string& name, const std::string& label) {
    return object(R"({"kind":"Node","metadata":{"name":")" + name + R"(","labels":{)" + label + "}}}");
  };
  kube::Snapshot snapshot = rollout({pod("a", "new", k_running), pod("b", "new", k_running)});
  snapshot.objects = {deployment(
      R"({"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2,"conditions":[{"type":"Available","status":"True"}]})")};
  snapshot.pods[0].set("spec", object(R"({"nodeName":"one"})"));
  snapshot.pods[1].set("spec", object(R"({"nodeName":"two"})"));
  EXPECT_TRUE(kube::judge(snapshot).objects[0].warning.empty()) << "nodes are not known";
  snapshot.nodes = {node("one", R"("kubernetes.azure.com/scalesetpriority":"spot")"),
                    node("two", R"("kubernetes.azure.com/priority":"spot")")};
  EXPECT_EQ(kube::judge(snapshot).objects[0].health, Health::current);
  EXPECT_EQ(kube::judge(snapshot).objects[0].warning,
            "all 2 of its pods run on spot nodes, which may go at the same moment");
  snapshot.nodes[1] = node("two", R"("kubernetes.azure.com/priority":"regular")");
  EXPECT_TRUE(kube::judge(snapshot).objects[0].warning.empty());
}

// The event stands on the controller, not on a pod, for there is none.
TEST(WorkloadHealth, reads_why_pods_are_refused) {
  kube::Snapshot snapshot = rollout({});
  snapshot.objects = {deployment(R"({"observedGeneration":3,"replicas":1,"updatedReplicas":1})")};
  snapshot.events = {event("new", "FailedCreate",
                           "Error creating: violates PodSecurity \\\"restricted:latest\\\": runAsNonRoot != true",
                           "2026-01-01T11:59:55Z")};
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing) << "once may be a quota that comes free";
  snapshot.events = {event("new", "FailedCreate",
                           "Error creating: violates PodSecurity \\\"restricted:latest\\\": runAsNonRoot != true",
                           "2026-01-01T11:59:55Z", 4)};
  const kube::Judgement judgement = kube::judge(snapshot);
  ASSERT_NE(judgement.culprit(), nullptr);
  EXPECT_EQ(judgement.culprit()->message,
            "ReplicaSet new's pods are refused by Pod Security restricted:latest: runAsNonRoot != true");
  snapshot.events.push_back(event("new", "SuccessfulCreate", "Created pod", "2026-01-01T11:59:58Z"));
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::progressing);
}

// A rollout neither waits for nor is undone by what a later check looks at.
TEST(Judge, a_rollout_waits_for_less_than_a_release) {
  kube::Snapshot snapshot;
  snapshot.objects = {
      object(
          R"({"kind":"HorizontalPodAutoscaler","status":{"conditions":[{"type":"AbleToScale","status":"False","reason":"FailedGetScale"}]}})"),
      object(R"({"kind":"ConfigMap"})")};
  EXPECT_EQ(kube::judge(snapshot).verdict, Verdict::healthy);
  EXPECT_EQ(kube::judge(snapshot).culprit(), nullptr);
  EXPECT_EQ(kube::judge(snapshot, kube::Scope::release).verdict, Verdict::doomed);
}

TEST(Snapshot, opens_lists_and_knows_what_a_file_does_not_hold) {
  const auto list = object(
      R"({"kind":"List","items":[{"kind":"Pod"},{"kind":"Event"},{"kind":"PodList","items":[{"kind":"Pod"}]}]})");
  const kube::Snapshot snapshot = kube::snapshot_of({list});
  EXPECT_EQ(snapshot.objects.size(), 2U);
  EXPECT_EQ(snapshot.pods.size(), 2U);
  EXPECT_EQ(snapshot.events.size(), 1U);
  EXPECT_TRUE(snapshot.pods_known);
  EXPECT_FALSE(snapshot.endpoints_known);
}
