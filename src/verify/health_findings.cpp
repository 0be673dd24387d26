#include "verify/health_findings.hpp"

#include <algorithm>
#include <map>

namespace sentimark::verify {
namespace {

using kube::Health;

Verdict verdict_of(Health health) {
  switch (health) {
    case Health::current:
    case Health::suspended:
      return Verdict::pass;
    case Health::failed:
      return Verdict::fail;
    default:
      return Verdict::open;
  }
}

Finding made(std::string_view rule, Verdict verdict, kube::ObjectRef ref, std::string message, std::string fix) {
  Finding finding;
  finding.rule = rule;
  finding.level = verdict == Verdict::fail ? "error" : "warning";
  finding.verdict = verdict;
  finding.ref = std::move(ref);
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  return finding;
}

}  // namespace

std::vector<Finding> findings_of(const HealthReport& report) {
  std::vector<Finding> found;
  for (std::size_t i = 0; i < report.objects.size(); ++i) {
    const kube::ObjectHealth& health = report.objects[i];
    const Verdict verdict = verdict_of(health.health);
    found.push_back(made("HEALTH", verdict, health.ref,
                         std::string(kube::status_of(health.health)) + ": " + message_of(health), health.cure));
    found.back().object = i;
    if (health.warning.empty()) continue;
    found.push_back(made("HEALTH", Verdict::warn, health.ref, health.warning, {}));
    found.back().object = i;
  }
  for (const json::Value& drift : report.drift) {
    found.push_back(
        made("DRIFT", drift["verdict"].string_or_empty() == "fail" ? Verdict::fail : Verdict::warn,
             {drift["kind"].string_or_empty(), drift["namespace"].string_or_empty(), drift["name"].string_or_empty()},
             drift["message"].string_or_empty(), std::string(k_drift_cure)));
    found.back().path = drift["field"].string_or_empty();
  }
  if (!report.broken.empty()) {
    const auto pod = std::find_if(report.moved.begin(), report.moved.end(),
                                  [](const json::Value& row) { return row["breaks"].bool_or(false); });
    kube::ObjectRef ref;
    if (pod != report.moved.end() && (*pod)["pod"].is_string()) ref = {"Pod", "", (*pod)["pod"].string_or_empty()};
    found.push_back(made("SOAK", Verdict::fail, std::move(ref), report.broken, report.cure));
  }
  const bool told =
      std::any_of(found.begin(), found.end(), [](const Finding& one) { return one.verdict == Verdict::open; });
  if (!report.open.empty() && !told) found.push_back(made("SOAK", Verdict::open, {}, report.open, report.cure));
  return found;
}

void place(const Objects& objects, std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> known;  // by kind and name, with the namespace where one is said
  for (std::size_t i = 0; i < objects.values.size(); ++i) known.emplace(kube::ref_of(objects.values[i]).text(), i);
  for (Finding& finding : findings) {
    auto found = known.find(finding.ref.text());
    if (found == known.end()) found = known.find(finding.ref.kind + " " + finding.ref.name);
    if (finding.ref.kind.empty() || found == known.end()) continue;
    finding.file = objects.sources[objects.origins[found->second].source].name;
    finding.mark = objects.mark_of(found->second, "");
  }
}

}  // namespace sentimark::verify
