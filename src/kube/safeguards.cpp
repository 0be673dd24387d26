#include "kube/safeguards.hpp"

#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "kube/image_name.hpp"
#include "kube/label_index.hpp"
#include "kube/pod_template.hpp"
#include "kube/quantity.hpp"

namespace sentimark::kube {
namespace {

using Outcome = Safeguard::Outcome;
using Forecast = std::vector<Safeguard>;

struct Resource {
  std::string_view name;
  std::string_view standard;  // where neither request nor limit is set
  std::string_view least;
  bool limit_is_request;  // a lone limit becomes the request too
};

constexpr std::array<Resource, 2> k_resources{{{"cpu", "500m", "100m", true}, {"memory", "2048Mi", "100Mi", false}}};

class Teller {
 public:
  Teller(Forecast& forecast, std::size_t object, ObjectRef ref)
      : forecast_(forecast), object_(object), ref_(std::move(ref)) {}
  void deny(std::string_view rule, std::string path, std::string message) {
    forecast_.push_back({rule, Outcome::deny, object_, ref_, std::move(path), std::move(message), {}});
  }
  void change(std::string_view rule, std::string path, std::string message, json::Value becomes) {
    forecast_.push_back(
        {rule, Outcome::change, object_, ref_, std::move(path), std::move(message), std::move(becomes)});
  }

 private:
  Forecast& forecast_;
  std::size_t object_;
  ObjectRef ref_;
};

void resources(const Container& container, Teller& teller) {
  const json::Value& set = (*container.value)["resources"];
  for (const Resource& resource : k_resources) {
    const std::string name(resource.name);
    const std::string request_path = container.path + ".resources.requests." + name;
    const std::string limit_path = container.path + ".resources.limits." + name;
    json::Value request = set["requests"][name];
    json::Value limit = set["limits"][name];
    const json::Value old_request = request;
    const json::Value old_limit = limit;
    if (request.is_null() && limit.is_null()) {
      request = limit = json::Value(resource.standard);
    } else if (request.is_null() && resource.limit_is_request) {
      request = limit;
    }
    const auto least = milli_quantity(resource.least);
    for (json::Value* one : {&request, &limit}) {
      const auto amount = milli_quantity(*one);
      if (amount && *amount < *least) *one = json::Value(resource.least);
    }
    const auto asked = milli_quantity(request);
    const auto allowed = milli_quantity(limit);
    if (asked && allowed && *asked > *allowed) request = limit;
    const std::string told = "the " + name + " of container " + container.name + " will be set silently";
    if (!(request == old_request)) teller.change("AKS-RESOURCES", request_path, told, request);
    if (!(limit == old_limit)) teller.change("AKS-RESOURCES", limit_path, told, limit);
  }
}

void containers(const PodTemplate& pod, Teller& teller) {
  for (const Container& container : containers_of(pod)) {
    const json::Value& value = *container.value;
    if (!container.init && value["readinessProbe"].is_null() != value["livenessProbe"].is_null()) {
      const std::string missing = value["livenessProbe"].is_null() ? "livenessProbe" : "readinessProbe";
      teller.deny("AKS-PROBES", container.path + "." + missing,
                  "Container " + container.name + " in your Pod has no " + missing +
                      ". Required probes: readinessProbe, livenessProbe");
    } else if (!container.init && value["livenessProbe"].is_null()) {
      teller.deny("AKS-PROBES", container.path + ".livenessProbe",
                  "Container " + container.name +
                      " in your Pod has no livenessProbe. Required probes: readinessProbe, livenessProbe");
    }
    if (image_name(value["image"].string_or_empty()).floats())
      teller.deny(
          "AKS-LATEST", container.path + ".image",
          "Please specify an explicit, versioned image tag such as '1.0' for container " + container.name + ".");
    resources(container, teller);
  }
}

void spread(const json::Value& object, const PodTemplate& pod, Teller& teller) {
  const std::string& kind = object["kind"].string_or_empty();
  const json::Value& spec = *pod.spec;
  if ((kind != "Deployment" && kind != "StatefulSet" && kind != "ReplicaSet") ||
      object["spec"]["replicas"].int_or(1) < 2 || !spec["affinity"]["podAntiAffinity"].is_null() ||
      !spec["topologySpreadConstraints"].items().empty() ||
      object["metadata"]["labels"]["kubernetes.azure.com/managedby"].string_or_empty() == "aks")
    return;
  const json::Value& labels = (*pod.metadata)["labels"];
  json::Value matched = json::Value::object();
  if (labels["app"].is_string()) {
    matched.set("app", labels["app"]);
  } else if (labels["app.kubernetes.io/name"].is_string()) {
    matched.set("app.kubernetes.io/name", labels["app.kubernetes.io/name"]);
  } else {
    matched.set("default-antiaffinity-applabel", ref_of(object).name);
  }
  json::Value selector;
  selector.set("matchLabels", matched);
  json::Value constraint;
  constraint.set("maxSkew", 1);
  constraint.set("whenUnsatisfiable", "ScheduleAnyway");
  constraint.set("topologyKey", "kubernetes.io/hostname");
  constraint.set("labelSelector", selector);
  json::Value constraints = json::Value::array();
  constraints.push(std::move(constraint));
  teller.change("AKS-SPREAD", pod.spec_path + ".topologySpreadConstraints",
                kind + " with " + std::to_string(object["spec"]["replicas"].int_or(1)) +
                    " replicas should have either podAntiAffinity or topologySpreadConstraints set to avoid "
                    "disruptions due to nodes crashing",
                std::move(constraints));
}

void labels(const json::Value& labels, const std::string& path, Teller& teller) {
  for (const json::Member& label : labels.members()) {
    if (label.first.starts_with("kubernetes.azure.com"))
      teller.deny("AKS-LABEL", path + "['" + label.first + "']",
                  "Label kubernetes.azure.com is reserved for AKS use only");
  }
}

}  // namespace

std::vector<Safeguard> aks_safeguards(const json::Array& objects) {
  Forecast forecast;
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const json::Value& object = objects[i];
    const std::string& kind = object["kind"].string_or_empty();
    Teller teller(forecast, i, ref_of(object));
    labels(object["metadata"]["labels"], "metadata.labels", teller);
    for (const PodTemplate& pod : pod_templates(object)) {
      if (kind != "Pod") labels((*pod.metadata)["labels"], pod.metadata_path + ".labels", teller);
      containers(pod, teller);
      spread(object, pod, teller);
    }
    const std::string& provisioner = object["provisioner"].string_or_empty();
    if (kind == "StorageClass" &&
        (provisioner == "kubernetes.io/azure-file" || provisioner == "kubernetes.io/azure-disk"))
      teller.deny(
          "AKS-CSI", "provisioner",
          "Storage class " + ref_of(object).name + " use intree provisioner " + provisioner + " is not allowed");
    const json::Value& selector = object["spec"]["selector"];
    if (kind != "Service" || selector.members().empty()) continue;
    const auto [first, fresh] =
        seen.emplace(selector_key(object["metadata"]["namespace"].string_or_empty(), selector), i);
    if (!fresh)
      teller.deny("AKS-SELECTOR", "spec.selector",
                  "its selector is the same as that of " + ref_of(objects[first->second]).text());
  }
  return forecast;
}

}  // namespace sentimark::kube
