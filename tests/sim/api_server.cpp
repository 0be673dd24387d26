#include "sim/api_server.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"

namespace sentimark::sim {
namespace {

constexpr std::string_view k_key = "record";
constexpr std::string_view k_revision = "sh.helm.release.v1.web.v";
constexpr std::uint64_t k_secret_limit = 1'000'000;

std::string name_of(const json::Value& object) { return object["metadata"]["name"].string_or_empty(); }

ApiAnswer not_found(const std::string& plural, const std::string& name) {
  return {"NotFound", plural + " \"" + name + "\" not found", {}};
}

ApiAnswer conflict(const std::string& plural, const std::string& name) {
  return {"Conflict",
          "Operation cannot be fulfilled on " + plural + " \"" + name +
              "\": the object has been modified; please apply your changes to the latest version and try again",
          {}};
}

std::int64_t revision_in(const std::string& name) {
  if (name.rfind(k_revision, 0) != 0) return 0;
  return static_cast<std::int64_t>(base::parse_unsigned(name.substr(k_revision.size())).value_or(0));
}

}  // namespace

// Helm's record of a revision: JSON, zipped, and base64 twice, once by helm and once by the API.
ApiAnswer ApiServer::secret(const std::string& name) const {
  for (const Revision& row : release.history()) {
    if (row.number != revision_in(name)) continue;
    const json::Value record = json::Object{{"name", "web"},
                                            {"info", json::Object{{"status", row.status}}},
                                            {"chart", json::Object{}},
                                            {"version", row.number}};
    const std::string helms = base::to_base64(pack::gzip(json::to_text(record)));
    return {{},
            {},
            json::Object{{"kind", "Secret"},
                         {"metadata", json::Object{{"name", name},
                                                   {"resourceVersion", std::to_string(row.version)},
                                                   {"labels", json::Object{{"status", row.status}}}}},
                         {"data", json::Object{{"release", base::to_base64(helms)}}}}};
  }
  return not_found("secrets", name);
}

ApiAnswer ApiServer::replace_secret(const json::Value& object) {
  const std::string name = name_of(object);
  const ApiAnswer present = secret(name);
  if (!present.reason.empty()) return present;
  if (object["metadata"]["resourceVersion"] != present.object["metadata"]["resourceVersion"])
    return conflict("secrets", name);
  const auto helms = base::from_base64(object["data"]["release"].string_or_empty());
  const auto zipped = helms ? base::from_base64(*helms) : helms;
  const auto text = zipped ? pack::gunzip(*zipped, k_secret_limit) : zipped;
  const auto record = text ? json::parse(*text) : text.error();
  if (!record) return {"Invalid", "helm could not read this any more", {}};
  release.set_status(revision_in(name), (*record)["info"]["status"].string_or_empty());
  return secret(name);
}

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
  if (kind == "secret") return secret(name);
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
  if (object["kind"].string_or_empty() == "Secret") return replace_secret(object);
  const auto found = config_maps_.find(name);
  if (found == config_maps_.end()) return not_found("configmaps", name);
  const std::string& asked = object["metadata"]["resourceVersion"].string_or_empty();
  // An update without a version overwrites whatever stands there.
  if (!asked.empty() && asked != std::to_string(found->second.version)) return conflict("configmaps", name);
  return store(object, writer);
}

}  // namespace sentimark::sim
