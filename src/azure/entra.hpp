// Entra: access tokens by workload identity federation, or from whoever else grants them to this identity.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "base/result.hpp"
#include "json/value.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::azure {

struct Token {
  base::Secret text;
  base::Instant refresh_at;  // 80 % of its life
  base::Instant expires_at;
};

// Gives a fresh assertion (an id-token that lives five minutes) whenever it is called.
using Assertion = std::function<base::Result<base::Secret>(base::Instant deadline)>;

// Gives a fresh access token for a scope, RESOURCE/.default, whenever it is called.
using Grant = std::function<base::Result<Token>(const std::string& scope, base::Instant deadline)>;

// Scope of tokens for the Kubernetes API of clusters with Entra ID; the same in every cloud (kubelogin,
// concepts/aks.md).
inline constexpr std::string_view k_aks_scope = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

// What the last assertion said of itself, not verified: for messages only. Empty before the first.
struct Presented {
  std::string issuer;
  std::string subject;
  std::string audience;
};

class Entra {
 public:
  Entra(sys::Sys& sys, sys::Http& http, std::string authority, std::string tenant, std::string client,
        Assertion assertion);
  Entra(sys::Sys& sys, Grant grant) : sys_(sys), grant_(std::move(grant)) {}
  Entra(const Entra&) = delete;
  Entra& operator=(const Entra&) = delete;

  // From memory while less than 80 % of its life has passed; else a new one, with a new assertion.
  // Errors: auth with code AADSTSnnnn (what was presented stands in the text), those of the grant, and those of
  // net::send_with_retry.
  base::Result<Token> token(const std::string& scope, base::Instant deadline);

  // Throws away what is remembered for the scope: its token was refused.
  void forget(const std::string& scope) { tokens_.erase(scope); }

  const Presented& presented() const { return presented_; }

 private:
  sys::Sys& sys_;
  Grant grant_;
  std::map<std::string, Token> tokens_;
  Presented presented_;
};

// The grant of an application with a secret, for those who have no federation yet. Errors: as Entra::token.
Grant client_secret(sys::Sys& sys, sys::Http& http, const std::string& authority, const std::string& tenant,
                    const std::string& client, base::Secret secret);

// The token in an answer: access_token, and expires_in (seconds) or expires_on (seconds since 1970); a managed
// identity's endpoint writes both as texts. `asked`: when the request was sent. Error: remote.
base::Result<Token> token_in(sys::Sys& sys, const std::string& body, base::Instant asked, bool numbers_are_texts);

// What a JWT says of itself, not verified: for messages only. Null when it is none.
json::Value claims_of(std::string_view jwt);

}  // namespace sentimark::azure
