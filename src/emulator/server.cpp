#include "emulator/server.hpp"

#include <arpa/inet.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/stat.h>
#include <zip.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "base/time.hpp"
#include "emulator/arm.hpp"
#include "emulator/identity.hpp"
#include "emulator/key_vault.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

class Desk {
 public:
  Desk(const Config& config, Faults& faults, std::optional<Kubernetes> cluster, std::string url,
       const std::string& request_token)
      : config_(config),
        faults_(faults),
        url_(std::move(url)),
        identity_(config_, url_, request_token,
                  [this](const std::string& at, const std::string& ca) { return fetch(at, ca); }),
        vault_(config_, identity_),
        arm_(config_, identity_, std::move(cluster), url_),
        journal_(config.state + "/journal.jsonl", std::ios::app) {}

  void halt() { arm_.halt(); }

  Reply answer(const Request& request) {
    const std::string operation = operation_of(request);
    const auto fault = faults_.next(operation);
    Reply reply = fault ? before(*fault) : Reply{0, {}, {}, false, {}};
    if (reply.status == 0 && !reply.reset) reply = route(operation, request, fault);
    if (fault && fault->kind == "504-after") {
      json::Value notes = std::move(reply.notes);
      reply = gateway_timeout();
      reply.notes = std::move(notes);
    }
    if (fault && fault->kind == "reset-after") reply.reset = true;
    reply.headers.emplace_back("x-ms-request-id", random_uuid());
    const std::string correlation = request.header("x-ms-correlation-request-id");
    reply.headers.emplace_back("x-ms-correlation-request-id", correlation.size() == 36 ? correlation : random_uuid());
    reply.headers.emplace_back(request.method == "GET" ? "x-ms-ratelimit-remaining-subscription-reads"
                                                       : "x-ms-ratelimit-remaining-subscription-writes",
                               "199");
    write_down(request, operation, reply, fault ? fault->kind : "");
    return reply;
  }

 private:
  static Reply gateway_timeout() {
    return arm_error(504, "GatewayTimeout", "The gateway did not receive a response within the specified time period.");
  }

  static Reply before(const Fault& fault) {
    if (fault.kind == "reset") return {0, {}, {}, true, {}};
    Reply reply{0, {}, {}, false, {}};
    if (fault.kind == "429") reply = arm_error(429, "TooManyRequests", "The request is being throttled.");
    if (fault.kind == "500") reply = arm_error(500, "InternalServerError", "Encountered internal server error.");
    if (fault.kind == "503") reply = arm_error(503, "ServerTimeout", "The service is unavailable.");
    if (fault.kind == "504-before") reply = gateway_timeout();
    if (fault.kind == "429" || fault.kind == "503")
      reply.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
    return reply;
  }

  // The tenant when the path is /TENANT + tail, else empty.
  static std::string tenant_of(const std::string& path, const std::string& tail) {
    if (path.size() <= tail.size() + 1 || path.compare(path.size() - tail.size(), tail.size(), tail) != 0) return {};
    const std::string tenant = path.substr(1, path.size() - tail.size() - 1);
    return tenant.find('/') == std::string::npos && tenant != "github" ? tenant : std::string();
  }

  static std::string operation_of(const Request& request) {
    if (request.path == "/github/token") return "oidcToken";
    if (request.path == "/msi/token") return "managedToken";
    if (request.path == "/github/.well-known/openid-configuration") return "oidcDiscovery";
    if (request.path == "/github/.well-known/jwks") return "oidcJwks";
    if (!tenant_of(request.path, "/v2.0/.well-known/openid-configuration").empty()) return "discovery";
    if (!tenant_of(request.path, "/discovery/v2.0/keys").empty()) return "jwks";
    if (request.method == "POST" && !tenant_of(request.path, "/oauth2/v2.0/token").empty()) return "token";
    if (const std::string found = KeyVault::operation_of(request); !found.empty()) return found;
    const auto target = Arm::target_of(request);
    return target ? target->operation : "unknown";
  }

