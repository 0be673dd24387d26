// The checks that only the restricted level makes. Each function is one file of kubernetes/pod-security-admission
// policy/check_*.go. Since 1.25 a Windows pod is spared what the API would not let it set.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/pod_security_rules.hpp"

namespace sentimark::kube {
namespace {

using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 9> k_volume_sources{"configMap", "csi",   "downwardAPI",           "emptyDir",
                                                           "ephemeral", "image", "persistentVolumeClaim", "projected",
                                                           "secret"};

// In the plug-in's order: the first one set names a volume that sets several.
constexpr std::array<std::string_view, 21> k_bad_volume_sources{"hostPath",
                                                                "gcePersistentDisk",
                                                                "awsElasticBlockStore",
                                                                "gitRepo",
                                                                "nfs",
                                                                "iscsi",
                                                                "glusterfs",
                                                                "rbd",
                                                                "flexVolume",
                                                                "cinder",
                                                                "cephfs",
                                                                "flocker",
                                                                "fc",
                                                                "azureFile",
                                                                "vsphereVolume",
                                                                "quobyte",
                                                                "azureDisk",
                                                                "photonPersistentDisk",
                                                                "portworxVolume",
                                                                "scaleIO",
                                                                "storageos"};

bool is_spared(const PodView& pod) { return pod.minor >= 25 && pod.is_windows(); }

const json::Value& context_of(const Container& container) { return (*container.value)["securityContext"]; }

template <typename Sources>
std::string_view first_set(const json::Value& volume, const Sources& sources) {
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](std::string_view source) { return !volume[source].is_null(); });
  return found == sources.end() ? std::string_view{} : *found;
}

}  // namespace

Breach check_privilege_escalation(const PodView& pod) {
  if (is_spared(pod)) return {};
  Names bad;
  Breach breach;
  for (const Container& container : pod.containers) {
    if (!context_of(container)["allowPrivilegeEscalation"].bool_or(true)) continue;
    bad.push_back(container.name);
    breach.paths.push_back(container.path + ".securityContext.allowPrivilegeEscalation");
  }
  breach.reason = "allowPrivilegeEscalation != false";
  breach.detail = named_containers(bad) + " must set securityContext.allowPrivilegeEscalation=false";
  return breach;
}

Breach check_capabilities_restricted(const PodView& pod) {
  if (is_spared(pod)) return {};
  Names keeping;
  Names adding;
  std::set<std::string> added;
  Breach breach;
  for (const Container& container : pod.containers) {
    const json::Value& capabilities = context_of(container)["capabilities"];
    const std::string path = container.path + ".securityContext.capabilities.";
    const json::Array& drop = capabilities["drop"].items();
    if (std::none_of(drop.begin(), drop.end(), [](const json::Value& one) { return one.string_or_empty() == "ALL"; })) {
      keeping.push_back(container.name);
      breach.paths.push_back(path + "drop");
    }
    const json::Array& add = capabilities["add"].items();
    const std::size_t before = breach.paths.size();
    for (std::size_t i = 0; i < add.size(); ++i) {
      if (add[i].string_or_empty() == "NET_BIND_SERVICE") continue;
      added.insert(add[i].string_or_empty());
      breach.paths.push_back(path + "add[" + std::to_string(i) + "]");
    }
    if (breach.paths.size() > before) adding.push_back(container.name);
  }
  Names told;
  if (!keeping.empty())
    told.push_back(named_containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
  if (!adding.empty())
    told.push_back(named_containers(adding) + " must not include " + quoted(added) +
                   " in securityContext.capabilities.add");
  breach.reason = "unrestricted capabilities";
  breach.detail = base::join(told, "; ");
  return breach;
}

Breach check_restricted_volumes(const PodView& pod) {
  Names bad;
  std::set<std::string> types;
  Breach breach;
  const json::Array& volumes = pod.spec["volumes"].items();
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    if (!first_set(volumes[i], k_volume_sources).empty()) continue;
    const std::string_view source = first_set(volumes[i], k_bad_volume_sources);
    bad.push_back(volumes[i]["name"].string_or_empty());
    types.insert(source.empty() ? "unknown" : std::string(source));
    breach.paths.push_back(pod.spec_path + ".volumes[" + std::to_string(i) + "]" +
                           (source.empty() ? "" : "." + std::string(source)));
  }
  breach.reason = "restricted volume types";
  breach.detail = std::string(plural("volume", "volumes", bad.size())) + " " + quoted(bad) + " " +
                  std::string(plural("uses", "use", bad.size())) + " " +
                  std::string(plural("restricted volume type", "restricted volume types", types.size())) + " " +
                  quoted(types);
  return breach;
}

Breach check_run_as_non_root(const PodView& pod) {
  if (pod.minor >= 35 && pod.has_own_users()) return {};
  const json::Value& own = pod.context()["runAsNonRoot"];
  const bool pod_refuses = own.is_bool() && !own.bool_or(true);
  Names explicitly;
  Names implicitly;
  std::vector<std::string> explicit_paths;
  std::vector<std::string> implicit_paths;
  if (pod_refuses) explicit_paths.push_back(pod.context_path() + ".runAsNonRoot");
  for (const Container& container : pod.containers) {
    const json::Value& value = context_of(container)["runAsNonRoot"];
    const std::string path = container.path + ".securityContext.runAsNonRoot";
    if (value.is_bool() && !value.bool_or(true)) {
      explicitly.push_back(container.name);
      explicit_paths.push_back(path);
    } else if (!value.is_bool() && !own.bool_or(false)) {
      implicitly.push_back(container.name);
      implicit_paths.push_back(path);
    }
  }
  if (!explicit_paths.empty()) {
    return {"runAsNonRoot != true",
            setters(pod_refuses, explicitly) + " must not set securityContext.runAsNonRoot=false",
            std::move(explicit_paths)};
  }
  return {"runAsNonRoot != true",
          "pod or " + named_containers(implicitly) + " must set securityContext.runAsNonRoot=true",
          std::move(implicit_paths)};
}

Breach check_run_as_user(const PodView& pod) {
  if (pod.minor >= 35 && pod.has_own_users()) return {};
  Breach breach;
  const auto is_root = [&](const json::Value& context, const std::string& path) {
    if (context["runAsUser"].int_or(1) != 0) return false;
    breach.paths.push_back(path + ".runAsUser");
    return true;
  };
  const bool at_pod = is_root(pod.context(), pod.context_path());
  Names bad;
  for (const Container& container : pod.containers) {
    if (is_root(context_of(container), container.path + ".securityContext")) bad.push_back(container.name);
  }
  breach.reason = "runAsUser=0";
  breach.detail = setters(at_pod, bad) + " must not set runAsUser=0";
  return breach;
}

Breach check_seccomp_restricted(const PodView& pod) {
  if (is_spared(pod)) return {};
  Breach explicitly = check_seccomp_baseline(pod);
  if (!explicitly.paths.empty() || !pod.context()["seccompProfile"].is_null()) return explicitly;
  Names bad;
  Breach breach;
  for (const Container& container : pod.containers) {
    if (!context_of(container)["seccompProfile"].is_null()) continue;
    bad.push_back(container.name);
    breach.paths.push_back(container.path + ".securityContext.seccompProfile.type");
  }
  breach.reason = "seccompProfile";
  breach.detail = "pod or " + named_containers(bad) +
                  " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
  return breach;
}

}  // namespace sentimark::kube
