// The objects of a command pod, the context that travels in them, and the identity that it gets.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "emulator/context.hpp"
#include "emulator/keys.hpp"
#include "emulator/pod_manifest.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

PodPlan plan() {
  PodPlan plan;
  plan.id = "0123456789abcdef0123456789abcdef";
  plan.created_by = "someone@example.com";
  plan.command = "echo $(HOME) $$";
  plan.image = "image:1";
  plan.user = 7;
  return plan;
}

TEST(EmulatorPod, is_shaped_as_documented) {
  const json::Value pod = pod_manifest(plan());
  EXPECT_EQ(pod["metadata"]["name"].string_or_empty(), "command-0123456789abcdef0123456789abcdef");
  EXPECT_EQ(pod["metadata"]["namespace"].string_or_empty(), "aks-command");
  EXPECT_EQ(pod["metadata"]["labels"]["createdBy"].string_or_empty(), "someone_example.com");
  const json::Value& container = pod["spec"]["containers"].items().at(0);
  EXPECT_EQ(container["resources"]["requests"]["memory"].string_or_empty(), "500Mi");
  EXPECT_EQ(container["resources"]["limits"]["cpu"].string_or_empty(), "500m");
  EXPECT_FALSE(pod["spec"].has("tolerations"));
  EXPECT_FALSE(pod["spec"].has("schedulingGates"));
  EXPECT_FALSE(pod["spec"].has("activeDeadlineSeconds"));
  EXPECT_TRUE(pod["spec"]["automountServiceAccountToken"].bool_or(false));
}

TEST(EmulatorPod, a_command_survives_kubernetes_expansion) {
  const json::Value pod = pod_manifest(plan());
  EXPECT_EQ(pod["spec"]["containers"].items().at(0)["args"].items().at(0).string_or_empty(), "echo $$(HOME) $$$$");
}

TEST(EmulatorPod, the_callers_identity_replaces_the_account) {
  PodPlan with = plan();
  with.as_token_identity = true;
  const json::Value pod = pod_manifest(with);
  EXPECT_FALSE(pod["spec"]["automountServiceAccountToken"].bool_or(true));
  const json::Value& variable = pod["spec"]["containers"].items().at(0)["env"].items().at(0);
  EXPECT_EQ(variable["name"].string_or_empty(), "KUBECONFIG");
}

TEST(EmulatorPod, pieces_are_bounded_and_join_again) {
  EXPECT_TRUE(pieces_of("").empty());
  const std::string archive(2 * piece_bytes + 1, 'x');
  const auto pieces = pieces_of(archive);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].size(), piece_bytes);
  EXPECT_EQ(pieces[0] + pieces[1] + pieces[2], archive);
}

TEST(EmulatorPod, the_order_of_pieces_is_the_order_of_their_names) {
  PodPlan many = plan();
  many.pieces = 12;
  const json::Value pod = pod_manifest(many);
  std::vector<std::string> names;
  for (const json::Value& volume : pod["spec"]["volumes"].items())
    for (const json::Value& source : volume["projected"]["sources"].items())
      names.push_back(source["secret"]["items"].items().at(0)["path"].string_or_empty());
  ASSERT_EQ(names.size(), 12U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(EmulatorPod, label_values_are_legal) {
  EXPECT_EQ(label_value("@a b/c.d-e_"), "a_b_c.d-e");
  EXPECT_EQ(label_value("@@"), "");
  EXPECT_EQ(label_value(std::string(100, 'a')).size(), 63U);
}

TEST(EmulatorContext, what_libzip_packs_it_unpacks) {
  const Files files{{"a", "one"}, {"sub/b", std::string(100000, 'x')}, {"empty", ""}};
  auto archive = pack_files(files);
  ASSERT_TRUE(archive);
  auto context = unpack_context(base::to_base64(*archive));
  ASSERT_TRUE(context);
  EXPECT_EQ(context->files, files);
  EXPECT_EQ(context->archive, *archive);
}

TEST(EmulatorContext, a_flip_is_one_bit_in_files_and_archive) {
  Context context{"", {{"a", "000"}, {"b", "000"}}};
  ASSERT_TRUE(flip_byte(context, "a"));
  EXPECT_EQ(context.files["a"], "010");
  EXPECT_EQ(context.files["b"], "000");
  EXPECT_EQ(unpack_context(base::to_base64(context.archive))->files, context.files);
}

TEST(EmulatorContext, refuses_what_is_hostile) {
  for (const char* name : {"/etc/passwd", "../up", "a/../../up", "back\\slash"}) {
    auto archive = pack_files({{name, "x"}});
    ASSERT_TRUE(archive);
    EXPECT_EQ(unpack_context(base::to_base64(*archive)).error().kind, base::Outcome::refused) << name;
  }
  auto good = pack_files({{"a", std::string(1000, 'y')}});
  ASSERT_TRUE(good);
  for (std::size_t cut = 1; cut < good->size(); cut += 7)
    EXPECT_FALSE(unpack_context(base::to_base64(good->substr(0, cut)))) << cut;
  EXPECT_FALSE(unpack_context("not base64!"));
}

TEST(EmulatorKeys, a_token_holds_only_with_its_key) {
  const SigningKey own, other;
  const std::string token = own.sign(json::Object{{"sub", "x"}});
  EXPECT_EQ(verified_claims(token, own.jwks())["sub"].string_or_empty(), "x");
  EXPECT_TRUE(verified_claims(token, other.jwks()).is_null());
  EXPECT_TRUE(verified_claims(token.substr(0, token.size() - 8) + "AAAAAAAA", own.jwks()).is_null());
  const std::string none = base64url(R"({"alg":"none"})") + "." + base64url(R"({"sub":"x"})") + ".";
  EXPECT_TRUE(verified_claims(none, own.jwks()).is_null());
  for (const char* damaged : {"", ".", "..", "a.b", "a.b.c.d"})
    EXPECT_TRUE(verified_claims(damaged, own.jwks()).is_null());
}

TEST(EmulatorKeys, a_kubeconfig_carries_the_identity) {
  auto parsed = json::parse(kubeconfig_of("https://10.96.0.1", "CA", "CERT", "KEY"));
  ASSERT_TRUE(parsed);
  const json::Value& user = (*parsed)["users"].items().at(0)["user"];
  EXPECT_EQ(user["client-certificate-data"].string_or_empty(), base::to_base64("CERT"));
  EXPECT_EQ((*parsed)["clusters"].items().at(0)["cluster"]["server"].string_or_empty(), "https://10.96.0.1");
}

TEST(EmulatorKeys, an_identity_needs_the_key_of_its_ca) {
  const ServerIdentity server = make_server_identity();
  EXPECT_THROW(make_client_identity(server.ca_pem, server.key_pem, "x", {}, 0), std::runtime_error);
  EXPECT_THROW(make_client_identity("", "", "x", {}, 0), std::runtime_error);
}

}  // namespace
}  // namespace sentimark::emulator