  Reply route(const std::string& operation, const Request& request, const std::optional<Fault>& fault) {
    if (operation == "oidcToken") return identity_.oidc_token(request, fault && fault->kind == "expired-assertion");
    if (operation == "oidcDiscovery") return identity_.oidc_discovery();
    if (operation == "oidcJwks") return identity_.oidc_jwks();
    if (operation == "discovery")
      return identity_.discovery(tenant_of(request.path, "/v2.0/.well-known/openid-configuration"));
    if (operation == "jwks") return identity_.jwks();
    if (operation == "managedToken") return identity_.managed_token(request, fault && fault->kind == "expired-token");
    if (operation == "token")
      return identity_.token(tenant_of(request.path, "/oauth2/v2.0/token"), request,
                             fault && fault->kind == "expired-token");
    if (!KeyVault::operation_of(request).empty()) return vault_.answer(operation, request);
    if (const auto target = Arm::target_of(request)) return arm_.answer(*target, request, fault);
    return arm_error(404, "InvalidResourceType",
                     "The emulator knows no such path: " + request.method + " " + request.path);
  }

  json::Value fetch(const std::string& address, const std::string& ca) const {
    const std::size_t path = address.find('/', 8);
    if (address.rfind("https://", 0) != 0 || path == std::string::npos) return {};
    httplib::Client client(address.substr(0, path));
    client.set_ca_cert_path(ca.empty() ? config_.state + "/ca.pem" : ca);
    client.set_connection_timeout(5);
    client.set_read_timeout(5);
    const auto answer = client.Get(address.substr(path));
    if (!answer || answer->status != 200) return {};
    auto value = json::parse(answer->body);
    return value ? *value : json::Value();
  }

  void write_down(const Request& request, const std::string& operation, const Reply& reply, const std::string& fault) {
    const auto since = std::chrono::duration_cast<base::Millis>(std::chrono::system_clock::now().time_since_epoch());
    json::Value query = json::Value::object();
    for (const auto& [name, value] : request.query) query.set(name, value);
    json::Value headers = json::Value::object();
    for (const char* name :
         {"user-agent", "content-type", "x-ms-client-request-id", "x-ms-correlation-request-id", "accept-language"})
      if (!request.header(name).empty()) headers.set(name, request.header(name));
    if (!request.bearer().empty()) headers.set("authorization", "sha256:" + sha256_hex(request.bearer()).substr(0, 12));
    json::Value line = json::Object{{"time", base::to_rfc3339({since})},
                                    {"operation", operation},
                                    {"method", request.method},
                                    {"path", request.path},
                                    {"query", query},
                                    {"apiVersion", request.parameter("api-version")},
                                    {"headers", headers},
                                    {"bodyBytes", static_cast<std::int64_t>(request.body.size())},
                                    {"bodySha256", sha256_hex(request.body)},
                                    {"status", reply.reset ? 0 : reply.status},
                                    {"fault", fault}};
    if (operation == "runCommand") {
      auto body = json::parse(request.body);
      if (body) line.set("command", (*body)["command"]);
    }
    for (const auto& [name, value] : reply.notes.members()) line.set(name, value);
    const std::lock_guard lock(mutex_);
    journal_ << json::to_text(line) << std::endl;
  }

  const Config& config_;
  Faults& faults_;
  std::string url_;
  Identity identity_;
  KeyVault vault_;
  Arm arm_;
  std::ofstream journal_;
  std::mutex mutex_;
};

// Tears down the connection of that peer with a TCP reset: the library has no way to do it.
void reset_connection(int peer_port) {
  for (int descriptor = 3; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sin_family != AF_INET ||
        ntohs(peer.sin_port) != peer_port)
      continue;
    sockaddr nobody{};
    nobody.sa_family = AF_UNSPEC;
    ::connect(descriptor, &nobody, sizeof nobody);
  }
}

Request request_of(const httplib::Request& from) {
  Request request{from.method, from.path, {}, {}, from.body};
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    request.headers.emplace(lower, value);
  }
  return request;
}

bool write_file(const std::string& path, const std::string& text, mode_t mode) {
  const std::string part = path + ".part";
  ::unlink(part.c_str());
  const mode_t before = ::umask(0077);
  std::ofstream out(part);
  ::umask(before);
  out << text;
  out.close();
  return out && ::chmod(part.c_str(), mode) == 0 && ::rename(part.c_str(), path.c_str()) == 0;
}

