#include "wire/chart_reference.hpp"

#include <gtest/gtest.h>

#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;
using wire::parse_chart_reference;

namespace {

const std::string k_digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

}  // namespace

TEST(ChartReference, is_told_apart_into_its_parts) {
  const auto plain = parse_chart_reference("oci://acr.azurecr.io/charts/team-a/prices@sha256:" + k_digest);
  ASSERT_TRUE(is_ok(plain));
  EXPECT_EQ(plain->host, "acr.azurecr.io");
  EXPECT_EQ(plain->repository, "charts/team-a/prices");
  EXPECT_EQ(plain->name(), "prices");
  EXPECT_EQ(plain->tag, "");
  EXPECT_EQ(plain->digest, k_digest);
  const auto tagged = parse_chart_reference("oci://10.0.0.4:5000/app:1.2.3+build.7@sha256:" + k_digest);
  ASSERT_TRUE(is_ok(tagged));
  EXPECT_EQ(tagged->host, "10.0.0.4:5000");
  EXPECT_EQ(tagged->name(), "app");
  EXPECT_EQ(tagged->tag, "1.2.3+build.7");
}

TEST(ChartReference, without_a_digest_is_refused_by_a_name_of_its_own) {
  for (const char* text : {"oci://acr.azurecr.io/app", "oci://acr.azurecr.io/app:1.2.3"}) {
    const auto refused = parse_chart_reference(text);
    ASSERT_TRUE(has_kind(refused, base::Outcome::usage)) << text;
    EXPECT_EQ(refused.error().code, "no-digest");
  }
}

// It becomes an argument of helm and part of a file.
TEST(ChartReference, that_is_none_is_refused) {
  const std::string end = "@sha256:" + k_digest;
  for (const std::string& text :
       {"https://acr/app" + end, "oci://" + end, "oci://acr" + end, "oci:///app" + end, "oci://acr/" + end,
        "oci://acr/App" + end, "oci://acr/a//b" + end, "oci://acr/../b" + end, "oci://acr/app:" + end,
        "oci://acr/a b" + end, "oci://-x/app" + end, "oci://user@acr/app" + end, "oci://acr:/app" + end,
        "oci://acr:5o/app" + end, "oci://acr/app:1\n2" + end, "oci://acr/app" + end + "0", "oci://acr/app" + end + end,
        std::string("oci://acr/app@sha256:") + std::string(64, 'A'), "oci://acr/" + std::string(2'000, 'a') + end}) {
    EXPECT_TRUE(has_kind(parse_chart_reference(text), base::Outcome::usage)) << text;
  }
}
