// The verb through the frame of all programs, as a caller meets it.
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "unit/verify/called.hpp"

using namespace sentimark;

namespace {

test::Called call(const std::vector<std::string>& arguments,
                  std::string_view document = R"({"a":[1,2.5,{"b":"x"}],"o":{"z":1,"a":2}})") {
  fake::FakeSys world;
  world.files.put("/dev/stdin", std::string(document));
  world.files.put("/d.json", std::string(document));
  return test::call(world, arguments);
}

}  // namespace

TEST(VerifyJsonpath, prints_the_selected_values_as_one_array) {
  EXPECT_EQ(call({"jsonpath", "$.a[*]"}).out, "[1,2.5,{\"b\":\"x\"}]\n");
  EXPECT_EQ(call({"jsonpath", "$.a[*]", "-"}).out, "[1,2.5,{\"b\":\"x\"}]\n");
  EXPECT_EQ(call({"jsonpath", "$.o", "/d.json"}).out, "[{\"z\":1,\"a\":2}]\n");
  EXPECT_EQ(call({"jsonpath", "$.nothing"}).out, "[]\n");
  EXPECT_EQ(call({"jsonpath", "$.nothing"}).exit_code, 0);
  EXPECT_TRUE(base::contains(call({"--format", "json", "jsonpath", "$..b"}).out, R"({"values":["x"],)"));
  EXPECT_EQ(call({"jsonpath", "--format=text", "--", "$..b"}).out, "[\"x\"]\n");
}

TEST(VerifyJsonpath, an_invalid_query_ends_with_2_and_its_column) {
  const test::Called told = call({"jsonpath", "$.a[?@.b == ]"});
  EXPECT_EQ(told.exit_code, 2);
  EXPECT_EQ(told.out, "");
  EXPECT_TRUE(base::contains(told.log, "at column 13: a query, a literal or a function is needed")) << told.log;
  EXPECT_EQ(call({"jsonpath", ""}).exit_code, 2);
  EXPECT_EQ(call({"jsonpath", "--", "--a"}).exit_code, 2);
}

TEST(VerifyJsonpath, other_faults_have_their_own_codes) {
  EXPECT_EQ(call({"jsonpath", "$"}, "{").exit_code, 3);
  EXPECT_EQ(call({"jsonpath", "$", "/missing"}).exit_code, 3);
  EXPECT_EQ(call({"jsonpath", "$"}, std::string(200, '[')).exit_code, 3);
  EXPECT_EQ(call({"jsonpath"}).exit_code, 2);
  EXPECT_TRUE(base::contains(call({"jsonpath"}).log, "verify jsonpath EXPR [FILE|-]"));
  EXPECT_EQ(call({}).exit_code, 2);
  EXPECT_EQ(call({"jsonpath", "$", "-", "more"}).exit_code, 2);
  EXPECT_EQ(call({"jsonpath", "$", "--format", "yaml"}).exit_code, 2);
  EXPECT_EQ(call({"jsnpath", "$"}).exit_code, 2);
  EXPECT_TRUE(base::contains(call({"--help"}).out, "jsonpath EXPR [FILE|-]"));
}
