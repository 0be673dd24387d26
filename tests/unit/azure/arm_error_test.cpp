#include "azure/arm_error.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

using namespace sentimark;
using base::Outcome;

namespace {

base::Error error(int status, const std::string& body) { return azure::arm_error({status, {}, body}); }

std::string wrapped(const std::string& code, const std::string& message) {
  return R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})";
}

}  // namespace

TEST(ArmError, knows_each_code) {
  struct Row {
    int status;
    const char* code;
    Outcome kind;
    const char* cure;  // a part of it
  };
  const Row rows[] = {
      {403, "AuthorizationFailed", Outcome::auth, "runCommand/action"},
      {403, "LinkedAuthorizationFailed", Outcome::auth, "the named right"},
      {401, "AuthenticationFailed", Outcome::auth, "client-id and tenant-id"},
      {401, "ExpiredAuthenticationToken", Outcome::auth, "clock of the runner"},
      {401, "InvalidAuthenticationToken", Outcome::auth, "belong together"},
      {401, "InvalidAuthenticationTokenTenant", Outcome::auth, "another tenant"},
      {401, "InvalidAuthenticationTokenAudience", Outcome::auth, "arm-endpoint"},
      {403, "RequestDisallowedByPolicy", Outcome::auth, "exemption"},
      {404, "SubscriptionNotFound", Outcome::config, "subscription-id"},
      {404, "ResourceGroupNotFound", Outcome::config, "resource-group"},
      {404, "ResourceNotFound", Outcome::config, "check cluster"},
      {400, "NoRegisteredProviderFound", Outcome::config, "api-version"},
      {400, "InvalidApiVersionParameter", Outcome::config, "api-version"},
      {400, "MissingAADClusterToken", Outcome::auth, "run again"},
      {400, "InvalidAADClusterToken", Outcome::auth, "one tenant"},
      {400, "KubernetesPerformanceError", Outcome::remote, "a pod that found room late"},
      {400, "KubernetesOperationError", Outcome::remote, "aks-command"},
      {409, "AKSOperationPreempted", Outcome::remote, "wait for its end"},
      {429, "Throttled", Outcome::network, "fewer jobs"},
  };
  for (const Row& row : rows) {
    const std::string inner = std::string(R"({"code":")") + row.code + R"(","message":"why it is so"})";
    for (const std::string& body :
         {R"({"error":)" + inner + "}", inner, base::replace_all(inner, row.code, base::to_lower(row.code))}) {
      const base::Error told = error(row.status, body);
      EXPECT_EQ(told.kind, row.kind) << row.code;
      EXPECT_EQ(told.code, row.code);
      EXPECT_NE(told.cure.find(row.cure), std::string::npos) << told.cure;
      EXPECT_NE(told.what.find("with status " + std::to_string(row.status)), std::string::npos) << told.what;
      EXPECT_NE(told.what.find("why it is so"), std::string::npos) << told.what;
    }
  }
}

TEST(ArmError, follows_the_status_where_the_code_is_unknown) {
  struct Row {
    int status;
    std::string body;
    Outcome kind;
    const char* code;
  };
  const Row rows[] = {
      {401, "", Outcome::auth, "http-401"},
      {403, "<html>proxy</html>", Outcome::auth, "http-403"},
      {403, wrapped("New", "m"), Outcome::auth, "New"},
      {404, "{}", Outcome::remote, "http-404"},
      {413, wrapped("RequestEntityTooLarge", "m"), Outcome::remote, "too-large"},
      {429, wrapped("TooManyRequests", "m"), Outcome::network, "TooManyRequests"},
      {429, "", Outcome::network, "http-429"},
      {500, "[]", Outcome::remote, "http-500"},
      {400, R"({"error":"text"})", Outcome::remote, "http-400"},
      {409, wrapped("OperationNotAllowed", "the cluster is in Power State(Stopped)"), Outcome::refused, "stopped"},
      {409, wrapped("OperationNotAllowed", "a quota"), Outcome::remote, "OperationNotAllowed"},
      {400, wrapped("BadRequest", "Run command is disabled on it"), Outcome::refused, "run-command-disabled"},
      {400, wrapped("BadRequest", "property disableRunCommand is set"), Outcome::refused, "run-command-disabled"},
  };
  for (const Row& row : rows) {
    const base::Error told = error(row.status, row.body);
    EXPECT_EQ(told.kind, row.kind) << row.status << row.body;
    EXPECT_EQ(told.code, row.code) << row.status << row.body;
  }
  EXPECT_EQ(error(500, "").cure, "run again");
}

TEST(ArmError, keeps_a_hostile_text_short) {
  const base::Error told = error(400, wrapped(std::string(10'000, 'c'), std::string(1U << 20U, 'm')));
  EXPECT_LT(told.what.size(), 1'000U);
  EXPECT_LT(told.code.size(), 200U);
}
