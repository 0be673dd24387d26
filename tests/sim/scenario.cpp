#include "sim/scenario.hpp"

#include <list>
#include <memory>

#include "agent/agent.hpp"
#include "base/text.hpp"
#include "helm_private_deploy/program.hpp"
#include "helm_private_deploy/run.hpp"
#include "json/text.hpp"
#include "runner/run_program.hpp"
#include "sim/azure_model.hpp"
#include "sim/helm_model.hpp"
#include "sim/job_plan.hpp"
#include "sim/kubectl_model.hpp"
#include "sim/machine.hpp"
#include "sim/reduced_model.hpp"
#include "sim/witness.hpp"
#include "wire/frame.hpp"

namespace sentimark::sim {
namespace {

constexpr const char* k_record = "sentimark-web";
constexpr Millis k_int_patience{7'500};
constexpr Millis k_term_patience{2'500};
constexpr Millis k_grace{30'000};       // between SIGTERM and SIGKILL of a pod
constexpr Millis k_node_lost{300'000};  // until a lost node's pods are removed

std::map<std::string, std::string> outputs_in(const std::string& text) {
  std::map<std::string, std::string> outputs;
  const auto lines = base::lines_of(text);
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::size_t at = lines[i].find("<<");
    if (at != std::string::npos) outputs[lines[i].substr(0, at)] = lines[i + 1];
  }
  return outputs;
}

class Scenario {
 public:
  Scenario(std::uint64_t seed, Stacks& stacks, bool tracing)
      : world_(seed, stacks, tracing),
        weather_(weather_of(world_.chance)),
        api_(world_),
        azure_(world_, weather_, world_.chance.one_in(3)),
        witness_(world_, api_, k_record),
        refusing_(world_.chance.pick(std::array{0U, 0U, 0U, 0U, 0U, 500U, 1000U, 1000U})),
        helm_version_(world_.chance.one_in(2) ? "v3.21.2" : "v4.1.0"),
        kills_(world_.chance.one_in(3) ? 0 : world_.chance.below(500)) {
    azure_.on_command = [this](std::shared_ptr<PodOrder> order) { schedule_pod(std::move(order)); };
    azure_.on_post = [this](const std::string& runner, const std::string& text) {
      const auto value = json::parse(text);
      auto job = value ? wire::job_from_json(*value) : value.error();
      if (job) witness_.posted(runner, *job);
    };
  }
  ~Scenario() { world_.end_all(); }
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;

  Played play() {
    set_scene();
    const JobPlan first = some_job(world_.chance, "A", "100");
    const JobPlan second = some_job(world_.chance, "B", "200");
    begin_jobs(first, second);
    world_.run([this] { return runners_ == 0; });
    finish(first);
    world_.end_all();
    Played played;
    played.promise = world_.broken_promise();
    played.violation = world_.violation();
    played.steps = world_.steps();
    played.helm_runs = witness_.helm_runs();
    played.takeovers = witness_.takeovers();
    played.killed = killed_;
    played.stopped = stopped_;
    played.good_ends = witness_.told(0);
    played.back_ends = witness_.told(20);
    played.reduced = reduced_;
    played.half_way = left_ == Left::whole ? 0 : 1;
    return played;
  }

 private:
  // ---- the cluster before anybody comes
  void set_scene() {
    if (!world_.chance.one_in(12)) api_.namespaces.insert(k_namespace);
    const Content good{"old-good", Fate::healthy, Millis{0}, Millis{0}};
    const Content bad{"old-bad", Fate::doomed, Millis{0}, Millis{0}};
    const std::uint64_t scene = api_.namespaces.empty() ? 0 : world_.chance.below(5);
    if (scene == 0) return;
    api_.release.apply(good);
    api_.release.add({1, scene == 3 ? "superseded" : "deployed", good, "before"});
    wire::FenceRecord record;
    record.operation = std::string(32, '0');
    record.attempt = 1;
    record.caller = std::string(32, '0');
    record.state = wire::FenceState::succeeded;
    record.revision = 1;
    record.good.push_back({1, "", "", "", "2026-01-01T00:00:00Z"});
    if (scene == 3) {
      api_.release.apply(bad);
      api_.release.add({2, "deployed", bad, "before"});
      record.state = wire::FenceState::failed;
      record.revision = 2;
    }
    if (scene == 4) return;  // deployed by hand: no record of ours
    json::Value object = json::Object{{"apiVersion", "v1"},
                                      {"kind", "ConfigMap"},
                                      {"metadata", json::Object{{"name", k_record}, {"namespace", k_namespace}}},
                                      {"data", json::Object{{"record", json::to_text(wire::to_json(record))}}}};
    (void)api_.create(object, "before");
  }

  // ---- the runner's half
  void begin_jobs(const JobPlan& first, const JobPlan& second) {
    Chance& chance = world_.chance;
    begin_run(first, "A1", Millis{0}, true);
    if (chance.one_in(2)) begin_run(first, "A2", chance.between(0, 300'000), true);
    if (chance.one_in(4)) begin_run(first, "A3", chance.between(100'000, 600'000), true);
    if (chance.one_in(2)) begin_run(second, "B1", chance.between(0, 300'000), true);
    if (chance.one_in(6)) begin_run(second, "B2", chance.between(0, 600'000), true);
  }

  void begin_run(const JobPlan& job, const std::string& name, Millis in, bool perilous) {
    ++runners_;
    world_.after(in, [this, job, name, perilous] {
      disks_.emplace_back();
      fake::FakeFiles& disk = disks_.back();
      Actor& actor = world_.spawn(name, [this, job, &disk](Actor& self) { run_job(self, job, disk); });
      actor.wall_skew = world_.chance.between(-20'000, 20'000);
      if (perilous && world_.chance.thousandth(kills_)) actor.kill_at = world_.chance.spread(3'000);
      if (perilous && world_.chance.one_in(12)) {
        actor.stop_at = world_.chance.spread(3'000);
        actor.stop_with = world_.chance.one_in(2) ? sys::StopKind::interrupt : sys::StopKind::terminate;
        actor.on_stop = [this, &actor] {  // and the runner's patience with it
          if (actor.kind() == sys::StopKind::interrupt)
            return world_.after(k_int_patience, [&actor] { actor.ask_stop(sys::StopKind::terminate); });
          ++stopped_;
          world_.after(k_term_patience, [&actor] { actor.kill(); });
        };
      }
      actor.on_end = [this, &actor] {
        --runners_;
        if (!actor.killed()) return;
        ++killed_;
        witness_.runner_killed(actor.name());
      };
    });
  }

  void run_job(Actor& self, const JobPlan& job, fake::FakeFiles& disk) {
    witness_.runner_started(self.name(), job.content.id);
    disk.put_directory("/tmp");
    disk.put("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    disk.put("chart/templates/web.yaml", "kind: Deployment\n");
    Machine machine(world_, self, disk, [](const ChildPtr&) { return false; });
    machine.env.values.values = runner_env(job);
    SimHttp http(world_, self, azure_);
    const int code = runner::run_program(
        machine.sys, helm_private_deploy::program(), {}, [](std::string_view) {},
        [&](const runner::Inputs& inputs) { return helm_private_deploy::run(machine.sys, http, inputs); });
    witness_.runner_ended(self.name(), code, outputs_in(disk.content("/out").value_or("")));
  }

  // ---- the cluster's half
  void schedule_pod(std::shared_ptr<PodOrder> order) {
    Chance& chance = world_.chance;
    api_.pods[order->name] = "Pending";
    Millis delay = chance.between(500, 4'000);
    const bool never = world_.faults && chance.thousandth(weather_.lost_pod / 2);
    if (world_.faults && chance.thousandth(weather_.late)) delay = chance.between(15'000, 700'000);
    // A twin that comes when the first has been answered is what a promise must hold against.
    if (order->twin && chance.one_in(3)) delay = chance.between(15'000, 200'000);
    if (never || (delay > Millis{30'000} && chance.one_in(2)))
      world_.after(chance.between(30'000, 60'000),
                   [this, id = order->id] { azure_.give_up(id, "KubernetesPerformanceError"); });
    if (never) {
      world_.after(Millis{90'000}, [this, name = order->name] { api_.pods.erase(name); });
      return;
    }
    world_.after(delay, [this, order = std::move(order)] { start_pod(order); });
  }

  void start_pod(const std::shared_ptr<PodOrder>& order) {
    Chance& chance = world_.chance;
    api_.pods[order->name] = "Running";
    auto end = std::make_shared<PodEnd>();
    Actor& actor = world_.spawn(order->name, [this, order, end](Actor& self) { run_agent(self, *order, *end); });
    actor.wall_skew = chance.between(-20'000, 20'000);
    if (world_.faults) {
      if (chance.thousandth(kills_ / 2)) actor.kill_at = chance.spread(1'500);
      if (chance.thousandth(kills_ / 4)) actor.stop_at = chance.spread(1'500);
      if (chance.one_in(20)) actor.freeze_at = chance.spread(1'500);
      actor.freeze_for = chance.between(5'000, 150'000);
      actor.stop_with = sys::StopKind::terminate;
      actor.on_stop = [this, &actor] {
        ++stopped_;
        world_.after(k_grace, [&actor] { actor.kill(); });
      };
    }
    const bool lost = world_.faults && chance.thousandth(weather_.lost_pod);
    if (lost) world_.after(chance.between(100, 60'000), [&actor] { actor.kill(); });
    actor.on_end = [this, order, end, &actor, lost] {
      if (actor.killed()) ++killed_;
      end->killed = actor.killed();
      if (end->killed) end->exit_code = 137;
      witness_.pod_ended(order->name);
      pod_ended(*order, *end, lost && actor.killed());
    };
  }

  void run_agent(Actor& self, PodOrder& order, PodEnd& end) {
    const auto value = json::parse(order.disk.content("job.json").value_or(""));
    auto job = value ? wire::job_from_json(*value) : value.error();
    if (!job) return world_.violate(k_truth, "a job that no agent can read");
    witness_.pod_started(self.name(), *job, order.accepted);
    world_.trace(self.name(),
                 "starts for job " + std::string(wire::word_of(job->kind)) + " of try " + std::to_string(job->attempt));
    Machine machine(world_, self, order.disk, [this, &order](const ChildPtr& child) { return launch(child, order); });
    machine.env.values.values = {{"HOSTNAME", order.name}, {"PATH", "/usr/bin"}};
    if (job->reduced) {
      ++reduced_;
      return run_reduced_script(machine.sys, order.disk, order.name, order.arguments[2], [&](std::string_view text) {
        self.call();
        end.log += text;
      });
    }
    // A policy goes by the pod: it is in force at the last run as well, but where only an agent can help.
    if (left_ != Left::pending && world_.chance.thousandth(refusing_)) {
      end.exit_code = 126;
      end.log = "sh: ./agent-amd64: Permission denied\n";
      return;
    }
    const auto print = [&](std::string_view text) {
      self.call();
      end.log += text;
      if (const auto payload = wire::find_frame(end.log, wire::frame_nonce(order.arguments[2]))) {
        const auto told = json::parse(*payload);
        const auto answer = told ? wire::answer_from_json(*told) : told.error();
        if (answer) witness_.pod_answered(self.name(), *answer);
      }
    };
    end.exit_code = agent::run(machine.sys, print, order.arguments);
  }

  bool launch(const ChildPtr& child, const PodOrder& order) {
    if (child->argv.front() == "kubectl") {
      start_kubectl(world_, api_, weather_, child);
      return true;
    }
    const HelmCall call = helm_call(child->argv);
    if (call.verb == "upgrade" || call.verb == "rollback" || call.verb == "uninstall") {
      child->on_gone = [this, pod = child->owner] { witness_.helm_ended(pod); };
      witness_.helm_started(child->owner, call);
    }
    start_helm(world_, api_.release, weather_, helm_version_, child, order.disk.content("values.json").value_or(""));
    return true;
  }

  void pod_ended(const PodOrder& order, const PodEnd& end, bool node_lost) {
    Chance& chance = world_.chance;
    if (node_lost) {  // the API server goes on showing it as running
      world_.after(k_node_lost, [this, name = order.name] { api_.pods.erase(name); });
      world_.after(chance.between(60'000, 300'000), [this, id = order.id] { azure_.give_up(id, "PodFailed"); });
      return;
    }
    const std::string phase = end.exit_code == 0 && !end.killed ? "Succeeded" : "Failed";
    world_.after(chance.between(100, end.killed ? 20'000 : 1'500), [this, name = order.name, phase] {
      if (api_.pods.count(name) != 0) api_.pods[name] = phase;
    });
    world_.after(chance.between(100, 3'000), [this, id = order.id, end] { azure_.ended(id, end); });
    world_.after(chance.between(30'000, 3'600'000), [this, name = order.name] { api_.pods.erase(name); });
  }

  // ---- and at last one more run
  enum class Left { whole, pending, uninstalling };  // by a helm that was killed
  Left how_left() const {
    const Revision* newest = api_.release.newest();
    if (newest == nullptr) return Left::whole;
    return newest->status == "uninstalling"           ? Left::uninstalling
           : newest->status.rfind("pending-", 0) == 0 ? Left::pending
                                                      : Left::whole;
  }

  bool is_quiet() const {
    for (const auto& [name, phase] : api_.pods) {
      if (phase == "Pending" || phase == "Running") return false;
    }
    return true;
  }

  void finish(const JobPlan& job) {
    world_.faults = false;
    world_.trace("world", "nothing goes wrong any more");
    if (world_.chance.one_in(3)) {  // also while late pods are still about to come
      begin_run(job, "again", Millis{0}, false);
      world_.run([this] { return runners_ == 0; });
    }
    world_.run([this] { return is_quiet(); });
    if (!world_.violation().empty()) return;
    left_ = how_left();
    const std::uint64_t helm_runs = witness_.helm_runs();
    begin_run(job, "last", Millis{0}, false);
    world_.run([this] { return runners_ == 0; });
    if (world_.violation().empty()) judge_last(job, helm_runs);
  }

  void judge_last(const JobPlan& job, std::uint64_t helm_runs_before) {
    const RunnerView& run = witness_.runner("last");
    const ReleaseModel& release = api_.release;
    std::uint64_t runs = witness_.helm_runs() - helm_runs_before;
    if (left_ == Left::uninstalling && runs > 0) --runs;  // that removal is brought to its end first
    const std::string told = " after exit " + std::to_string(run.exit_code);
    const std::string now = release.newest() == nullptr ? "nothing" : release.newest()->content.id;
    if (job.content.fate == Fate::healthy) {
      if (run.exit_code != 0 || now != job.content.id || !release.healthy_now() || runs > 1 ||
          release.newest()->status != "deployed")
        world_.violate(k_converges, "the newest revision is " + now + told);
      return;
    }
    if (job.content.fate == Fate::refused) {
      if (run.exit_code != 3) world_.violate(k_converges, "a chart that helm refuses is told as something else" + told);
      return;
    }
    const bool undone = run.exit_code == 20   ? release.healthy_now() && now != job.content.id
                        : run.exit_code == 24 ? release.newest() == nullptr
                                              : run.exit_code == 21;
    if (!undone || runs > 2) world_.violate(k_converges, "a failed release stands as " + now + told);
  }

  World world_;
  const Weather weather_;
  ApiServer api_;
  AzureModel azure_;
  Witness witness_;
  const std::uint64_t refusing_;  // in a thousand: how many pods refuse to execute the agent
  const std::string helm_version_;
  const std::uint64_t kills_;  // in a thousand: how many programs are killed
  std::list<fake::FakeFiles> disks_;
  int runners_ = 0;
  Left left_ = Left::whole;    // before the last run
  std::uint64_t reduced_ = 0;  // calls of the script
  std::uint64_t killed_ = 0;
  std::uint64_t stopped_ = 0;
};

}  // namespace

Played play(std::uint64_t seed, Stacks& stacks, bool tracing) { return Scenario(seed, stacks, tracing).play(); }

}  // namespace sentimark::sim
