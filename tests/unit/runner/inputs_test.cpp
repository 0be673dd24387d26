#include "runner/inputs.hpp"

#include <gtest/gtest.h>

#include <array>

#include "fake/env.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using runner::Wish;
using test::has_kind;
using test::is_ok;

namespace {

constexpr std::array<runner::Verb, 3> k_verbs{
    {{"deploy", "does it"}, {"resume", "goes on"}, {"probe", "asks", "", 0, 0, true}}};
constexpr auto k_inputs = std::to_array<runner::Input>({
    {"release", "", "name of the release", true},
    {"namespace", "default", "where"},
    {"values", "", "files, one a line"},
    {"dry-run", "false", "changes nothing", false, true},
    {"label", "", "one a line", false, false, true},
    {"client", "nobody", "who", false, false, false, "TOOL_CLIENT"},
});
constexpr runner::Program k_program{"tool", "does things", k_verbs, k_inputs, {}};

using Words = std::vector<std::string>;

base::Result<runner::Asked> read(const Words& words, const fake::FakeEnv& env = {}) {
  return runner::read_inputs(k_program, words, env);
}

}  // namespace

TEST(Inputs, of_the_environment_and_of_flags_are_read_by_one_table) {
  const auto asked = read({"--values=a.yaml\n\n  b.yaml  \n", "--dry-run"},
                          {{"SENTIMARK_INPUT_RELEASE", " prices "}, {"SENTIMARK_INPUT_DRY_RUN", "false"}});
  ASSERT_TRUE(is_ok(asked));
  EXPECT_EQ(asked->wish, Wish::run);
  EXPECT_EQ(asked->inputs.verb(), "deploy");
  EXPECT_EQ(asked->inputs.get("release"), "prices");
  EXPECT_EQ(asked->inputs.raw("release"), " prices ");
  EXPECT_EQ(asked->inputs.get("namespace"), "default");
  EXPECT_EQ(asked->inputs.lines("values"), (Words{"a.yaml", "b.yaml"}));
  EXPECT_TRUE(asked->inputs.is_on("dry-run"));
}

TEST(Inputs, take_the_flag_before_the_environment_and_the_environment_before_the_fallback) {
  struct Row {
    const char* what;
    Words words;
    const char* variable;
    const char* expected;
  };
  const Row rows[] = {
      {"flag wins", {"--release=r", "--namespace", "flag"}, "env", "flag"},
      {"the last flag wins", {"--release=r", "--namespace=one", "--namespace=two"}, "env", "two"},
      {"no flag", {"--release=r"}, "env", "env"},
      {"a blank variable is unset", {"--release=r"}, " \t\n", "default"},
      {"a blank flag means the fallback", {"--release=r", "--namespace", ""}, "env", "default"},
      {"a value may look like a flag", {"--release=r", "--namespace", "--dry-run"}, "env", "--dry-run"},
      {"only the first = parts name and value", {"--release=r", "--namespace=a=b"}, "env", "a=b"},
  };
  for (const Row& row : rows) {
    const auto asked = read(row.words, {{"SENTIMARK_INPUT_NAMESPACE", row.variable}});
    ASSERT_TRUE(is_ok(asked)) << row.what;
    EXPECT_EQ(asked->inputs.get("namespace"), row.expected) << row.what;
  }
  // GitHub's own variables belong to other actions.
  const auto foreign = read({"--release=r"}, {{"INPUT_NAMESPACE", "foreign"}});
  ASSERT_TRUE(is_ok(foreign));
  EXPECT_EQ(foreign->inputs.get("namespace"), "default");
}

TEST(Inputs, may_stand_in_a_variable_that_others_read_as_well) {
  EXPECT_EQ(read({"--release=r"})->inputs.get("client"), "nobody");
  EXPECT_EQ(read({"--release=r"}, {{"TOOL_CLIENT", "it"}})->inputs.get("client"), "it");
  EXPECT_EQ(read({"--release=r"}, {{"TOOL_CLIENT", "it"}, {"SENTIMARK_INPUT_CLIENT", "own"}})->inputs.get("client"),
            "own");
  EXPECT_EQ(read({"--release=r", "--client=flag"}, {{"TOOL_CLIENT", "it"}})->inputs.get("client"), "flag");
}

