// The baseline checks. Each function is one file of kubernetes/pod-security-admission policy/check_*.go.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/pod_security_rules.hpp"

namespace sentimark::kube {
namespace {

using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 13> k_default_capabilities{
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};

struct Since {
  std::string_view word;
  int minor;
};

constexpr std::array<Since, 14> k_safe_sysctls{{
    {"kernel.shm_rmid_forced", 0},
    {"net.ipv4.ip_local_port_range", 0},
    {"net.ipv4.tcp_syncookies", 0},
    {"net.ipv4.ping_group_range", 0},
    {"net.ipv4.ip_unprivileged_port_start", 0},
    {"net.ipv4.ip_local_reserved_ports", 27},
    {"net.ipv4.tcp_keepalive_time", 29},
    {"net.ipv4.tcp_fin_timeout", 29},
    {"net.ipv4.tcp_keepalive_intvl", 29},
    {"net.ipv4.tcp_keepalive_probes", 29},
    {"net.ipv4.tcp_rmem", 32},
    {"net.ipv4.tcp_wmem", 32},
    {"net.ipv4.tcp_slow_start_after_idle", 37},
    {"net.ipv4.tcp_notsent_lowat", 37},
}};

constexpr std::array<Since, 5> k_selinux_types{
    {{"", 0}, {"container_t", 0}, {"container_init_t", 0}, {"container_kvm_t", 0}, {"container_engine_t", 31}}};

template <typename Table>
bool allows(const Table& table, std::string_view word, int minor) {
  return std::any_of(table.begin(), table.end(),
                     [&](const Since& row) { return row.word == word && minor >= row.minor; });
}

bool is_profile_type(const std::string& type) { return type == "RuntimeDefault" || type == "Localhost"; }

// Go's %q, as far as annotation values need it.
std::string go_quoted(std::string_view text) {
  static constexpr std::string_view k_hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += k_hex[byte >> 4U];
      out += k_hex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Who set a profile whose type is not allowed, and to what: seccomp and AppArmor are told alike.
struct BadProfiles {
  bool pod = false;
  Names containers;
  std::set<std::string> types;
  std::vector<std::string> paths;
};

BadProfiles bad_profiles(const PodView& pod, std::string_view field) {
  BadProfiles bad;
  const auto is_bad = [&](const json::Value& context, const std::string& path) {
    const json::Value& profile = context[field];
    if (profile.is_null() || is_profile_type(profile["type"].string_or_empty())) return false;
    bad.types.insert(profile["type"].string_or_empty());
    bad.paths.push_back(path + "." + std::string(field) + ".type");
    return true;
  };
  bad.pod = is_bad(pod.context(), pod.context_path());
  for (const Container& container : pod.containers) {
    if (is_bad((*container.value)["securityContext"], container.path + ".securityContext"))
      bad.containers.push_back(container.name);
  }
  return bad;
}

}  // namespace

Breach check_privileged(const PodView& pod) {
  Names bad;
  Breach breach;
  for (const Container& container : pod.containers) {
    if (!(*container.value)["securityContext"]["privileged"].bool_or(false)) continue;
    bad.push_back(container.name);
    breach.paths.push_back(container.path + ".securityContext.privileged");
  }
  breach.reason = "privileged";
  breach.detail = named_containers(bad) + " must not set securityContext.privileged=true";
  return breach;
}

Breach check_host_namespaces(const PodView& pod) {
  Breach breach;
  for (const std::string_view field : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (!pod.spec[field].bool_or(false)) continue;
    breach.detail += (breach.detail.empty() ? "" : ", ") + std::string(field) + "=true";
    breach.paths.push_back(pod.spec_path + "." + std::string(field));
  }
  breach.reason = "host namespaces";
  return breach;
}

Breach check_host_path_volumes(const PodView& pod) {
  Names bad;
  Breach breach;
  const json::Array& volumes = pod.spec["volumes"].items();
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    if (volumes[i]["hostPath"].is_null()) continue;
    bad.push_back(volumes[i]["name"].string_or_empty());
    breach.paths.push_back(pod.spec_path + ".volumes[" + std::to_string(i) + "].hostPath");
  }
  breach.reason = "hostPath volumes";
  breach.detail = std::string(plural("volume", "volumes", bad.size())) + " " + quoted(bad);
  return breach;
}

Breach check_host_ports(const PodView& pod) {
  Names bad;
  std::set<std::string> ports;
  Breach breach;
  for (const Container& container : pod.containers) {
    const json::Array& items = (*container.value)["ports"].items();
    const std::size_t before = breach.paths.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::int64_t port = items[i]["hostPort"].int_or(0);
      if (port == 0) continue;
      ports.insert(std::to_string(port));
      breach.paths.push_back(container.path + ".ports[" + std::to_string(i) + "].hostPort");
    }
    if (breach.paths.size() > before) bad.push_back(container.name);
  }
  std::string list;
  for (const std::string& port : ports) list += (list.empty() ? "" : ", ") + port;
  breach.reason = "hostPort";
  breach.detail = named_containers(bad) + " " + std::string(plural("uses", "use", bad.size())) + " " +
                  std::string(plural("hostPort", "hostPorts", ports.size())) + " " + list;
  return breach;
}

