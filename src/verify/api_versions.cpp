// API versions that Kubernetes no longer serves. Source: kubernetes.io/docs/reference/using-api/deprecation-guide.
#include <algorithm>
#include <array>

#include "verify/rules.hpp"

namespace sentimark::verify {
namespace {

struct Removed {
  std::string_view version;
  std::string_view kinds;  // between spaces; empty: every kind of it
  int minor;               // the first that does not serve it
  std::string_view instead;
};

constexpr auto k_removed = std::to_array<Removed>({
    {"extensions/v1beta1", " Deployment DaemonSet ReplicaSet ", 16, "apps/v1"},
    {"extensions/v1beta1", " NetworkPolicy ", 16, "networking.k8s.io/v1"},
    {"extensions/v1beta1", " PodSecurityPolicy ", 16, "Pod Security admission"},
    {"extensions/v1beta1", " Ingress ", 22, "networking.k8s.io/v1"},
    {"apps/v1beta1", "", 16, "apps/v1"},
    {"apps/v1beta2", "", 16, "apps/v1"},
    {"networking.k8s.io/v1beta1", " Ingress IngressClass ", 22, "networking.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1alpha1", "", 22, "rbac.authorization.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1beta1", "", 22, "rbac.authorization.k8s.io/v1"},
    {"admissionregistration.k8s.io/v1beta1", " MutatingWebhookConfiguration ValidatingWebhookConfiguration ", 22,
     "admissionregistration.k8s.io/v1"},
    {"apiextensions.k8s.io/v1beta1", "", 22, "apiextensions.k8s.io/v1"},
    {"apiregistration.k8s.io/v1beta1", "", 22, "apiregistration.k8s.io/v1"},
    {"authentication.k8s.io/v1beta1", " TokenReview ", 22, "authentication.k8s.io/v1"},
    {"authorization.k8s.io/v1beta1", "", 22, "authorization.k8s.io/v1"},
    {"certificates.k8s.io/v1beta1", " CertificateSigningRequest ", 22, "certificates.k8s.io/v1"},
    {"coordination.k8s.io/v1beta1", " Lease ", 22, "coordination.k8s.io/v1"},
    {"scheduling.k8s.io/v1alpha1", " PriorityClass ", 17, "scheduling.k8s.io/v1"},
    {"scheduling.k8s.io/v1beta1", " PriorityClass ", 22, "scheduling.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", " CSIDriver CSINode StorageClass VolumeAttachment ", 22, "storage.k8s.io/v1"},
    {"storage.k8s.io/v1beta1", " CSIStorageCapacity ", 27, "storage.k8s.io/v1"},
    {"batch/v2alpha1", " CronJob ", 21, "batch/v1"},
    {"batch/v1beta1", " CronJob ", 25, "batch/v1"},
    {"discovery.k8s.io/v1beta1", " EndpointSlice ", 25, "discovery.k8s.io/v1"},
    {"events.k8s.io/v1beta1", " Event ", 25, "events.k8s.io/v1"},
    {"autoscaling/v2beta1", "", 25, "autoscaling/v2"},
    {"autoscaling/v2beta2", "", 26, "autoscaling/v2"},
    {"policy/v1beta1", " PodDisruptionBudget ", 25, "policy/v1"},
    {"policy/v1beta1", " PodSecurityPolicy ", 25, "Pod Security admission"},
    {"node.k8s.io/v1beta1", " RuntimeClass ", 25, "node.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "", 26, "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta2", "", 29, "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io/v1beta3", "", 32, "flowcontrol.apiserver.k8s.io/v1"},
});

}  // namespace

void add_api_versions(const Objects& objects, int minor, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < objects.values.size(); ++i) {
    const json::Value& object = objects.values[i];
    const std::string& version = object["apiVersion"].string_or_empty();
    if (version.empty()) {
      findings.push_back(at(objects, i, "API-VERSION", Verdict::fail, "apiVersion", "the object has no apiVersion",
                            "write the apiVersion of its kind"));
      continue;
    }
    const std::string kind = " " + object["kind"].string_or_empty() + " ";
    const auto row = std::find_if(k_removed.begin(), k_removed.end(), [&](const Removed& one) {
      return one.version == version && (one.kinds.empty() || one.kinds.find(kind) != std::string_view::npos);
    });
    if (row == k_removed.end()) continue;
    const bool gone = minor >= row->minor;
    findings.push_back(at(objects, i, "API-OLD", gone ? Verdict::fail : Verdict::warn, "apiVersion",
                          version +
                              (gone ? " is not served since Kubernetes 1." : " will not be served from Kubernetes 1.") +
                              std::to_string(row->minor),
                          "use " + std::string(row->instead)));
  }
}

}  // namespace sentimark::verify
