#include "sim/kubectl_model.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::sim {
namespace {

Said failed(const std::string& text) { return {1, {}, text + "\n"}; }

std::string flag(const std::vector<std::string>& argv, std::string_view name) {
  const auto found = std::find(argv.begin(), argv.end(), name);
  return found == argv.end() || found + 1 == argv.end() ? std::string() : *(found + 1);
}

Said get_one(const ApiServer& api, const std::string& kind, const std::string& name) {
  const ApiAnswer answer = api.get(kind, name);
  if (answer.reason == "NotFound") return {};  // --ignore-not-found
  if (!answer.reason.empty()) return failed("Error from server (" + answer.reason + "): " + answer.message);
  return {0, json::to_text(answer.object) + "\n", {}};
}

Said get_manifest(const ApiServer& api) {
  const json::Value object = api.release.deployment();
  if (object.is_null()) return failed("Error from server (NotFound): deployments.apps \"web\" not found");
  return {0,
          json::to_text(json::Object{{"apiVersion", "v1"}, {"kind", "List"}, {"items", json::Array{object}}}) + "\n",
          {}};
}

Said get_list(const ApiServer& api) {
  return {
      0,
      json::to_text(json::Object{{"apiVersion", "v1"}, {"kind", "List"}, {"items", api.release.explaining()}}) + "\n",
      {}};
}

Said write(ApiServer& api, const std::string& verb, const std::string& input, const std::string& owner) {
  const auto object = json::parse(input);
  if (!object) return failed("error: error parsing STDIN");
  const ApiAnswer answer = verb == "create" ? api.create(*object, owner) : api.replace(*object, owner);
  if (answer.reason.empty()) return {0, json::to_text(answer.object) + "\n", {}};
  const std::string doing = verb == "create" ? "creating" : "replacing";
  const bool plain = answer.reason == "NotFound" && verb == "replace";
  return failed("Error from server (" + answer.reason + "): " + (plain ? "" : "error when " + doing + " \"STDIN\": ") +
                answer.message);
}

}  // namespace

Said kubectl_call(ApiServer& api, const std::vector<std::string>& argv, const std::string& input,
                  const std::string& owner) {
  const std::string verb = argv.size() > 1 ? argv[1] : "";
  if (verb == "create" || verb == "replace") return write(api, verb, input, owner);
  if (verb == "get" && flag(argv, "-f") == "-") return get_manifest(api);
  if (verb == "get" && argv.size() > 2 && argv[2].find(',') != std::string::npos) return get_list(api);
  if (verb == "get" && argv.size() > 3) return get_one(api, argv[2], argv[3]);
  return failed("error: unknown command \"" + verb + "\" for \"kubectl\"");
}

void start_kubectl(World& world, ApiServer& api, const Weather& weather, const ChildPtr& child) {
  Millis there = world.chance.between(10, 150);
  Millis back = world.chance.between(5, 60);
  enum class Trouble { none, refused, lost_answer, hangs_before, hangs_after } trouble = Trouble::none;
  if (world.faults && world.chance.thousandth(weather.kubectl)) {
    trouble = world.chance.pick(
        std::array{Trouble::refused, Trouble::lost_answer, Trouble::hangs_before, Trouble::hangs_after});
    if (trouble == Trouble::hangs_before) there = Millis{120'000};
    if (trouble == Trouble::hangs_after) back = Millis{120'000};
  }
  // A request that has left its machine arrives although its sender has just died.
  const bool sent = world.chance.one_in(2);
  world.after(there, [&world, &api, child, trouble, back, sent] {
    if (!child->alive && (!sent || child->died + Millis{100} < world.now)) return;
    if (trouble == Trouble::refused) {
      child->complain(
          "The connection to the server 10.0.0.1:443 was refused - did you specify the right host or port?\n");
      return child->exit(1, world.now);
    }
    Said said = kubectl_call(api, child->argv, child->input, child->owner);
    if (world.tracing()) {
      const std::string line = base::join(std::vector<std::string>(child->argv.begin() + 1, child->argv.end()), " ");
      world.trace(child->owner,
                  "kubectl " + line + (said.err.empty() ? "" : "  -> " + said.err.substr(0, said.err.size() - 1)));
    }
    if (trouble == Trouble::lost_answer) said = {1, {}, "Error from server: etcdserver: request timed out\n"};
    world.after(back, [&world, child, said = std::move(said)] {
      child->print(said.out);
      child->complain(said.err);
      child->exit(said.exit_code, world.now);
    });
  });
}

}  // namespace sentimark::sim
