#include "net/curl_error.hpp"

#include <curl/curl.h>

#include "net/url.hpp"

namespace sentimark::net {
namespace {

// openssl/x509_vfy.h, which are part of its stable interface.
constexpr long k_ok = 0;
constexpr long k_unspecified = 1;  // curl's initial value: the chain was never judged bad
constexpr long k_not_yet_valid = 9;
constexpr long k_expired = 10;

std::string certificate_cure(const Failure& failure, const Trust& trust) {
  if (failure.verify_result == k_expired || failure.verify_result == k_not_yet_valid) {
    return "Check this machine's clock; if it is right, the server's certificate must be renewed.";
  }
  if (failure.verify_result == k_ok || failure.verify_result == k_unspecified) {
    return "Check the address: the server's certificate was made for another name.";
  }
  if (trust.file.empty() && trust.folder.empty()) {
    return "This machine has no certificate authorities: install its ca-certificates package, or name a PEM file in "
           "SSL_CERT_FILE.";
  }
  return "Authorities were taken from " + describe(trust) +
         ". If a private authority or an inspecting proxy signs for this server, name a PEM file that holds its "
         "certificate in SSL_CERT_FILE.";
}

std::string proxy_cure(const Failure& failure) {
  return "Check the proxy " + failure.proxy +
         " (HTTPS_PROXY), or name this host in NO_PROXY if it can be reached without one.";
}

std::string connect_cure(const Failure& failure, const Trust& trust) {
  switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_cure(failure, trust);
    case CURLE_SSL_CACERT_BADFILE:
      return "Authorities are to come from " + describe(trust) +
             ": make SSL_CERT_FILE (or CURL_CA_BUNDLE) name a readable PEM file, or unset it.";
    default:
      break;
  }
  if (!failure.proxy.empty()) return proxy_cure(failure);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "Check the name, and this machine's DNS: a private endpoint has an address only inside its network.";
    case CURLE_SSL_CONNECT_ERROR:
      return "The server must speak TLS 1.2 or 1.3; check that the address is right and that nothing on the way "
             "answers in its place.";
    default:
      return "Check the address, and that firewalls let this machine reach it.";
  }
}

}  // namespace

base::Error explain(const Failure& failure, const sys::Request& request, const Trust& trust) {
  std::string what = request.method + " " + shown_url(request.url) + ": " + failure.text;
  if (!failure.proxy.empty()) what += " (through the proxy " + failure.proxy + ")";
  // A firewall that forgets quiet connections shows by this figure. curl names the time of a timeout itself.
  if (failure.request_left && failure.code != CURLE_OPERATION_TIMEDOUT) {
    what += " after " + base::human_duration(failure.elapsed);
  }
  const std::string code = failure.request_left ? "lost" : "connect";
  const std::string cure = failure.request_left
                               ? "The server may have received the request: look before sending it again."
                               : connect_cure(failure, trust);
  switch (failure.code) {
    case CURLE_OPERATION_TIMEDOUT:
      return base::fail(base::Outcome::timeout, what, cure, code);
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN:
      return base::fail(base::Outcome::internal, what, "Please report this.", code);
    default:
      return base::fail(base::Outcome::network, what, cure, code);
  }
}

}  // namespace sentimark::net
