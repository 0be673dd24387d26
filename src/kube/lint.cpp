#include "kube/lint.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/lint_rules.hpp"
#include "kube/pod_security.hpp"

namespace sentimark::kube {
namespace {

struct FromPodSecurity {
  std::string_view check;
  std::string_view rule;
  LintLevel level;
  std::string_view fix;
};

constexpr LintLevel k_error = LintLevel::error;
constexpr LintLevel k_warning = LintLevel::warning;

// These rules are the Pod Security checks under our ids: one implementation, held against Kubernetes' own.
constexpr std::array<FromPodSecurity, 16> k_from_pod_security{{
    {"privileged", "SEC-PRIV", k_error, "remove privileged"},
    {"hostNamespaces", "SEC-HOSTNS", k_error, "remove it: the pod then has namespaces of its own"},
    {"hostPorts", "SEC-HOSTPORT", k_error, "remove hostPort and put a Service before the pod"},
    {"hostProbesAndHostLifecycle", "SEC-PROBEHOST", k_error, "remove host: the probe then goes to the pod"},
    {"procMount", "SEC-PROC", k_error, "remove procMount"},
    {"procMount_restricted", "SEC-PROC", k_error, "remove procMount"},
    {"seLinuxOptions", "SEC-SELINUX", k_error, "remove user and role, and use a container type"},
    {"appArmorProfile", "SEC-APPARMOR", k_error, "use RuntimeDefault or Localhost"},
    {"sysctls", "SEC-SYSCTL", k_error, "remove it, or use a safe one"},
    {"windowsHostProcess", "SEC-PRIV", k_error, "remove hostProcess"},
    {"allowPrivilegeEscalation", "SEC-APE", k_warning, "set allowPrivilegeEscalation: false"},
    {"runAsNonRoot", "SEC-NONROOT", k_warning, "set runAsNonRoot: true"},
    {"seccompProfile_baseline", "SEC-SECCOMP", k_error, "use RuntimeDefault or Localhost"},
    {"seccompProfile_restricted", "SEC-SECCOMP", k_warning, "set seccompProfile.type: RuntimeDefault"},
    {"capabilities_baseline", "SEC-CAPADD", k_error, "remove the capability"},
    {"capabilities_restricted", "SEC-CAPADD", k_warning, "remove the capability"},
}};

json::Value all_dropped() {
  json::Value list = json::Value::array();
  list.push("ALL");
  return list;
}

std::vector<PatchStep> patch_of(std::string_view rule, const std::string& path) {
  if (rule == "SEC-APE") return {{false, path, false}};
  if (rule == "SEC-NONROOT") return {{false, path, true}};
  if (rule == "SEC-CAPDROP") return {{false, path, all_dropped()}};
  if (rule == "SEC-SECCOMP") return {{false, path, "RuntimeDefault"}};
  if (rule == "SEC-APPARMOR" || rule == "SEC-VOLTYPE" || rule == "SEC-HOSTPATH" || rule == "SEC-SYSCTL") return {};
  return {{true, path, {}}};
}

void add_pod_security(const json::Value& object, int minor, Findings& found) {
  for (const PodSecurityFinding& breach : pod_security(object, PodSecurityLevel::restricted, minor)) {
    for (const std::string& path : breach.paths) {
      LintFinding finding;
      finding.ref = breach.object;
      finding.path = path;
      finding.message = breach.message;
      if (breach.check == "hostPathVolumes" || breach.check == "restrictedVolumes") {
        const bool host = path.ends_with(".hostPath");
        finding.rule = host ? "SEC-HOSTPATH" : "SEC-VOLTYPE";
        finding.level = host ? k_error : k_warning;
        finding.fix = "use a claim, a projected volume or emptyDir";
      } else if (path.ends_with(".capabilities.drop")) {
        finding.rule = "SEC-CAPDROP";
        finding.fix = "set capabilities.drop: [ALL]";
      } else {
        const auto row = std::find_if(k_from_pod_security.begin(), k_from_pod_security.end(),
                                      [&](const FromPodSecurity& one) { return one.check == breach.check; });
        if (row == k_from_pod_security.end()) continue;  // runAsUser has a rule of our own that says more
        finding.rule = row->rule;
        finding.level = row->level;
        finding.fix = row->fix;
      }
      finding.patch = patch_of(finding.rule, path);
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace

std::vector<LintFinding> lint_object(const json::Value& object, int minor) {
  Findings found;
  for (const PodTemplate& one : pod_templates(object)) {
    const LintPod pod{one, containers_of(one)};
    const std::size_t before = found.size();
    lint_placement(pod, found);
    lint_security(pod, found);
    lint_images(pod, found);
    lint_reliability(pod, found);
    for (std::size_t i = before; i < found.size(); ++i) found[i].ref = ref_of(*one.object);
  }
  add_pod_security(object, minor, found);
  return found;
}

std::vector<LintFinding> lint(const json::Array& objects, int minor, bool whole) {
  Findings found;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    for (LintFinding& finding : lint_object(objects[i], minor)) {
      finding.object = i;
      found.push_back(std::move(finding));
    }
  }
  lint_references(objects, whole, found);
  return found;
}

}  // namespace sentimark::kube
