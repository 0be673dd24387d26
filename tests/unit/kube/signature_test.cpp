#include "kube/signature.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/text.hpp"
#include "unit/data.hpp"

using namespace sentimark;

namespace {

std::span<const kube::Signature> table_of(const std::string& name) {
  if (name == "helm") return kube::helm_signatures();
  return name == "transport" ? kube::transport_signatures() : kube::workload_signatures();
}

std::vector<kube::Field> fields_of(const json::Value& object) {
  std::vector<kube::Field> fields;
  for (const json::Member& member : object.members()) fields.push_back({member.first, member.second.string_or_empty()});
  return fields;
}

}  // namespace

// B-04, HE-04: what the tools and the cluster print becomes a row, its fields, a cause and a cure; every row has a
// case.
TEST(Signatures, give_each_text_its_row_cause_and_cure) {
  std::set<std::string> seen;
  const json::Value cases = test::data("kube/failures.json");
  for (const json::Value& row : cases.items()) {
    const std::string& text = row["text"].string_or_empty();
    const std::vector<kube::Field> known = fields_of(row["known"]);
    const auto found = kube::diagnose(table_of(row["from"].string_or_empty()), text, known);
    ASSERT_TRUE(found.has_value()) << text;
    EXPECT_EQ(found->row->id, row["row"].string_or_empty()) << text;
    EXPECT_EQ(kube::word_of(found->row->act), row["act"].string_or_empty()) << text;
    EXPECT_EQ(found->cause, row["cause"].string_or_empty()) << text;
    EXPECT_EQ(found->advice, row["advice"].string_or_empty()) << text;
    std::vector<kube::Field> fields = fields_of(row["fields"]);
    fields.insert(fields.end(), known.begin(), known.end());
    EXPECT_EQ(found->fields, fields) << text;
    seen.insert(row["from"].string_or_empty() + " " + std::string(found->row->id));
  }
  for (const char* name : {"transport", "helm", "workload"}) {
    std::set<std::string_view> ids;
    for (const kube::Signature& row : table_of(name)) {
      EXPECT_TRUE(ids.insert(row.id).second) << row.id << " stands twice";
      EXPECT_TRUE(seen.contains(std::string(name) + " " + std::string(row.id))) << name << " " << row.id;
    }
  }
}

TEST(Signatures, of_harmless_text_are_none) {
  for (const char* text :
       {"", "STATUS: deployed", "Successfully assigned shop/web to aks-1", "Pulled: image is present"}) {
    for (const char* name : {"transport", "helm", "workload"})
      EXPECT_FALSE(kube::diagnose(table_of(name), text).has_value()) << text;
  }
}

TEST(Signatures, rows_can_fit_and_say_what_follows) {
  for (const char* name : {"transport", "helm", "workload"}) {
    for (const kube::Signature& row : table_of(name)) {
      for (const std::string& pattern : base::split(row.patterns, '\n')) {
        EXPECT_FALSE(pattern.empty() || pattern[0] == '*' || pattern[0] == '{') << row.id;
      }
      EXPECT_FALSE(row.cause.empty() || row.advice.empty()) << row.id;
      const bool waits = row.act == kube::Act::wait && std::string_view(name) == "workload";
      EXPECT_TRUE(!waits || row.patience > 0) << row.id;
      EXPECT_TRUE(row.tries == 0 || row.act == kube::Act::automatic) << row.id;
    }
  }
}

TEST(Pattern, keeps_what_stands_in_its_gaps) {
  struct Row {
    const char* pattern;
    const char* text;
    std::optional<std::vector<kube::Field>> fields;
  };
  const std::vector<kube::Field> none;
  for (const Row& row : {
           Row{"secret \"{name}\" not found", "Error: SECRET \"db\" Not Found!", {{{"name", "db"}}}},
           Row{"secret \"{name}\" not found",
               "secret \"a\" exists; secret \"b\" not found",
               {{{"name", "a\" exists; secret \"b"}}}},
           Row{"secret \"{name}\" not found", "secret \"a\"\nnot found", std::nullopt},
           Row{"first*second", "first first second", none},
           Row{"why: {why}", "why: it broke \nnext", {{{"why", "it broke"}}}},
           Row{"need {what:word}", "need nvidia.com/gpu. or more", {{{"what", "nvidia.com/gpu"}}}},
           Row{"need {what:word}", "need cpu, memory", {{{"what", "cpu"}}}},
           Row{"{open}", "anything", std::nullopt},
           Row{"", "anything", std::nullopt},
           Row{"at ({place", "at (here)", std::vector<kube::Field>{{"plac", "here)"}}},
       }) {
    EXPECT_EQ(kube::match(row.pattern, row.text), row.fields) << row.pattern << " in " << row.text;
  }
}

TEST(Pattern, makes_hostile_text_one_clean_line) {
  const auto fields = kube::match("why: {why}", "why: \x1b[31mred\x01 \xff");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->front().value, " [31mred  \xEF\xBF\xBD");
  EXPECT_EQ(kube::match("a{gap}b", "a" + std::string(500, 'x') + "b"), std::nullopt);
}

// The first word begins everywhere and the second nowhere: the work stays in proportion to the text.
TEST(Pattern, is_linear_on_text_made_to_be_slow) {
  EXPECT_EQ(kube::match("aa*b{c}d*e", std::string(200'000, 'a')), std::nullopt);
}

TEST(Pattern, fills_a_form) {
  const std::vector<kube::Field> fields{{"a", "one"}, {"b", ""}};
  EXPECT_EQ(kube::fill("{a}, {b|none} and {c} {d|two words}.", fields), "one, none and two words.");
  EXPECT_EQ(kube::fill("{a", fields), "");
}
