#include "sim/helm_model.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::sim {
namespace {

bool is_pending(const Revision& revision) { return revision.status.rfind("pending-", 0) == 0; }

std::string flag(const std::vector<std::string>& argv, std::string_view name) {
  const auto found = std::find(argv.begin(), argv.end(), name);
  return found == argv.end() || found + 1 == argv.end() ? std::string() : *(found + 1);
}

// One mutating run: its steps follow one another in time while the process lives.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(World& world, ReleaseModel& release, ChildPtr child, Content content, bool fails)
      : world_(world), release_(release), child_(std::move(child)), content_(std::move(content)), fails_(fails) {}

  void begin(const HelmCall& call) {
    auto self = shared_from_this();
    if (call.verb == "upgrade") {
      // Helm gives its own end a chance on a signal: the release is marked failed. Only upgrade and install do so.
      child_->on_signal = [self](sys::Signal) { self->cancel(); };
      return later(100, 600, [self] { self->upgrade_checks(); });
    }
    if (call.verb == "rollback") return later(100, 600, [self, call] { self->rollback_records(call.target); });
    later(100, 600, [self] { self->uninstall_marks(); });
  }

 private:
  void later(std::int64_t low, std::int64_t high, std::function<void()> step) {
    world_.after(world_.chance.between(low, high), [self = shared_from_this(), step = std::move(step)] {
      if (self->child_->alive && !self->cancelled_) step();
    });
  }
  void end(int code, const std::string& out, const std::string& err) {
    world_.trace(child_->owner, "helm ends with " + std::to_string(code) + (err.empty() ? "" : ": " + err));
    if (!out.empty()) child_->print(out + "\n");
    if (!err.empty()) child_->complain("Error: " + err + "\n");
    child_->exit(code, world_.now);
  }
  void record(const std::string& status, const std::string& description) {
    made_ = release_.newest() == nullptr ? 1 : release_.newest()->number + 1;
    release_.add({made_, status, content_, description});
    world_.trace(child_->owner, "helm writes revision " + std::to_string(made_) + " " + status);
  }
  // True when there was one.
  bool supersede_deployed() {
    bool any = false;
    for (const Revision& revision : std::vector<Revision>(release_.history())) {
      if (revision.status != "deployed" || revision.number == made_) continue;
      release_.set_status(revision.number, "superseded");
      any = true;
    }
    return any;
  }

  void upgrade_checks() {
    const Revision* newest = release_.newest();
    install_ = newest == nullptr;
    if (!install_ && is_pending(*newest))
      return end(1, "", "UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress");
    const auto& rows = release_.history();
    const bool deployed =
        std::any_of(rows.begin(), rows.end(), [](const Revision& row) { return row.status == "deployed"; });
    if (!install_ && !deployed && newest->status != "failed" && newest->status != "superseded")
      return end(1, "", "UPGRADE FAILED: \"web\" has no deployed releases");
    if (content_.fate == Fate::refused)
      return end(1, "", "UPGRADE FAILED: parse error at (web/templates/web.yaml:1): unclosed action");
    auto self = shared_from_this();
    later(50, 400, [self, next = install_ ? 1 : newest->number + 1] {
      if (self->release_.find(next) != nullptr || (next == 1 && self->release_.newest() != nullptr))
        return self->end(1, "",
                         "UPGRADE FAILED: create: failed to create: secrets \"sh.helm.release.v1.web.v" +
                             std::to_string(next) + "\" already exists");
      self->record(self->install_ ? "pending-install" : "pending-upgrade", flag(self->child_->argv, "--description"));
      self->later(50, 400, [self] { self->upgrade_applies(); });
    });
  }
  void upgrade_applies() {
    release_.apply(content_);
    auto self = shared_from_this();
    const std::int64_t hooks = content_.hooks.count();
    later(10 + hooks, 100 + hooks, [self] {
      if (self->fails_ || self->content_.fate == Fate::half) {
        self->release_.set_status(self->made_, "failed");
        return self->end(1, "", "UPGRADE FAILED: pre-upgrade hooks failed: job failed: BackoffLimitExceeded");
      }
      // Where nothing is deployed helm upgrades from the failed revision before, and supersedes that.
      if (!self->supersede_deployed() && !self->install_) self->release_.set_status(self->made_ - 1, "superseded");
      self->later(10, 150, [self] {
        self->release_.set_status(self->made_, "deployed");
        self->end(0, "Release \"web\" has been upgraded. Happy Helming!", "");
      });
    });
  }
  void cancel() {
    if (cancelled_) return;
    cancelled_ = true;
    world_.after(world_.chance.between(50, 3'000), [self = shared_from_this()] {
      if (!self->child_->alive) return;
      if (self->made_ > 0) self->release_.set_status(self->made_, "failed");
      self->end(1, "", "UPGRADE FAILED: context canceled");
    });
  }