Breach check_host_probes(const PodView& pod) {
  std::set<std::string> bad;
  std::set<std::string> hosts;
  Breach breach;
  const auto look = [&](const Container& container, const json::Value& handler, const std::string& path) {
    for (const std::string_view way : {"httpGet", "tcpSocket"}) {
      const std::string& host = handler[way]["host"].string_or_empty();
      if (host.empty()) continue;
      bad.insert(container.name);
      hosts.insert(host);
      breach.paths.push_back(container.path + "." + path + "." + std::string(way) + ".host");
    }
  };
  for (const Container& container : pod.containers) {
    for (const std::string_view probe : {"livenessProbe", "readinessProbe", "startupProbe"})
      look(container, (*container.value)[probe], std::string(probe));
    for (const std::string_view hook : {"postStart", "preStop"})
      look(container, (*container.value)["lifecycle"][hook], "lifecycle." + std::string(hook));
  }
  breach.reason = "probe or lifecycle host";
  breach.detail = std::string(plural("container", "containers", bad.size())) + " " + quoted(bad) + " " +
                  std::string(plural("uses", "use", bad.size())) + " " +
                  std::string(plural("probe or lifecycle host", "probe or lifecycle hosts", hosts.size())) + " " +
                  quoted(hosts);
  return breach;
}

Breach check_capabilities_baseline(const PodView& pod) {
  Names bad;
  std::set<std::string> capabilities;
  Breach breach;
  for (const Container& container : pod.containers) {
    const json::Array& added = (*container.value)["securityContext"]["capabilities"]["add"].items();
    const std::size_t before = breach.paths.size();
    for (std::size_t i = 0; i < added.size(); ++i) {
      const std::string& capability = added[i].string_or_empty();
      if (std::find(k_default_capabilities.begin(), k_default_capabilities.end(), capability) !=
          k_default_capabilities.end())
        continue;
      capabilities.insert(capability);
      breach.paths.push_back(container.path + ".securityContext.capabilities.add[" + std::to_string(i) + "]");
    }
    if (breach.paths.size() > before) bad.push_back(container.name);
  }
  breach.reason = "non-default capabilities";
  breach.detail =
      named_containers(bad) + " must not include " + quoted(capabilities) + " in securityContext.capabilities.add";
  return breach;
}

Breach check_proc_mount(const PodView& pod) {
  Names bad;
  std::set<std::string> types;
  Breach breach;
  for (const Container& container : pod.containers) {
    const json::Value& type = (*container.value)["securityContext"]["procMount"];
    if (type.is_null() || type.string_or_empty() == "Default") continue;
    bad.push_back(container.name);
    types.insert(type.string_or_empty());
    breach.paths.push_back(container.path + ".securityContext.procMount");
  }
  breach.reason = "procMount";
  breach.detail = named_containers(bad) + " must not set securityContext.procMount to " + quoted(types);
  return breach;
}

Breach check_proc_mount_unless_own_users(const PodView& pod) {
  return pod.has_own_users() ? Breach{} : check_proc_mount(pod);
}

Breach check_selinux_options(const PodView& pod) {
  std::set<std::string> types;
  bool user = false;
  bool role = false;
  Breach breach;
  const auto is_bad = [&](const json::Value& options, const std::string& path) {
    const std::size_t before = breach.paths.size();
    const std::string& type = options["type"].string_or_empty();
    if (!allows(k_selinux_types, type, pod.minor)) {
      types.insert(type);
      breach.paths.push_back(path + ".type");
    }
    for (const std::string_view field : {"user", "role"}) {
      if (options[field].string_or_empty().empty()) continue;
      (field == "user" ? user : role) = true;
      breach.paths.push_back(path + "." + std::string(field));
    }
    return breach.paths.size() > before;
  };
  const bool at_pod = is_bad(pod.context()["seLinuxOptions"], pod.context_path() + ".seLinuxOptions");
  Names bad;
  for (const Container& container : pod.containers) {
    if (is_bad((*container.value)["securityContext"]["seLinuxOptions"],
               container.path + ".securityContext.seLinuxOptions"))
      bad.push_back(container.name);
  }
  Names told;
  if (!types.empty()) told.push_back(std::string(plural("type", "types", types.size())) + " " + quoted(types));
  if (user) told.emplace_back("user may not be set");
  if (role) told.emplace_back("role may not be set");
  breach.reason = "seLinuxOptions";
  breach.detail = setters(at_pod, bad) + " set forbidden securityContext.seLinuxOptions: " + base::join(told, "; ");
  return breach;
}

