// Rules on one pod template that Pod Security does not have: users, root file system, token, secrets, images, probes,
// requests, spread.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/image_name.hpp"
#include "kube/lint_rules.hpp"

namespace sentimark::kube {
namespace {

constexpr std::int64_t k_low_id = 10'000;  // below it an id may be one of the node's own

void add(Findings& found, std::string_view rule, LintLevel level, std::string path, std::string message,
         std::string fix, std::vector<PatchStep> patch = {}) {
  found.push_back({rule, level, 0, {}, std::move(path), std::move(message), std::move(fix), std::move(patch)});
}

void ids(const LintPod& pod, const Container& container, Findings& found) {
  struct Id {
    std::string_view field;
    std::string_view rule;
    std::string_view noun;
  };
  for (const Id& id : {Id{"runAsUser", "SEC-UID", "user"}, Id{"runAsGroup", "SEC-GID", "group"}}) {
    const json::Value& own = (*container.value)["securityContext"][id.field];
    const json::Value& value = own.is_null() ? (*pod.pod.spec)["securityContext"][id.field] : own;
    const std::string path = container.path + ".securityContext." + std::string(id.field);
    const std::string noun(id.noun);
    if (value.is_null()) {
      add(found, id.rule, LintLevel::warning, path, "the " + noun + " is whatever the image says",
          "set " + std::string(id.field) + " to 10000 or more");
    } else if (value.int_or(1) == 0) {
      add(found, id.rule, LintLevel::error, path, "the container runs as the root " + noun,
          "set " + std::string(id.field) + " to 10000 or more");
    } else if (value.int_or(k_low_id) < k_low_id) {
      add(found, id.rule, LintLevel::warning, path,
          noun + " " + std::to_string(value.int_or(0)) + " may be one of the node's own", "use 10000 or more");
    }
  }
}

bool is_secret_name(const std::string& name) {
  const std::string lower = base::to_lower(name);
  static constexpr std::array<std::string_view, 7> k_words{"password", "passwd",      "secret",           "token",
                                                           "api_key",  "private_key", "connection_string"};
  // A name that says where the secret is holds none.
  for (const std::string_view suffix : {"_file", "_path", "_name", "_url", "_enabled"}) {
    if (lower.ends_with(suffix)) return false;
  }
  return std::any_of(k_words.begin(), k_words.end(),
                     [&](std::string_view word) { return base::contains(lower, word); });
}

bool declares(const json::Value& container, const json::Value& port) {
  const json::Array& ports = container["ports"].items();
  return std::any_of(ports.begin(), ports.end(), [&](const json::Value& one) {
    return port.is_string() ? one["name"] == port : one["containerPort"] == port;
  });
}

bool runs_for_long(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet";
}

void probes(const Container& container, Findings& found) {
  const json::Value& liveness = (*container.value)["livenessProbe"];
  const json::Value& readiness = (*container.value)["readinessProbe"];
  for (const std::string_view probe : {"readinessProbe", "livenessProbe"}) {
    const json::Value& one = (*container.value)[probe];
    const std::string path = container.path + "." + std::string(probe);
    if (one.is_null()) {
      add(found, "REL-PROBES", LintLevel::warning, path, "the container has no " + std::string(probe), "add one");
      continue;
    }
    for (const std::string_view way : {"httpGet", "tcpSocket"}) {
      const json::Value& port = one[way]["port"];
      if (port.is_null() || declares(*container.value, port)) continue;
      // A number works undeclared; a name that is not declared never does.
      add(found, "REL-PROBES", port.is_string() ? LintLevel::error : LintLevel::warning,
          path + "." + std::string(way) + ".port", "the probe's port is not among the container's ports",
          "declare the port, or correct it");
    }
  }
  if (!liveness.is_null() && liveness == readiness)
    add(found, "REL-PROBES", LintLevel::warning, container.path + ".livenessProbe",
        "liveness and readiness are the same: a pod that is busy is restarted instead of spared",
        "let liveness ask less, or fail later");
}

void resources(const Container& container, Findings& found) {
  const json::Value& resources = (*container.value)["resources"];
  for (const std::string_view field : {"cpu", "memory"}) {
    if (resources["requests"][field].is_null() && resources["limits"][field].is_null())
      add(found, "REL-RES", LintLevel::warning, container.path + ".resources.requests." + std::string(field),
          "the scheduler does not know how much " + std::string(field) + " it needs", "set a request");
  }
  if (resources["limits"]["memory"].is_null())
    add(found, "REL-RES", LintLevel::warning, container.path + ".resources.limits.memory",
        "without a memory limit a leak takes the node with it", "set a limit");
}

}  // namespace

void lint_security(const LintPod& pod, Findings& found) {
  const json::Value& spec = *pod.pod.spec;
  const bool windows = spec["os"]["name"].string_or_empty() == "windows";
  for (const Container& container : pod.containers) {
    const json::Value& context = (*container.value)["securityContext"];
    if (!windows) {
      ids(pod, container, found);
      const std::string path = container.path + ".securityContext.readOnlyRootFilesystem";
      if (!context["readOnlyRootFilesystem"].bool_or(false))
        add(found, "SEC-ROFS", LintLevel::warning, path, "the container can write to its own root file system",
            "set readOnlyRootFilesystem: true, and mount an emptyDir where it must write", {{false, path, true}});
    }
    const json::Array& variables = (*container.value)["env"].items();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      const std::string path = container.path + ".env[" + std::to_string(i) + "]";
      if (!variables[i]["value"].string_or_empty().empty() && is_secret_name(variables[i]["name"].string_or_empty()))
        add(found, "SEC-ENVSECRET", LintLevel::error, path + ".value",
            "variable " + variables[i]["name"].string_or_empty() + " looks like a secret and stands in the manifest",
            "take it from a Secret, or better from the vault");
    }
  }
  const json::Array& volumes = spec["volumes"].items();
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string& host = volumes[i]["hostPath"]["path"].string_or_empty();
    if (host.ends_with("docker.sock") || host.ends_with("containerd.sock") || host.ends_with("crio.sock"))
      add(found, "SEC-SOCK", LintLevel::error, pod.pod.spec_path + ".volumes[" + std::to_string(i) + "].hostPath.path",
          "whoever holds the runtime's socket holds the node", "remove the volume");
  }
  if (spec["automountServiceAccountToken"].bool_or(true)) {
    const std::string path = pod.pod.spec_path + ".automountServiceAccountToken";
    add(found, "SEC-SATOKEN", LintLevel::warning, path, "the pod carries a token for the API server",
        "set automountServiceAccountToken: false unless it talks to the API server", {{false, path, false}});
  }
}

