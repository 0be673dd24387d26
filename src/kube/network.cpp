// Service, Ingress, and the Gateway API's routes and gateways.
#include <algorithm>

#include "base/text.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

std::string place_of(const json::Value& object, const std::string& name) {
  return object["metadata"]["namespace"].string_or_empty() + "/" + name;
}

bool is_ready(const json::Value& endpoint) {
  return endpoint["conditions"]["ready"].bool_or(true);  // absent means ready (discovery/v1 EndpointConditions)
}

bool serves(const json::Value& slice, const std::string& port) {
  const json::Array& endpoints = slice["endpoints"].items();
  if (std::none_of(endpoints.begin(), endpoints.end(), is_ready)) return false;
  const json::Array& ports = slice["ports"].items();
  return ports.empty() || std::any_of(ports.begin(), ports.end(),
                                      [&](const json::Value& one) { return one["name"].string_or_empty() == port; });
}

// The first port behind which no ready pod stands; nothing when each has one.
std::optional<std::string> unserved_port(const json::Value& service, const Scene& scene) {
  const Scene::Found& slices = scene.slices_of(place_of(service, ref_of(service).name));
  const auto served = [&](const std::string& port) {
    return std::any_of(slices.begin(), slices.end(), [&](const json::Value* slice) { return serves(*slice, port); });
  };
  const json::Array& ports = service["spec"]["ports"].items();
  if (ports.empty() && !served({})) return std::string();
  for (const json::Value& port : ports) {
    if (!served(port["name"].string_or_empty())) return port["name"].string_or_empty();
  }
  return std::nullopt;
}

ObjectHealth without_endpoints(const json::Value& service, const std::string& port, const Scene& scene) {
  const Scene::Behind found =
      scene.behind(service["metadata"]["namespace"].string_or_empty(), service["spec"]["selector"]);
  if (scene.snapshot.pods_known && found.any_workload && !found.foreign_kind && !found.matches) {
    return failed(service, "SelectorMatchesNothing",
                  "the selector of " + ref_of(service).text() + " fits no workload of the release and no pod",
                  "correct its selector, or the labels of the pod template");
  }
  if (found.matches && !found.wants_pods) {
    ObjectHealth health = current(service);
    health.warning = "no pod stands behind it: its workload wants no replicas";
    return health;
  }
  return in_progress(service, "NoEndpoints",
                     "no ready pod stands behind the service" + (port.empty() ? "" : "'s port " + port));
}

bool lacks(const std::optional<std::vector<std::string>>& known, const std::string& name) {
  return known && std::find(known->begin(), known->end(), name) == known->end();
}

// Back ends and TLS Secrets that an Ingress names and its namespace does not have.
std::optional<ObjectHealth> missing_behind(const json::Value& ingress, const Scene& scene) {
  const auto missing = [&](const json::Value& backend) -> std::optional<ObjectHealth> {
    const json::Value& named =
        backend["service"]["name"].is_null() ? backend["serviceName"] : backend["service"]["name"];
    const std::string& name = named.string_or_empty();
    if (name.empty() || !lacks(scene.snapshot.services, place_of(ingress, name))) return std::nullopt;
    return failed(ingress, "BackendMissing",
                  ref_of(ingress).text() + " leads to the Service " + name + ", which does not exist",
                  "create the Service or correct its name");
  };
  const json::Value& spec = ingress["spec"];
  if (auto found = missing(spec["defaultBackend"])) return found;
  for (const json::Value& rule : spec["rules"].items()) {
    for (const json::Value& path : rule["http"]["paths"].items()) {
      if (auto found = missing(path["backend"])) return found;
    }
  }
  for (const json::Value& tls : spec["tls"].items()) {
    const std::string& name = tls["secretName"].string_or_empty();
    if (!name.empty() && lacks(scene.snapshot.secrets, place_of(ingress, name)))
      return failed(ingress, "SecretMissing",
                    ref_of(ingress).text() + " needs the Secret " + name + ", which does not exist",
                    "create the Secret, or look at what should issue the certificate");
  }
  return std::nullopt;
}

