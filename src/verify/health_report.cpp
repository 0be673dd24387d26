#include "verify/health_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"
#include "kube/health_json.hpp"
#include "runner/markdown.hpp"
#include "verify/given.hpp"
#include "verify/junit.hpp"
#include "verify/report.hpp"
#include "verify/verdict.hpp"
#include "version/version.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;
using kube::Health;
using kube::ObjectHealth;

constexpr std::size_t k_rows_told = 1'000;  // of the summary

json::Value json_of(const ObjectHealth& health) {
  ObjectHealth told = health;
  told.message = message_of(health);
  return kube::to_json(told);
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

std::string objects_summary(const std::string& headline, Outcome outcome, const std::vector<ObjectHealth>& objects) {
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

bool is_well(const ObjectHealth& one) { return one.health == Health::current || one.health == Health::suspended; }

bool fails(const json::Value& drift) { return drift["verdict"].string_or_empty() == "fail"; }

std::size_t count(const auto& all, auto wanted) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), wanted));
}

std::string more_text(const HealthReport& report) {
  std::string text;
  if (report.total > report.objects.size())
    text += "and " + std::to_string(report.total - report.objects.size()) + " more that are as they should be\n";
  for (const json::Value& moved : report.moved) text += "moved        " + moved["what"].string_or_empty() + "\n";
  for (const json::Value& drift : report.drift)
    text += padded(std::string(fails(drift) ? "drift" : "warning"), 11) + drift["message"].string_or_empty() + "\n";
  return text;
}

std::string more_summary(const HealthReport& report) {
  std::string text;
  if (!report.moved.empty()) text += "\n**Moved**\n\n";
  for (const json::Value& moved : report.moved)
    text += "- " + runner::markdown_text(moved["what"].string_or_empty()) + "\n";
  if (report.drift.empty()) return text;
  text += "\n| drift | object | field | chart and values | stored manifest | live |\n|---|---|---|---|---|---|\n";
  for (const json::Value& drift : report.drift) {
    const std::string ref = drift["kind"].string_or_empty() + " " + drift["namespace"].string_or_empty() + "/" +
                            drift["name"].string_or_empty();
    text += "| " + std::string(fails(drift) ? "❌" : "⚠️") + " | " + runner::markdown_code(ref) + " | " +
            runner::markdown_code(drift["field"].string_or_empty());
    for (const std::string_view corner : {"intended", "manifest", "live"}) {
      const std::string& value = drift[corner].string_or_empty();
      text += " | " + (value.empty() ? std::string("-") : runner::markdown_code(value));
    }
    text += " |\n";
  }
  return text;
}

}  // namespace

std::string message_of(const ObjectHealth& health) {
  if (!health.message.empty()) return health.message;
  return health.health == Health::current ? "nothing more is expected of it"
                                          : "it says " + health.reason + " and no more";
}

// The first of the causes that there are, in the order of what they say of the release.
HealthEnd end_of(const HealthReport& report) {
  HealthEnd ending;
  const auto failed = std::find_if(report.objects.begin(), report.objects.end(),
                                   [](const ObjectHealth& one) { return one.health == Health::failed; });
  const auto drifted = std::find_if(report.drift.begin(), report.drift.end(), fails);
  const auto open =
      std::find_if(report.objects.begin(), report.objects.end(), [](const ObjectHealth& one) { return !is_well(one); });
  ending.outcome = Outcome::refused;
  if (failed != report.objects.end()) {
    ending.reason = failed->message.empty() ? failed->ref.text() + " has failed" : failed->message;
    ending.cure = failed->cure;
  } else if (!report.broken.empty()) {
    ending.reason = report.broken;
    ending.cure = report.cure;
  } else if (drifted != report.drift.end()) {
    ending.reason = (*drifted)["message"].string_or_empty();
    ending.cure = k_drift_cure;
  } else if (open != report.objects.end()) {
    ending.outcome = Outcome::inconclusive;
    ending.reason = open->ref.text() + " is " + std::string(kube::status_of(open->health)) + ": " + message_of(*open);
    ending.cure = "look again later";
  } else if (!report.open.empty()) {
    ending.outcome = Outcome::inconclusive;
    ending.reason = report.open;
    ending.cure = report.cure;
  } else {
    ending.outcome = Outcome::ok;
  }
  const std::size_t settled = report.total - count(report.objects, [](const auto& one) { return !is_well(one); });
  ending.headline = std::to_string(settled) + " of " + std::to_string(report.total) + " objects are as they should be";
  if (!report.note.empty()) ending.headline += ", " + report.note;
  if (!ending.reason.empty()) ending.headline += "; " + ending.reason;
  return ending;
}

runner::Ending ending_of(const HealthReport& report, const std::vector<Finding>& findings, std::string_view format,
                         bool wants_summary) {
  const HealthEnd end = end_of(report);
  runner::Ending ending;
  ending.outcome = end.outcome;
  ending.reason = end.reason;
  ending.cure = end.cure;
  const Counts counts = verify::count(findings);
  tell_verdict(ending, {word_of(standing_of(counts)), counts.fail, counts.warn});
  const std::string& headline = end.headline;
  const bool lines = format == "jsonl";
  if (wants_summary) ending.summary = objects_summary(headline, ending.outcome, report.objects) + more_summary(report);
  json::Value rows = json::Value::array();
  for (const ObjectHealth& health : report.objects) {
    json::Value row = json_of(health);
    if (lines) ending.text += json::to_text(row) + "\n";
    rows.push(std::move(row));
  }
  for (const json::Value& drift : report.drift) {
    if (lines) ending.text += json::to_text(drift) + "\n";
  }
  if (!lines) ending.text = text_of(report.objects) + more_text(report);
  if (!lines && report.live) ending.text += headline + "\n";
  if (format == "sarif") ending.text = sarif_of(findings, version::version());
  if (format == "junit") {
    const JunitSuite suite = suite_of("verify health", findings);
    ending.text = junit_of({&suite, 1});
  }
  ending.data = json::Object{{"objects", std::move(rows)}};
  if (!report.live) return ending;
  ending.data.set("drift", report.drift);
  ending.data.set("moved", report.moved);
  return ending;
}

}  // namespace sentimark::verify
