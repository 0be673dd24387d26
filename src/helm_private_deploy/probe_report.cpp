#include "helm_private_deploy/probe.hpp"
#include "runner/markdown.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::human_duration;
using runner::markdown_code;
using runner::markdown_text;

std::string told(const Bounds& bounds) {
  const std::string taken = std::to_string(bounds.taken) + " bytes are taken";
  if (bounds.refused == 0) return taken + "; more was not tried";
  return taken + ", " + std::to_string(bounds.refused) + " are not (" + markdown_text(bounds.words) + ")";
}

std::string told(const Stay& stay) {
  if (stay.seen < base::Millis{0}) return "never seen";
  if (!stay.gone) return "still there after " + human_duration(stay.seen);
  return "there after " + human_duration(stay.seen) + ", gone after " + human_duration(*stay.gone);
}

std::string row(const std::string& question, const std::string& answer) {
  return "| " + question + " | " + answer + " |\n";
}

json::Value json_of(const Bounds& bounds) {
  json::Value value = json::Object{{"taken", static_cast<std::int64_t>(bounds.taken)}};
  if (bounds.refused > 0) {
    value.set("refused", static_cast<std::int64_t>(bounds.refused));
    value.set("words", bounds.words);
  }
  return value;
}

json::Value json_of(const Stay& stay) {
  json::Value value = json::Value::object();
  if (stay.seen >= base::Millis{0}) value.set("seenMs", std::int64_t{stay.seen.count()});
  if (stay.gone) value.set("goneMs", std::int64_t{stay.gone->count()});
  return value;
}

}  // namespace

std::string markdown_of(const Findings& findings, const std::string& cluster, base::Millis span) {
  std::string text = "## runCommand of " + markdown_code(cluster) + "\n\n| question | what was found |\n|---|---|\n";
  text += row("size of `context`, in base64", told(findings.context));
  text += row("length of `command`", told(findings.command));
  text += row("run time of a command", findings.ended_by.empty() ? "ran to its own end after " + human_duration(span)
                                                                 : "ended after " + human_duration(findings.ran) +
                                                                       " (" + markdown_text(findings.ended_by) + ")");
  text += row("output while a command runs",
              findings.partial_logs ? "told in the answers before the last" : "told at the command's end alone");
  text += row("two commands at the same time", markdown_text(findings.together));
  text += row("a result that was read", told(findings.result));
  text += row("the pod of a result that was read", told(findings.read_pod));
  text += row("the pod of a result that nobody reads", told(findings.unread_pod));
  for (const auto& [name, value] : findings.facts)
    text += row(markdown_text(name), value.empty() ? "nothing was printed" : markdown_code(value));
  return text;
}

json::Value json_of(const Findings& findings) {
  json::Value facts = json::Value::object();
  for (const auto& [name, value] : findings.facts) facts.set(name, value);
  json::Value run = json::Object{{"ranMs", std::int64_t{findings.ran.count()}}};
  if (!findings.ended_by.empty()) run.set("endedBy", findings.ended_by);
  return json::Object{{"context", json_of(findings.context)},
                      {"command", json_of(findings.command)},
                      {"runTime", std::move(run)},
                      {"partialLogs", findings.partial_logs},
                      {"together", findings.together},
                      {"result", json_of(findings.result)},
                      {"readPod", json_of(findings.read_pod)},
                      {"unreadPod", json_of(findings.unread_pod)},
                      {"facts", std::move(facts)}};
}

}  // namespace sentimark::helm_private_deploy