  void rollback_records(std::int64_t target) {
    const Revision* to = release_.find(target);
    if (to == nullptr) {
      return end(1, "",
                 release_.newest() == nullptr ? std::string("release: not found")
                                              : "release has no " + std::to_string(target) + " version");
    }
    content_ = to->content;
    record("pending-rollback", "Rollback to " + std::to_string(target));
    auto self = shared_from_this();
    later(50, 400, [self] {
      self->release_.apply(self->content_);
      self->later(10, 200, [self] {
        if (self->fails_) {
          self->release_.set_status(self->made_, "failed");
          return self->end(1, "", "no Deployment with the name \"web\" found");
        }
        (void)self->supersede_deployed();
        self->later(10, 150, [self] {
          self->release_.set_status(self->made_, "deployed");
          self->end(0, "Rollback was a success! Happy Helming!", "");
        });
      });
    });
  }

  void uninstall_marks() {
    if (release_.newest() == nullptr) return end(1, "", "uninstall: Release not loaded: web: release: not found");
    release_.set_status(release_.newest()->number, "uninstalling");
    auto self = shared_from_this();
    later(50, 400, [self] {
      self->release_.remove();
      self->later(10, 200, [self] {
        self->release_.purge();
        self->end(0, "release \"web\" uninstalled", "");
      });
    });
  }

  World& world_;
  ReleaseModel& release_;
  ChildPtr child_;
  Content content_;
  bool fails_;
  bool install_ = false;
  bool cancelled_ = false;
  std::int64_t made_ = 0;
};

Said history_of(const ReleaseModel& release) {
  if (release.history().empty()) return {1, {}, "Error: release: not found\n"};
  json::Array rows;
  for (const Revision& row : release.history()) {
    rows.push_back(json::Object{{"revision", row.number},
                                {"updated", base::to_rfc3339({k_epoch + row.made.since_start})},
                                {"status", row.status},
                                {"chart", "web-1.0.0"},
                                {"description", row.description}});
  }
  while (rows.size() > 20) rows.erase(rows.begin());
  return {0, json::to_text(rows) + "\n", {}};
}

}  // namespace

HelmCall helm_call(const std::vector<std::string>& argv) {
  HelmCall call;
  if (argv.size() > 1) call.verb = argv[1];
  if (call.verb == "rollback" && argv.size() > 3)
    call.target = static_cast<std::int64_t>(base::parse_unsigned(argv[3]).value_or(0));
  return call;
}

Content content_in(const std::string& values_text) {
  const auto values = json::parse(values_text);
  Content content;
  content.id = values ? (*values)["content"].string_or_empty() : "";
  if (content.id.empty()) content.fate = Fate::refused;
  if (!values) return content;
  constexpr std::array<std::pair<std::string_view, Fate>, 5> fates{{{"healthy", Fate::healthy},
                                                                    {"doomed", Fate::doomed},
                                                                    {"stuck", Fate::stuck},
                                                                    {"refused", Fate::refused},
                                                                    {"half", Fate::half}}};
  for (const auto& [word, fate] : fates) {
    if ((*values)["fate"].string_or_empty() == word) content.fate = fate;
  }
  content.hooks = Millis{(*values)["hooks"].int_or(0)};
  content.ready = Millis{(*values)["ready"].int_or(0)};
  return content;
}

Said helm_question(const ReleaseModel& release, const std::string& version, const std::vector<std::string>& argv) {
  const std::string verb = argv.size() > 1 ? argv[1] : "";
  if (verb == "version") return {0, version, {}};
  if (verb == "history") return history_of(release);
  if (verb == "get") {
    const std::string asked = flag(argv, "--revision");
    for (const Revision& row : release.history()) {
      if (asked == std::to_string(row.number)) return {0, manifest_of(row.content) + "\n", {}};
    }
    return {1, {}, "Error: release: not found\n"};
  }
  return {1, {}, "Error: unknown command \"" + verb + "\" for \"helm\"\n"};
}

void start_helm(World& world, ReleaseModel& release, const Weather& weather, const std::string& version,
                const ChildPtr& child, const std::string& values) {
  const HelmCall call = helm_call(child->argv);
  if (call.verb == "upgrade" || call.verb == "rollback" || call.verb == "uninstall") {
    const bool fails = world.faults && world.chance.thousandth(weather.helm);
    std::make_shared<Run>(world, release, child, content_in(values), fails)->begin(call);
    return;
  }
  world.after(world.chance.between(40, 300), [&world, &release, version, child] {
    if (!child->alive) return;
    const Said said = helm_question(release, version, child->argv);
    child->print(said.out);
    child->complain(said.err);
    child->exit(said.exit_code, world.now);
  });
}

}  // namespace sentimark::sim
