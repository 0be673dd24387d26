#include "runner/markdown.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

using namespace sentimark;

namespace {

struct Row {
  std::string_view hostile;
  std::string_view text;
  std::string_view code;  // between <code> and </code>
};

// Names and messages as a cluster, a registry or a chart may send them.
constexpr Row k_rows[] = {
    {"prices", "prices", "prices"},
    {"a|b", "a\\|b", "a&#124;b"},
    {"<img src=x>", "&lt;img src=x&gt;", "&lt;img src=x&gt;"},
    {"</code>x", "&lt;/code&gt;x", "&lt;/code&gt;x"},
    {"&lt;b&gt;", "&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;"},
    {"**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_", "&#42;&#42;bold&#42;&#42; &#95;it&#95;"},
    {"[x](y)", "\\[x\\](y)", "&#91;x](y)"},
    {"![x](y)", "\\!\\[x\\](y)", "!&#91;x](y)"},
    {"`code`", "\\`code\\`", "&#96;code&#96;"},
    {"~~gone~~", "\\~\\~gone\\~\\~", "&#126;&#126;gone&#126;&#126;"},
    {"# title", "\\# title", "# title"},
    {"@octocat", "&#64;octocat", "&#64;octocat"},
    {"https://evil.example/x", "https&#58;//evil.example/x", "https&#58;//evil.example/x"},
    {"see www.evil.example", "see www&#46;evil.example", "see www&#46;evil.example"},
    {"\\*x\\*", "\\\\\\*x\\\\\\*", "&#92;&#42;x&#92;&#42;"},
    {"two\nlines\r\n| x |", "two lines  \\| x \\|", "two lines  &#124; x &#124;"},
    {"bell\x07 esc\x1b[31m", "bell  esc \\[31m", "bell  esc &#91;31m"},
    {"broken \xff byte", "broken \uFFFD byte", "broken \uFFFD byte"},
};

}  // namespace

TEST(Markdown, text_of_others_may_be_read_and_nothing_more) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(runner::markdown_text(row.hostile), row.text);
    EXPECT_EQ(runner::markdown_code(row.hostile), "<code>" + std::string(row.code) + "</code>");
  }
}

TEST(Markdown, block_is_not_ended_by_its_content) {
  EXPECT_EQ(runner::markdown_block("plain"), "```text\nplain\n```\n");
  EXPECT_EQ(runner::markdown_block("a\n```\n# out\n"), "````text\na\n```\n# out\n````\n");
  EXPECT_EQ(runner::markdown_block("`````x"), "``````text\n`````x\n``````\n");
  EXPECT_EQ(runner::markdown_block(""), "```text\n```\n");
}

TEST(Markdown, fold_has_a_title_that_is_one_line_of_text) {
  EXPECT_EQ(runner::markdown_fold("a</summary>\n\n# b", "body\n"),
            "<details><summary>a&lt;/summary&gt;  # b</summary>\n\nbody\n\n</details>\n");
}

TEST(Markdown, takes_time_in_proportion_to_a_hostile_text) {
  // Quadratic, this would take minutes; what is asserted is the result.
  const std::string hostile(1U << 20U, '|');
  EXPECT_EQ(runner::markdown_code(hostile).size(), hostile.size() * 6 + 13);
  EXPECT_EQ(runner::markdown_text(hostile).size(), hostile.size() * 2);
}

TEST(Markdown, a_mermaid_label_is_nothing_but_a_label) {
  EXPECT_EQ(runner::mermaid_text("a/b.hurl:7"), "\"a/b.hurl:7\"");
  EXPECT_EQ(runner::mermaid_text("\"]\n```%%{init}%%#quot;"), "\".. ......init....quot.\"");
}
