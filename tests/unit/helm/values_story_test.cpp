// --explain-values: which line of which file a final value came from. Row DP-05.
#include "helm/values_story.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

helm::ValuesStory story(const std::string& defaults, const std::vector<helm::ValueSource>& sources,
                        std::vector<helm::Vendored> vendored = {}, const std::string& dependencies = {}) {
  helm::Chart chart;
  chart.root = "c";
  chart.entries = {{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n" + dependencies, false},
                   {"values.yaml", defaults, false}};
  chart.vendored = std::move(vendored);
  auto made = helm::ValuesStory::of(chart, sources, helm::HelmMajor::four);
  EXPECT_TRUE(is_ok(made));
  return std::move(made).value();
}

// "path=value@place" of each leaf, "nothing" for none.
std::string leaves(const helm::ValuesStory& told, const std::string& key) {
  const auto explained = told.explain(key);
  if (!explained) return explained.error().what;
  std::string text;
  for (const helm::Leaf& leaf : explained->leaves)
    text += (text.empty() ? "" : " ") + leaf.path + "=" + json::to_text(leaf.value) + "@" + leaf.origin.text();
  return text.empty() ? "nothing" : text;
}

std::string said(const helm::ValuesStory& told, const std::string& key) {
  std::string text;
  const auto explained = told.explain(key);
  if (!explained) return explained.error().what;
  for (const helm::Said& each : explained->said)
    text += (text.empty() ? "" : " ") + each.key + "=" + json::to_text(each.value) + "@" + each.origin.text();
  return text;
}

}  // namespace

TEST(ValuesStory, names_file_line_and_column_of_each_value) {
  const auto told = story("image:\n  name: x\n  tag: a\n",
                          {{"dev.yaml", "# first\nimage:\n  tag: b\n"}, {"values-inline", "count: 3"}});
  EXPECT_EQ(leaves(told, "image.tag"), "image.tag=\"b\"@dev.yaml:3:3");
  EXPECT_EQ(leaves(told, "image"), "image.tag=\"b\"@dev.yaml:3:3 image.name=\"x\"@c/values.yaml:2:3");
  EXPECT_EQ(leaves(told, "count"), "count=3@values-inline:1:1");
  EXPECT_EQ(said(told, "image.tag"), "image.tag=\"a\"@c/values.yaml:3:3 image.tag=\"b\"@dev.yaml:3:3");
}

TEST(ValuesStory, tells_what_a_null_deletes_and_a_scalar_replaces) {
  const auto told = story("m: {a: 1, b: 2}\nk: {x: 1}\n", {{"one", "m:\n  a: null\nk: 7\n"}, {"two", "m: {c: 3}"}});
  EXPECT_EQ(leaves(told, "m.a"), "nothing");
  EXPECT_EQ(said(told, "m.a"), "m.a=1@c/values.yaml:1:5 m.a=null@one:2:3");
  EXPECT_EQ(leaves(told, "k.x"), "nothing");
  EXPECT_EQ(said(told, "k.x"), "k.x=1@c/values.yaml:2:5 k=7@one:3:1");
  EXPECT_EQ(leaves(told, "m.c"), "m.c=3@two:1:5");
}

TEST(ValuesStory, knows_that_a_null_default_is_nothing_to_helm_4_only) {
  helm::Chart chart;
  chart.root = "c";
  chart.entries = {{"values.yaml", "a: null\nm: {b: null}\n", false}};
  const auto seen = [&](helm::HelmMajor major) {
    return json::to_text(helm::ValuesStory::of(chart, {}, major).value().effective());
  };
  EXPECT_EQ(seen(helm::HelmMajor::three), R"({"a":null,"m":{"b":null}})");
  EXPECT_EQ(seen(helm::HelmMajor::four), R"({"m":{}})");
}

TEST(ValuesStory, looks_into_lists_which_are_replaced_whole) {
  const auto told = story("ports: [{name: a}, {name: b}]\n", {{"v", "ports:\n- name: x\n  port: 1\n- name: z\n"}});
  EXPECT_EQ(leaves(told, "ports[1].name"), "ports[1].name=\"z\"@v:4:3");
  EXPECT_EQ(leaves(told, "ports[0]"), "ports[0]={\"name\":\"x\",\"port\":1}@v:2:3");
  EXPECT_EQ(leaves(told, "ports[2]"), "nothing");
  EXPECT_EQ(leaves(told, "ports"), "ports=[{\"name\":\"x\",\"port\":1},{\"name\":\"z\"}]@v:1:1");
}

