#include "agent/kubectl.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;

constexpr base::Millis k_call{30'000};
constexpr std::size_t k_told = 600;  // of kubectl's words in an error
constexpr std::size_t k_most_namespaces = 20;

// "Error from server (Conflict): …" names the reason of the API's Status object.
std::string reason_of(const std::string& text) {
  constexpr std::string_view begin = "Error from server (";
  const std::size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const std::size_t from = at + begin.size();
  return text.substr(from, text.find(')', from) - from);
}

// kubectl's client library logs before kubectl itself speaks: "E1124 22:44:11.883766    6542 memcache.go:265] …".
bool is_log_line(const std::string& line) {
  return line.size() > 6 && std::string_view("IWEF").find(line[0]) != std::string_view::npos && line[5] == ' ' &&
         base::parse_unsigned(std::string_view(line).substr(1, 4)).has_value();
}

std::string words_of(const Finished& finished) {
  std::vector<std::string> said;
  for (const std::string& line : base::lines_of(base::to_valid_utf8(finished.err))) {
    if (!is_log_line(line)) said.push_back(line);
  }
  return base::join(said, " ");
}

// Whether some `namespace:` of the manifest, in YAML or JSON, is another: then kubectl has to read who it belongs to.
bool names_another(std::string_view manifest, std::string_view own) {
  constexpr std::string_view word = "namespace";
  constexpr std::string_view around = " \t\"'";
  for (std::size_t at = manifest.find(word); at != std::string_view::npos; at = manifest.find(word, at + 1)) {
    std::string_view rest = manifest.substr(at + word.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(around), rest.size()));
    if (rest.empty() || rest.front() != ':') continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(around), rest.size()));
    const std::string_view value = rest.substr(0, rest.find_first_of(" \t\r\n\"',}#"));
    if (!value.empty() && value != own) return true;
  }
  return false;
}

base::Error error_of(const Finished& finished) { return api_error("kubectl", words_of(finished)); }

base::Result<json::Value> parsed(const std::string& text) { return json_printed_by("kubectl", text); }

}  // namespace

base::Result<json::Value> json_printed_by(std::string_view program, const std::string& text) {
  auto value = json::parse(text);
  if (!value) {
    base::Error error = std::move(value).error();
    error.kind = Outcome::remote;
    return std::move(error).within("reading what " + std::string(program) + " printed");
  }
  return std::move(value).value();
}

base::Error api_error(std::string_view program, const std::string& text) {
  const std::string reason = reason_of(text);
  const std::string what = std::string(program) + ": " + base::shorten(text, k_told);
  if (reason == "Forbidden" || base::contains(text, " is forbidden: User ")) {
    return base::fail(Outcome::auth, what, "give this identity the role it lacks in the namespace", "Forbidden");
  }
  if (reason == "Unauthorized" || base::contains(text, "You must be logged in to the server")) {
    return base::fail(Outcome::auth, what, "the cluster does not accept this identity: check its Kubernetes role",
                      "Unauthorized");
  }
  for (const std::string_view sign : {"Unable to connect to the server", "connection refused", "was refused",
                                      "i/o timeout", "no such host", "TLS handshake timeout"}) {
    if (base::contains(text, sign)) return base::fail(Outcome::network, what, "look whether the API server answers");
  }
  return base::fail(Outcome::remote, what, {}, reason);
}

base::Result<Finished> Kubectl::run(std::vector<std::string> arguments, std::string input) {
  std::vector<std::string> argv{program_};
  // Not --request-timeout: with it kubectl forgets the pod's own service account and asks localhost:8080.
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return children_.run(std::move(argv), std::move(input), k_call);
}

base::Result<json::Value> Kubectl::get(std::string_view kind, std::string_view namespace_name, std::string_view name) {
  std::vector<std::string> arguments{"get", std::string(kind), std::string(name), "-o", "json", "--ignore-not-found"};
  if (!namespace_name.empty()) arguments.insert(arguments.end(), {"-n", std::string(namespace_name)});
  SENTIMARK_LET(finished, run(std::move(arguments)));
  if (finished.exit_code != 0) return error_of(finished);
  if (base::trim(finished.out).empty()) return json::Value();
  return parsed(finished.out);
}

base::Result<std::string> Kubectl::text(std::vector<std::string> arguments) {
  SENTIMARK_LET(finished, run(std::move(arguments)));
  if (finished.exit_code != 0) return error_of(finished);
  return std::move(finished.out);
}

