#include "sim/api_server.hpp"

namespace sentimark::sim {
namespace {

constexpr std::string_view k_key = "record";

std::string name_of(const json::Value& object) { return object["metadata"]["name"].string_or_empty(); }

ApiAnswer not_found(const std::string& plural, const std::string& name) {
  return {"NotFound", plural + " \"" + name + "\" not found", {}};
}

}  // namespace

ApiAnswer ApiServer::get(const std::string& kind, const std::string& name) const {
  if (kind == "namespace") {
    if (namespaces.count(name) == 0) return not_found("namespaces", name);
    return {{}, {}, json::Object{{"kind", "Namespace"}, {"metadata", json::Object{{"name", name}}}}};
  }
  if (kind == "pod") {
    const auto found = pods.find(name);
    if (found == pods.end()) return not_found("pods", name);
    return {{},
            {},
            json::Object{{"kind", "Pod"},
                         {"metadata", json::Object{{"name", name}}},
                         {"status", json::Object{{"phase", found->second}}}}};
  }
  const auto found = config_maps_.find(name);
  if (found == config_maps_.end()) return not_found("configmaps", name);
  return {{}, {}, found->second.object};
}

std::string ApiServer::record(const std::string& name) const {
  const auto found = config_maps_.find(name);
  return found == config_maps_.end() ? std::string() : found->second.object["data"][k_key].string_or_empty();
}

ApiAnswer ApiServer::store(const json::Value& object, const std::string& writer) {
  const std::string name = name_of(object);
  const std::string before = record(name);
  json::Value metadata = object["metadata"];
  const std::int64_t version = ++version_;
  metadata.set("resourceVersion", std::to_string(version));
  json::Value stored = object;
  stored.set("metadata", std::move(metadata));
  const std::string after = stored["data"][k_key].string_or_empty();
  config_maps_[name] = {version, stored};
  if (on_record) on_record(writer, before, after);
  return {{}, {}, std::move(stored)};
}

ApiAnswer ApiServer::create(const json::Value& object, const std::string& writer) {
  const std::string name = name_of(object);
  if (object["kind"].string_or_empty() == "Namespace") {
    if (!namespaces.insert(name).second) return {"AlreadyExists", "namespaces \"" + name + "\" already exists", {}};
    return {{}, {}, object};
  }
  const std::string& place = object["metadata"]["namespace"].string_or_empty();
  if (namespaces.count(place) == 0) return not_found("namespaces", place);
  if (config_maps_.count(name) != 0) return {"AlreadyExists", "configmaps \"" + name + "\" already exists", {}};
  return store(object, writer);
}

ApiAnswer ApiServer::replace(const json::Value& object, const std::string& writer) {
  const std::string name = name_of(object);
  const auto found = config_maps_.find(name);
  if (found == config_maps_.end()) return not_found("configmaps", name);
  const std::string& asked = object["metadata"]["resourceVersion"].string_or_empty();
  // An update without a version overwrites whatever stands there.
  if (!asked.empty() && asked != std::to_string(found->second.version)) {
    return {"Conflict",
            "Operation cannot be fulfilled on configmaps \"" + name +
                "\": the object has been modified; please apply your changes to the latest version and try again",
            {}};
  }
  return store(object, writer);
}

}  // namespace sentimark::sim
