#include "kube/health_json.hpp"

namespace sentimark::kube {

json::Value to_json(const ObjectHealth& health) {
  return json::Object{{"kind", health.ref.kind},
                      {"name", health.ref.name},
                      {"namespace", health.ref.namespace_name},
                      {"status", status_of(health.health)},
                      {"reason", health.reason},
                      {"message", health.message},
                      {"warning", health.warning},
                      {"fix", health.cure}};
}

ObjectHealth health_from_json(const json::Value& value) {
  ObjectHealth health;
  health.ref = {value["kind"].string_or_empty(), value["namespace"].string_or_empty(), value["name"].string_or_empty()};
  health.health = Health::unknown;
  for (const Health known :
       {Health::current, Health::in_progress, Health::failed, Health::terminating, Health::suspended}) {
    if (value["status"].string_or_empty() == status_of(known)) health.health = known;
  }
  health.reason = value["reason"].string_or_empty();
  health.message = value["message"].string_or_empty();
  health.warning = value["warning"].string_or_empty();
  health.cure = value["fix"].string_or_empty();
  return health;
}

}  // namespace sentimark::kube
