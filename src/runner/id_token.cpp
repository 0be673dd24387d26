#include "runner/id_token.hpp"

#include "base/encoding.hpp"
#include "json/text.hpp"
#include "net/retry.hpp"

namespace sentimark::runner {

using base::Outcome;

base::Result<base::Secret> id_token(sys::Sys& sys, sys::Http& http, const std::string& audience,
                                    base::Instant deadline) {
  const std::string url = sys.env.get_or("ACTIONS_ID_TOKEN_REQUEST_URL", "");
  const std::string bearer = sys.env.get_or("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "");
  if (url.empty() || bearer.empty()) {
    return base::fail(Outcome::auth,
                      "this job cannot ask for an id-token: ACTIONS_ID_TOKEN_REQUEST_URL and "
                      "ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set",
                      "give the job 'permissions: id-token: write'; a pull request from a fork never gets it",
                      "no-oidc");
  }
  sys::Request request;
  request.url = url + (url.find('?') == std::string::npos ? "?" : "&") + "audience=" + base::percent_encoded(audience);
  request.headers = {{"Authorization", "bearer " + std::string(sys.secrets.make(bearer).reveal())},
                     {"Accept", "application/json; api-version=2.0"}};
  request.response_limit = 1U << 20U;
  net::RetryPolicy policy;
  auto sent = net::send_with_retry(sys, http, request, policy, deadline);
  if (!sent) return std::move(sent).error().within("asking GitHub for an id-token");
  if (sent->status >= 500 || sent->status == 429) {
    return base::fail(Outcome::remote,
                      "GitHub gave no id-token: it answered with status " + std::to_string(sent->status), "run again");
  }
  if (sent->status != 200) {
    return base::fail(Outcome::auth, "GitHub refused an id-token with status " + std::to_string(sent->status),
                      "give the job 'permissions: id-token: write'", "no-oidc");
  }
  const auto body = json::parse(sent->body);
  const std::string value = body ? (*body)["value"].string_or_empty() : "";
  if (value.empty()) return base::fail(Outcome::remote, "GitHub's answer holds no id-token", "run again");
  return sys.secrets.make(value);
}

}  // namespace sentimark::runner
