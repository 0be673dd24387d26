#include "sim/azure_model.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"

namespace sentimark::sim {
namespace {

constexpr std::string_view k_base = "https://management.azure.com";

sys::Response json_response(int status, const json::Value& body) {
  return {status, {{"Content-Type", "application/json"}}, json::to_text(body)};
}

sys::Response arm_failure(int status, const char* code, const char* message) {
  return json_response(status, json::Object{{"error", json::Object{{"code", code}, {"message", message}}}});
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = (number << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

// The local entries of a ZIP whose sizes stand in front, as ours do.
void unpack(const std::string& zip, fake::FakeFiles& disk) {
  std::size_t at = 0;
  while (at + 30 <= zip.size() && number_at(zip, at, 4) == 0x04034b50U) {
    const std::uint32_t method = number_at(zip, at + 8, 2);
    const std::uint32_t packed = number_at(zip, at + 18, 4);
    const std::uint32_t size = number_at(zip, at + 22, 4);
    const std::uint32_t name_size = number_at(zip, at + 26, 2);
    const std::size_t data = at + 30 + name_size + number_at(zip, at + 28, 2);
    const std::string name = zip.substr(at + 30, name_size);
    std::string bytes = zip.substr(data, packed);
    if (method == 8) {
      auto inflated = pack::inflate_raw(bytes, size);
      bytes = inflated ? *inflated : "";
    }
    disk.put(name, std::move(bytes));
    at = data + packed;
  }
}

// What can go wrong on the way of one request.
enum class Trouble {
  none,
  no_connection,  // nothing arrived
  lost_before,    // nothing arrived, and the sender cannot know
  lost_after,     // it arrived, the answer did not
  hangs_before,   // the same two, after the whole time limit
  hangs_after,
  throttled,     // 429, nothing done
  unavailable,   // 503 with Retry-After, nothing done
  gateway,       // 504 after Azure's own minute, nothing done
  gateway_after  // 504 although it was done
};

Trouble trouble_for(World& world, const Weather& weather) {
  if (!world.faults || !world.chance.thousandth(weather.http)) return Trouble::none;
  return world.chance.pick(std::array{Trouble::no_connection, Trouble::lost_before, Trouble::lost_after,
                                      Trouble::hangs_before, Trouble::hangs_after, Trouble::throttled,
                                      Trouble::unavailable, Trouble::gateway, Trouble::gateway_after});
}

bool arrives(Trouble trouble) {
  return trouble == Trouble::none || trouble == Trouble::lost_after || trouble == Trouble::hangs_after ||
         trouble == Trouble::gateway_after;
}

std::string short_url(const std::string& url) { return url.substr(url.rfind('/') + 1); }

}  // namespace

AzureModel::AzureModel(World& world, const Weather& weather, bool entra)
    : world_(world), weather_(weather), entra_(entra) {}

std::string AzureModel::accept(const std::string& command, const std::string& context, bool twin) {
  auto order = std::make_shared<PodOrder>();
  const std::string number = std::to_string(++last_);
  order->id = "c" + number;
  order->name = "command-" + number;
  const std::vector<std::string> words = base::split(command, ' ');
  order->arguments.assign(words.end() - 3, words.end());
  unpack(context, order->disk);
  order->accepted = world_.now;
  order->twin = twin;
  commands_[order->id] = {};
  on_command(order);
  return order->id;
}

sys::Response AzureModel::run_command(const sys::Request& request, const std::string& caller, bool twice) {
  const auto body = json::parse(request.body);
  const auto context = body ? base::from_base64((*body)["context"].string_or_empty()) : body.error();
  if (!context) return arm_failure(400, "BadRequest", "the body makes no sense");
  if (entra_ && (*body)["clusterToken"].string_or_empty().empty())
    return arm_failure(400, "MissingAADClusterToken", "no cluster token");
  if (on_post) {
    fake::FakeFiles disk;
    unpack(*context, disk);
    on_post(caller, disk.content("job.json").value_or(""));
  }
  const std::string& command = (*body)["command"].string_or_empty();
  const std::string id = accept(command, *context, false);
  if (twice) (void)accept(command, *context, true);
  sys::Response response{202, {}, ""};
  response.headers = {{"Location", std::string(k_base) + "/subscriptions/s/commandResults/" + id + "?api-version=v"}};
  if (world_.chance.one_in(2)) response.headers.emplace_back("Retry-After", std::to_string(world_.chance.below(20)));
  return response;
}

void AzureModel::ended(const std::string& id, PodEnd end) {
  Command& command = commands_[id];
  if (command.ended) return;
  command.ended = true;
  command.failed = end.killed && world_.chance.one_in(2);
  if (command.failed) command.reason = "PodFailed";
  command.end = std::move(end);
  if (world_.faults && world_.chance.thousandth(weather_.cut_log)) {
    command.end.log.resize(world_.chance.below(command.end.log.size() + 1));
  }
}

void AzureModel::give_up(const std::string& id, const std::string& reason) {
  Command& command = commands_[id];
  if (command.ended) return;
  command.ended = true;
  command.failed = true;
  command.reason = reason;
}

sys::Response AzureModel::result(const std::string& id) {
  const auto found = commands_.find(id);
  if (found == commands_.end()) return arm_failure(404, "NotFound", "no such command");
  const Command& command = found->second;
  const bool stale = world_.faults && world_.chance.thousandth(weather_.stale);
  if (!command.ended || stale) return {202, {{"Location", "the same"}}, ""};
  json::Value properties = json::Object{{"provisioningState", command.failed ? "Failed" : "Succeeded"}};
  if (command.failed) {
    properties.set("reason", command.reason);
  } else {
    properties.set("exitCode", command.end.exit_code);
    properties.set("logs", command.end.log);
  }
  return json_response(200, json::Object{{"id", id}, {"properties", std::move(properties)}});
}

sys::Response AzureModel::serve(const sys::Request& request, const std::string& caller, bool twice) {
  const std::string& url = request.url;
  if (base::contains(url, "idtoken")) return json_response(200, json::Object{{"value", "head.e30.signature"}});
  if (base::contains(url, "/oauth2/"))
    return json_response(200, json::Object{{"access_token", "access-token"}, {"expires_in", 3'600}});
  if (base::contains(url, "/runCommand?")) return run_command(request, caller, twice);
  const std::size_t at = url.find("/commandResults/");
  if (at != std::string::npos) {
    const std::size_t from = at + 16;
    return result(url.substr(from, url.find('?') - from));
  }
  return json_response(200,
                       json::Object{{"properties", json::Object{{"powerState", json::Object{{"code", "Running"}}},
                                                                {"provisioningState", "Succeeded"},
                                                                {"aadProfile", json::Object{{"managed", entra_}}}}}});
}

base::Result<sys::Response> SimHttp::send(const sys::Request& request, const sys::Stop& stop) {
  using base::Outcome;
  actor_.call();
  if (stop.requested()) return base::fail(Outcome::interrupted, "told to stop before " + request.url);
  const Trouble trouble = trouble_for(world_, azure_.weather());
  const bool post = base::contains(request.url, "/runCommand?");
  const bool twice = post && world_.faults && world_.chance.thousandth(azure_.weather().doubled);
  const bool slow = trouble == Trouble::gateway || trouble == Trouble::gateway_after;
  const Millis there = world_.chance.between(5, 200) + (slow ? Millis{60'000} : Millis{0});
  const Millis back = world_.chance.between(5, 200);
  if (post && world_.tracing()) world_.trace(actor_.name(), "POST runCommand" + std::string(twice ? " (twice)" : ""));
  auto reply = std::make_shared<std::optional<sys::Response>>();
  const Instant deadline = world_.now + request.timeout;
  // What has left the machine arrives, whatever becomes of its sender. A gateway's 504 comes long after the arrival.
  world_.after(slow ? Millis{500} : there, [&azure = azure_, request, trouble, twice, reply, caller = actor_.name()] {
    if (arrives(trouble)) *reply = azure.serve(request, caller, twice);
  });
  const bool hangs = trouble == Trouble::hangs_before || trouble == Trouble::hangs_after;
  const Instant until = hangs ? deadline : std::min(deadline, world_.now + there + back);
  while (world_.now < until && !stop.requested() && !actor_.dying()) actor_.block(until, stop);
  if (world_.now < until) return base::fail(Outcome::interrupted, "told to stop during " + request.url);
  if (trouble != Trouble::none) world_.trace(actor_.name(), "trouble with " + short_url(request.url));
  switch (trouble) {
    case Trouble::no_connection:
      return base::fail(Outcome::network, "cannot connect", {}, "connect");
    case Trouble::lost_before:
    case Trouble::lost_after:
      return base::fail(Outcome::network, "connection reset", {}, "lost");
    case Trouble::throttled:
      return sys::Response{429, {{"Retry-After", "3"}}, ""};
    case Trouble::unavailable:
      return sys::Response{503, {{"Retry-After", "5"}}, ""};
    case Trouble::gateway:
    case Trouble::gateway_after:
      return arm_failure(504, "GatewayTimeout", "The gateway did not receive a response in time");
    default:
      break;
  }
  if (hangs || !*reply) return base::fail(Outcome::timeout, "no answer from " + request.url);
  return **reply;
}

}  // namespace sentimark::sim
