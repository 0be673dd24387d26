#include "emulator/pod_manifest.hpp"

#include <algorithm>
#include <cctype>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

// AKS unpacks without permission bits (and so does find here, because busybox's unzip keeps them).
constexpr const char* unpack_script =
    "cd /command || exit 125\n"
    "NO_EXEC\n"
    "mkdir files || exit 125\n"
    "if [ -d /context ]; then\n"
    "  cat /context/* >context.zip && cd files && unzip -q ../context.zip && rm ../context.zip &&\n"
    "    find . -type f -exec chmod 0644 {} + || exit 125\n"
    "fi\n"
    "cd /command/files && exec /bin/sh -c \"$1\"\n";

json::Value metadata(const PodPlan& plan, const std::string& name) {
  return json::Object{{"name", name}, {"labels", json::Object{{instance_label, plan.instance}}}};
}

json::Value mount(const std::string& name, const std::string& path, bool read_only) {
  return json::Object{{"name", name}, {"mountPath", path}, {"readOnly", read_only}};
}

std::string piece_key(std::size_t index) {
  const std::string number = std::to_string(index);
  return "part-" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
}

json::Value container(const PodPlan& plan) {
  const std::string script =
      base::replace_all(unpack_script, "NO_EXEC",
                        plan.no_exec ? "mount -t tmpfs -o noexec,mode=1777 none . && cd /command || exit 125" : "");
  json::Value mounts = json::Array{mount("command", "/command", false)};
  if (plan.pieces > 0) mounts.push(mount("context", "/context", true));
  json::Value environment = json::Value::array();
  if (plan.as_token_identity) {
    mounts.push(mount("identity", "/identity", true));
    environment.push(json::Object{{"name", "KUBECONFIG"}, {"value", "/identity/kubeconfig"}});
  }
  json::Value security = json::Object{{"runAsUser", plan.user}, {"runAsGroup", plan.user}};
  // Only root may mount what refuses execution.
  if (plan.no_exec) security = json::Object{{"runAsUser", 0}, {"privileged", true}};
  return json::Object{{"name", "user-command"},
                      {"image", plan.image},
                      // Kubernetes would expand $(NAME) in arguments; "$$" stands for one "$".
                      {"command", json::Array{"/bin/sh", "-c", base::replace_all(script, "$", "$$"), "sh"}},
                      {"args", json::Array{base::replace_all(plan.command, "$", "$$")}},
                      {"env", environment},
                      {"resources", json::Object{{"requests", json::Object{{"cpu", "200m"}, {"memory", "500Mi"}}},
                                                 {"limits", json::Object{{"cpu", "500m"}, {"memory", "1Gi"}}}}},
                      {"securityContext", security},
                      {"volumeMounts", mounts}};
}

}  // namespace

json::Value pod_manifest(const PodPlan& plan) {
  json::Value about = metadata(plan, plan.pod());
  about.set("namespace", command_namespace);
  about.find("labels")->set("createdBy", label_value(plan.created_by));
  about.set("annotations", json::Object{{"aks.azure.com/runCommand", "true"}});
  json::Value volumes = json::Array{json::Object{{"name", "command"}, {"emptyDir", json::Value::object()}}};
  if (plan.pieces > 0) {
    json::Value sources = json::Value::array();
    for (std::size_t index = 0; index < plan.pieces; ++index) {
      const json::Value item = json::Object{{"key", "data"}, {"path", piece_key(index)}};
      sources.push(
          json::Object{{"secret", json::Object{{"name", plan.piece_secret(index)}, {"items", json::Array{item}}}}});
    }
    volumes.push(json::Object{{"name", "context"}, {"projected", json::Object{{"sources", sources}}}});
  }
  if (plan.as_token_identity)
    volumes.push(json::Object{{"name", "identity"}, {"secret", json::Object{{"secretName", plan.identity_secret()}}}});
  json::Value spec = json::Object{{"serviceAccountName", plan.account()},
                                  {"automountServiceAccountToken", !plan.as_token_identity},
                                  {"restartPolicy", "Never"},
                                  {"nodeSelector", json::Object{{"kubernetes.io/os", "linux"}}},
                                  {"containers", json::Array{container(plan)}},
                                  {"volumes", volumes}};
  if (plan.limit_seconds > 0) spec.set("activeDeadlineSeconds", plan.limit_seconds);
  if (plan.gated) spec.set("schedulingGates", json::Array{json::Object{{"name", slow_start_gate}}});
  return json::Object{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", about}, {"spec", spec}};
}

json::Value account_manifest(const PodPlan& plan) {
  return json::Object{{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", metadata(plan, plan.account())}};
}

json::Value binding_manifest(const PodPlan& plan) {
  const json::Value role =
      json::Object{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", "cluster-admin"}};
  const json::Value subject =
      json::Object{{"kind", "ServiceAccount"}, {"name", plan.account()}, {"namespace", command_namespace}};
  return json::Object{{"apiVersion", "rbac.authorization.k8s.io/v1"},
                      {"kind", "ClusterRoleBinding"},
                      {"metadata", metadata(plan, "aks-command-" + plan.id)},
                      {"roleRef", role},
                      {"subjects", json::Array{subject}}};
}

json::Value secret_manifest(const PodPlan& plan, const std::string& name, const std::string& key,
                            const std::string& bytes) {
  return json::Object{{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"metadata", metadata(plan, name)},
                      {"data", json::Object{{key, base::to_base64(bytes)}}}};
}

std::vector<std::string> pieces_of(const std::string& archive) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < archive.size(); at += piece_bytes) pieces.push_back(archive.substr(at, piece_bytes));
  return pieces;
}

std::string kubeconfig_of(const std::string& server, const std::string& ca_pem, const std::string& certificate_pem,
                          const std::string& key_pem) {
  const json::Value cluster = json::Object{{"server", server}, {"certificate-authority-data", base::to_base64(ca_pem)}};
  const json::Value user = json::Object{{"client-certificate-data", base::to_base64(certificate_pem)},
                                        {"client-key-data", base::to_base64(key_pem)}};
  const json::Value context = json::Object{{"cluster", "aks"}, {"user", "caller"}};
  return json::to_text(json::Object{{"apiVersion", "v1"},
                                    {"kind", "Config"},
                                    {"current-context", "aks"},
                                    {"clusters", json::Array{json::Object{{"name", "aks"}, {"cluster", cluster}}}},
                                    {"users", json::Array{json::Object{{"name", "caller"}, {"user", user}}}},
                                    {"contexts", json::Array{json::Object{{"name", "aks"}, {"context", context}}}}});
}

std::string label_value(const std::string& text) {
  std::string value = text.substr(0, 63);
  for (char& letter : value)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-' && letter != '.') letter = '_';
  const auto edge = [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) == 0; };
  while (!value.empty() && edge(value.back())) value.pop_back();
  value.erase(value.begin(), std::find_if_not(value.begin(), value.end(), edge));
  return value;
}

}  // namespace sentimark::emulator
