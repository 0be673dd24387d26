#include "runner/workflow.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::is_ok;

namespace {

// Reads GITHUB_OUTPUT as the runner does (actions/runner, FileCommandManager.cs): NAME<<DELIMITER, lines, DELIMITER.
std::vector<std::pair<std::string, std::string>> outputs_in(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> found;
  const auto lines = base::lines_of(text);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::size_t mark = lines[at].find("<<");
    if (mark == std::string::npos) return {{"not in delimiter form", lines[at]}};
    const std::string delimiter = lines[at].substr(mark + 2);
    std::string value;
    std::string name = lines[at].substr(0, mark);
    bool first = true;
    for (++at; at < lines.size() && lines[at] != delimiter; ++at) {
      value += (first ? "" : "\n") + lines[at];
      first = false;
    }
    if (at == lines.size()) return {{"no end", delimiter}};
    found.emplace_back(std::move(name), std::move(value));
  }
  return found;
}

}  // namespace

TEST(Workflow, outputs_survive_every_text) {
  fake::FakeSys world;
  const sys::Sys sys = world.sys();
  world.env.values = {{"GITHUB_OUTPUT", "/out"}};
  const std::vector<std::pair<std::string, std::string>> told{
      {"release", "prices"},
      {"exit-reason", "two\nlines\nplanted<<EOF\nx\nEOF\n::error::x"},
      {"empty", ""},
      {"odd", "sentimark_0011"}};
  sys::Sys mutable_sys = sys;
  for (const auto& [name, value] : told) ASSERT_TRUE(is_ok(runner::set_output(mutable_sys, name, value)));
  const std::string text = world.files.content("/out").value_or("");
  EXPECT_EQ(outputs_in(text), told);
  // A delimiter that a value could guess would let it write outputs of its own.
  std::vector<std::string> delimiters;
  for (const std::string& line : base::lines_of(text)) {
    if (const std::size_t at = line.find("<<sentimark_"); at != std::string::npos)
      delimiters.push_back(line.substr(at));
  }
  ASSERT_EQ(delimiters.size(), told.size());
  EXPECT_NE(delimiters[0], delimiters[1]);
  EXPECT_EQ(delimiters[0].size(), std::string("<<sentimark_").size() + 32);
}

TEST(Workflow, outputs_hold_no_secret_and_are_valid_utf8) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  world.env.values = {{"GITHUB_OUTPUT", "/out"}};
  (void)sys.secrets.make("canary-4711");
  ASSERT_TRUE(is_ok(runner::set_output(sys, "a", "x canary-4711 \xff")));
  EXPECT_EQ(outputs_in(*world.files.content("/out")).front().second, "x *** \uFFFD");
}

TEST(Workflow, is_silent_outside_actions) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  EXPECT_TRUE(is_ok(runner::set_output(sys, "a", "b")));
  EXPECT_TRUE(is_ok(runner::add_summary(sys, "# x")));
  EXPECT_TRUE(world.files.calls.empty());
  EXPECT_FALSE(runner::in_actions(world.env));
  world.env.values = {{"GITHUB_ACTIONS", "true"}};
  EXPECT_TRUE(runner::in_actions(world.env));
}

TEST(Workflow, summary_stays_below_what_the_runner_takes) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  world.env.values = {{"GITHUB_STEP_SUMMARY", "/summary"}};
  (void)sys.secrets.make("canary-4711");
  std::string text = "canary-4711 ";
  while (text.size() < 1'200'000) text += "ä";
  ASSERT_TRUE(is_ok(runner::add_summary(sys, text)));
  const std::string kept = *world.files.content("/summary");
  EXPECT_LE(kept.size(), 900'000U);
  EXPECT_GT(kept.size(), 899'000U);
  EXPECT_EQ(kept, base::to_valid_utf8(kept));
  EXPECT_EQ(kept.rfind("*** ", 0), 0U);
}

TEST(Workflow, tells_that_a_file_cannot_be_written) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  world.env.values = {{"GITHUB_OUTPUT", "/out"}};
  world.files.fail(fake::FileCall::append, "/out", "ENOSPC");
  const auto done = runner::set_output(sys, "a", "b");
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, "ENOSPC");
}

TEST(Workflow, cuts_a_message_where_the_runner_would) {
  const std::string line = runner::command_of("error", "", std::string(10'000, '%'));
  EXPECT_LE(line.size(), 4'000U * 3 + 20);
  EXPECT_EQ(line.back(), '\n');
}

TEST(Workflow, an_annotation_has_its_place_and_nothing_in_it_can_end_a_property) {
  EXPECT_EQ(runner::command_of("error", "t", "x", {"a.hurl", 3, 7}), "::error file=a.hurl,line=3,col=7,title=t::x\n");
  EXPECT_EQ(runner::command_of("warning", "", "x", {"a,b:c%d\n.hurl", 3, 0}),
            "::warning file=a%2Cb%3Ac%25d%0A.hurl,line=3::x\n");
  EXPECT_EQ(runner::command_of("error", "", "x", {"a", 0, 0}), "::error file=a::x\n");
  EXPECT_EQ(runner::command_of("error", "", "x", {"", 3, 7}), "::error::x\n");
}
