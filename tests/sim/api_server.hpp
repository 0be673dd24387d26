// ApiServer: the objects of a cluster that our programs read and write: ConfigMaps under compare-and-replace, pods with
// their phases, namespaces, and one release.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>

#include "json/value.hpp"
#include "sim/release.hpp"

namespace sentimark::sim {

// An answer of the API server; an empty reason is success.
struct ApiAnswer {
  std::string reason;   // "Conflict", "AlreadyExists", "NotFound"
  std::string message;  // its own words
  json::Value object;
};

class ApiServer {
 public:
  explicit ApiServer(World& world) : release(world), world_(world) {}

  ApiAnswer get(const std::string& kind, const std::string& name) const;
  ApiAnswer create(const json::Value& object, const std::string& writer);
  ApiAnswer replace(const json::Value& object, const std::string& writer);

  // Every write of a ConfigMap's `record`, before anybody can read it.
  std::function<void(const std::string& writer, const std::string& before, const std::string& after)> on_record;

  std::string record(const std::string& name) const;  // empty when there is none

  std::set<std::string> namespaces;
  std::map<std::string, std::string> pods;  // name -> phase; a pod that is gone is not in it
  ReleaseModel release;

 private:
  struct Stored {
    std::int64_t version = 0;
    json::Value object;
  };
  ApiAnswer secret(const std::string& name) const;
  ApiAnswer replace_secret(const json::Value& object);
  ApiAnswer store(const json::Value& object, const std::string& writer);
  World& world_;
  std::int64_t version_ = 100;
  std::map<std::string, Stored> config_maps_;
};

}  // namespace sentimark::sim
