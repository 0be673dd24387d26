#include "azure/managed_identity.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "net/retry.hpp"

namespace sentimark::azure {
namespace {

using base::Outcome;

constexpr std::string_view k_metadata = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";
constexpr base::Millis k_probe{1'000};
constexpr base::Millis k_pause{2'000};
constexpr int k_not_yet = 4;  // 404 and 410 mean that the service is being updated: asked again so often
constexpr std::string_view k_suffix = "/.default";

sys::Request request_of(sys::Sys& sys, const std::string& client, const std::string& scope) {
  sys::Request request;
  request.response_limit = 1U << 20U;
  const std::string endpoint = sys.env.get_or("IDENTITY_ENDPOINT", "");
  const std::string header = sys.env.get_or("IDENTITY_HEADER", "");
  if (endpoint.empty() || header.empty()) {
    request.url = k_metadata;
    request.headers = {{"Metadata", "true"}};
  } else {
    request.url = endpoint + (base::contains(endpoint, "?") ? "&" : "?") + "api-version=2019-08-01";
    request.headers = {{"X-IDENTITY-HEADER", std::string(sys.secrets.make(header).reveal())}};
  }
  const std::string resource = scope.ends_with(k_suffix) ? scope.substr(0, scope.size() - k_suffix.size()) : scope;
  request.url += "&resource=" + base::percent_encoded(resource);
  if (!client.empty()) request.url += "&client_id=" + base::percent_encoded(client);
  return request;
}

base::Error no_identity(const std::string& what) {
  return base::fail(Outcome::auth, what,
                    "assign a managed identity to this machine and give its client-id, or give the job 'permissions: "
                    "id-token: write'",
                    "no-identity");
}

base::Error refusal(const sys::Response& response) {
  const auto body = json::parse(response.body);
  std::string why = body ? (*body)["error_description"].string_or_empty() : "";
  if (why.empty() && body) why = (*body)["message"].string_or_empty();
  const std::string what = "the managed identity's endpoint answered with status " + std::to_string(response.status) +
                           (why.empty() ? "" : ": " + base::shorten(base::trim(why), 300));
  if (response.status >= 500 || response.status == 429) return base::fail(Outcome::remote, what, "run again");
  return no_identity(what);
}

}  // namespace

Grant managed_identity(sys::Sys& sys, sys::Http& http, const std::string& client) {
  return [&sys, &http, client](const std::string& scope, base::Instant deadline) -> base::Result<Token> {
    sys::Request request = request_of(sys, client, scope);
    const base::Instant asked = sys.clock.monotonic();
    if (request.url.rfind(k_metadata, 0) == 0) {
      sys::Request probe = request;
      probe.timeout = k_probe;
      const auto there = http.send(probe, sys.stop);
      if (!there && there.error().kind == Outcome::interrupted) return there.error();
      if (!there) return no_identity("no managed identity answers on this machine");
      if (there->status == 200) return token_in(sys, there->body, asked, true);
    }
    for (int round = 1;; ++round) {
      auto sent = net::send_with_retry(sys, http, request, {}, deadline);
      if (!sent) return std::move(sent).error().within("asking for the managed identity's token");
      if (sent->status == 200) return token_in(sys, sent->body, asked, true);
      const bool not_yet = sent->status == 404 || sent->status == 410;
      if (!not_yet || round == k_not_yet) return refusal(*sent);
      if (!sys.clock.sleep_until(std::min(deadline, sys.clock.monotonic() + k_pause), sys.stop))
        return base::fail(Outcome::interrupted, "told to stop while asking for the managed identity's token");
    }
  };
}

}  // namespace sentimark::azure