void lint_images(const LintPod& pod, Findings& found) {
  for (const Container& container : pod.containers) {
    const std::string& image = (*container.value)["image"].string_or_empty();
    const std::string path = container.path + ".image";
    const ImageName name = image_name(image);
    if (image.empty()) {
      add(found, "IMG-TAG", LintLevel::error, path, "the container names no image", "name one");
    } else if (name.floats()) {
      add(found, "IMG-TAG", LintLevel::error, path, "image " + image + " is whatever was pushed last",
          "name a version");
    }
    if (!image.empty() && !name.digest)
      add(found, "IMG-DIGEST", LintLevel::warning, path, "image " + image + " can be pushed over", "name it by digest");
  }
}

void lint_reliability(const LintPod& pod, Findings& found) {
  const json::Value& object = *pod.pod.object;
  const bool long_running = runs_for_long(object["kind"].string_or_empty());
  for (const Container& container : pod.containers) {
    if (long_running && !container.init) probes(container, found);
    resources(container, found);
  }
  const std::string& kind = object["kind"].string_or_empty();
  if (kind != "Deployment" && kind != "StatefulSet") return;
  const std::int64_t replicas = object["spec"]["replicas"].int_or(1);
  const json::Value& spec = *pod.pod.spec;
  if (replicas == 1)
    add(found, "REL-REPL", LintLevel::warning, "spec.replicas", "one replica: every node change is an outage",
        "run two or more");
  if (replicas > 1 && spec["affinity"]["podAntiAffinity"].is_null() &&
      spec["topologySpreadConstraints"].items().empty())
    add(found, "REL-SPREAD", LintLevel::warning, pod.pod.spec_path + ".topologySpreadConstraints",
        "all replicas may land on one node", "add topologySpreadConstraints or podAntiAffinity");
}

}  // namespace sentimark::kube
