#include "emulator/command_pod.hpp"

#include <thread>

#include "base/text.hpp"

namespace sentimark::emulator {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds look_again{100};
constexpr int grace_seconds = 30;  // Kubernetes' default

const std::string in_namespace = std::string("/api/v1/namespaces/") + command_namespace;
const std::string bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

Refusal operation_error(const std::string& details) {
  return {"KubernetesOperationError",
          "Failed to run command in managed cluster due to kubernetes failure. details: " + details};
}

const json::Value& state_of(const json::Value& pod) {
  static const json::Value nothing;
  const json::Array& statuses = pod["status"]["containerStatuses"].items();
  return statuses.empty() ? nothing : statuses[0]["state"];
}

// The reasons that no waiting mends: the kubelet tells them of the image.
bool is_image_trouble(const std::string& reason) {
  return reason == "ErrImagePull" || reason == "ImagePullBackOff" || reason == "ErrImageNeverPull" ||
         reason == "InvalidImageName";
}

// The namespace, and in it the CA that the control plane puts there: without it a first pod's mounts must be retried.
std::optional<Refusal> ensure_namespace(const Kubernetes& cluster, const CommandPlace::Stop& stop) {
  const json::Value wanted = json::Object{
      {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::Object{{"name", command_namespace}}}};
  if (cluster.get(in_namespace + "/configmaps/kube-root-ca.crt").good()) return std::nullopt;
  const auto made = cluster.create("/api/v1/namespaces", wanted);
  if (!made.good() && made.status != 409) return operation_error(made.message());
  const auto until = Clock::now() + std::chrono::seconds(10);
  while (!stop() && Clock::now() < until && !cluster.get(in_namespace + "/configmaps/kube-root-ca.crt").good())
    std::this_thread::sleep_for(look_again);
  return std::nullopt;
}

}  // namespace

CommandPod::CommandPod(const Kubernetes& cluster, PodOptions options)
    : cluster_(cluster), options_(std::move(options)), begun_(Clock::now()), gate_closed_(options_.plan.gated) {}

std::optional<Refusal> CommandPod::create() {
  const PodPlan& plan = options_.plan;
  const auto pieces = pieces_of(options_.archive);
  const auto failed = [](const Kubernetes::Answer& answer) { return operation_error(answer.message()); };
  auto made = cluster_.create(in_namespace + "/serviceaccounts", account_manifest(plan));
  if (!made.good()) return failed(made);
  if (plan.as_token_identity)
    made = cluster_.create(in_namespace + "/secrets",
                           secret_manifest(plan, plan.identity_secret(), "kubeconfig", options_.kubeconfig));
  else
    made = cluster_.create(bindings, binding_manifest(plan));
  if (!made.good()) return failed(made);
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    made = cluster_.create(in_namespace + "/secrets",
                           secret_manifest(plan, plan.piece_secret(index), "data", pieces[index]));
    if (!made.good()) return failed(made);
  }
  made = cluster_.create(in_namespace + "/pods", pod_manifest(plan));
  if (!made.good()) return failed(made);
  facts_ = json::Object{{"name", plan.pod()}, {"uid", made.body["metadata"]["uid"]}};
  return std::nullopt;
}

void CommandPod::open_gate_in_time() {
  if (!gate_closed_ || Clock::now() < begun_ + options_.gate) return;
  const json::Value open = json::Object{{"spec", json::Object{{"schedulingGates", json::Value()}}}};
  gate_closed_ = !cluster_.merge(in_namespace + "/pods/" + options_.plan.pod(), open).good();
}