bool write_state(const Config& config, const std::string& url, const std::string& token) {
  const std::string request_url = url + "/github/token?api-version=2.0";
  const std::string folder = std::filesystem::absolute(config.state).string();
  const std::string env =
      "export ACTIONS_ID_TOKEN_REQUEST_URL='" + request_url + "'\nexport ACTIONS_ID_TOKEN_REQUEST_TOKEN='" + token +
      "'\nexport AZURE_CLIENT_ID='" + config.client + "'\nexport AZURE_TENANT_ID='" + config.tenant +
      "'\nexport AZURE_SUBSCRIPTION_ID='" + config.subscription + "'\nexport AZURE_RESOURCE_GROUP='" +
      config.resource_group + "'\nexport AZURE_CLUSTER='" + config.cluster + "'\nexport SSL_CERT_FILE='" + folder +
      "/ca.pem'\nexport SENTIMARK_EMULATOR_URL='" + url + "'\n";
  const json::Value endpoint = json::Object{{"url", url},
                                            {"tenantId", config.tenant},
                                            {"subscriptionId", config.subscription},
                                            {"clientId", config.client},
                                            {"resourceGroup", config.resource_group},
                                            {"cluster", config.cluster},
                                            {"subject", config.subject()},
                                            {"caFile", folder + "/ca.pem"}};
  // endpoint.json comes last: who waits for it finds the others.
  return write_file(config.state + "/env", env, 0600) &&
         write_file(config.state + "/pid", std::to_string(::getpid()) + "\n", 0644) &&
         write_file(config.state + "/endpoint.json", json::to_pretty_text(endpoint) + "\n", 0644);
}

template <typename Type, typename Read, typename Free>
std::shared_ptr<Type> from_pem(const std::string& pem, Read read, Free release) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  std::shared_ptr<Type> value(read(memory, nullptr, nullptr, nullptr), release);
  BIO_free(memory);
  return value;
}

}  // namespace

base::Done serve(const Config& config, Faults& faults) {
  std::optional<Kubernetes> cluster;
  if (config.pods) {
    SENTIMARK_LET(opened, Kubernetes::open(config.kubeconfig, config.kubectl));
    const auto ready = opened.get("/readyz");
    if (!ready.good()) return base::fail(base::Outcome::config, "pod mode: " + ready.message());
    if (config.aad) SENTIMARK_TRY(can_sign(config, opened));
    cluster = std::move(opened);
  }
  std::error_code error;
  std::filesystem::create_directories(config.state, error);
  const ServerIdentity own = make_server_identity();
  if (!write_file(config.state + "/ca.pem", own.ca_pem, 0644))
    return base::fail(base::Outcome::config, "cannot write into " + config.state,
                      "name a folder that you may write with --state");
  const auto certificate = from_pem<X509>(own.certificate_pem, PEM_read_bio_X509, X509_free);
  const auto key = from_pem<EVP_PKEY>(own.key_pem, PEM_read_bio_PrivateKey, EVP_PKEY_free);
  httplib::SSLServer server(certificate.get(), key.get());
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1000);
  server.set_payload_max_length(std::size_t{64} << 20U);
  server.new_task_queue = [] { return new httplib::ThreadPool(32); };
  const int port = config.port == 0                                ? server.bind_to_any_port("127.0.0.1")
                   : server.bind_to_port("127.0.0.1", config.port) ? config.port
                                                                   : -1;
  if (port <= 0)
    return base::fail(base::Outcome::config, "cannot listen on 127.0.0.1:" + std::to_string(config.port),
                      "choose another port with --listen");
  const std::string url = "https://localhost:" + std::to_string(port);
  const std::string token = random_hex(24);
  Desk desk(config, faults, std::move(cluster), url, token);
  const auto handler = [&desk](const httplib::Request& from, httplib::Response& to) {
    const Reply reply = desk.answer(request_of(from));
    if (reply.reset) return reset_connection(from.remote_port);
    to.status = reply.status;
    for (const auto& [name, value] : reply.headers) to.set_header(name, value);
    to.set_content(reply.body, "application/json; charset=utf-8");
  };
  for (const char* any : {".*"}) server.Get(any, handler).Post(any, handler).Put(any, handler).Delete(any, handler);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  std::thread serving([&server] { server.listen_after_bind(); });
  // A stop before the start would be forgotten.
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const bool written = write_state(config, url, token);
  int signal = 0;
  if (written) sigwait(&ends, &signal);
  desk.halt();
  server.stop();
  serving.join();
  for (const char* name : {"/env", "/pid", "/endpoint.json"}) ::unlink((config.state + name).c_str());
  if (!written) return base::fail(base::Outcome::config, "cannot write into " + config.state);
  return {};
}

std::string library_versions() {
  return std::string("cpp-httplib " CPPHTTPLIB_VERSION "\nlibzip ") + zip_libzip_version() + "\n" +
         OpenSSL_version(OPENSSL_VERSION) + "\n";
}

}  // namespace sentimark::emulator
