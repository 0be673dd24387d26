// Entra: access tokens by workload identity federation, with no client secret anywhere.
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

  // From memory while less than 80 % of its life has passed; else a new one, with a new assertion.
  // Errors: auth with code AADSTSnnnn (what was presented stands in the text), and those of net::send_with_retry.
  base::Result<Token> token(const std::string& scope, base::Instant deadline);

  // Throws away what is remembered for the scope: its token was refused.
  void forget(const std::string& scope) { tokens_.erase(scope); }

  const Presented& presented() const { return presented_; }

 private:
  base::Result<Token> request(const std::string& scope, base::Instant deadline);
  sys::Sys& sys_;
  sys::Http& http_;
  std::string authority_;
  std::string tenant_;
  std::string client_;
  Assertion assertion_;
  std::map<std::string, Token> tokens_;
  Presented presented_;
};

// What a JWT says of itself, not verified: for messages only. Null when it is none.
json::Value claims_of(std::string_view jwt);

}  // namespace sentimark::azure
