// --explain-values and the places in what helm says. Row DP-05.
#include "helm_private_deploy/explain.hpp"

#include "base/text.hpp"
#include "helm_private_deploy/helm_words.hpp"
#include "json/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::inputs_of;
using test::is_ok;

namespace {

base::Result<runner::Ending> explained(const std::string& key, const test::Given& given = {}) {
  fake::FakeSys world;
  test::put_chart(world);
  world.files.put("chart/values.yaml", "image:\n  tag: a\n  pull: always\nnone: null\n");
  world.files.put("dev.yaml", "# of dev\nimage:\n  tag: b\n");
  test::Given all{{"explain-values", key}, {"values", "dev.yaml"}};
  for (const auto& [name, value] : given) all[name] = value;
  sys::Sys sys = world.sys();
  return helm_private_deploy::explain_values(sys, inputs_of(all).value());
}

std::string with_places(const std::string& cause) {
  fake::FakeSys world;
  test::put_chart(world);
  world.files.put("chart/values.yaml", "image:\n  tag: a\n");
  world.files.put("dev.yaml", "replicas: x\nimage: {tagg: 1}\nsub: {x: 1}\n");
  sys::Sys sys = world.sys();
  return helm_private_deploy::with_places(sys, inputs_of({{"values", "dev.yaml"}}).value(), cause);
}

}  // namespace

TEST(Explain, tells_what_counts_and_what_it_replaces) {
  const auto told = explained("image.tag");
  ASSERT_TRUE(is_ok(told));
  EXPECT_EQ(told->text,
            "image.tag = \"b\"\n"
            "  from dev.yaml:3:3\n"
            "\n"
            "What each source says, the last one wins:\n"
            "  chart/values.yaml:2:3  \"a\"\n"
            "  dev.yaml:3:3           \"b\"  <- this one\n");
  EXPECT_EQ(json::to_text(told->data["values"]),
            R"([{"key":"image.tag","value":"b","from":{"source":"dev.yaml","line":3,"column":3}}])");
}

TEST(Explain, tells_what_is_not_set_and_what_deletes_it) {
  EXPECT_EQ(explained("image.tagg")->text,
            "image.tagg is not set: the templates see nothing there\n  the nearest key is image.tag\n");
  const auto deleted = explained("image.pull", {{"values-inline", "image: null"}});
  EXPECT_EQ(deleted->text,
            "image.pull is not set: the templates see nothing there\n"
            "\n"
            "What each source says, the last one wins:\n"
            "  chart/values.yaml:3:3  \"always\"\n"
            "  values-inline:1:1      image: null, which deletes it\n");
  EXPECT_TRUE(base::contains(explained("none")->text, "Helm 3 sees more"));
}

TEST(Explain, needs_no_cluster_and_tells_bad_input_with_its_place) {
  const auto inputs = inputs_of({{"explain-values", "a"}, {"cluster", ""}, {"client-id", ""}});
  EXPECT_TRUE(is_ok(inputs));
  EXPECT_TRUE(has_kind(explained("a..b"), base::Outcome::usage));
  const auto bad = explained("a", {{"values-inline", "a: 1\na: 2"}});
  EXPECT_TRUE(has_kind(bad, base::Outcome::config));
  EXPECT_EQ(bad.error().what, "values-inline:2:1: the key 'a' stands twice");
}

TEST(HelmWords, give_a_schema_complaint_the_line_of_each_value) {
  EXPECT_EQ(
      with_places("helm: values don't meet the specifications of the schema(s) in the following chart(s): "
                  "service: - at '': missing property 'must' - at '/image': additional properties 'tagg' not "
                  "allowed - at '/replicas': got string, want integer sub: - at '/x': too small"),
      "helm: values don't meet the specifications of the schema(s) in the following chart(s): "
      "service: - at '' (chart/values.yaml:1:1): missing property 'must' - at '/image' (dev.yaml:2:9): additional "
      "properties 'tagg' not allowed - at '/replicas' (dev.yaml:1:1): got string, want integer sub: - at '/x' "
      "(dev.yaml:3:7): too small");
  EXPECT_EQ(with_places("anything else - at '/image'"), "anything else - at '/image'");
}