Breach check_apparmor_profile(const PodView& pod) {
  constexpr std::string_view k_prefix = "container.apparmor.security.beta.kubernetes.io/";
  BadProfiles bad = bad_profiles(pod, "appArmorProfile");
  std::set<std::string> annotations;
  for (const json::Member& annotation : pod.metadata["annotations"].members()) {
    const std::string& value = annotation.second.string_or_empty();
    if (!annotation.first.starts_with(k_prefix) || value.empty() || value == "runtime/default" ||
        value.starts_with("localhost/"))
      continue;
    annotations.insert(annotation.first + "=" + go_quoted(value));
    bad.paths.push_back(pod.metadata_path + ".annotations['" + annotation.first + "']");
  }
  Names told(bad.types.begin(), bad.types.end());
  told.insert(told.end(), annotations.begin(), annotations.end());
  std::string who = setters(bad.pod, bad.containers);
  if (!annotations.empty())
    who += (who.empty() ? "" : " and ") + std::string(plural("annotation", "annotations", annotations.size()));
  return {std::string(plural("forbidden AppArmor profile", "forbidden AppArmor profiles", told.size())),
          who + " must not set AppArmor profile type to " + quoted(told), std::move(bad.paths)};
}

// Until 1.19 the profile was an annotation.
Breach check_seccomp_annotations(const PodView& pod) {
  const json::Value& annotations = pod.metadata["annotations"];
  std::set<std::string> bad;
  Breach breach;
  const auto look = [&](const std::string& key) {
    if (!annotations.has(key)) return;
    const std::string& value = annotations[key].string_or_empty();
    if (value == "runtime/default" || value == "docker/default" || value.starts_with("localhost/")) return;
    if (bad.insert(key + "=" + go_quoted(value)).second)
      breach.paths.push_back(pod.metadata_path + ".annotations['" + key + "']");
  };
  look("seccomp.security.alpha.kubernetes.io/pod");
  for (const Container& container : pod.containers)
    look("container.seccomp.security.alpha.kubernetes.io/" + container.name);
  std::string list;
  for (const std::string& one : bad) list += (list.empty() ? "" : ", ") + one;
  breach.reason = "seccompProfile";
  breach.detail = "forbidden " + std::string(plural("annotation", "annotations", bad.size())) + " " + list;
  return breach;
}

Breach check_seccomp_baseline(const PodView& pod) {
  BadProfiles bad = bad_profiles(pod, "seccompProfile");
  return {
      "seccompProfile",
      setters(bad.pod, bad.containers) + " must not set securityContext.seccompProfile.type to " + quoted(bad.types),
      std::move(bad.paths)};
}

Breach check_sysctls(const PodView& pod) {
  Breach breach;
  const json::Array& sysctls = pod.context()["sysctls"].items();
  for (std::size_t i = 0; i < sysctls.size(); ++i) {
    const std::string& name = sysctls[i]["name"].string_or_empty();
    if (allows(k_safe_sysctls, name, pod.minor)) continue;
    breach.detail += (breach.paths.empty() ? "" : ", ") + name;
    breach.paths.push_back(pod.context_path() + ".sysctls[" + std::to_string(i) + "].name");
  }
  breach.reason = "forbidden sysctls";
  return breach;
}

Breach check_windows_host_process(const PodView& pod) {
  Breach breach;
  const auto is_bad = [&](const json::Value& context, const std::string& path) {
    if (!context["windowsOptions"]["hostProcess"].bool_or(false)) return false;
    breach.paths.push_back(path + ".windowsOptions.hostProcess");
    return true;
  };
  const bool at_pod = is_bad(pod.context(), pod.context_path());
  Names bad;
  for (const Container& container : pod.containers) {
    if (is_bad((*container.value)["securityContext"], container.path + ".securityContext"))
      bad.push_back(container.name);
  }
  breach.reason = "hostProcess";
  breach.detail = setters(at_pod, bad) + " must not set securityContext.windowsOptions.hostProcess=true";
  return breach;
}

}  // namespace sentimark::kube
