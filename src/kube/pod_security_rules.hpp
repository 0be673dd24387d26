// The single checks of the Pod Security Standards, for pod_security.cpp's table.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/pod_template.hpp"

namespace sentimark::kube {

struct PodView {
  const json::Value& metadata;
  const json::Value& spec;
  std::string metadata_path;
  std::string spec_path;
  std::vector<Container> containers;
  int minor;

  const json::Value& context() const { return spec["securityContext"]; }
  std::string context_path() const { return spec_path + ".securityContext"; }
  bool is_windows() const { return spec["os"]["name"].string_or_empty() == "windows"; }
  // Root in a user namespace is nobody on the node.
  bool has_own_users() const { return !spec["hostUsers"].bool_or(true); }
};

// What a check found; no paths means that the pod is allowed.
struct Breach {
  std::string reason;
  std::string detail;
  std::vector<std::string> paths;
};

using PodCheck = Breach (*)(const PodView&);

Breach check_privileged(const PodView& pod);
Breach check_host_namespaces(const PodView& pod);
Breach check_host_path_volumes(const PodView& pod);
Breach check_host_ports(const PodView& pod);
Breach check_host_probes(const PodView& pod);
Breach check_capabilities_baseline(const PodView& pod);
Breach check_proc_mount(const PodView& pod);
Breach check_proc_mount_unless_own_users(const PodView& pod);
Breach check_selinux_options(const PodView& pod);
Breach check_apparmor_profile(const PodView& pod);
Breach check_seccomp_annotations(const PodView& pod);
Breach check_seccomp_baseline(const PodView& pod);
Breach check_sysctls(const PodView& pod);
Breach check_windows_host_process(const PodView& pod);

Breach check_privilege_escalation(const PodView& pod);
Breach check_capabilities_restricted(const PodView& pod);
Breach check_restricted_volumes(const PodView& pod);
Breach check_run_as_non_root(const PodView& pod);
Breach check_run_as_user(const PodView& pod);
Breach check_seccomp_restricted(const PodView& pod);

// The plug-in's wording, shared by the checks.
std::string quoted(const std::vector<std::string>& words);  // "a", "b"
std::string quoted(const std::set<std::string>& words);
std::string_view plural(std::string_view one, std::string_view many, std::size_t count);
std::string named_containers(const std::vector<std::string>& names);  // container "a"; containers "a", "b"
// pod and container "a": who set something at which level.
std::string setters(bool pod, const std::vector<std::string>& containers);

}  // namespace sentimark::kube
