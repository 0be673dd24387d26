// Kubectl: the API server by way of the kubectl program, the only way the agent takes to it.
#pragma once
#include <string>
#include <string_view>

#include "agent/children.hpp"
#include "json/value.hpp"

namespace sentimark::agent {

// What a client of the API server, kubectl or helm, says when it fails, as an error of the kinds that Kubectl tells.
base::Error api_error(std::string_view program, const std::string& text);

// What such a client printed. Error: remote when it is no JSON.
base::Result<json::Value> json_printed_by(std::string_view program, const std::string& text);

// Every call is bounded to 30 s. Errors: auth ("Forbidden", "Unauthorized"), network (unreachable), timeout, else
// remote; the code is the API's own reason ("Conflict", "AlreadyExists", "NotFound", …) where kubectl tells it.
class Kubectl {
 public:
  Kubectl(Children& children, std::string program) : children_(children), program_(std::move(program)) {}

  // The object, or null when there is none. An empty namespace is for cluster-scoped kinds.
  base::Result<json::Value> get(std::string_view kind, std::string_view namespace_name, std::string_view name);

  // What kubectl printed. For texts such as logs, whose form is nobody's contract.
  base::Result<std::string> text(std::vector<std::string> arguments);

  // The items of all these kinds (comma separated) in a namespace.
  base::Result<json::Array> list(std::string_view kinds, std::string_view namespace_name);

  struct Found {
    json::Array objects;
    std::vector<std::string> missing;     // kubectl's own words: "deployments.apps \"web\" not found"
    std::vector<std::string> namespaces;  // where they were looked for, the release's own first
  };
  // The live state of the objects in a manifest, each where it says, else in `namespace_name`. One call for each
  // namespace. Further error: refused with code "namespaces" for more than twenty.
  base::Result<Found> find(const std::string& manifest, std::string_view namespace_name);

  // The objects of a manifest as they are written in it, read by kubectl alone: no server is asked.
  base::Result<json::Array> as_json(const std::string& manifest);

  // The object as stored. `replace` wins only against the resourceVersion that the object carries.
  base::Result<json::Value> create(const json::Value& object);
  base::Result<json::Value> replace(const json::Value& object);

 private:
  base::Result<Finished> run(std::vector<std::string> arguments, std::string input = {});
  base::Done find_in(const std::string& manifest, std::string_view namespace_name, Found& found);
  Children& children_;
  std::string program_;
};

}  // namespace sentimark::agent
