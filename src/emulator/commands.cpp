#include "emulator/commands.hpp"

#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/time.hpp"
#include "emulator/command_child.hpp"
#include "emulator/command_pod.hpp"
#include "emulator/keys.hpp"

namespace sentimark::emulator {
namespace {

constexpr std::size_t most_running = 16;
constexpr double start_seconds = 30;  // AKS waits that long for the command's container
using Clock = std::chrono::steady_clock;

std::string now_text() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return base::to_rfc3339({std::chrono::duration_cast<base::Millis>(since)});
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

base::Done can_sign(const Config& config, const Kubernetes& cluster) {
  try {
    make_client_identity(cluster.ca_pem(), text_of(config.ca_key), "probe", {}, std::time(nullptr) + 60);
    return {};
  } catch (const std::runtime_error&) {
    return base::fail(base::Outcome::config, "no identity can be signed with the CA key " + config.ca_key,
                      "name the key of the cluster's CA with clusterCaKey");
  }
}

Commands::Commands(const Config& config, std::optional<Kubernetes> cluster)
    : config_(config), cluster_(std::move(cluster)) {
  if (!cluster_) return;
  sweep(*cluster_, instance());
  server_ = in_cluster_server(*cluster_);
}

Commands::~Commands() {
  halt();
  for (Worker& worker : workers_) worker.thread.join();
  if (cluster_) sweep(*cluster_, instance());
}

void Commands::halt() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  read_.notify_all();
}

// Of the state folder, so that a later run with the same folder knows what this one left.
std::string Commands::instance() const {
  return sha256_hex(std::filesystem::absolute(config_.state).lexically_normal().string()).substr(0, 16);
}

std::chrono::milliseconds Commands::scaled(double seconds) const {
  return std::chrono::milliseconds(std::llround(seconds * 1000 / config_.time_scale));
}

void Commands::work(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  workers_.remove_if([](Worker& worker) {
    if (worker.over) worker.thread.join();
    return !worker.thread.joinable();
  });
  Worker& worker = workers_.emplace_back();
  worker.thread = std::thread([&worker, run = std::move(task)] {
    run();
    worker.over = true;
  });
}

std::unique_ptr<CommandPlace> Commands::place_for(const std::string& id, const Order& order, const Fault& fault) const {
  const bool slow = fault.kind == "slow-start" || fault.kind == "late-pod";
  const std::chrono::milliseconds delay = slow ? scaled(static_cast<double>(fault.seconds)) : scaled(0);
  if (!cluster_) {
    ChildOptions options;
    options.folder = std::filesystem::absolute(config_.state).string() + "/command-" + id;
    options.tools = config_.tools;
    options.kubeconfig = config_.kubeconfig;
    // A bare name is found on PATH anyway.
    if (config_.helm.find('/') != std::string::npos) options.helm = config_.helm;
    if (config_.kubectl.find('/') != std::string::npos) options.kubectl = config_.kubectl;
    options.limit = scaled(static_cast<double>(config_.command_seconds));
    options.delay = delay;
    options.patience = scaled(start_seconds);
    options.no_exec = fault.kind == "no-exec";
    return std::make_unique<CommandChild>(order.command, order.context.files, options);
  }
  PodOptions options;
  options.plan.id = id;
  options.plan.instance = instance();
  options.plan.created_by = order.created_by;
  options.plan.command = order.command;
  options.plan.image = config_.image;
  options.plan.user = config_.command_user;
  options.plan.limit_seconds =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(config_.command_seconds) / config_.time_scale));
  options.plan.gated = slow;
  options.plan.no_exec = fault.kind == "no-exec";
  options.archive = order.context.archive;
  options.gate = delay;
  options.patience = scaled(start_seconds);
  options.late = fault.kind == "late-pod";
  if (order.caller) {
    options.plan.as_token_identity = true;
    const ClientIdentity own =
        make_client_identity(cluster_->ca_pem(), text_of(config_.ca_key), order.caller->object_id, order.caller->groups,
                             order.caller->token_end);
    options.kubeconfig = kubeconfig_of(server_, cluster_->ca_pem(), own.certificate_pem, own.key_pem);
  }
  return std::make_unique<CommandPod>(*cluster_, std::move(options));
}

