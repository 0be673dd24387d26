#include "verify/health.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"
#include "kube/health.hpp"
#include "runner/markdown.hpp"
#include "verify/given.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;
using kube::Health;
using kube::ObjectHealth;

constexpr std::size_t k_rows_told = 1'000;  // of the summary

base::Result<base::WallTime> moment(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string text = inputs.get("now");
  if (text.empty()) return sys.clock.wall();
  auto time = base::from_rfc3339(text);
  if (!time)
    return base::fail(Outcome::usage, "input now is '" + base::shorten(text, 80) + "', no RFC 3339 time",
                      "write for example 2026-01-02T03:04:05Z");
  return time;
}

std::string message_of(const ObjectHealth& health) {
  if (!health.message.empty()) return health.message;
  return health.health == Health::current ? "nothing more is expected of it"
                                          : "it says " + health.reason + " and no more";
}

json::Value json_of(const ObjectHealth& health) {
  return json::Object{{"kind", health.ref.kind},
                      {"name", health.ref.name},
                      {"namespace", health.ref.namespace_name},
                      {"status", kube::status_of(health.health)},
                      {"reason", health.reason},
                      {"message", message_of(health)},
                      {"warning", health.warning},
                      {"fix", health.cure}};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string text_of(const std::vector<ObjectHealth>& objects) {
  std::size_t width = 0;
  std::size_t reason_width = 0;
  for (const ObjectHealth& health : objects) {
    width = std::max(width, std::min<std::size_t>(60, health.ref.text().size()));
    reason_width = std::max(reason_width, std::min<std::size_t>(30, health.reason.size()));
  }
  std::string text;
  for (const ObjectHealth& health : objects) {
    text += base::one_line(padded(std::string(kube::status_of(health.health)), 11) + padded(health.ref.text(), width) +
                           padded(health.reason, reason_width) + message_of(health)) +
            "\n";
    if (!health.warning.empty()) text += padded("", 11) + "warning: " + base::one_line(health.warning) + "\n";
    if (!health.cure.empty()) text += padded("", 11) + "fix: " + base::one_line(health.cure) + "\n";
  }
  return text;
}

std::string_view icon(Health health) {
  switch (health) {
    case Health::current:
      return "✅";
    case Health::failed:
      return "❌";
    case Health::suspended:
      return "⏸️";
    default:
      return "⏳";
  }
}

std::string summary_of(const std::string& headline, Outcome outcome, const std::vector<ObjectHealth>& objects) {
  std::string text = "## " +
                     std::string(icon(outcome == Outcome::ok        ? Health::current
                                      : outcome == Outcome::refused ? Health::failed
                                                                    : Health::in_progress)) +
                     " " + runner::markdown_text(headline) +
                     "\n\n| | object | reason | what it says |\n|---|---|---|---|\n";
  std::size_t told = 0;
  for (const bool bad : {true, false}) {  // what asks for somebody first
    for (const ObjectHealth& health : objects) {
      if ((health.health != Health::current) != bad || ++told > k_rows_told) continue;
      text += "| " + std::string(icon(health.health)) + " " + std::string(kube::status_of(health.health)) + " | " +
              runner::markdown_code(health.ref.text()) + " | " + runner::markdown_text(health.reason) + " | " +
              runner::markdown_text(message_of(health) + (health.cure.empty() ? "" : "; to mend it: " + health.cure) +
                                    (health.warning.empty() ? "" : "; warning: " + health.warning)) +
              " |\n";
    }
  }
  if (told > k_rows_told) text += "\nand " + std::to_string(told - k_rows_told) + " more\n";
  return text;
}

void conclude(runner::Ending& ending, const kube::Judgement& judgement, bool wants_summary) {
  const std::size_t total = judgement.objects.size();
  const auto settled = static_cast<std::size_t>(std::count_if(
      judgement.objects.begin(), judgement.objects.end(),
      [](const ObjectHealth& one) { return one.health == Health::current || one.health == Health::suspended; }));
  const ObjectHealth* culprit = judgement.culprit();
  std::string headline = std::to_string(settled) + " of " + std::to_string(total) + " objects are as they should be";
  if (culprit != nullptr) {
    ending.outcome = Outcome::refused;
    ending.reason = culprit->message.empty() ? culprit->ref.text() + " has failed" : culprit->message;
    ending.cure = culprit->cure;
    headline += "; " + ending.reason;
  } else if (settled < total) {
    const auto open = std::find_if(judgement.objects.begin(), judgement.objects.end(), [](const ObjectHealth& one) {
      return one.health != Health::current && one.health != Health::suspended;
    });
    ending.outcome = Outcome::inconclusive;
    ending.reason = open->ref.text() + " is " + std::string(kube::status_of(open->health)) + ": " + message_of(*open);
    ending.cure = "look again later";
    headline += "; " + ending.reason;
  }
  const auto failures =
      static_cast<std::size_t>(std::count_if(judgement.objects.begin(), judgement.objects.end(),
                                             [](const ObjectHealth& one) { return one.health == Health::failed; }));
  const auto warnings =
      static_cast<std::size_t>(std::count_if(judgement.objects.begin(), judgement.objects.end(),
                                             [](const ObjectHealth& one) { return !one.warning.empty(); }));
  tell_verdict(ending, {ending.outcome == Outcome::refused        ? "fail"
                        : ending.outcome == Outcome::inconclusive ? "inconclusive"
                        : warnings > 0                            ? "warn"
                                                                  : "pass",
                        failures, warnings});
  if (wants_summary) ending.summary = summary_of(headline, ending.outcome, judgement.objects);
}

}  // namespace

base::Result<runner::Ending> run_health(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::vector<std::string> files = given_files(inputs);
  if (files.empty())
    return base::fail(Outcome::usage, "input file is missing", "write verify health FILE, or - for standard input");
  SENTIMARK_LET(now, moment(sys, inputs));
  Objects objects;
  for (const std::string& file : files) {
    SENTIMARK_LET(source, read_source(sys, file));
    SENTIMARK_TRY(add_objects(objects, std::move(source), Kinds::as_they_are));
  }
  kube::Snapshot snapshot = kube::snapshot_of(std::move(objects.values));
  snapshot.now = now;
  const kube::Judgement judgement = kube::judge(snapshot, kube::Scope::release);
  runner::Ending ending;
  conclude(ending, judgement, runner::wants_summary(sys.env));
  json::Value rows = json::Value::array();
  const bool lines = inputs.get("format") == "jsonl";
  for (const ObjectHealth& health : judgement.objects) {
    json::Value row = json_of(health);
    if (lines) ending.text += json::to_text(row) + "\n";
    rows.push(std::move(row));
  }
  if (!lines) ending.text = text_of(judgement.objects);
  ending.data = json::Object{{"objects", std::move(rows)}};
  return ending;
}

}  // namespace sentimark::verify
