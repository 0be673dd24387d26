#include "cluster/pod_processes.hpp"

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;
using Argv = std::vector<std::string>;

constexpr base::Millis k_question{60'000};  // a batch of commands that only read, or write one object
constexpr int k_most_pages = 40;

std::string word(const Argv& argv, std::size_t at) { return at < argv.size() ? argv[at] : std::string(); }

std::string key_of(const Argv& argv, const std::string& input) {
  return base::join(argv, "\n") + std::string(1, '\0') + input;
}

base::Error not_whole(const std::string& program) {
  return base::fail(Outcome::refused,
                    "what " + program + " printed changes faster than it can be fetched in parts from the command pod",
                    "run again, or exempt the namespace aks-command so that the agent may be executed", "too-much");
}

// kubectl create, kubectl replace and three verbs of helm; everything else that the agent asks only reads.
bool writes(const wire::Job& job, const Argv& argv) {
  const std::string verb = word(argv, 1);
  if (argv.front() == job.helm) return verb == "upgrade" || verb == "rollback" || verb == "uninstall";
  return verb == "create" || verb == "replace";
}

// What a command prints goes through Azure's log, and is kept there.
base::Error no_secret() {
  return base::fail(Outcome::refused,
                    "in reduced mode no Secret is read, and the state of helm's revision stands in one",
                    "run helm rollback by hand, or exempt the namespace aks-command so that the agent may be executed "
                    "and run again",
                    "no-record");
}

}  // namespace

base::Result<sys::ProcessId> PodProcesses::start(const sys::Command& command) {
  if (trouble_) return *trouble_;
  if (word(command.argv, 2) == "secret") return no_secret();
  auto told = tell(command);
  if (!told) return std::move(told).error();
  const sys::ProcessId id = ++last_;
  using Kind = sys::ProcessEvent::Kind;
  if (!told->out.empty()) events_.push_back({Kind::output, id, std::move(told->out), -1});
  if (!told->err.empty()) events_.push_back({Kind::error, id, std::move(told->err), -1});
  if (told->stopped) events_.push_back({Kind::stopped, 0, {}, -1});
  events_.push_back({Kind::exited, id, {}, told->exit_code});
  return id;
}

