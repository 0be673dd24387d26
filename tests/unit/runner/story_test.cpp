#include "runner/story.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/random.hpp"
#include "runner/workflow.hpp"
#include "sys/secrets.hpp"

using namespace sentimark;
using runner::Story;
using sys::Level;

namespace {

struct Told {
  explicit Told(Story::Look look) : story([this](std::string_view text) { all += text; }, random, std::move(look)) {
    story.redact_with(secrets);
  }
  std::string all;
  fake::FakeRandom random;
  sys::Secrets secrets;
  Story story;
};

Story::Look in_actions() { return {true, false, false, "tool"}; }
Story::Look on_terminal() { return {false, true, false, "tool"}; }
Story::Look in_file() { return {false, false, false, "tool"}; }

std::string said(Story::Look look, Level level, std::string_view text) {
  Told told(std::move(look));
  told.story.say(level, text);
  return told.all;
}

std::string quoted(Story::Look look, std::string_view text) {
  Told told(std::move(look));
  told.story.quote("what helm said", text);
  return told.all;
}

// What the runner takes for the start of a command: "::" behind white space as .NET knows it, or "##[" anywhere
// (actions/runner, src/Runner.Common/ActionCommand.cs).
bool is_command(std::string_view line) {
  if (base::contains(line, "##[")) return true;
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space :
         {" ", "\t", "\v", "\f", "\xc2\x85", "\xc2\xa0", "\xe2\x80\x83", "\xe3\x80\x80"}) {
      if (line.rfind(space, 0) == 0) {
        line.remove_prefix(space.size());
        again = true;
      }
    }
  }
  return line.rfind("::", 0) == 0;
}

}  // namespace

TEST(Story, has_annotations_in_actions) {
  EXPECT_EQ(said(in_actions(), Level::error, "100% lost: a,b\nsecond"),
            "::error title=tool::100%25 lost: a,b%0Asecond\n");
  EXPECT_EQ(said(in_actions(), Level::warning, "look"), "::warning title=tool::look\n");
  EXPECT_EQ(said(in_actions(), Level::info, "calm"), "calm\n");
  EXPECT_EQ(said(in_actions(), Level::notice, "calm"), "calm\n");
  EXPECT_EQ(said({true, false, false, "a:b,c%"}, Level::error, "x"), "::error title=a%3Ab%2Cc%25::x\n");
}

TEST(Story, is_plain_elsewhere) {
  EXPECT_EQ(said(on_terminal(), Level::error, "bad"), "\x1b[31merror: bad\x1b[0m\n");
  EXPECT_EQ(said(on_terminal(), Level::warning, "hm"), "\x1b[33mwarning: hm\x1b[0m\n");
  EXPECT_EQ(said(on_terminal(), Level::notice, "well"), "\x1b[32mwell\x1b[0m\n");
  EXPECT_EQ(said(on_terminal(), Level::info, "so"), "so\n");
  EXPECT_EQ(said(in_file(), Level::error, "bad\r\nworse"), "error: bad\nworse\n");
}

TEST(Story, tells_details_only_when_asked) {
  EXPECT_EQ(said(in_actions(), Level::debug, "x"), "");
  EXPECT_EQ(said({true, false, true, "tool"}, Level::debug, "x"), "::debug::x\n");
  EXPECT_EQ(said({false, false, true, "tool"}, Level::debug, "x"), "x\n");
}

TEST(Story, lets_no_text_command_the_runner) {
  for (const std::string_view hostile :
       {"::error::planted", "  ::add-mask::x", "\t::set-output name=a::b", "\xc2\xa0::error::behind a no-break space",
        "\xe2\x80\x83::error::behind an em space", "\xe3\x80\x80 ::error::behind two", "calm\n::stop-commands::t",
        "calm\r\n::warning::x", "calm\r::warning::x", "##[error]old form", "text ##[group]x", "##[##[error]",
        "\xef\xbb\xbf::error::behind a mark", "\xff::error::behind a broken byte"}) {
    const std::string told = said(in_actions(), Level::info, hostile);
    for (const std::string& line : base::lines_of(told)) EXPECT_FALSE(is_command(line)) << line;
    // An annotation is one line: what is in it cannot start another.
    const std::string annotation = said(in_actions(), Level::error, hostile);
    EXPECT_EQ(base::lines_of(annotation).size(), 1U) << annotation;
    EXPECT_EQ(annotation.find('\r'), std::string::npos);
    EXPECT_EQ(annotation.rfind("::error title=tool::", 0), 0U);
  }
}

