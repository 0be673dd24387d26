#include "emulator/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <vector>

#include "base/encoding.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;

const unsigned char* raw(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1, "key parameter");
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return {bytes.begin(), bytes.end()};
}

Key public_key(const std::string& n, const std::string& e) {
  BIGNUM* modulus = BN_bin2bn(raw(n), static_cast<int>(n.size()), nullptr);
  BIGNUM* exponent = BN_bin2bn(raw(e), static_cast<int>(e.size()), nullptr);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    key = nullptr;
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(modulus);
  BN_free(exponent);
  return Key(key, EVP_PKEY_free);
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  must(extension != nullptr, "certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> new_certificate(EVP_PKEY* key, const char* name) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  std::uint32_t serial = 0;
  must(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "random bytes");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -300);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10L * 24 * 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

template <typename Write>
std::string pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  must(write(memory) == 1, "PEM");
  char* data = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(memory, &data));
  std::string text(data, size);
  BIO_free(memory);
  return text;
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
  return pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

// header, payload, signature; empty when there are not three parts.
std::vector<std::string> parts_of(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string::npos ? first : token.find('.', first + 1);
  if (second == std::string::npos || token.find('.', second + 1) != std::string::npos) return {};
  return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

json::Value json_of(const std::string& part) {
  auto text = base::from_base64url(part);
  if (!text) return {};
  auto value = json::parse(*text);
  return value ? *value : json::Value();
}

}  // namespace

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> data(bytes);
  must(RAND_bytes(data.data(), static_cast<int>(bytes)) == 1, "random bytes");
  return base::to_hex(data);
}

std::string random_uuid() {
  const std::string hex = random_hex(16);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) + "-" +
         hex.substr(20);
}

std::string sha256_hex(const std::string& bytes) {
  std::vector<unsigned char> digest(32);
  must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256");
  return base::to_hex(digest);
}

std::string base64url(const std::string& bytes) {
  std::string text = base::to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& letter : text) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return text;
}

SigningKey::SigningKey() : key_(EVP_RSA_gen(2048), EVP_PKEY_free), id_(random_hex(8)) {
  must(key_ != nullptr, "RSA key");
}

json::Value SigningKey::jwks() const {
  const json::Value key = json::Object{{"kty", "RSA"},
                                       {"use", "sig"},
                                       {"alg", "RS256"},
                                       {"kid", id_},
                                       {"n", base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N))},
                                       {"e", base64url(number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E))}};
  return json::Object{{"keys", json::Array{key}}};
}

std::string SigningKey::sign(const json::Value& claims) const {
  const json::Value header = json::Object{{"typ", "JWT"}, {"alg", "RS256"}, {"kid", id_}};
  const std::string text = base64url(json::to_text(header)) + "." + base64url(json::to_text(claims));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 512;
  std::vector<unsigned char> signature(size);
  const bool good = EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context, signature.data(), &size, raw(text), text.size()) == 1;
  EVP_MD_CTX_free(context);
  must(good, "signature");
  return text + "." + base64url(std::string(signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(size)));
}

json::Value unverified_claims(const std::string& token) {
  const auto parts = parts_of(token);
  return parts.empty() ? json::Value() : json_of(parts[1]);
}

json::Value verified_claims(const std::string& token, const json::Value& jwks) {
  const auto parts = parts_of(token);
  if (parts.empty()) return {};
  const json::Value header = json_of(parts[0]);
  auto signature = base::from_base64url(parts[2]);
  if (!signature || header["alg"].string_or_empty() != "RS256") return {};
  const std::string text = parts[0] + "." + parts[1];
  for (const json::Value& key : jwks["keys"].items()) {
    if (!(key["kid"] == header["kid"])) continue;
    auto n = base::from_base64url(key["n"].string_or_empty());
    auto e = base::from_base64url(key["e"].string_or_empty());
    if (!n || !e) continue;
    const Key verifier = public_key(*n, *e);
    if (!verifier) continue;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool good = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, verifier.get()) == 1 &&
                      EVP_DigestVerify(context, raw(*signature), signature->size(), raw(text), text.size()) == 1;
    EVP_MD_CTX_free(context);
    if (good) return json_of(parts[1]);
  }
  return {};
}

ServerIdentity make_server_identity() {
  const Key ca_key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  must(ca_key && key, "EC key");
  const auto ca = new_certificate(ca_key.get(), "sentimark-emulator throw-away CA");
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  must(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0, "CA signature");
  const auto leaf = new_certificate(key.get(), "localhost");
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get()));
  add_extension(leaf.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  add_extension(leaf.get(), ca.get(), NID_authority_key_identifier, "keyid");
  // The last three let Microsoft's own programs and libraries through what leads those names here.
  add_extension(
      leaf.get(), ca.get(), NID_subject_alt_name,
      "DNS:localhost,IP:127.0.0.1,DNS:login.microsoftonline.com,DNS:management.azure.com,DNS:*.vault.azure.net");
  must(X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) > 0, "certificate signature");
  return {pem_of(ca.get()), pem_of(leaf.get()), pem_of(key.get())};
}

ClientIdentity make_client_identity(const std::string& ca_pem, const std::string& ca_key_pem, const std::string& name,
                                    const std::vector<std::string>& groups, std::int64_t not_after) {
  BIO* ca_text = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
  BIO* key_text = BIO_new_mem_buf(ca_key_pem.data(), static_cast<int>(ca_key_pem.size()));
  const std::shared_ptr<X509> ca(PEM_read_bio_X509(ca_text, nullptr, nullptr, nullptr), X509_free);
  const Key ca_key(PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr), EVP_PKEY_free);
  BIO_free(ca_text);
  BIO_free(key_text);
  must(ca && ca_key && X509_check_private_key(ca.get(), ca_key.get()) == 1, "the cluster's CA and its key");
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  must(key != nullptr, "EC key");
  const auto leaf = new_certificate(key.get(), name.c_str());
  for (const std::string& group : groups)
    X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf.get()), "O", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(group.c_str()), -1, -1, 0);
  ASN1_TIME_set(X509_getm_notAfter(leaf.get()), static_cast<time_t>(not_after));
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get()));
  add_extension(leaf.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), ca.get(), NID_ext_key_usage, "clientAuth");
  must(X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) > 0, "certificate signature");
  return {pem_of(leaf.get()), pem_of(key.get())};
}

}  // namespace sentimark::emulator
