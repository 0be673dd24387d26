#include "net/trust.hpp"

#include <algorithm>
#include <array>

namespace sentimark::net {
namespace {

// The name that `openssl rehash` gives a certificate: the hash of its subject and a counter.
bool is_hashed_certificate(const std::string& name) {
  return name.size() >= 10 && name[8] == '.' && name.find_first_not_of("0123456789abcdef") == 8 &&
         name.find_first_not_of("0123456789", 9) == std::string::npos;
}

constexpr const char* k_folder = "/etc/ssl/certs";

constexpr std::array k_bundles{
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL, Azure Linux
    "/etc/ssl/ca-bundle.pem",              // SUSE
    "/etc/ssl/cert.pem",                   // others
};

}  // namespace

Trust find_trust(const sys::Env& env, sys::Files& files) {
  if (const std::string bundle = env.get_or("CURL_CA_BUNDLE", ""); !bundle.empty()) return {bundle, ""};
  // OpenSSL takes both of these together, and so do the tools that people compare us with.
  Trust named{env.get_or("SSL_CERT_FILE", ""), env.get_or("SSL_CERT_DIR", "")};
  if (!named.file.empty() || !named.folder.empty()) return named;

  if (const auto entries = files.list(k_folder)) {
    const auto hashed = [](const sys::FileInfo& entry) { return is_hashed_certificate(entry.name); };
    if (std::any_of(entries->begin(), entries->end(), hashed)) return {"", k_folder};
  }
  for (const char* bundle : k_bundles) {
    if (files.stat(bundle)) return {bundle, ""};
  }
  return {};
}

base::Result<std::string> read_trust(const sys::Env& env, sys::Files& files) {
  constexpr std::uint64_t limit = 16U << 20U;
  Trust trust = find_trust(env, files);
  // The usual folder is quick to look one authority up in; all of them are quicker to read from the bundle beside it.
  if (trust.file.empty() && trust.folder == k_folder && files.stat(k_bundles[0])) trust = {k_bundles[0], ""};
  std::string pem;
  if (!trust.file.empty()) {
    SENTIMARK_LET(text, files.read(trust.file, limit));
    pem = std::move(text);
  }
  if (trust.folder.empty()) return pem;
  SENTIMARK_LET(entries, files.list(trust.folder));
  for (const sys::FileInfo& entry : entries) {
    if (!is_hashed_certificate(entry.name)) continue;
    SENTIMARK_LET(text, files.read(trust.folder + "/" + entry.name, limit));
    if (pem.size() + text.size() > limit)
      return base::fail(base::Outcome::config, trust.folder + " holds more certificates than can be read");
    pem += "\n" + text;
  }
  return pem;
}

std::string describe(const Trust& trust) {
  if (trust.file.empty() && trust.folder.empty()) return "no certificates";
  if (trust.folder.empty()) return "file " + trust.file;
  if (trust.file.empty()) return "folder " + trust.folder;
  return "file " + trust.file + " and folder " + trust.folder;
}

}  // namespace sentimark::net