TEST(Story, shows_control_characters_instead_of_sending_them) {
  // A screen cleared, a title set, a colour in the one-character form (U+009B), a bell, a delete.
  const std::string hostile =
      "a\x1b[2J\x1b]0;t\x07 \xc2\x9b"
      "31m\x7f z";
  for (const Level level : {Level::info, Level::error, Level::warning}) {
    for (const Story::Look& look : {in_actions(), in_file()}) {
      const std::string told = said(look, level, hostile);
      EXPECT_EQ(told.find_first_of("\x1b\x07\x7f"), std::string::npos) << told;
      EXPECT_EQ(told.find("\xc2\x9b"), std::string::npos) << told;
      EXPECT_NE(told.find("\\x1b[2J"), std::string::npos) << told;
    }
  }
  EXPECT_EQ(quoted(in_file(), "a\x1b[31m\tb\x08"), "what helm said\n    a\\x1b[31m\tb\\x08\n");
}

TEST(Story, quotes_others_between_markers_that_they_cannot_know) {
  const std::string told = quoted(in_actions(), "::error::planted\n::stop-commands::x\n##[error]y");
  const auto lines = base::lines_of(told);
  ASSERT_EQ(lines.size(), 6U) << told;
  EXPECT_EQ(lines[0], "what helm said");
  const std::string start = "::stop-commands::";
  ASSERT_EQ(lines[1].rfind(start, 0), 0U);
  const std::string token = lines[1].substr(start.size());
  EXPECT_EQ(token.size(), 32U);
  EXPECT_EQ(lines[2], "    ::error::planted");
  EXPECT_EQ(lines[5], "::" + token + "::");
  // Each quotation has its own token.
  Told twice(in_actions());
  twice.story.quote("t", "x");
  const std::string first = twice.all;
  twice.all.clear();
  twice.story.quote("t", "x");
  EXPECT_NE(first, twice.all);
  // A title is ours, but it may hold a name.
  Told titled(in_actions());
  titled.story.quote("::error::planted", "x");
  EXPECT_FALSE(is_command(base::lines_of(titled.all).front()));
}

TEST(Story, quotes_nothing_as_a_title_alone) { EXPECT_EQ(quoted(in_actions(), ""), "what helm said\n"); }

TEST(Story, bounds_what_it_prints) {
  const std::string huge(std::size_t{10} << 20U, 'x');
  EXPECT_LT(said(in_actions(), Level::info, huge).size(), 3'000U);
  EXPECT_LT(said(in_actions(), Level::error, huge).size(), 5'000U);
  EXPECT_LT(quoted(in_actions(), huge).size(), 3'000U);
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "line " + std::to_string(i) + "\n";
  const std::string told = quoted(in_file(), many);
  EXPECT_LT(told.size(), 200'000U);
  EXPECT_NE(told.find("line 199999"), std::string::npos);  // the end tells more than the beginning
}

TEST(Story, redacts_before_it_cuts) {
  Told told(in_actions());
  const base::Secret secret = told.secrets.make("canary-4711-canary");
  told.story.say(Level::info, "x canary-4711-canary y");
  told.story.say(Level::error, "x canary-4711-canary y");
  told.story.say(Level::info, std::string(1'990, '.') + "canary-4711-canary");
  told.story.quote("canary-4711-canary", std::string(63'990, '.') + "\ncanary-4711-canary");
  EXPECT_EQ(told.all.find("canary"), std::string::npos);
  EXPECT_NE(told.all.find("***"), std::string::npos);
}

TEST(Story, writes_valid_utf8) {
  EXPECT_EQ(said(in_file(), Level::info, "a\xff z"), "a\uFFFD z\n");
  EXPECT_EQ(said(in_actions(), Level::error, "a\xff z"), "::error title=tool::a\uFFFD z\n");
}

TEST(Story, points_at_a_place) {
  const sys::SourcePlace place{"a.hurl", 3, 7};
  const auto pointed = [&](Story::Look look, Level level) {
    Told told(std::move(look));
    told.story.point(level, place, "wrong\n::error::x");
    return told.all;
  };
  EXPECT_EQ(pointed(in_actions(), Level::error), "::error file=a.hurl,line=3,col=7,title=tool::wrong%0A::error::x\n");
  EXPECT_EQ(pointed(in_actions(), Level::warning),
            "::warning file=a.hurl,line=3,col=7,title=tool::wrong%0A::error::x\n");
  EXPECT_EQ(pointed(in_file(), Level::error), "error: a.hurl:3:7: wrong\n::error::x\n");
  EXPECT_FALSE(is_command(pointed(in_actions(), Level::info)));
}
