#include "yaml/stream.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using yaml::Note;

namespace {

std::vector<yaml::Document> read(std::string_view text) {
  auto documents = yaml::read_stream(text, "f.yaml", {}, yaml::Reading::objects);
  EXPECT_TRUE(documents) << (documents ? "" : documents.error().what);
  return documents ? std::move(documents).value() : std::vector<yaml::Document>{};
}

std::string at(const yaml::Document& document, std::string_view path) {
  const yaml::Mark mark = yaml::mark_of(document.value, document.marks, path);
  return std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

std::string error_of(std::string_view text, const yaml::Limits& limits = {}) {
  const auto documents = yaml::read_stream(text, "f.yaml", limits, yaml::Reading::objects);
  return documents ? "" : documents.error().what;
}

}  // namespace

TEST(YamlStream, every_part_knows_where_it_was_written) {
  const auto documents = read("# first\na: 1\n---\nb:\n  c.d: [x, {g: 2}]\n  c:\n  - e: 3\n  - f\n");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(at(documents[0], "a"), "2:1");
  EXPECT_EQ(at(documents[1], "b.c.d[1].g"), "5:13");
  EXPECT_EQ(at(documents[1], "b['c.d'][0]"), "5:9");
  EXPECT_EQ(at(documents[1], "b.c[0].e"), "7:5");
  EXPECT_EQ(at(documents[1], "b.c[1]"), "8:5");
  // What is missing is told at the last part that is there.
  EXPECT_EQ(at(documents[1], "b.c[0].g.h"), "7:5");
  EXPECT_EQ(at(documents[1], "b.c[7]"), "6:3");
  EXPECT_EQ(at(documents[1], ""), "4:1");
}

TEST(YamlStream, marks_stay_right_behind_aliases_merges_and_doubled_keys) {
  const auto documents = read(
      "base: &b\n  x: 1\n  w: [1, 2]\nuse:\n  <<: *b\n  x: 3\nuse2: *b\na: {p: 1, q: 2}\nz: 1\na: {q: [5]}\nend: 1\n");
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(at(documents[0], "use.x"), "6:3");
  EXPECT_EQ(at(documents[0], "use.w[1]"), "3:10");
  EXPECT_EQ(at(documents[0], "use2"), "7:1");
  EXPECT_EQ(at(documents[0], "use2.w[0]"), "3:7");
  EXPECT_EQ(at(documents[0], "a.q[0]"), "10:9");
  EXPECT_EQ(at(documents[0], "z"), "9:1");
  EXPECT_EQ(at(documents[0], "end"), "11:1");
  EXPECT_EQ(documents[0].marks.size(), yaml::count_of(documents[0].value));
  EXPECT_EQ(json::to_text(documents[0].value["use"]), R"({"x":3,"w":[1,2]})");
}

TEST(YamlStream, reads_json_values_behind_one_another) {
  const auto documents = read("{\"a\": {\"b\": [1, \"x\\\"}\", {\"c\": null}]}}\n{\n\t\"d\": \"\\ud83d\\ude00\"\n}");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(at(documents[0], "a.b[2].c"), "1:26");
  EXPECT_EQ(at(documents[1], "d"), "3:2");
  EXPECT_EQ(documents[1].value["d"].string_or_empty(), "\xF0\x9F\x98\x80");
  EXPECT_EQ(documents[0].marks.size(), yaml::count_of(documents[0].value));
}

TEST(YamlStream, notes_what_may_not_be_meant) {
  const auto documents = read(
      "kind: A\nkind: B\nm: {on: no}\nv: 1.10\nw: 1e3\nmode: 0644\no: 0o17\nu: &never 1\nf: 1.5\nt: true\nname: y\nq: "
      "'no'\n");
  ASSERT_EQ(documents.size(), 1U);
  std::vector<std::pair<Note::Kind, std::string>> seen;
  for (const Note& note : documents[0].notes)
    seen.emplace_back(note.kind, note.text + "@" + std::to_string(note.mark.line));
  const std::vector<std::pair<Note::Kind, std::string>> wanted{
      {Note::Kind::duplicate_key, "kind@2"}, {Note::Kind::truthy, "on@3"},  {Note::Kind::truthy, "no@3"},
      {Note::Kind::number, "1.10@4"},        {Note::Kind::number, "1e3@5"}, {Note::Kind::octal, "0644@6"},
      {Note::Kind::octal_1_2, "0o17@7"},     {Note::Kind::truthy, "y@11"},  {Note::Kind::unused_anchor, "never@8"}};
  EXPECT_EQ(seen, wanted);
  EXPECT_TRUE(documents[0].notes[0].at_root);
  EXPECT_EQ(documents[0].notes[0].other.line, 1U);
  EXPECT_EQ(documents[0].value["kind"].string_or_empty(), "B");
  EXPECT_EQ(documents[0].value["name"].string_or_empty(), "y");  // a name is told as it was written
}

TEST(YamlStream, bounds_what_is_hostile_and_names_it) {
  EXPECT_TRUE(error_of(std::string(200'000, '{')).starts_with("f.yaml:1:"));
  EXPECT_TRUE(error_of("a: \xff\n").starts_with("f.yaml:1:4: a byte"));
  EXPECT_TRUE(error_of("a: 1\nb: \x01\n").starts_with("f.yaml:2:4: a control character"));
  EXPECT_TRUE(error_of("a: [1, 2\n").starts_with("f.yaml:2:"));
  EXPECT_TRUE(error_of("a: *b\n").starts_with("f.yaml:1:4"));
  EXPECT_TRUE(error_of("[1, 2, 3, 4]", {.values = 4}).starts_with("f.yaml:1:"));
  EXPECT_EQ(error_of("abc", {.bytes = 2}), "f.yaml: 3 bytes are more than 2");
}

TEST(YamlStream, ten_thousand_documents_are_read_and_empty_ones_left_out) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "---\n# nothing\n---\na: " + std::to_string(i) + "\n";
  const auto documents = read(text);
  ASSERT_EQ(documents.size(), 10'000U);
  EXPECT_EQ(at(documents.back(), "a"), "40000:1");
}

TEST(YamlStream, a_map_of_many_keys_finds_its_doubled_one) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const auto documents = read(text + "k7: 2\n");
  ASSERT_EQ(documents.size(), 1U);
  ASSERT_EQ(documents[0].notes.size(), 1U);
  EXPECT_EQ(documents[0].notes[0].other.line, 8U);
  EXPECT_EQ(documents[0].value.members().size(), 50'000U);
}
