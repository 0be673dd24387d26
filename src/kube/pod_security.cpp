#include "kube/pod_security.hpp"

#include <algorithm>
#include <array>

#include "kube/pod_security_rules.hpp"

namespace sentimark::kube {
namespace {

constexpr int k_always = 1'000;

// One revision of one check: the minors [since, until) in which it speaks.
struct Row {
  std::string_view id;
  PodSecurityLevel level;
  int since;
  int until;
  PodCheck check;
  std::string_view replaces;  // the baseline check that is silent while this one speaks
};

constexpr PodSecurityLevel k_base = PodSecurityLevel::baseline;
constexpr PodSecurityLevel k_strict = PodSecurityLevel::restricted;

// In the plug-in's order: baseline by id, then restricted by id, in byte order.
constexpr std::array<Row, 21> k_rows{{
    {"appArmorProfile", k_base, 0, k_always, check_apparmor_profile, {}},
    {"capabilities_baseline", k_base, 0, k_always, check_capabilities_baseline, {}},
    {"hostNamespaces", k_base, 0, k_always, check_host_namespaces, {}},
    {"hostPathVolumes", k_base, 0, k_always, check_host_path_volumes, {}},
    {"hostPorts", k_base, 0, k_always, check_host_ports, {}},
    {"hostProbesAndHostLifecycle", k_base, 34, k_always, check_host_probes, {}},
    {"privileged", k_base, 0, k_always, check_privileged, {}},
    {"procMount", k_base, 0, 35, check_proc_mount, {}},
    {"procMount", k_base, 35, k_always, check_proc_mount_unless_own_users, {}},
    {"seLinuxOptions", k_base, 0, k_always, check_selinux_options, {}},
    {"seccompProfile_baseline", k_base, 0, 19, check_seccomp_annotations, {}},
    {"seccompProfile_baseline", k_base, 19, k_always, check_seccomp_baseline, {}},
    {"sysctls", k_base, 0, k_always, check_sysctls, {}},
    {"windowsHostProcess", k_base, 0, k_always, check_windows_host_process, {}},
    {"allowPrivilegeEscalation", k_strict, 8, k_always, check_privilege_escalation, {}},
    {"capabilities_restricted", k_strict, 22, k_always, check_capabilities_restricted, "capabilities_baseline"},
    {"procMount_restricted", k_strict, 35, k_always, check_proc_mount, "procMount"},
    {"restrictedVolumes", k_strict, 0, k_always, check_restricted_volumes, "hostPathVolumes"},
    {"runAsNonRoot", k_strict, 0, k_always, check_run_as_non_root, {}},
    {"runAsUser", k_strict, 23, k_always, check_run_as_user, {}},
    {"seccompProfile_restricted", k_strict, 19, k_always, check_seccomp_restricted, "seccompProfile_baseline"},
}};

bool speaks(const Row& row, PodSecurityLevel level, int minor) {
  if (minor < row.since || minor >= row.until) return false;
  if (level == k_strict) {
    return std::none_of(k_rows.begin(), k_rows.end(), [&](const Row& other) {
      return other.replaces == row.id && minor >= other.since && minor < other.until;
    });
  }
  return level == k_base && row.level == k_base;
}

}  // namespace

std::optional<PodSecurityLevel> pod_security_level(std::string_view word) {
  if (word == "privileged") return PodSecurityLevel::privileged;
  if (word == "baseline") return PodSecurityLevel::baseline;
  if (word == "restricted") return PodSecurityLevel::restricted;
  return std::nullopt;
}

std::vector<PodSecurityFinding> pod_security(const json::Value& object, PodSecurityLevel level, int minor) {
  std::vector<PodSecurityFinding> findings;
  const int judged = std::clamp(minor, 0, k_newest_pod_security_minor);
  for (const PodTemplate& found : pod_templates(object)) {
    const PodView pod{*found.metadata, *found.spec, found.metadata_path, found.spec_path, containers_of(found), judged};
    for (const Row& row : k_rows) {
      if (!speaks(row, level, judged)) continue;
      Breach breach = row.check(pod);
      if (breach.paths.empty()) continue;
      findings.push_back({ref_of(*found.object), row.id, row.level, std::move(breach.paths),
                          breach.detail.empty() ? breach.reason : breach.reason + " (" + breach.detail + ")"});
    }
  }
  return findings;
}

}  // namespace sentimark::kube
