#include "azure/entra.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using test::has_kind;
using test::is_ok;

namespace {

constexpr const char* k_scope = "https://management.azure.com/.default";

std::string base64url(const std::string& text) {
  std::string encoded = base::to_base64(text);
  while (!encoded.empty() && encoded.back() == '=') encoded.pop_back();
  return base::replace_all(base::replace_all(std::move(encoded), "+", "-"), "/", "_");
}

std::string jwt(const std::string& claims) {
  return base64url(R"({"alg":"RS256"})") + "." + base64url(claims) + ".c2ln";
}

std::string token_body(const std::string& token, const std::string& expires_in) {
  return R"({"token_type":"Bearer","access_token":")" + token + R"(","expires_in":)" + expires_in + "}";
}

// An identity whose assertions are counted: a stale one must never be sent twice.
struct Identity {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  int assertions = 0;
  std::string assertion =
      jwt(R"({"iss":"https://token.example","sub":"repo:o/r:environment:dev","aud":["api://AzureADTokenExchange"]})");
  azure::Entra entra{sys, world.http, "https://login.example", "tenant/1", "client&2", [this](base::Instant) {
                       ++assertions;
                       return base::Result<base::Secret>(sys.secrets.make(assertion));
                     }};

  base::Result<azure::Token> ask(const std::string& scope = k_scope) {
    return entra.token(scope, world.clock.monotonic() + Millis{60'000});
  }
  void answers(int status, const std::string& body) {
    world.http.when("POST", "/oauth2/v2.0/token", fake::FakeHttp::json(status, body));
  }
  std::size_t posts() const { return world.http.count("POST", "/oauth2/v2.0/token"); }
};

}  // namespace

TEST(Entra, exchanges_an_assertion_for_a_token) {
  Identity identity;
  identity.answers(200, token_body("access-canary", "3600"));
  const base::Instant now = identity.world.clock.monotonic();
  const auto token = identity.ask();
  ASSERT_TRUE(is_ok(token));
  EXPECT_EQ(token->text.reveal(), "access-canary");
  EXPECT_EQ(token->expires_at - now, Millis{3'600'000});
  EXPECT_EQ(token->refresh_at - now, Millis{2'880'000});
  const sys::Request& request = identity.world.http.requests.front();
  EXPECT_EQ(request.url, "https://login.example/tenant%2F1/oauth2/v2.0/token");
  EXPECT_EQ(
      request.body,
      "grant_type=client_credentials&client_id=client%262&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
      "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
          identity.assertion);
  EXPECT_NE(std::find(identity.world.announced.begin(), identity.world.announced.end(), "access-canary"),
            identity.world.announced.end());
}

TEST(Entra, takes_an_application_with_a_secret) {
  Identity identity;
  identity.answers(200, token_body("access-canary", "3600"));
  azure::Entra entra(identity.sys, azure::client_secret(identity.sys, identity.world.http, "https://login.example", "t",
                                                        "c", identity.sys.secrets.make("s&cret")));
  ASSERT_TRUE(is_ok(entra.token(k_scope, identity.world.clock.monotonic() + Millis{60'000})));
  EXPECT_EQ(identity.world.http.requests.front().body,
            "grant_type=client_credentials&client_id=c&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
            "&client_secret=s%26cret");
}

TEST(Entra, remembers_a_token_for_four_fifths_of_its_life) {
  Identity identity;
  identity.answers(200, token_body("one", "1000"));
  identity.answers(200, token_body("two", "1000"));
  ASSERT_TRUE(is_ok(identity.ask()));
  identity.world.clock.advance(Millis{799'999});
  EXPECT_EQ(identity.ask()->text.reveal(), "one");
  EXPECT_EQ(identity.posts(), 1U);
  EXPECT_EQ(identity.assertions, 1);
  identity.world.clock.advance(Millis{1});
  EXPECT_EQ(identity.ask()->text.reveal(), "two");
  EXPECT_EQ(identity.assertions, 2);
}

TEST(Entra, keeps_the_scopes_apart_and_forgets_one_alone) {
  Identity identity;
  identity.answers(200, token_body("arm", "3600"));
  identity.answers(200, token_body("aks", "3600"));
  identity.answers(200, token_body("arm again", "3600"));
  const std::string aks(azure::k_aks_scope);
  EXPECT_EQ(identity.ask()->text.reveal(), "arm");
  EXPECT_EQ(identity.ask(aks)->text.reveal(), "aks");
  identity.entra.forget(k_scope);
  EXPECT_EQ(identity.ask(aks)->text.reveal(), "aks");
  EXPECT_EQ(identity.ask()->text.reveal(), "arm again");
  EXPECT_EQ(identity.posts(), 3U);
}

TEST(Entra, trusts_no_life_that_a_server_invents) {
  struct Row {
    const char* expires_in;
    std::int64_t seconds;
  };
  const Row rows[] = {{"-5", 0},         {"0", 0},
                      {"null", 0},       {"\"3600\"", 0},
                      {"86401", 86'400}, {"9223372036854775807", 86'400},
                      {"1e300", 0},      {"-9223372036854775808", 0}};
  for (const Row& row : rows) {
    Identity identity;
    identity.answers(200, token_body("t0ken", row.expires_in));
    const auto token = identity.ask();
    ASSERT_TRUE(is_ok(token)) << row.expires_in;
    EXPECT_EQ(token->expires_at - identity.world.clock.monotonic(), Millis{row.seconds * 1'000}) << row.expires_in;
    ASSERT_TRUE(is_ok(identity.ask()));
    EXPECT_EQ(identity.posts(), row.seconds == 0 ? 2U : 1U) << row.expires_in;  // never used beyond its life
  }
}

TEST(Entra, explains_each_refusal_with_what_was_presented) {
  struct Row {
    const char* code;
    const char* cure;  // a part of it
  };
  const Row rows[] = {
      {"AADSTS70021", "exactly this issuer, subject and audience"},
      {"AADSTS700211", "exactly this issuer"},
      {"AADSTS700213", "exactly this subject"},
      {"AADSTS7002138", "exactly this case"},
      {"AADSTS700024", "clock of the runner"},
      {"AADSTS700016", "check client-id and tenant-id"},
      {"AADSTS90002", "check tenant-id"},
      {"AADSTS7000215", "federated credential"},
      {"AADSTS53003", "Conditional Access"},
      {"AADSTS500011", "check environment"},
      {"AADSTS424242", "look up AADSTS424242"},
  };
  for (const Row& row : rows) {
    Identity identity;
    identity.answers(401, std::string(R"({"error":"invalid_client","error_description":")") + row.code +
                              R"(: No match. Trace ID: 1 Correlation ID: 2 Timestamp: 3"})");
    const auto token = identity.ask();
    ASSERT_TRUE(has_kind(token, Outcome::auth)) << row.code;
    EXPECT_EQ(token.error().code, row.code);
    EXPECT_EQ(token.error().what, "Entra refused the identity: " + std::string(row.code) +
                                      ": No match.; presented were issuer https://token.example, subject "
                                      "repo:o/r:environment:dev, audience api://AzureADTokenExchange");
    EXPECT_NE(token.error().cure.find(row.cure), std::string::npos) << token.error().cure;
    EXPECT_EQ(identity.posts(), 1U);
    EXPECT_EQ(token.error().sentence().find(identity.assertion), std::string::npos);
  }
}

TEST(Entra, bears_answers_that_are_none) {
  struct Row {
    int status;
    std::string body;
    Outcome kind;
  };
  const Row rows[] = {
      {200, "not json", Outcome::remote},
      {200, "{}", Outcome::remote},
      {200, R"({"access_token":["x"]})", Outcome::remote},
      {400, "<html>proxy</html>", Outcome::remote},
      {400, R"({"error_description":"no code here"})", Outcome::remote},
      {400, R"({"error_description":"AADSTS"})", Outcome::auth},
      {500, "{}", Outcome::remote},
      {401, R"({"error_description":"AADSTS70021: )" + std::string(900'000, 'x') + R"("})", Outcome::auth},
  };
  for (const Row& row : rows) {
    Identity identity;
    identity.answers(row.status, row.body);
    const auto token = identity.ask();
    ASSERT_TRUE(has_kind(token, row.kind)) << row.status << row.body.substr(0, 80);
    EXPECT_LT(token.error().sentence().size(), 1'000U);
  }
}

TEST(Entra, remembers_no_failure) {
  Identity identity;
  identity.answers(401, R"({"error_description":"AADSTS700024: too old"})");
  identity.answers(200, token_body("t0ken", "3600"));
  EXPECT_TRUE(has_kind(identity.ask(), Outcome::auth));
  EXPECT_TRUE(is_ok(identity.ask()));
  EXPECT_EQ(identity.assertions, 2);
}

TEST(Entra, hands_on_why_there_is_no_assertion) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  azure::Entra entra(sys, world.http, "https://login.example", "t", "c", [](base::Instant) {
    return base::Result<base::Secret>(base::fail(Outcome::auth, "no right", "", "no-oidc"));
  });
  const auto token = entra.token(k_scope, world.clock.monotonic() + Millis{1'000});
  ASSERT_TRUE(has_kind(token, Outcome::auth));
  EXPECT_EQ(token.error().code, "no-oidc");
  EXPECT_TRUE(world.http.requests.empty());
}

TEST(Claims, are_read_without_trust) {
  EXPECT_EQ(azure::claims_of(jwt(R"({"sub":"s"})"))["sub"].string_or_empty(), "s");
  for (const std::string& broken : {std::string(), std::string("a.b"), std::string("a.!!.c"), std::string("a.b.c.d"),
                                    jwt("not json"), jwt("[" + std::string(100, '[')), jwt(std::string(100'000, ' '))})
    EXPECT_TRUE(azure::claims_of(broken).is_null()) << broken.substr(0, 40);
}