std::optional<Refusal> CommandPod::start(const Stop& stop) {
  begun_ = Clock::now();
  options_.plan.pieces = pieces_of(options_.archive).size();
  auto refused = ensure_namespace(cluster_, stop);
  if (!refused) refused = create();
  if (refused) {
    remove(stop);
    return refused;
  }
  while (!stop() && Clock::now() < begun_ + options_.patience) {
    open_gate_in_time();
    const auto pod = cluster_.get(in_namespace + "/pods/" + options_.plan.pod());
    const json::Value& state = state_of(pod.body);
    const std::string& waiting = state["waiting"]["reason"].string_or_empty();
    if (pod.good()) facts_.set("node", pod.body["spec"]["nodeName"]);
    if (is_image_trouble(waiting)) never_ = "ImagePullBackoff";
    if (pod.status == 404) never_ = "PodLost";
    if (pod.good() && pod.body["status"]["phase"].string_or_empty() == "Failed" && state.is_null())
      never_ = pod.body["status"]["reason"].string_or_empty();
    if (!never_.empty() || state.has("running") || state.has("terminated")) return std::nullopt;
    std::this_thread::sleep_for(look_again);
  }
  if (!options_.late) remove(stop);
  return not_started(options_.plan.pod());
}

CommandOutcome CommandPod::wait(const Stop& stop) {
  CommandOutcome outcome;
  outcome.reason = never_;
  const std::string path = in_namespace + "/pods/" + options_.plan.pod();
  while (outcome.reason.empty()) {
    if (stop()) {
      lost_ = true;
      outcome.reason = "PodLost";
      return outcome;
    }
    open_gate_in_time();
    const auto pod = cluster_.get(path);
    const json::Value& status = pod.body["status"];
    const json::Value& ended = state_of(pod.body)["terminated"];
    if (pod.status == 404) {
      outcome.reason = "PodLost";
    } else if (pod.good() && status["phase"].string_or_empty() == "Failed" && status.has("reason")) {
      outcome.reason = status["reason"].string_or_empty();  // Evicted, DeadlineExceeded
    } else if (!ended.is_null()) {
      const auto log = cluster_.get(path + "/log?container=user-command&limitBytes=" + std::to_string(log_limit));
      outcome.finished = log.good();
      outcome.reason = log.good() ? "" : "the log cannot be read: " + log.message();
      outcome.exit_code = static_cast<int>(ended["exitCode"].int_or(0));
      outcome.logs = base::to_valid_utf8(log.text);
      return outcome;
    }
    std::this_thread::sleep_for(look_again);
  }
  return outcome;
}

void CommandPod::remove(const Stop& hurry) {
  const PodPlan& plan = options_.plan;
  const std::string path = in_namespace + "/pods/" + plan.pod();
  // A lost pod is told to leave, as by `kubectl delete`; without its account it could not write down that it does.
  if (lost_ && !hurry()) cluster_.remove(path, grace_seconds);
  const auto until = Clock::now() + std::chrono::seconds(grace_seconds + 5);
  while (lost_ && !hurry() && Clock::now() < until && cluster_.get(path).status != 404)
    std::this_thread::sleep_for(look_again);
  cluster_.remove(path, 1);
  for (std::size_t index = 0; index < plan.pieces; ++index)
    cluster_.remove(in_namespace + "/secrets/" + plan.piece_secret(index), 0);
  if (plan.as_token_identity)
    cluster_.remove(in_namespace + "/secrets/" + plan.identity_secret(), 0);
  else
    cluster_.remove(bindings + "/aks-command-" + plan.id, 0);
  cluster_.remove(in_namespace + "/serviceaccounts/" + plan.account(), 0);
}

std::string in_cluster_server(const Kubernetes& cluster) {
  const auto service = cluster.get("/api/v1/namespaces/default/services/kubernetes");
  const std::string& address = service.body["spec"]["clusterIP"].string_or_empty();
  return address.empty() ? std::string() : "https://" + address;
}

void sweep(const Kubernetes& cluster, const std::string& instance) {
  const std::string chosen = std::string("?labelSelector=") + instance_label + "%3D" + instance;
  // A cluster that does not answer any more has nothing left to sweep.
  if (cluster.remove(in_namespace + "/pods" + chosen, 1).status == 0) return;
  for (const char* kind : {"/secrets", "/serviceaccounts"}) cluster.remove(in_namespace + kind + chosen, 0);
  cluster.remove(bindings + chosen, 0);
  const auto until = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < until && !cluster.get(in_namespace + "/pods" + chosen).body["items"].items().empty())
    std::this_thread::sleep_for(look_again);
}

}  // namespace sentimark::emulator