void Commands::watch(const std::string& id, std::shared_ptr<CommandPlace> place, const Fault& fault) {
  const bool lost = fault.kind == "lost-pod";
  const auto loss = Clock::now() + scaled(static_cast<double>(fault.seconds));
  CommandOutcome outcome = place->wait([&] { return stopping_ || (lost && Clock::now() >= loss); });
  if (lost) outcome = {false, "PodLost", 0, ""};
  if (fault.kind == "truncated-log")
    outcome.logs.resize(std::min<std::size_t>(
        outcome.logs.size(), fault.bytes >= 0 ? static_cast<std::size_t>(fault.bytes) : outcome.logs.size() / 2));
  std::unique_lock lock(mutex_);
  --running_;
  if (const auto found = results_.find(id); found != results_.end()) {
    found->second.outcome = std::move(outcome);
    found->second.finished = now_text();
    found->second.done = true;
    found->second.over = Clock::now();
    found->second.place.reset();
    // A process is gone with its end; a pod stays until its result was read, or for a while.
    if (cluster_ && !lost)
      read_.wait_for(lock, scaled(static_cast<double>(config_.pod_seconds)),
                     [&] { return stopping_ || was_read_[id]; });
  }
  lock.unlock();
  place->remove([this] { return stopping_.load(); });
}

Commands::Started Commands::start(const Order& order, const std::optional<Fault>& fault_met) {
  const Fault fault = fault_met.value_or(Fault{});
  Started started;
  const std::string id = random_hex(16);
  {
    const std::lock_guard lock(mutex_);
    if (config_.instant) {
      const std::string now = now_text();
      results_[id] = {true, now, now, {true, "", 0, "instant\n"}, Clock::now(), nullptr};
      started.id = id;
      return started;
    }
    if (stopping_ || running_ >= most_running) {
      started.refusal = {"Throttled", "Too many commands run at once."};
      return started;
    }
    if (config_.one_command && running_ > 0) {
      started.refusal = {"OperationNotAllowed", "Another operation (RunCommand) is in progress on this cluster."};
      return started;
    }
    running_ += fault.kind == "duplicate" ? 2U : 1U;
  }
  started.facts = json::Value::array();
  const auto halt = [this] { return stopping_.load(); };
  std::shared_ptr<CommandPlace> place = place_for(id, order, fault);
  const auto refused = place->start(halt);
  started.facts.push(place->facts());
  if (fault.kind == "duplicate") {
    // One POST, two pods: the second has an id that nobody was told.
    const std::string other = random_hex(16);
    std::shared_ptr<CommandPlace> second = place_for(other, order, fault);
    started.facts.push(json::Object{{"name", "command-" + other}, {"duplicate", true}});
    work([this, second, halt, other, fault] {
      second->start(halt);
      watch(other, second, fault);
    });
  }
  if (refused) {
    started.refusal = *refused;
    if (fault.kind == "late-pod") {
      work([this, place, id, fault] { watch(id, place, fault); });
    } else {
      const std::lock_guard lock(mutex_);
      --running_;
    }
    return started;
  }
  {
    const std::lock_guard lock(mutex_);
    results_[id].started = now_text();
    results_[id].place = place;
  }
  work([this, place, id, fault] { watch(id, place, fault); });
  started.id = id;
  return started;
}

std::optional<Commands::Result> Commands::look(const std::string& id, bool as_before) {
  const std::lock_guard lock(mutex_);
  const auto found = results_.find(id);
  if (found == results_.end()) return std::nullopt;
  if (as_before) return Result{false, found->second.started, "", {}, {}, nullptr};
  const bool ends = config_.result_seconds > 0 && found->second.over;
  if (ends && Clock::now() - *found->second.over > scaled(static_cast<double>(config_.result_seconds)))
    return std::nullopt;
  if (!found->second.done && config_.partial_logs && found->second.place)
    found->second.outcome.logs = found->second.place->so_far();
  if (found->second.done && !was_read_[id]) {
    was_read_[id] = true;
    read_.notify_all();
  }
  return found->second;
}

}  // namespace sentimark::emulator