base::Result<json::Array> Kubectl::list(std::string_view kinds, std::string_view namespace_name) {
  SENTIMARK_LET(finished, run({"get", std::string(kinds), "-n", std::string(namespace_name), "-o", "json"}));
  if (finished.exit_code != 0) return error_of(finished);
  SENTIMARK_LET(value, parsed(finished.out));
  return value["items"].items();
}

base::Result<Kubectl::Found> Kubectl::find(const std::string& manifest, std::string_view namespace_name) {
  Found found;
  found.namespaces.emplace_back(namespace_name);
  if (!base::contains(manifest, "kind:")) return found;  // kubectl takes an empty manifest for a mistake
  if (!names_another(manifest, namespace_name)) {
    SENTIMARK_TRY(find_in(manifest, namespace_name, found));
    return found;
  }
  // Where a namespace is named, kubectl refuses every object that names another.
  SENTIMARK_LET(objects, as_json(manifest));
  std::map<std::string, json::Array> parts{{std::string(namespace_name), {}}};
  for (const json::Value& object : objects) {
    const std::string& stated = object["metadata"]["namespace"].string_or_empty();
    parts[stated.empty() ? std::string(namespace_name) : stated].push_back(
        json::Object{{"apiVersion", object["apiVersion"]},
                     {"kind", object["kind"]},
                     {"metadata", json::Object{{"name", object["metadata"]["name"]}}}});
  }
  if (parts.size() > k_most_namespaces)
    return base::fail(Outcome::refused,
                      "the release has objects in " + std::to_string(parts.size()) + " namespaces: only " +
                          std::to_string(k_most_namespaces) + " are looked at",
                      "divide the chart", "namespaces");
  for (auto& [space, part] : parts) {
    if (space != namespace_name) found.namespaces.push_back(space);
    if (part.empty()) continue;
    const json::Value list = json::Object{{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(part)}};
    SENTIMARK_TRY(find_in(json::to_text(list), space, found));
  }
  return found;
}

base::Done Kubectl::find_in(const std::string& manifest, std::string_view namespace_name, Found& found) {
  SENTIMARK_LET(finished, run({"get", "-f", "-", "-n", std::string(namespace_name), "-o", "json"}, manifest));
  const auto lines = base::lines_of(finished.err);
  std::size_t missing = 0;
  for (const std::string& line : lines) {
    constexpr std::string_view sign = "Error from server (NotFound): ";
    if (line.rfind(sign, 0) != 0) continue;
    found.missing.push_back(line.substr(sign.size()));
    ++missing;
  }
  const bool only_missing = missing > 0 && missing == lines.size();
  if (finished.exit_code != 0 && !only_missing) return error_of(finished);
  if (base::trim(finished.out).empty()) return {};
  SENTIMARK_LET(value, parsed(finished.out));
  // One object is printed as itself, several as a List.
  if (value["kind"].string_or_empty() == "List") {
    for (const json::Value& item : value["items"].items()) found.objects.push_back(item);
  } else {
    found.objects.push_back(std::move(value));
  }
  return {};
}

// The agent carries no YAML parser, and kubectl's is the one that counts.
base::Result<json::Array> Kubectl::as_json(const std::string& manifest) {
  json::Array objects;
  if (!base::contains(manifest, "kind:")) return objects;
  SENTIMARK_LET(finished, run({"patch", "--local", "-f", "-", "--type=merge", "-p", "{}", "-o", "json"}, manifest));
  if (finished.exit_code != 0) return error_of(finished);
  // One document behind the other, each ended by a brace at the beginning of a line.
  constexpr std::string_view end = "\n}\n";
  for (std::string_view rest = finished.out; !base::trim(rest).empty();) {
    const std::size_t at = rest.find(end);
    const std::string_view one = rest.substr(0, at == std::string_view::npos ? at : at + end.size());
    SENTIMARK_LET(object, parsed(std::string(one)));
    objects.push_back(std::move(object));
    rest.remove_prefix(one.size());
  }
  return objects;
}

base::Result<json::Value> Kubectl::create(const json::Value& object) {
  SENTIMARK_LET(finished, run({"create", "-f", "-", "-o", "json"}, json::to_text(object)));
  if (finished.exit_code != 0) return error_of(finished);
  return parsed(finished.out);
}

base::Result<json::Value> Kubectl::replace(const json::Value& object) {
  SENTIMARK_LET(finished, run({"replace", "-f", "-", "-o", "json"}, json::to_text(object)));
  if (finished.exit_code != 0) return error_of(finished);
  return parsed(finished.out);
}

}  // namespace sentimark::agent