TEST(Inputs, that_are_wrong_are_usage_errors_with_a_cure) {
  struct Row {
    Words words;
    const char* what;
    const char* cure;
  };
  const Row rows[] = {
      {{}, "input release is missing", "give it: name of the release"},
      {{"--release", " "}, "input release is missing", "give it: name of the release"},
      {{"--relaese", "x"}, "unknown flag '--relaese'", "did you mean --release?"},
      {{"--wholly-other"}, "unknown flag '--wholly-other'", "see tool --help"},
      {{"--release"}, "flag --release has no value", "write --release VALUE"},
      {{"deplou"}, "unknown argument 'deplou'", "did you mean deploy?"},
      {{"deploy", "resume"}, "unknown argument 'resume'", "did you mean resume?"},
      {{"-x"}, "unknown argument '-x'", "see tool --help"},
      {{"--release=r", "--dry-run=maybe"}, "input dry-run is 'maybe', neither true nor false", "write true or false"},
      {{"--release=r", "--dry-run=TRUE"}, "input dry-run is 'TRUE', neither true nor false", "write true or false"},
      // A switch takes no value behind a blank.
      {{"--release=r", "--dry-run", "true"}, "unknown argument 'true'", "see tool --help"},
  };
  for (const Row& row : rows) {
    const auto asked = read(row.words);
    ASSERT_TRUE(has_kind(asked, Outcome::usage)) << row.what;
    EXPECT_EQ(asked.error().what, row.what);
    EXPECT_EQ(asked.error().cure, row.cure);
  }
  const auto wrong = read({"--release=r"}, {{"SENTIMARK_INPUT_DRY_RUN", "yes"}});
  ASSERT_TRUE(has_kind(wrong, Outcome::usage));
  const auto long_one = read({"--" + std::string(100'000, 'x')});
  ASSERT_TRUE(has_kind(long_one, Outcome::usage));
  EXPECT_LT(long_one.error().what.size(), 200U);
}

TEST(Inputs, are_not_checked_for_help_version_and_description) {
  const std::pair<const char*, Wish> rows[] = {
      {"--help", Wish::help}, {"-h", Wish::help}, {"--version", Wish::version}, {"--describe-inputs", Wish::describe}};
  for (const auto& [word, wish] : rows) {
    const auto asked = read({"resume", word, "--nonsense"});
    ASSERT_TRUE(is_ok(asked)) << word;
    EXPECT_EQ(asked->wish, wish) << word;
  }
}

TEST(Inputs, know_their_verb) {
  const auto asked = read({"--release=r", "resume"});
  ASSERT_TRUE(is_ok(asked));
  EXPECT_EQ(asked->inputs.verb(), "resume");
}

TEST(Program, tells_its_inputs_as_text_and_as_json) {
  const std::string help = runner::help_of(k_program);
  for (const char* part :
       {"usage: tool [VERB] [--NAME VALUE]...", "  resume  goes on\n", "--namespace VALUE", "where [default]\n",
        "name of the release (required)\n", "--dry-run   ", "SENTIMARK_INPUT_NAME", "23   unknown", "130  interrupted"})
    EXPECT_NE(help.find(part), std::string::npos) << part << "\n" << help;
  const json::Value told = runner::description_of(k_program);
  EXPECT_EQ(told["name"].string_or_empty(), "tool");
  EXPECT_EQ(told["inputs"].members().size(), k_inputs.size());
  EXPECT_TRUE(told["inputs"]["release"]["required"].bool_or(false));
  EXPECT_FALSE(told["inputs"]["release"].has("default"));
  EXPECT_EQ(told["inputs"]["dry-run"]["default"].string_or_empty(), "false");
}

TEST(Inputs, a_repeated_flag_adds_a_line_to_a_list_and_replaces_anything_else) {
  const auto asked = read({"--release=r", "--label", "a=1", "--label=b=2", "--namespace=x", "--namespace=y"},
                          {{"SENTIMARK_INPUT_LABEL", "z=0"}});
  ASSERT_TRUE(is_ok(asked));
  EXPECT_EQ(asked->inputs.lines("label"), (Words{"a=1", "b=2"}));
  EXPECT_EQ(asked->inputs.get("namespace"), "y");
  EXPECT_EQ(read({"--release=r"}, {{"SENTIMARK_INPUT_LABEL", "z=0\ny=1"}})->inputs.lines("label"),
            (Words{"z=0", "y=1"}));
}

TEST(Inputs, that_every_other_verb_requires_are_not_asked_of_a_verb_that_is_alone) {
  EXPECT_TRUE(is_ok(read({"probe"})));
  EXPECT_TRUE(is_ok(read({}, {{"SENTIMARK_INPUT_COMMAND", "probe"}, {"SENTIMARK_INPUT_RELEASE", "prices"}})));
  EXPECT_TRUE(has_kind(read({"resume"}), Outcome::usage));
}
