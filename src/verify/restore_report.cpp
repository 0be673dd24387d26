#include "verify/restore_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "runner/markdown.hpp"

namespace sentimark::verify {
namespace {

using base::human_duration;
using base::Millis;

constexpr std::size_t k_marker_told = 80;

Finding finding(std::string rule, Verdict verdict, std::string message, std::string fix) {
  Finding one;
  one.rule = std::move(rule);
  one.level = "error";
  one.verdict = verdict;
  one.ref = {"restore", {}, {}};
  one.message = std::move(message);
  one.fix = std::move(fix);
  return one;
}

Finding limited(std::string rule, Millis value, const std::optional<Millis>& most, std::string message,
                std::string fix) {
  if (most) message += ", and at most " + human_duration(*most) + " are allowed";
  const bool kept = !most || value <= *most;
  return finding(std::move(rule), kept ? Verdict::pass : Verdict::fail, std::move(message), kept ? "" : std::move(fix));
}

std::string lost_text(const Restore& restore, const Marker& marker) {
  const auto newer = std::count_if(restore.markers.begin(), restore.markers.end(),
                                   [&](const Marker& one) { return one.written > marker.written; });
  return newer == 0 ? "the newest marker came back"
                    : base::counted(static_cast<std::size_t>(newer), "newer marker") + " lost";
}

json::Value seconds(const std::optional<Millis>& span) {
  return span ? json::Value(static_cast<double>(span->count()) / 1000) : json::Value();
}

}  // namespace

Millis Restore::rto() const { return looked.since_epoch - incident.since_epoch; }

const Marker* Restore::found() const {
  const auto one =
      std::find_if(markers.begin(), markers.end(), [&](const Marker& known) { return known.id == marker; });
  return one == markers.end() ? nullptr : &*one;
}

std::optional<Millis> Restore::rpo() const {
  const Marker* const one = found();
  if (one == nullptr) return std::nullopt;
  return incident.since_epoch - one->written.since_epoch;
}

std::vector<Finding> findings_of(const Restore& restore) {
  if (!restore.marker) {
    const bool late = restore.most_rto && restore.rto() > *restore.most_rto;
    return {finding("RTO", late ? Verdict::fail : Verdict::open,
                    "no restored answer " + human_duration(restore.rto()) + " after the incident" +
                        (late ? ", and at most " + human_duration(*restore.most_rto) + " are allowed" : "") + ": " +
                        restore.missing,
                    "look at the restore, or at the checks")};
  }
  std::vector<Finding> findings{limited("RTO", restore.rto(), restore.most_rto,
                                        "answered " + human_duration(restore.rto()) + " after the incident" +
                                            (restore.looks == 1 ? " or earlier: it did so at the first look" : ""),
                                        "find out which step of the restore took the time")};
  const Marker* const marker = restore.found();
  if (marker == nullptr) {
    findings.push_back(finding("MARKER", Verdict::fail,
                               "the service answers with the marker '" +
                                   base::shorten(base::one_line(*restore.marker), k_marker_told) +
                                   "', which is none of the drill's before the incident",
                               "look whether it is the restored service that answers, and from which data"));
  } else {
    findings.push_back(limited("RPO", *restore.rpo(), restore.most_rpo,
                               "what was written in the " + human_duration(*restore.rpo()) +
                                   " before the incident can be lost: " + lost_text(restore, *marker),
                               "take restore points more often"));
  }
  if (restore.insecure)
    findings.push_back(finding("TLS", Verdict::warn, "certificates were not looked at (option insecure)", ""));
  return findings;
}

std::string to_text(const Restore& restore) {
  std::string text = "incident  " + base::to_rfc3339(restore.incident) + "\n";
  const std::vector<Finding> findings = findings_of(restore);
  for (const Finding& one : findings)
    text += one.rule + std::string(10 - one.rule.size(), ' ') + std::string(word_of(one.verdict)) + ": " +
            base::one_line(one.message) + "\n";
  return text + "verdict: " + std::string(word_of(standing_of(count(findings)))) + "\n";
}

json::Value to_json(const Restore& restore) {
  json::Value findings = json::Value::array();
  const std::vector<Finding> all = findings_of(restore);
  for (const Finding& one : all)
    findings.push(json::Object{{"rule", one.rule}, {"verdict", word_of(one.verdict)}, {"message", one.message}});
  const std::optional<Millis> rto = restore.marker ? std::optional(restore.rto()) : std::nullopt;
  const Marker* const marker = restore.found();
  return json::Object{{"verdict", word_of(standing_of(count(all)))},
                      {"incident", base::to_rfc3339(restore.incident)},
                      {"rtoSeconds", seconds(rto)},
                      {"rpoSeconds", seconds(restore.rpo())},
                      {"maxRtoSeconds", seconds(restore.most_rto)},
                      {"maxRpoSeconds", seconds(restore.most_rpo)},
                      {"marker", marker != nullptr ? json::Value(marker->id) : json::Value()},
                      {"looks", static_cast<std::int64_t>(restore.looks)},
                      {"findings", std::move(findings)}};
}

std::string to_markdown(const Restore& restore) {
  const std::vector<Finding> findings = findings_of(restore);
  const Standing standing = standing_of(count(findings));
  std::string text = "## " + std::string(icon_of(standing)) + " Restore: " + std::string(word_of(standing)) +
                     "\n\nIncident at " + base::to_rfc3339(restore.incident) + ".\n\n| | | |\n| --- | --- | --- |\n";
  for (const Finding& one : findings)
    text += "| " + one.rule + " | " + std::string(word_of(one.verdict)) + " | " + runner::markdown_text(one.message) +
            " |\n";
  return text;
}

}  // namespace sentimark::verify
