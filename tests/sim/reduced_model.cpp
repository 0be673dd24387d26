#include "sim/reduced_model.hpp"

#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "wire/frame.hpp"

namespace sentimark::sim {
namespace {

constexpr base::Millis k_look{10'000};
constexpr base::Millis k_grace{10'000};
constexpr base::Instant k_never{base::Millis{1'000'000'000'000}};

class NeverStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return sys::StopKind::none; }
};

class Script {
 public:
  Script(sys::Sys& sys, const fake::FakeFiles& disk, std::string pod) : sys_(sys), disk_(disk), pod_(std::move(pod)) {}

  std::string answer(const std::string& digest) {
    if (digest::sha256_hex(file("sums")) != digest) return "refused damaged sums\n";
    for (const std::string& line : base::lines_of(file("sums"))) {
      const auto words = base::split(line, ' ');
      if (digest::sha256_hex(file(words[1])) != words[0]) return "refused damaged " + words[1] + "\n";
    }
    const auto last = base::parse_unsigned(base::trim(file("not-after"))).value_or(0);
    if (static_cast<std::uint64_t>(sys_.clock.wall().since_epoch.count() / 1000) > last) return "refused late\n";
    bool guarded = disk_.content("guard.argv").has_value();
    if (guarded) {
      tell(run(argv_of("guard.argv"), filled("record-guard"), false));
      if (last_.exit_code != 0 || stopped_) return told_;
    }
    for (const std::string& line : base::lines_of(file("steps"))) {
      const auto words = base::split(line, ' ');
      std::string input;
      if (words[1] != "/dev/null")
        input = disk_.content("record-" + words[0]) ? filled("record-" + words[0]) : last_.out;
      tell(run(argv_of("step-" + words[0] + ".argv"), input, guarded));
      guarded = false;
    }
    return told_;
  }

 private:
  struct Ended {
    int exit_code = -1;
    std::string out;
    std::string err;
  };
  std::string file(const std::string& name) const { return disk_.content(name).value_or(""); }
  std::vector<std::string> argv_of(const std::string& name) const { return base::lines_of(file(name)); }
  std::string filled(const std::string& name) const {
    return base::replace_all(base::replace_all(file(name), "@sentimark-pod@", pod_), "@sentimark-namespace@",
                             "aks-command");
  }

  Ended run(std::vector<std::string> argv, std::string input, bool watched) {
    Ended ended;
    const auto child = sys_.processes.start({std::move(argv), {}, std::move(input), {}});
    if (!child) return {127, {}, child.error().what};
    base::Instant look = watched ? sys_.clock.monotonic() + k_look : k_never;
    base::Instant kill = k_never;
    if (stopped_) kill = end(*child);
    for (;;) {
      const NeverStop never;
      const sys::Stop& stop = stopped_ ? static_cast<const sys::Stop&>(never) : sys_.stop;
      const sys::ProcessEvent event = sys_.processes.wait_any(std::min(look, kill), stop);
      using Kind = sys::ProcessEvent::Kind;
      if (event.kind == Kind::stopped) {
        stopped_ = true;
        kill = end(*child);
      } else if (event.kind == Kind::deadline) {
        if (sys_.clock.monotonic() >= kill) {
          sys_.processes.signal(*child, sys::Signal::kill);
          kill = k_never;
        } else {
          look_at_hold();
          look = sys_.clock.monotonic() + k_look;
        }
      } else if (event.process == *child) {
        if (event.kind == Kind::output) ended.out += event.text;
        if (event.kind == Kind::error) ended.err += event.text;
        if (event.kind == Kind::exited) ended.exit_code = event.exit_code;
        if (event.kind == Kind::exited) return ended;
      } else if (event.process == looking_) {
        if (event.kind == Kind::output) seen_ += event.text;
        if (event.kind == Kind::exited) {
          looking_ = 0;
          const std::string token(base::trim(file("held.token")));
          if (event.exit_code == 0 && !base::contains(seen_, token)) {
            look = k_never;
            kill = end(*child);
          }
        }
      }
    }
  }

  base::Instant end(sys::ProcessId child) {
    sys_.processes.signal(child, sys::Signal::terminate);
    return sys_.clock.monotonic() + k_grace;
  }

  // Starts the next look; what it tells comes as events.
  void look_at_hold() {
    if (looking_ != 0) return;
    seen_.clear();
    const auto look = sys_.processes.start({argv_of("held.argv"), {}, {}, {}});
    if (look) looking_ = *look;
  }

  void tell(Ended ended) {
    last_ = std::move(ended);
    told_ += "result " + std::to_string(last_.exit_code) + " " + (stopped_ ? "1" : "0") + " plain " +
             std::to_string(last_.out.size()) + " " + digest::sha256_hex(last_.out) + " " +
             std::to_string(last_.out.size()) + " " + std::to_string(last_.err.size()) + "\n" + last_.out + last_.err;
  }

  sys::Sys& sys_;
  const fake::FakeFiles& disk_;
  const std::string pod_;
  bool stopped_ = false;
  sys::ProcessId looking_ = 0;
  std::string seen_;
  Ended last_;
  std::string told_;
};

}  // namespace

void run_reduced_script(sys::Sys& sys, const fake::FakeFiles& disk, const std::string& pod, const std::string& digest,
                        const std::function<void(std::string_view)>& print) {
  print(wire::frame(wire::frame_nonce(digest), Script(sys, disk, pod).answer(digest)));
}

}  // namespace sentimark::sim