sys::ProcessEvent PodProcesses::wait_any(base::Instant, const sys::Stop&) {
  if (events_.empty()) return {};
  sys::ProcessEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

base::Result<PodProcesses::Told> PodProcesses::tell(const sys::Command& command) {
  const auto known = known_.find(key_of(command.argv, command.input));
  if (known != known_.end()) {
    Told told = std::move(known->second);
    known_.erase(known);
    return told;
  }
  const bool changes_release = command.argv.front() == job_.helm && writes(job_, command.argv);
  PodCommand asked{command.argv, changes_release ? std::string() : command.input, false, 0};
  return ask(asked, changes_release ? command.input : std::string());
}

base::Result<PodProcesses::Told> PodProcesses::ask(const PodCommand& command, std::string guard) {
  PodBatch batch;
  const bool guarded = !guard.empty();
  if (guarded) looked_.clear();  // what helm makes is another revision
  if (guarded) batch.guard = guard_of(std::move(guard));
  batch.commands = foreseen(command);
  batch.commands.insert(batch.commands.begin(), command);
  known_.clear();
  const base::Millis lasts = guarded ? k_question + job_.helm_timeout : k_question;
  auto results = call_(batch, lasts);
  // What only reads is asked again, whatever became of it.
  for (int again = 0; !results && results.error().kind == Outcome::unknown && !writes(job_, command.argv) && again < 2;
       ++again)
    results = call_(batch, lasts);
  const bool begun =
      results || results.error().kind == Outcome::unknown || results.error().kind == Outcome::interrupted;
  may_have_changed_ = may_have_changed_ || (begun && writes(job_, command.argv));
  if (results && results->size() != batch.commands.size() + (guarded ? 1 : 0) && !(guarded && results->size() == 1)) {
    results = base::fail(Outcome::unknown, "the command in the cluster answered something else", {}, "no-answer");
  }
  if (!results) {
    trouble_ = results.error();
    return *trouble_;
  }
  if (guarded && results->size() == 1) {
    const PodResult& lost = results->front();
    if (lost.stopped) return Told{-1, true, {}, {}};
    return base::fail(Outcome::refused, "the record was not won: " + base::shorten(lost.errors, 200), {}, "lost");
  }
  const std::size_t at = guarded ? 1 : 0;
  const PodResult& first = (*results)[at];
  Told told{first.exit_code, guarded && first.stopped, {}, first.errors};
  auto whole = first.part.size() == first.size || writes(job_, command.argv) ? base::Result<std::string>(first.part)
                                                                             : rest_of(command, first);
  // What a write printed beyond the first part is let go: its exit code tells, and it must not be repeated.
  auto out = !whole                        ? whole
             : whole->size() == first.size ? output_of(first, *whole)
                                           : base::Result<std::string>(std::string());
  if (!out) {
    trouble_ = out.error();
    return *trouble_;
  }
  told.out = std::move(out).value();
  if (word(command.argv, 1) == "get" && word(command.argv, 2) == "manifest") looked_ = command.argv;
  remember(batch.commands, *results, at, told.out);
  return told;
}

// Page after page, each from a new run of the same question: whole only while its answer stays the same.
base::Result<std::string> PodProcesses::rest_of(PodCommand command, const PodResult& first) {
  std::string whole = first.part;
  for (int page = 1; whole.size() < first.size; ++page) {
    if (page > k_most_pages) return not_whole(command.argv.front());
    command.offset = whole.size();
    PodBatch batch;
    batch.commands.push_back(command);
    auto results = call_(batch, k_question);
    if (!results) return std::move(results).error();
    if (results->size() != 1 || results->front().sha256 != first.sha256 || results->front().part.empty())
      return not_whole(command.argv.front());
    whole += results->front().part;
  }
  return whole;
}

void PodProcesses::remember(const std::vector<PodCommand>& commands, const std::vector<PodResult>& results,
                            std::size_t from, std::string previous) {
  for (std::size_t i = 1; i < commands.size(); ++i) {
    const PodResult& result = results[from + i];
    if (result.part.size() != result.size) return;  // asked for alone, it has more room
    auto out = output_of(result, result.part);
    if (!out) return;
    const std::string input = commands[i].after_previous ? previous : commands[i].input;
    previous = *out;
    known_[key_of(commands[i].argv, input)] = {result.exit_code, false, std::move(out).value(), result.errors};
  }
}

bool PodProcesses::is_record(const Argv& argv) const {
  return argv.front() == job_.kubectl && (word(argv, 1) == "create" || word(argv, 1) == "replace");
}

// What the agent asks next, by what it does in src/agent.
std::vector<PodCommand> PodProcesses::foreseen(const PodCommand& command) const {
  const std::string& space = job_.namespace_name;
  const std::string kind = command.argv.front() == job_.kubectl ? word(command.argv, 2) : "";
  const PodCommand record{
      {job_.kubectl, "get", "configmap", "sentimark-" + job_.release, "-o", "json", "--ignore-not-found", "-n", space}};
  const PodCommand history{{job_.helm, "history", job_.release, "-n", space, "-o", "json", "--max", "20"}};
  const PodCommand version{{job_.helm, "version", "--template", "{{.Version}}"}};
  const PodCommand found{{job_.kubectl, "get", "-f", "-", "-n", space, "-o", "json"}, {}, true};
  const PodCommand around{{job_.kubectl, "get", "pods,replicasets,endpointslices,events", "-n", space, "-o", "json"}};
  const auto look = [&] { return std::vector<PodCommand>{PodCommand{looked_}, found, around}; };
  if (kind == "namespace" || kind == "pod") return {record};
  if (kind == "configmap" && job_.kind == wire::JobKind::status) return {history};
  if (is_record(command.argv)) {
    if (!looked_.empty()) return look();
    if (job_.kind == wire::JobKind::watch) return {};
    return job_.kind == wire::JobKind::deploy ? std::vector<PodCommand>{version, history}
                                              : std::vector<PodCommand>{history};
  }
  if (command.argv.front() != job_.helm) return {};
  if (word(command.argv, 1) == "get") return {found, around};
  if (writes(job_, command.argv)) return {record, history};
  return {};
}

PodGuard PodProcesses::guard_of(std::string object) const {
  PodGuard guard;
  const std::string name = "sentimark-" + job_.release;
  guard.replace = {job_.kubectl, "replace", "-f", "-", "-o", "json"};
  guard.look = {job_.kubectl, "get", "configmap", name, "-n", job_.namespace_name, "-o", "jsonpath={.data.record}"};
  const auto value = json::parse(object);
  const auto record = value ? json::parse((*value)["data"]["record"].string_or_empty()) : value;
  if (record) guard.token = (*record)["holder"]["token"].string_or_empty();
  guard.object = std::move(object);
  return guard;
}

}  // namespace sentimark::cluster