TEST(ValuesStory, follows_aliases_and_merge_keys_to_where_they_are_written) {
  const auto told = story("", {{"v", "base: &b\n  x: 1\n  z: 2\nuse:\n  <<: *b\n  z: 3\n"}});
  EXPECT_EQ(leaves(told, "use.x"), "use.x=1@v:2:3");
  EXPECT_EQ(leaves(told, "use.z"), "use.z=3@v:6:3");
}

TEST(ValuesStory, puts_the_defaults_of_sub_charts_under_their_name_or_alias) {
  const helm::Vendored sub{
      "charts/sub",
      "sub",
      "1.0.0",
      {{"Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n", false}, {"values.yaml", "a: 1\nb: 2\n", false}}};
  const auto told = story("global: {g: 1}\nsub: {b: 3}\n", {{"v", "sub: {c: 4}"}}, {sub});
  EXPECT_EQ(leaves(told, "sub.a"), "sub.a=1@c/charts/sub/values.yaml:1:1");
  EXPECT_EQ(leaves(told, "sub.b"), "sub.b=3@c/values.yaml:2:7");
  EXPECT_EQ(leaves(told, "sub.global.g"), "sub.global.g=1@c/values.yaml:1:10");
  EXPECT_EQ(said(told, "sub.b"), "sub.b=2@c/charts/sub/values.yaml:2:1 sub.b=3@c/values.yaml:2:7");
  const auto aliased = story("", {{"v", "two: {a: 5}"}}, {sub},
                             "dependencies: [{name: sub, version: 1.x, alias: one}, {name: sub, version: 1.x, alias: "
                             "two}]\n");
  EXPECT_EQ(leaves(aliased, "one.a"), "one.a=1@c/charts/sub/values.yaml:1:1");
  EXPECT_EQ(leaves(aliased, "two.a"), "two.a=5@v:1:7");
  EXPECT_EQ(leaves(aliased, "sub.a"), "nothing");
}

TEST(ValuesStory, reads_keys_with_dots_in_names_and_says_what_is_near) {
  const auto told = story("annotations: {a.b/c: x}\nimage: {tag: 1}\n", {});
  EXPECT_EQ(leaves(told, "annotations.a\\.b/c"), "annotations.a\\.b/c=\"x\"@c/values.yaml:1:15");
  EXPECT_EQ(leaves(told, "annotations"), "annotations.a\\.b/c=\"x\"@c/values.yaml:1:15");
  EXPECT_EQ(told.explain("image.tagg")->nearest, "image.tag");
  EXPECT_EQ(told.explain("imag.tag")->nearest, "image");
  for (const char* key : {"", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[1]b", "[", "a[1"})
    EXPECT_TRUE(has_kind(told.explain(key), base::Outcome::usage)) << key;
}

TEST(ValuesStory, finds_the_place_of_a_json_pointer) {
  const auto told = story("image: {tag: 1}\n", {{"v", "l:\n- a: 1\n- {b/c: 2}\n"}});
  EXPECT_EQ(told.place_of("/image/tag")->text(), "c/values.yaml:1:9");
  EXPECT_EQ(told.place_of("/l/1/b~1c")->text(), "v:3:4");
  EXPECT_EQ(told.place_of("/image/missing")->text(), "c/values.yaml:1:1");  // what should hold it
  EXPECT_EQ(told.place_of("")->text(), "c/values.yaml:1:1");
}

TEST(ValuesStory, tells_errors_with_their_place) {
  helm::Chart chart;
  chart.root = "c";
  chart.entries = {{"values.yaml", "a: [\n", false}};
  EXPECT_TRUE(helm::ValuesStory::of(chart, {}, helm::HelmMajor::four).error().what.starts_with("c/values.yaml:2:1:"));
  chart.entries = {{"values.yaml", "a: 1\na: 2\n", false}};
  EXPECT_TRUE(
      is_ok(helm::ValuesStory::of(chart, {}, helm::HelmMajor::four)));  // Helm takes the last one of a chart's own
  EXPECT_EQ(helm::ValuesStory::of(chart, {{"v", "a: 1\na: 2\n"}}, helm::HelmMajor::four).error().what,
            "v:2:1: the key 'a' stands twice");
  EXPECT_EQ(helm::ValuesStory::of(chart, {{"v", "- 1\n"}}, helm::HelmMajor::four).error().what,
            "v:1:1: values must be a map, this is array");
}
