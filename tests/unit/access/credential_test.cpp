#include "access/credential.hpp"

#include <gtest/gtest.h>

#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using access::Credential;
using access::credential_here;
using base::Outcome;
using test::has_kind;
using test::is_ok;

TEST(Credential, is_the_first_that_this_machine_has) {
  struct Row {
    const char* what;
    fake::FakeEnv env;
    Credential expected;
  };
  const Row rows[] = {
      {"a job with id-token: write",
       {{"ACTIONS_ID_TOKEN_REQUEST_URL", "u"},
        {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"},
        {"AZURE_FEDERATED_TOKEN_FILE", "f"}},
       Credential::github},
      {"a pod with workload identity",
       {{"AZURE_FEDERATED_TOKEN_FILE", "f"}, {"AZURE_CLIENT_SECRET", "s"}},
       Credential::file},
      {"a secret",
       {{"AZURE_CLIENT_SECRET", "s"}, {"IDENTITY_ENDPOINT", "e"}, {"IDENTITY_HEADER", "h"}},
       Credential::client_secret},
      {"a container app", {{"IDENTITY_ENDPOINT", "e"}, {"IDENTITY_HEADER", "h"}}, Credential::managed_identity},
      {"one's own machine", {{"RUNNER_ENVIRONMENT", "self-hosted"}}, Credential::managed_identity},
      {"GitHub's machine: its metadata service knows nobody of ours",
       {{"RUNNER_ENVIRONMENT", "github-hosted"}},
       Credential::github},
      {"nothing", {}, Credential::github},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(credential_here(row.env, Credential::automatic), row.expected) << row.what;
    EXPECT_EQ(credential_here(row.env, Credential::file), Credential::file) << row.what;
  }
}

TEST(Credential, of_a_file_is_read_anew_each_time) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  const auto unset = access::federated_token(sys);
  ASSERT_TRUE(has_kind(unset, Outcome::auth));
  EXPECT_NE(unset.error().what.find("AZURE_FEDERATED_TOKEN_FILE"), std::string::npos);
  world.env.values = {{"AZURE_FEDERATED_TOKEN_FILE", "/token"}};
  EXPECT_TRUE(has_kind(access::federated_token(sys), Outcome::auth));
  for (const char* token : {"one", "two"}) {
    ASSERT_TRUE(is_ok(world.files.write("/token", std::string(token) + "\n", 0600)));
    const auto read = access::federated_token(sys);
    ASSERT_TRUE(is_ok(read));
    EXPECT_EQ(read->reveal(), token);
  }
}
