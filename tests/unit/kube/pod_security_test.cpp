#include "kube/pod_security.hpp"

#include <gtest/gtest.h>

#include "unit/data.hpp"

using namespace sentimark;
using kube::PodSecurityLevel;

// B-12: every check, its fields and the minors in which it speaks, from a table of our own; tests/judges holds the
// same code against Kubernetes' plug-in.
TEST(PodSecurity, finds_what_the_table_says_at_the_field_it_says) {
  const json::Value table = test::data("kube/pod_security.json");
  ASSERT_GT(table.items().size(), 80U);
  for (const json::Value& row : table.items()) {
    const auto level = kube::pod_security_level(row["level"].string_or_empty());
    ASSERT_TRUE(level.has_value());
    json::Value found = json::Value::array();
    for (const auto& finding : kube::pod_security(row["object"], *level, static_cast<int>(row["minor"].int_or(-1)))) {
      json::Value one;
      one.set("check", finding.check);
      one.set("path", finding.paths.front());
      found.push(std::move(one));
    }
    EXPECT_EQ(json::to_text(found), json::to_text(row["finds"])) << row["case"].string_or_empty();
  }
}

TEST(PodSecurity, names_every_field_of_one_finding_in_the_plug_ins_words) {
  const auto object = json::parse(
      R"({"kind":"Deployment","metadata":{"name":"app","namespace":"n"},"spec":{"template":{"spec":{
        "initContainers":[{"name":"i","securityContext":{"privileged":true}}],
        "containers":[{"name":"a"},{"name":"b","securityContext":{"privileged":true}}]}}}})");
  ASSERT_TRUE(test::is_ok(object));
  const auto findings = kube::pod_security(*object, PodSecurityLevel::baseline, 30);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message, R"(privileged (containers "i", "b" must not set securityContext.privileged=true))");
  const std::vector<std::string> paths{"spec.template.spec.initContainers[0].securityContext.privileged",
                                       "spec.template.spec.containers[1].securityContext.privileged"};
  EXPECT_EQ(findings[0].paths, paths);
  EXPECT_EQ(findings[0].object.text(), "Deployment n/app");
  EXPECT_EQ(findings[0].level, PodSecurityLevel::baseline);
}

TEST(PodSecurity, knows_three_levels) {
  EXPECT_EQ(kube::pod_security_level("privileged"), PodSecurityLevel::privileged);
  EXPECT_EQ(kube::pod_security_level("Restricted"), std::nullopt);
}
