#include "azure/entra.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "net/retry.hpp"

namespace sentimark::azure {
namespace {

using base::Outcome;

constexpr std::int64_t k_longest_life = 86'400;  // seconds; also keeps arithmetic on a hostile number safe
constexpr std::size_t k_told = 400;

struct Advice {
  std::string_view code;
  std::string_view cure;
};

// deploy.md section 4.5: what each refusal asks of a person.
constexpr std::array<Advice, 10> k_advice{{
    {"AADSTS70021", "add a federated credential with exactly this issuer, subject and audience to the identity"},
    {"AADSTS700211", "add a federated credential with exactly this issuer to the identity"},
    {"AADSTS700213",
     "add a federated credential with exactly this subject to the identity; letters must match in case"},
    {"AADSTS7002138", "write the subject of the federated credential in exactly this case"},
    {"AADSTS700024", "run again; if it happens again, the clock of the runner is wrong"},
    {"AADSTS700016", "check client-id and tenant-id: this tenant has no such application"},
    {"AADSTS90002", "check tenant-id: there is no such tenant in this cloud"},
    {"AADSTS7000215", "the client secret is wrong; prefer a federated credential"},
    {"AADSTS53003", "a Conditional Access policy blocks this identity: ask your Entra administrator"},
    {"AADSTS500011", "the tenant does not know the resource: check environment"},
}};

std::string code_in(const std::string& description) {
  const std::size_t at = description.find("AADSTS");
  if (at == std::string::npos) return {};
  std::size_t end = at + 6;
  while (end < description.size() && description[end] >= '0' && description[end] <= '9') ++end;
  return description.substr(at, end - at);
}

// Without the trace ids: a log line says them once, and they change at every try.
std::string cause_in(const std::string& description) {
  const std::string text = base::replace_all(description.substr(0, description.find(" Trace ID:")), "\r\n", " ");
  return base::shorten(base::trim(text), k_told);
}

Presented presented_in(std::string_view assertion) {
  const json::Value claims = claims_of(assertion);
  const json::Value& audience =
      claims["aud"].is_array() && !claims["aud"].items().empty() ? claims["aud"].items().front() : claims["aud"];
  return {claims["iss"].string_or_empty(), claims["sub"].string_or_empty(), audience.string_or_empty()};
}

base::Error refusal(const sys::Response& response, const Presented& presented) {
  const auto body = json::parse(response.body);
  const std::string description = body ? (*body)["error_description"].string_or_empty() : "";
  const std::string code = code_in(description);
  if (code.empty()) {
    return base::fail(Outcome::remote,
                      "Entra answered with status " + std::to_string(response.status) + " and no AADSTS code",
                      "check tenant-id and authority-host");
  }
  std::string cure = "look up " + code + " in Microsoft's list of Entra error codes";
  for (const Advice& advice : k_advice) {
    if (advice.code == code) cure = advice.cure;
  }
  std::string what = "Entra refused the identity: " + cause_in(description);
  if (!presented.issuer.empty()) {
    what += "; presented were issuer " + presented.issuer + ", subject " + presented.subject + ", audience " +
            presented.audience;
  }
  return base::fail(Outcome::auth, what, cure, code);
}

std::string token_url(const std::string& authority, const std::string& tenant) {
  return authority + "/" + base::percent_encoded(tenant) + "/oauth2/v2.0/token";
}

std::string form_of(const std::string& client, const std::string& scope) {
  return "grant_type=client_credentials&client_id=" + base::percent_encoded(client) +
         "&scope=" + base::percent_encoded(scope);
}

base::Result<Token> exchange(sys::Sys& sys, sys::Http& http, const std::string& url, std::string form,
                             const Presented& presented, base::Instant deadline) {
  sys::Request request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = std::move(form);
  request.response_limit = 1U << 20U;
  const base::Instant asked = sys.clock.monotonic();
  auto sent = net::send_with_retry(sys, http, request, {}, deadline);
  if (!sent) return std::move(sent).error().within("asking Entra for a token");
  if (sent->status != 200) return refusal(*sent, presented);
  auto token = token_in(sys, sent->body, asked, false);
  if (!token) return std::move(token).error().within("asking Entra for a token");
  return token;
}

std::int64_t seconds(const json::Value& value, bool is_text) {
  if (!is_text) return value.int_or(0);
  return static_cast<std::int64_t>(base::parse_unsigned(value.string_or_empty()).value_or(0));
}

}  // namespace

json::Value claims_of(std::string_view jwt) {
  const auto parts = base::split(jwt, '.');
  if (parts.size() != 3) return {};
  const auto payload = base::from_base64url(parts[1]);
  if (!payload) return {};
  auto claims = json::parse(*payload, {std::size_t{64} << 10U, 16, 1'000});
  return claims ? std::move(claims).value() : json::Value();
}

Entra::Entra(sys::Sys& sys, sys::Http& http, std::string authority, std::string tenant, std::string client,
             Assertion assertion)
    : sys_(sys) {
  grant_ = [this, &http, url = token_url(authority, tenant), client = std::move(client),
            assertion = std::move(assertion)](const std::string& scope, base::Instant deadline) -> base::Result<Token> {
    SENTIMARK_LET(proof, assertion(deadline));
    presented_ = presented_in(proof.reveal());
    return exchange(sys_, http, url,
                    form_of(client, scope) +
                        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer" +
                        "&client_assertion=" + base::percent_encoded(proof.reveal()),
                    presented_, deadline);
  };
}

Grant client_secret(sys::Sys& sys, sys::Http& http, const std::string& authority, const std::string& tenant,
                    const std::string& client, base::Secret secret) {
  return [&sys, &http, url = token_url(authority, tenant), client, secret = std::move(secret)](const std::string& scope,
                                                                                               base::Instant deadline) {
    return exchange(sys, http, url, form_of(client, scope) + "&client_secret=" + base::percent_encoded(secret.reveal()),
                    {}, deadline);
  };
}

base::Result<Token> Entra::token(const std::string& scope, base::Instant deadline) {
  const auto known = tokens_.find(scope);
  if (known != tokens_.end() && sys_.clock.monotonic() < known->second.refresh_at) return known->second;
  SENTIMARK_LET(fresh, grant_(scope, deadline));
  tokens_[scope] = fresh;
  return fresh;
}

base::Result<Token> token_in(sys::Sys& sys, const std::string& body, base::Instant asked, bool numbers_are_texts) {
  const auto value = json::parse(body);
  const std::string text = value ? (*value)["access_token"].string_or_empty() : "";
  if (text.empty()) return base::fail(Outcome::remote, "the answer holds no access token", "check authority-host");
  std::int64_t life = seconds((*value)["expires_in"], numbers_are_texts);
  if (life == 0)
    life = seconds((*value)["expires_on"], numbers_are_texts) - sys.clock.wall().since_epoch.count() / 1'000;
  life = std::clamp<std::int64_t>(life, 0, k_longest_life);
  return Token{sys.secrets.make(text), asked + base::Millis{life * 800}, asked + base::Millis{life * 1'000}};
}

}  // namespace sentimark::azure