// A condition in a list of its own, not in status.conditions.
const json::Value& condition_in(const json::Value& holder, std::string_view type) {
  static const json::Value absent;
  for (const json::Value& one : holder["conditions"].items()) {
    if (one["type"].string_or_empty() == type) return one;
  }
  return absent;
}

std::optional<ObjectHealth> unmet(const json::Value& object, const json::Value& holder, std::string_view type,
                                  const Scene& scene) {
  const json::Value& found = condition_in(holder, type);
  const std::string& reason = found["reason"].string_or_empty();
  if (found["status"].string_or_empty() == "True") {
    if (!is_stale(found, object)) return std::nullopt;
    return in_progress(object, "NotObserved", "its controller has not seen the change yet");
  }
  const bool broken = reason == "BackendNotFound" || reason == "RefNotPermitted" || reason == "InvalidKind" ||
                      reason == "InvalidCertificateRef";
  if (broken && !is_stale(found, object) && scene.has_lasted(found["lastTransitionTime"].string_or_empty(), 60)) {
    return failed(object, reason,
                  ref_of(object).text() + " leads to something that does not exist or may not be used: " +
                      found["message"].string_or_empty(),
                  "correct the reference, or create what it names");
  }
  return in_progress(object, reason.empty() ? "Not" + std::string(type) : reason,
                     "it is not " + base::to_lower(type) + " yet" +
                         (found.is_null() ? "" : ": " + found["message"].string_or_empty()));
}

}  // namespace

ObjectHealth service_health(const json::Value& service, const Scene& scene) {
  const json::Value& spec = service["spec"];
  const std::string& type = spec["type"].string_or_empty();
  if (type == "ExternalName") return current(service, "it is another name for a host");
  if (spec["clusterIP"].string_or_empty().empty())
    return in_progress(service, "NoClusterIP", "service has no cluster address yet");
  if (type == "LoadBalancer" && service["status"]["loadBalancer"]["ingress"].items().empty() &&
      spec["externalIPs"].items().empty()) {
    for (const json::Value* event : scene.events_about(service)) {
      const std::string& message = (*event)["message"].string_or_empty();
      if ((*event)["reason"].string_or_empty() != "SyncLoadBalancerFailed") continue;
      if (scene.has_lasted((*event)["firstTimestamp"].string_or_empty(), 180))
        return failed_by(service, "SyncLoadBalancerFailed", message);
      return in_progress(service, "SyncLoadBalancerFailed", message);
    }
    return in_progress(service, "NoLoadBalancer", "load balancer has no address yet");
  }
  if (!spec["selector"].members().empty() && scene.snapshot.endpoints_known) {
    if (const auto port = unserved_port(service, scene)) return without_endpoints(service, *port, scene);
  }
  return current(service, "service is ready");
}

ObjectHealth ingress_health(const json::Value& ingress, const Scene& scene) {
  if (auto missing = missing_behind(ingress, scene)) return *std::move(missing);
  if (!scene.snapshot.ingress_without_address && ingress["status"]["loadBalancer"]["ingress"].items().empty())
    return in_progress(ingress, "NoAddress", "its controller has given it no address yet");
  return current(ingress, "ingress has an address");
}

ObjectHealth route_health(const json::Value& route, const Scene& scene) {
  const json::Array& parents = route["status"]["parents"].items();
  const std::size_t wanted = std::max<std::size_t>(1, route["spec"]["parentRefs"].items().size());
  if (parents.size() < wanted) return in_progress(route, "NotObserved", "not every gateway has looked at it yet");
  for (const json::Value& parent : parents) {
    for (const std::string_view type : {"Accepted", "ResolvedRefs"}) {
      if (auto unmet_health = unmet(route, parent, type, scene)) return *std::move(unmet_health);
    }
  }
  return current(route, "every gateway has taken it");
}

ObjectHealth gateway_health(const json::Value& gateway, const Scene& scene) {
  for (const std::string_view type : {"Accepted", "Programmed"}) {
    if (auto unmet_health = unmet(gateway, gateway["status"], type, scene)) return *std::move(unmet_health);
  }
  return current(gateway, "gateway is programmed");
}

}  // namespace sentimark::kube
