#include "verify/rules.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "json/text.hpp"
#include "kube/safeguards.hpp"

namespace sentimark::verify {
namespace {

std::string_view word_of(kube::PodSecurityLevel level) {
  return level == kube::PodSecurityLevel::restricted ? "restricted"
         : level == kube::PodSecurityLevel::baseline ? "baseline"
                                                     : "privileged";
}

struct Cure {
  std::string_view check;
  std::string_view what;
};

constexpr auto k_cures = std::to_array<Cure>({
    {"privileged", "remove privileged"},
    {"hostNamespaces", "remove hostNetwork, hostPID and hostIPC"},
    {"hostPathVolumes", "use a claim, a projected volume or emptyDir"},
    {"hostPorts", "remove hostPort and put a Service before the pod"},
    {"hostProbesAndHostLifecycle", "remove host: the probe or hook then goes to the pod"},
    {"capabilities_baseline", "remove the capability from capabilities.add"},
    {"capabilities_restricted", "set capabilities.drop: [ALL], and add none but NET_BIND_SERVICE"},
    {"procMount", "remove procMount"},
    {"procMount_restricted", "remove procMount"},
    {"seLinuxOptions", "remove user and role, and use a container type"},
    {"appArmorProfile", "use RuntimeDefault or Localhost"},
    {"seccompProfile_baseline", "use RuntimeDefault or Localhost"},
    {"seccompProfile_restricted", "set seccompProfile.type: RuntimeDefault"},
    {"sysctls", "remove the sysctl, or use a safe one"},
    {"windowsHostProcess", "remove hostProcess"},
    {"allowPrivilegeEscalation", "set allowPrivilegeEscalation: false"},
    {"restrictedVolumes", "use a claim, a projected volume or emptyDir"},
    {"runAsNonRoot", "set runAsNonRoot: true"},
    {"runAsUser", "set runAsUser to 10000 or more"},
});

std::string cure_of(const kube::PodSecurityFinding& breach) {
  const auto row =
      std::find_if(k_cures.begin(), k_cures.end(), [&](const Cure& one) { return one.check == breach.check; });
  std::string text(row == k_cures.end() ? "see docs/verify.md" : row->what);
  if (breach.paths.size() > 1) text += " (" + std::to_string(breach.paths.size()) + " places)";
  return text;
}

void add_pod_security(const Objects& objects, const RuleChoice& choice, std::vector<Finding>& findings) {
  const std::string level(word_of(choice.level));
  for (std::size_t i = 0; i < objects.values.size(); ++i) {
    const auto breaches = kube::pod_security(objects.values[i], choice.level, choice.minor);
    for (const kube::PodSecurityFinding& breach : breaches) {
      Finding finding =
          at(objects, i, breach.check, Verdict::fail, breach.paths.front(), breach.message, cure_of(breach));
      finding.level = level;
      findings.push_back(std::move(finding));
    }
    if (!breaches.empty()) continue;
    Finding pass = at(objects, i, "pod-security", Verdict::pass, "", "a namespace at level " + level + " takes it", "");
    pass.level = level;
    findings.push_back(std::move(pass));
  }
}

void add_lint(const Objects& objects, const RuleChoice& choice, std::vector<Finding>& findings) {
  for (kube::LintFinding& found : kube::lint(objects.values, choice.minor, choice.whole)) {
    Finding finding =
        at(objects, found.object, found.rule, found.level == kube::LintLevel::error ? Verdict::fail : Verdict::warn,
           std::move(found.path), std::move(found.message), std::move(found.fix));
    finding.patch = std::move(found.patch);
    findings.push_back(std::move(finding));
  }
}

void add_safeguards(const Objects& objects, Safeguards mode, std::vector<Finding>& findings) {
  for (kube::Safeguard& found : kube::aks_safeguards(objects.values)) {
    const bool denied = found.outcome == kube::Safeguard::Outcome::deny;
    std::string message = (denied ? "AKS Deployment Safeguards deny it when they enforce: "
                                  : "AKS Deployment Safeguards change it without a word when they enforce: ") +
                          found.message;
    std::string fix = denied ? "mend it before the cluster refuses it"
                             : "write " + found.path + ": " + json::to_text(found.becomes) + ", or a value of your own";
    findings.push_back(at(objects, found.object, found.rule,
                          denied && mode == Safeguards::enforce ? Verdict::fail : Verdict::warn, std::move(found.path),
                          std::move(message), std::move(fix)));
  }
}

// By object, through their places: a finding is big to move about, and there may be many.
void put_in_order(std::vector<Finding>& findings) {
  std::vector<std::size_t> source(findings.size());  // of what belongs at each place
  std::iota(source.begin(), source.end(), std::size_t{0});
  std::stable_sort(source.begin(), source.end(),
                   [&](std::size_t left, std::size_t right) { return findings[left].object < findings[right].object; });
  for (std::size_t first = 0; first < source.size(); ++first) {
    if (source[first] == first) continue;
    Finding lifted = std::move(findings[first]);
    std::size_t place = first;
    for (; source[place] != first; place = std::exchange(source[place], place))
      findings[place] = std::move(findings[source[place]]);
    findings[place] = std::move(lifted);
    source[place] = place;
  }
}

}  // namespace

Finding at(const Objects& objects, std::size_t object, std::string_view rule, Verdict verdict, std::string path,
           std::string message, std::string fix) {
  Finding finding;
  finding.rule = rule;
  finding.level = verdict == Verdict::fail ? "error" : "warning";
  finding.verdict = verdict;
  finding.object = object;
  finding.ref = kube::ref_of(objects.values[object]);
  finding.file = objects.sources[objects.origins[object].source].name;
  finding.mark = objects.mark_of(object, path);
  finding.path = std::move(path);
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  return finding;
}

std::vector<Finding> findings_of(const Objects& objects, const RuleChoice& choice) {
  std::vector<Finding> findings;
  if (choice.pod_security) add_pod_security(objects, choice, findings);
  if (choice.lint) {
    add_lint(objects, choice, findings);
    add_api_versions(objects, choice.minor, findings);
  }
  if (choice.safeguards != Safeguards::off) add_safeguards(objects, choice.safeguards, findings);
  if (choice.yaml) add_pitfalls(objects, findings);
  put_in_order(findings);
  return findings;
}

}  // namespace sentimark::verify
