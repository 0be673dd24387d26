// Fields in the wrong securityContext are unknown fields: Helm only warns, the API server drops them, and the pod runs
// without the protection that its author wrote down. Fields: kubernetes/api core/v1/types.go.
#include <algorithm>
#include <array>

#include "kube/lint_rules.hpp"

namespace sentimark::kube {
namespace {

constexpr std::array<std::string_view, 6> k_pod_only{"fsGroup", "fsGroupChangePolicy",      "supplementalGroups",
                                                     "sysctls", "supplementalGroupsPolicy", "seLinuxChangePolicy"};
constexpr std::array<std::string_view, 5> k_container_only{"privileged", "capabilities", "allowPrivilegeEscalation",
                                                           "readOnlyRootFilesystem", "procMount"};
constexpr std::array<std::string_view, 3> k_style{"runAsUser", "runAsGroup", "runAsNonRoot"};

std::string context_of(const Container& container) { return container.path + ".securityContext"; }

void container_fields_at_pod(const LintPod& pod, Findings& found) {
  const json::Value& context = (*pod.pod.spec)["securityContext"];
  for (const std::string_view field : k_container_only) {
    if (!context.has(field)) continue;
    const std::string path = pod.pod.spec_path + ".securityContext." + std::string(field);
    LintFinding finding{"SEC-PLACE-CTR",
                        LintLevel::error,
                        0,
                        {},
                        path,
                        std::string(field) + " has no effect at pod level: it belongs into each container",
                        "move it into the securityContext of every container",
                        {{true, path, {}}}};
    for (const Container& container : pod.containers) {
      if (!(*container.value)["securityContext"].has(field))
        finding.patch.push_back({false, context_of(container) + "." + std::string(field), context[field]});
    }
    found.push_back(std::move(finding));
  }
}

void pod_fields_at_container(const LintPod& pod, Findings& found) {
  const json::Value& pod_context = (*pod.pod.spec)["securityContext"];
  for (const Container& container : pod.containers) {
    const json::Value& context = (*container.value)["securityContext"];
    for (const std::string_view field : k_pod_only) {
      if (!context.has(field)) continue;
      const std::string path = context_of(container) + "." + std::string(field);
      LintFinding finding{"SEC-PLACE-POD",
                          LintLevel::error,
                          0,
                          {},
                          path,
                          std::string(field) + " has no effect in a container: it belongs to the pod",
                          "move it into the pod's securityContext",
                          {{true, path, {}}}};
      if (!pod_context.has(field))
        finding.patch.push_back({false, pod.pod.spec_path + ".securityContext." + std::string(field), context[field]});
      found.push_back(std::move(finding));
    }
  }
}

// The house style: who a container runs as stands at the container. Not a fault, and never a Pod Security finding.
void style(const LintPod& pod, Findings& found) {
  const json::Value& context = (*pod.pod.spec)["securityContext"];
  for (const std::string_view field : k_style) {
    if (!context.has(field)) continue;
    LintFinding finding{"SEC-PLACE-STYLE",
                        LintLevel::warning,
                        0,
                        {},
                        pod.pod.spec_path + ".securityContext." + std::string(field),
                        std::string(field) + " stands only at pod level",
                        "set it in each container",
                        {}};
    for (const Container& container : pod.containers) {
      if (!(*container.value)["securityContext"].has(field))
        finding.patch.push_back({false, context_of(container) + "." + std::string(field), context[field]});
    }
    if (!finding.patch.empty()) found.push_back(std::move(finding));
  }
}

void contradiction(const std::string& path, std::string message, std::string fix, Findings& found,
                   std::vector<PatchStep> patch = {}) {
  found.push_back(
      {"SEC-CONTRADICT", LintLevel::error, 0, {}, path, std::move(message), std::move(fix), std::move(patch)});
}

void contradictions(const LintPod& pod, Findings& found) {
  const json::Value& pod_context = (*pod.pod.spec)["securityContext"];
  for (const Container& container : pod.containers) {
    const json::Value& context = (*container.value)["securityContext"];
    const std::string path = context_of(container);
    const bool no_escalation = !context["allowPrivilegeEscalation"].bool_or(true);
    if (no_escalation && context["privileged"].bool_or(false))
      contradiction(
          path + ".privileged",
          "a privileged container can always escalate: the API refuses allowPrivilegeEscalation: false beside it",
          "remove privileged", found, {{true, path + ".privileged", {}}});
    const json::Array& added = context["capabilities"]["add"].items();
    const bool adds_admin = std::any_of(added.begin(), added.end(), [](const json::Value& one) {
      return one.string_or_empty() == "SYS_ADMIN" || one.string_or_empty() == "CAP_SYS_ADMIN";
    });
    if (no_escalation && adds_admin)
      contradiction(
          path + ".capabilities.add",
          "SYS_ADMIN means that the container can escalate: the API refuses allowPrivilegeEscalation: false beside it",
          "remove SYS_ADMIN", found);
    // The container's own word wins over the pod's.
    const json::Value& user = context["runAsUser"].is_null() ? pod_context["runAsUser"] : context["runAsUser"];
    const json::Value& not_root =
        context["runAsNonRoot"].is_null() ? pod_context["runAsNonRoot"] : context["runAsNonRoot"];
    if (not_root.bool_or(false) && user.int_or(1) == 0)
      contradiction(path + ".runAsUser",
                    "runAsNonRoot: true and runAsUser: 0: the kubelet will not start the container", "set another user",
                    found);
    const json::Array& dropped = context["capabilities"]["drop"].items();
    for (const json::Value& capability : added) {
      if (std::find(dropped.begin(), dropped.end(), capability) == dropped.end()) continue;
      contradiction(path + ".capabilities", "capability " + capability.string_or_empty() + " is both added and dropped",
                    "keep one of the two", found);
    }
  }
}

void wrong_system(const LintPod& pod, Findings& found) {
  const std::string& system = (*pod.pod.spec)["os"]["name"].string_or_empty();
  if (system.empty()) return;
  const auto look = [&](const json::Value& context, const std::string& path) {
    for (const json::Member& member : context.members()) {
      const bool windows_field = member.first == "windowsOptions";
      const bool shared = member.first == "runAsNonRoot";
      if (shared || windows_field == (system == "windows") || member.second.is_null()) continue;
      contradiction(path + "." + member.first,
                    member.first + " may not be set on a " + system + " pod: the API refuses it", "remove it", found,
                    {{true, path + "." + member.first, {}}});
    }
  };
  look((*pod.pod.spec)["securityContext"], pod.pod.spec_path + ".securityContext");
  for (const Container& container : pod.containers) look((*container.value)["securityContext"], context_of(container));
}

}  // namespace

void lint_placement(const LintPod& pod, Findings& found) {
  container_fields_at_pod(pod, found);
  pod_fields_at_container(pod, found);
  style(pod, found);
  contradictions(pod, found);
  wrong_system(pod, found);
}

}  // namespace sentimark::kube
