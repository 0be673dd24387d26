#include "helm_private_deploy/probe.hpp"

#include <algorithm>
#include <cctype>

#include "azure/arm_error.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cluster/readiness.hpp"
#include "pack/zip.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using azure::CommandState;
using base::Millis;
using base::Outcome;

constexpr Millis k_look{2'000};
constexpr Millis k_short{180'000};  // for a command that does next to nothing, its pod's start included
constexpr Millis k_margin{60'000};  // for the start of a long one's pod
constexpr Millis k_often{30'000};   // how often a read result is asked for again
constexpr std::uint64_t k_context_first = 512 * 1024;
constexpr std::uint64_t k_context_most = 32 * 1024 * 1024;
constexpr std::uint64_t k_command_first = 16 * 1024;
constexpr std::uint64_t k_command_most = 8 * 1024 * 1024;
constexpr std::uint64_t k_finest = 64;  // a limit is known when its bounds are this part of it apart
constexpr int k_tries = 2;
constexpr std::size_t k_most_facts = 60;
constexpr std::size_t k_fact_told = 160;

// Prints name=value, a line each. The file probe.sh comes with the context, executable.
constexpr std::string_view k_facts_script =
    R"sh(for t in base64 sha256sum tar gzip unzip curl openssl jq awk timeout; do
if command -v $t >/dev/null 2>&1; then echo "tool $t=yes"; else echo "tool $t=no"; fi; done
echo "pod=$HOSTNAME"
echo "user=$(id -u)"
echo "architecture=$(uname -m)"
echo "folder=$(pwd)"
if (: > /sentimark-probe) 2>/dev/null; then rm -f /sentimark-probe; echo "root file system=writable"
else echo "root file system=read-only"; fi
if [ -x ./probe.sh ]; then echo "execute bit of the context=kept"; else echo "execute bit of the context=lost"; fi
chmod 0700 ./probe.sh; if ./probe.sh >/dev/null 2>&1; then echo "a program of the context=runs"
else echo "a program of the context=refused ($?)"; fi
echo "helm=$(helm version --short 2>/dev/null)"
echo "kubectl=$(kubectl version --client 2>/dev/null | head -n 1)"
)sh";

class Prober {
 public:
  Prober(sys::Sys& sys, azure::Arm& arm, azure::Entra& entra, Millis span)
      : sys_(sys), arm_(arm), entra_(entra), span_(span) {}

  base::Result<Findings> run() {
    SENTIMARK_LET(cluster, cluster::ready(sys_, arm_, false, sys_.clock.monotonic() + k_short));
    entra_cluster_ = cluster.entra;
    SENTIMARK_TRY(look_around());
    SENTIMARK_TRY(bound(found_.context, "context", k_context_first, k_context_most,
                        [this](std::uint64_t size) { return with_context(size); }));
    SENTIMARK_TRY(bound(found_.command, "command", k_command_first, k_command_most,
                        [this](std::uint64_t size) { return with_command(size); }));
    SENTIMARK_TRY(run_long());
    return std::move(found_);
  }

 private:
  base::Result<azure::Started> start(const std::string& command, const std::string& context) {
    const base::Instant deadline = sys_.clock.monotonic() + k_short;
    if (!entra_cluster_) return arm_.run_command(command, context, {}, deadline);
    SENTIMARK_LET(token, entra_.token(std::string(azure::k_aks_scope), deadline));
    return arm_.run_command(command, context, token.text, deadline);
  }

  base::Done wait(Millis span) {
    if (sys_.clock.sleep_until(sys_.clock.monotonic() + span, sys_.stop)) return {};
    return base::fail(Outcome::interrupted, "told to stop while measuring", "run probe again: it changes nothing");
  }

  base::Result<CommandState> result(const azure::Started& command) {
    return arm_.result(command, sys_.clock.monotonic() + k_margin);
  }

  // To its end, however it ended.
  base::Result<CommandState> finish(const azure::Started& command, Millis span) {
    const base::Instant until = sys_.clock.monotonic() + span;
    Millis pause = std::max(Millis{500}, command.retry_after);
    for (;;) {
      SENTIMARK_TRY(wait(pause));
      SENTIMARK_LET(state, result(command));
      if (state.ended) return state;
      pause = std::max(k_look, state.retry_after);
      if (sys_.clock.monotonic() >= until)
        return base::fail(Outcome::timeout, "command " + command.command_id + " did not end in time",
                          "run probe again");
    }
  }

  // What is in the pod. The times of its result and its pod are counted from here.
  base::Done look_around() {
    sys_.log.info("what is in the command pod");
    SENTIMARK_LET(context, pack::zip({{{"probe.sh", "#!/bin/sh\nexit 0\n", true}, false, 0, 0}}));
    SENTIMARK_LET(command, start(std::string(k_facts_script), context));
    SENTIMARK_LET(state, finish(command, k_short));
    if (!state.succeeded)
      return base::fail(Outcome::remote, "the first command did not run: Azure says " + state.reason,
                        "look at the cluster: its nodes may have no room for the command pod", "probe");
    first_ = command;
    read_at_ = sys_.clock.monotonic();
    found_.result.seen = Millis{0};
    for (const std::string& line : base::lines_of(state.logs)) {
      const std::size_t at = line.find('=');
      if (at == std::string::npos || found_.facts.size() >= k_most_facts) continue;
      found_.facts.emplace_back(base::shorten(line.substr(0, at), k_fact_told),
                                base::shorten(line.substr(at + 1), k_fact_told));
    }
    return {};
  }

  // Twice as much until it is refused, then between what was taken and what was not.
  template <typename Try>
  base::Done bound(Bounds& bounds, const std::string& what, std::uint64_t size, std::uint64_t most, Try attempt) {
    for (;;) {
      SENTIMARK_LET(taken, attempt(size));
      auto& [known, is_taken] = taken;
      sys_.log.info(what + " of " + std::to_string(known) + " bytes: " + (is_taken ? "taken" : "refused"));
      if (is_taken) bounds.taken = std::max(bounds.taken, known);
      if (!is_taken) {
        bounds.refused = bounds.refused == 0 ? known : std::min(bounds.refused, known);
        bounds.words = refused_;
      }
      if (bounds.refused == 0) {
        if (size >= most) return {};
        size *= 2;
        continue;
      }
      if (bounds.refused <= bounds.taken || bounds.refused - bounds.taken <= bounds.refused / k_finest) return {};
      size = bounds.taken + (bounds.refused - bounds.taken) / 2;
    }
  }

  // How large it really was, and whether it was taken and ran. Only what says nothing about sizes is an error. A 413 is
  // the service's word; anything else, a gateway's 504 above all, may have been for once and is asked again.
  base::Result<std::pair<std::uint64_t, bool>> run_sized(std::uint64_t size, const std::string& command,
                                                         const std::string& context) {
    for (int tries = 1;; ++tries) {
      auto started = start(command, context);
      if (started) {
        SENTIMARK_LET(state, finish(*started, k_short));
        if (state.succeeded && state.exit_code == 0) return std::pair(size, true);
        refused_ =
            state.reason.empty() ? "the pod ended with exit code " + std::to_string(state.exit_code) : state.reason;
      } else {
        base::Error error = std::move(started).error();
        const bool of_cluster = azure::is_busy(error) || base::contains(error.code, "Kubernetes");
        if (of_cluster || (error.kind != Outcome::remote && error.kind != Outcome::unknown)) return error;
        refused_ = error.what;
        if (error.code == "too-large") return std::pair(size, false);
      }
      if (tries == k_tries) return std::pair(size, false);
    }
  }

  base::Result<std::pair<std::uint64_t, bool>> with_context(std::uint64_t size) {
    // Nothing deflates it: what is sent has the size that is asked about.
    std::string bytes(size / 4 * 3, '\0');
    sys_.random.fill({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()});
    SENTIMARK_LET(context, pack::zip({{{"probe.bin", std::move(bytes), false}, false, 0, 0}}));
    return run_sized(base::base64_size(context.size()), "true", context);
  }

  base::Result<std::pair<std::uint64_t, bool>> with_command(std::uint64_t size) {
    std::string command = "true # ";
    command.resize(std::max<std::size_t>(command.size(), size), 'x');
    return run_sized(command.size(), command, {});
  }

  // AKS names the pod by the command. The id came over the wire: only what a name may hold goes into a script.
  static std::string pod_of(const azure::Started& command) {
    std::string id = command.command_id;
    std::erase_if(id, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-'; });
    return "command-" + id;
  }

  // Tells each two seconds, by name, whether a pod is there; only what changes.
  static std::string watcher(const std::vector<std::string>& pods, Millis span) {
    std::string script = "last=; n=0; while [ $n -le " + std::to_string(span.count() / 1000) +
                         " ]; do all=$(kubectl get pods -n aks-command -o name 2>/dev/null); now=; for p in";
    for (const std::string& pod : pods) script += " " + pod;
    return script +
           "; do case \"$all\" in *pod/$p*) now=\"$now yes\";; *) now=\"$now no\";; esac; done; "
           "[ \"$now\" = \"$last\" ] || echo \"at $n$now\"; last=$now; sleep 2; n=$((n+2)); done; echo \"at $n$now\"";
  }

  // One command is let run as long as it may, another looks at the pods meanwhile.
  base::Done run_long() {
    SENTIMARK_LET(unread, start("true", {}));
    const base::Instant unread_at = sys_.clock.monotonic();
    SENTIMARK_TRY(wait(k_look));
    sys_.log.info("how long a command may run: up to " + base::human_duration(span_));
    const std::string seconds = std::to_string(span_.count() / 1000);
    SENTIMARK_LET(runner, start("n=0; while [ $n -lt " + seconds +
                                    " ]; do n=$((n+1)); [ $((n%10)) -ne 1 ] || echo second $n; sleep 1; done",
                                {}));
    const base::Instant began = sys_.clock.monotonic();
    const std::string watch = watcher({pod_of(first_), pod_of(unread)}, span_ / 2);
    auto observer = start(watch, {});
    base::Instant observed_from = sys_.clock.monotonic();
    const bool refused = !observer;
    if (refused) found_.together = "the second is refused: " + observer.error().what;
    SENTIMARK_TRY(follow(runner, began, observer));
    if (refused) {
      observer = start(watch, {});
      if (!observer) return std::move(observer).error();
      observed_from = sys_.clock.monotonic();
    }
    SENTIMARK_LET(seen, finish(*observer, span_ + k_margin));
    note_pods(seen.logs, observed_from - unread_at, observed_from - read_at_);
    note_result();
    (void)result(unread);  // its pod may go now
    return {};
  }

  base::Done follow(const azure::Started& runner, base::Instant began, const base::Result<azure::Started>& observer) {
    base::Instant next_read = sys_.clock.monotonic() + k_often;
    for (;;) {
      SENTIMARK_TRY(wait(k_look));
      SENTIMARK_LET(state, result(runner));
      const base::Instant now = sys_.clock.monotonic();
      if (!state.ended && !state.logs.empty()) found_.partial_logs = true;
      if (state.ended) {
        found_.ran = now - began;
        if (!state.succeeded) found_.ended_by = state.reason.empty() ? state.state : state.reason;
        if (observer && found_.together.empty()) found_.together = "the second waits for the end of the first";
        return {};
      }
      if (observer && found_.together.empty()) {
        const auto other = result(*observer);
        if (other && other->ended) found_.together = "both run";
      }
      if (now >= next_read && !found_.result.gone) {
        note_result();
        next_read = now + k_often;
      }
      if (now - began > span_ + k_margin)
        return base::fail(Outcome::timeout, "the command did not end in time", "run probe again");
    }
  }

  void note_result() {
    if (found_.result.gone) return;
    const Millis since = sys_.clock.monotonic() - read_at_;
    const auto state = result(first_);
    if (state) {
      found_.result.seen = since;
    } else if (state.error().code == "NotFound" || state.error().code == "http-404") {
      found_.result.gone = since;
    }
  }

  static void note(Stay& stay, bool there, Millis since) {
    if (there) {
      stay.seen = since;
    } else if (stay.seen >= Millis{0} && !stay.gone) {
      stay.gone = since;
    }
  }

  void note_pods(const std::string& told, Millis since_unread, Millis since_read) {
    for (const std::string& line : base::lines_of(told)) {
      const auto words = base::split(line, ' ');
      if (words.size() != 4 || words[0] != "at") continue;
      const auto second = base::parse_unsigned(words[1]);
      if (!second || *second > 1'000'000) continue;
      const Millis at{static_cast<std::int64_t>(*second) * 1'000};
      note(found_.read_pod, words[2] == "yes", since_read + at);
      note(found_.unread_pod, words[3] == "yes", since_unread + at);
    }
  }

  sys::Sys& sys_;
  azure::Arm& arm_;
  azure::Entra& entra_;
  const Millis span_;
  bool entra_cluster_ = false;
  azure::Started first_;
  base::Instant read_at_;
  std::string refused_;
  Findings found_;
};

}  // namespace

base::Result<Findings> measure(sys::Sys& sys, azure::Arm& arm, azure::Entra& entra, Millis span) {
  return Prober(sys, arm, entra, span).run();
}

}  // namespace sentimark::helm_private_deploy
