#include "yaml/document.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

std::string as_json(std::string_view text) {
  const auto value = yaml::to_json(text, "v.yaml");
  return value ? json::to_text(*value) : value.error().what;
}

}  // namespace

TEST(Yaml, reads_scalars_as_helm_does) {
  EXPECT_EQ(as_json("{y: 1}"), R"({"true":1})");  // a surprise, but Helm's own
  EXPECT_EQ(as_json("{a: yes, b: 'yes', c: 010, d: 1_000, e: 0x1f, f: ~, g: 1.5, h: 1e3, i: v1.2, j: -7}"),
            R"({"a":true,"b":"yes","c":8,"d":1000,"e":31,"f":null,"g":1.5,"h":1000.0,"i":"v1.2","j":-7})");
}

TEST(Yaml, expands_aliases_and_merge_keys) {
  EXPECT_EQ(as_json("base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\nlist: [*b]"),
            R"({"base":{"x":1,"z":2},"use":{"z":3,"x":1},"list":[{"x":1,"z":2}]})");
}

// The place is what a person needs first.
TEST(Yaml, names_file_line_and_column) {
  EXPECT_EQ(as_json("a: 1\nb: [1, 2\nc: 3\n").rfind("v.yaml:3:", 0), 0U) << as_json("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_EQ(as_json("a: 1\na: 2\n"), "v.yaml:2:1: the key 'a' stands twice");
}

TEST(Yaml, refuses_a_quote_that_is_never_closed) {
  for (const char* text : {"a: 'open", "a: 'open\n", "a: \"open\n", "a: 'open\n\n", "a: 'open\n  ", "a: [\"open\n"}) {
    EXPECT_FALSE(yaml::to_json(text, "values.yaml")) << text;
  }
}

TEST(Yaml, keeps_the_end_of_a_block_as_it_is) {
  const auto text_of = [](const char* text) { return (*yaml::to_json(text, "values.yaml"))["a"].string_or_empty(); };
  EXPECT_EQ(text_of("a: |\n  x"), "x");
  EXPECT_EQ(text_of("a: |\n  x\n"), "x\n");
  EXPECT_EQ(text_of("a: |\n  x\n\n\n"), "x\n");
  EXPECT_EQ(text_of("a: |-\n  x\n"), "x");
  EXPECT_EQ(text_of("a: |+\n  x\n"), "x\n");
  EXPECT_EQ(text_of("a: |+\n  x\n\n"), "x\n\n");
}

TEST(Yaml, refuses_a_second_document) {
  EXPECT_TRUE(has_kind(yaml::to_json("a: 1\n---\nb: 2\n", "v.yaml"), base::Outcome::config));
  EXPECT_EQ(as_json(""), "null");
}

// Nine aliases of nine aliases …: ten billion values from 400 bytes.
TEST(Yaml, bounds_an_alias_bomb) {
  std::string text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int item = 0; item < 10; ++item) text += (item > 0 ? "," : "") + below;
    text += "]\n";
  }
  EXPECT_TRUE(has_kind(yaml::to_json(text, "v.yaml"), base::Outcome::config));
}

TEST(Yaml, bounds_the_depth) {
  EXPECT_TRUE(has_kind(yaml::to_json(std::string(100'000, '['), "v.yaml"), base::Outcome::config));
}
