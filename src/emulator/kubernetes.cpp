#include "emulator/kubernetes.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <openssl/pem.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>

#include <mutex>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

constexpr int patience_seconds = 20;
constexpr std::size_t most_idle = 8;
constexpr std::chrono::seconds fresh{5};

// The program's standard output; empty when it cannot be run or fails.
std::string output_of(std::vector<std::string> words) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int spawned = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  std::vector<char> buffer(65536);
  for (ssize_t got = 0; spawned == 0 && (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = -1;
  if (spawned == 0) ::waitpid(pid, &status, 0);
  return status == 0 ? text : std::string();
}

template <typename Type, typename Read, typename Free>
std::shared_ptr<Type> from_pem(const std::string& pem, Read read, Free release) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  std::shared_ptr<Type> value(read(memory, nullptr, nullptr, nullptr), release);
  BIO_free(memory);
  return value;
}

std::string decoded(const json::Value& base64) {
  auto bytes = base::from_base64(base64.string_or_empty());
  return bytes ? *bytes : std::string();
}

}  // namespace

struct Kubernetes::Access {
  std::string host;
  int port = 443;
  std::string ca_pem, token;
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;
  mutable std::mutex mutex;
  struct Idle {
    std::unique_ptr<httplib::SSLClient> client;
    std::chrono::steady_clock::time_point since;
  };
  mutable std::vector<Idle> idle;

  std::unique_ptr<httplib::SSLClient> connect() const {
    auto made = std::make_unique<httplib::SSLClient>(host, port, certificate.get(), key.get());
    X509_STORE* store = X509_STORE_new();
    const auto ca = from_pem<X509>(ca_pem, PEM_read_bio_X509, X509_free);
    X509_STORE_add_cert(store, ca.get());
    made->set_ca_cert_store(store);  // the client owns it now
    made->set_connection_timeout(3);
    made->set_read_timeout(patience_seconds);
    made->set_write_timeout(patience_seconds);
    made->set_keep_alive(true);
    if (!token.empty()) made->set_bearer_token_auth(token);
    return made;
  }

  // A client is not for several threads, a handshake for each look at a pod too much work: clients are lent. The server
  // closes what stands idle, and then nobody can tell whether a request arrived: only a fresh one is used again.
  template <typename Use>
  Answer with_client(Use use) const {
    std::unique_ptr<httplib::SSLClient> lent;
    {
      const std::lock_guard lock(mutex);
      const auto now = std::chrono::steady_clock::now();
      std::erase_if(idle, [&](const Idle& one) { return now - one.since > fresh; });
      if (!idle.empty()) {
        lent = std::move(idle.back().client);
        idle.pop_back();
      }
    }
    if (!lent) lent = connect();
    Answer got = answer(use(*lent));
    const std::lock_guard lock(mutex);
    if (got.status != 0 && idle.size() < most_idle) idle.push_back({std::move(lent), std::chrono::steady_clock::now()});
    return got;
  }

  static Answer answer(const httplib::Result& result) {
    Answer answer;
    if (!result) return answer;
    answer.status = result->status;
    answer.text = result->body;
    if (base::contains(result->get_header_value("Content-Type"), "json"))
      if (auto value = json::parse(result->body)) answer.body = *value;
    return answer;
  }
};

std::string Kubernetes::Answer::message() const {
  const std::string& said = body["message"].string_or_empty();
  if (!said.empty()) return said;
  return status == 0 ? "the cluster's API does not answer" : "the cluster's API answered " + std::to_string(status);
}

base::Result<Kubernetes> Kubernetes::open(const std::string& kubeconfig, const std::string& kubectl) {
  const auto bad = [&](const std::string& what) {
    return base::fail(base::Outcome::config, "the kubeconfig " + kubeconfig + " " + what,
                      "give the kubeconfig of an administrator with --kubeconfig, and kubectl with --kubectl");
  };
  auto view = json::parse(output_of(
      {kubectl, "--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify", "--flatten", "--output", "json"}));
  if (!view) return bad("cannot be read by " + kubectl);
  if ((*view)["clusters"].items().empty() || (*view)["users"].items().empty()) return bad("names no cluster or user");
  const json::Value& cluster = (*view)["clusters"].items()[0]["cluster"];
  const json::Value& user = (*view)["users"].items()[0]["user"];
  auto access = std::make_shared<Access>();
  const std::string server = cluster["server"].string_or_empty();
  if (server.rfind("https://", 0) != 0) return bad("has no https server");
  access->host = server.substr(8, server.find('/', 8) - 8);
  if (const std::size_t colon = access->host.rfind(':'); colon != std::string::npos) {
    const auto port = base::parse_unsigned(std::string_view(access->host).substr(colon + 1));
    if (!port || *port > 65535) return bad("has no readable port");
    access->port = static_cast<int>(*port);
    access->host.resize(colon);
  }
  access->ca_pem = decoded(cluster["certificate-authority-data"]);
  access->token = user["token"].string_or_empty();
  access->certificate = from_pem<X509>(decoded(user["client-certificate-data"]), PEM_read_bio_X509, X509_free);
  access->key = from_pem<EVP_PKEY>(decoded(user["client-key-data"]), PEM_read_bio_PrivateKey, EVP_PKEY_free);
  if (!from_pem<X509>(access->ca_pem, PEM_read_bio_X509, X509_free)) return bad("has no certificate authority");
  if (access->token.empty() && (!access->certificate || !access->key))
    return bad("has neither a client certificate nor a token");
  return Kubernetes(std::move(access));
}

Kubernetes::Answer Kubernetes::get(const std::string& path) const {
  return access_->with_client([&](httplib::SSLClient& client) { return client.Get(path); });
}

Kubernetes::Answer Kubernetes::create(const std::string& path, const json::Value& object) const {
  return access_->with_client(
      [&](httplib::SSLClient& client) { return client.Post(path, json::to_text(object), "application/json"); });
}

Kubernetes::Answer Kubernetes::merge(const std::string& path, const json::Value& patch) const {
  return access_->with_client([&](httplib::SSLClient& client) {
    return client.Patch(path, json::to_text(patch), "application/merge-patch+json");
  });
}

Kubernetes::Answer Kubernetes::remove(const std::string& path, int grace_seconds) const {
  const std::string join = path.find('?') == std::string::npos ? "?" : "&";
  return access_->with_client([&](httplib::SSLClient& client) {
    return client.Delete(path + join + "gracePeriodSeconds=" + std::to_string(grace_seconds));
  });
}

const std::string& Kubernetes::ca_pem() const { return access_->ca_pem; }

}  // namespace sentimark::emulator
