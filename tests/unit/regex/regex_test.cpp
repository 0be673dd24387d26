#include <gtest/gtest.h>

#include "regex/regex.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using regex::Regex;
using regex::Syntax;
using test::has_kind;
using test::is_ok;

namespace {

// "begin-end" of each group, "-" for one that took no part; "no" without a match, "bad" for a bad pattern.
std::string groups_of(std::string_view pattern, std::string_view text, std::size_t from = 0) {
  const auto compiled = Regex::compile(pattern, Syntax::rust);
  if (!compiled) return "bad: " + compiled.error().what;
  const auto groups = compiled->find(text, from);
  if (!groups) return "no";
  std::string result;
  for (const regex::Span& span : *groups) {
    if (!result.empty()) result += ' ';
    result += span.begin == regex::Span::none ? "-" : std::to_string(span.begin) + "-" + std::to_string(span.end);
  }
  return result;
}

bool found(std::string_view pattern, std::string_view text, Syntax syntax = Syntax::rust) {
  const auto compiled = Regex::compile(pattern, syntax);
  EXPECT_TRUE(is_ok(compiled)) << pattern;
  if (!compiled) return false;
  // The three ways to ask must agree.
  EXPECT_EQ(compiled->found_in(text), compiled->find(text).has_value()) << pattern << " in " << text;
  return compiled->found_in(text);
}

bool whole(std::string_view pattern, std::string_view text, Syntax syntax = Syntax::rust) {
  const auto compiled = Regex::compile(pattern, syntax);
  EXPECT_TRUE(is_ok(compiled)) << pattern;
  return compiled && compiled->matches_whole(text);
}

struct Case {
  std::string_view pattern;
  std::string_view text;
  std::string_view groups;
};

}  // namespace

TEST(Regex, leftmost_first_with_groups) {
  const Case cases[] = {
      {"abc", "xabcx", "1-4"},
      {"", "abc", "0-0"},
      {"a|ab", "ab", "0-1"},
      {"ab|a", "ab", "0-2"},
      {"(a+)(b*)", "xaab", "1-4 1-3 3-4"},
      {"(a)|(b)", "b", "0-1 - 0-1"},
      {"(a|b)*", "abba", "0-4 3-4"},
      {"a*?", "aaa", "0-0"},
      {"a+?", "aaa", "0-1"},
      {"a{2,3}", "aaaa", "0-3"},
      {"a{2,3}?", "aaaa", "0-2"},
      {"a{,2}b", "aaab", "1-4"},
      {"(?:ab){2}", "xababab", "1-5"},
      {"x*", "aaa", "0-0"},
      {"(|a)*", "aaa", "0-0 0-0"},
      {"(|a)+", "aaa", "0-0 0-0"},
      {"(a*)*", "b", "0-0 0-0"},
      {"(a*)+", "b", "0-0 0-0"},
      {"(a|b|c|d|e)f", "ef", "0-2 0-1"},
      {"(?U)a+", "aaa", "0-1"},
      {"(?U)a+?", "aaa", "0-3"},
      {"(?P<year>\\d{4})-(?<month>\\d\\d)", "on 2024-05", "3-10 3-7 8-10"},
      {"a**", "aa", "0-2"},
      {"(a+|b+)+c", "ababbc", "0-6 3-5"},
      {"^(.+)=(.*)$", "k=v=w", "0-5 0-3 4-5"},
      {"^(.+?)=(.*)$", "k=v=w", "0-5 0-1 2-5"},
  };
  for (const Case& row : cases) EXPECT_EQ(groups_of(row.pattern, row.text), row.groups) << row.pattern;
}

TEST(Regex, anchors_and_words_look_at_what_stands_before_the_start) {
  EXPECT_EQ(groups_of("^a", "ba", 1), "no");
  EXPECT_EQ(groups_of("\\ba", "ba", 1), "no");
  EXPECT_EQ(groups_of("\\ba", "b a", 1), "2-3");
  EXPECT_EQ(groups_of("(?m)^b$", "a\nb\nc"), "2-3");
  EXPECT_EQ(groups_of("^b$", "a\nb\nc"), "no");
  EXPECT_EQ(groups_of("a$", "a\n"), "no");
  EXPECT_EQ(groups_of("\\Aa\\z", "a"), "0-1");
  EXPECT_EQ(groups_of("\\Bb", "ab b"), "1-2");
  EXPECT_EQ(groups_of("\\<b", "ab b"), "3-4");
  EXPECT_EQ(groups_of("b\\b{end}", "ba b"), "3-4");
  EXPECT_EQ(groups_of("\\bж", "ыж ж"), "5-7");
  EXPECT_FALSE(found("$^", "a"));
  EXPECT_TRUE(found("$^", ""));
}

TEST(Regex, classes) {
  EXPECT_TRUE(whole("[a-c]+", "abc"));
  EXPECT_FALSE(found("[^a-c]", "abc"));
  EXPECT_TRUE(whole("[]a]+", "]a"));
  EXPECT_TRUE(whole("[^]a]", "b"));
  EXPECT_TRUE(whole("[a-]+", "a-"));
  EXPECT_TRUE(whole("[-a]+", "a-"));
  EXPECT_TRUE(whole("[\\d\\-x]+", "1-x"));
  EXPECT_TRUE(whole("[[:alpha:]_]+", "aZ_"));
  EXPECT_FALSE(found("[[:^alpha:]]", "aZ"));
  EXPECT_TRUE(whole("[a-z&&[^aeiou]]+", "xyz"));
  EXPECT_FALSE(found("[a-z&&[^aeiou]]", "aei"));
  EXPECT_FALSE(found("[a-z--m]", "m"));
  EXPECT_TRUE(found("[a-z--m]", "n"));
  EXPECT_FALSE(found("[a-m~~g-z]", "h"));
  EXPECT_TRUE(whole("[a-m~~g-z]+", "az"));
  EXPECT_TRUE(whole("[x[0-9]y]+", "x5y"));
  EXPECT_TRUE(whole("[.*+?]+", ".*+?"));
  EXPECT_TRUE(whole("\\x41\\x{42}\\u0043\\u{44}\\U00000045", "ABCDE"));
  EXPECT_TRUE(whole("\\.\\/\\-\\#\\ \\&", "./-# &"));
  EXPECT_TRUE(whole("]}", "]}"));
}

TEST(Regex, unicode) {
  EXPECT_TRUE(whole("a.b", "a\U00010104b"));
  EXPECT_TRUE(whole("\\w+", "gr\u00fc\u00dfe_1\u0436"));
  EXPECT_TRUE(whole("\\d+", "1\u0661"));
  EXPECT_TRUE(whole("\\s+", " \t\u00a0\u2028"));
  EXPECT_TRUE(whole("\\p{Lu}\\p{Ll}\\pN\\p{Letter}", "\u0416\u0436\u2167x"));
  EXPECT_TRUE(whole("\\P{Lu}+", "\u0436a1"));
  EXPECT_FALSE(found("\\P{L}", "\u0416\u0436"));
  EXPECT_TRUE(whole("[^\\p{L}]", "1"));
  EXPECT_TRUE(whole("\\p{Any}", "\n"));
  EXPECT_TRUE(whole("(?i)stra\u00dfe", "STRA\u1e9eE"));
  EXPECT_TRUE(whole("(?i)k", "\u212a"));
  EXPECT_TRUE(whole("(?i)[k-l]+", "KLk\u212a"));
  EXPECT_TRUE(whole("(?i)\u03c3", "\u03c2"));
  EXPECT_FALSE(found("(?i)[^a]", "A"));
  EXPECT_TRUE(whole("a(?i)b(?-i)c", "aBc"));
  EXPECT_FALSE(found("a(?i)b(?-i)c", "aBC"));
  EXPECT_TRUE(whole("(?i:a)b", "Ab"));
  EXPECT_FALSE(found("(?i:a)b", "AB"));
  // What is not UTF-8 is one character that no letter matches.
  EXPECT_TRUE(whole("a.b",
                    "a\xff"
                    "b"));
  EXPECT_FALSE(found("\\w", "\xff"));
}

TEST(Regex, flags) {
  EXPECT_FALSE(found("a.b", "a\nb"));
  EXPECT_TRUE(found("(?s)a.b", "a\nb"));
  EXPECT_TRUE(found("(?s-i:a.b)", "a\nb"));
  EXPECT_TRUE(whole("(?x) a b # comment \n c", "abc"));
  EXPECT_TRUE(whole("(?x)[a b]\\ c", "a c"));
  EXPECT_TRUE(whole("(?u)a", "a"));
}

TEST(Regex, refuses_with_a_place) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"(", "byte 0"},
      {")", "byte 0"},
      {"a)", "byte 1"},
      {"*", "byte 0"},
      {"a|*", "byte 2"},
      {"a{", "byte 2"},
      {"a{x}", "byte 2"},
      {"a{2,1}", "smaller"},
      {"[", "byte 1"},
      {"[a", "byte 2"},
      {"[z-a]", "earlier"},
      {"[a-\\d]", "class"},
      {"\\", "nothing"},
      {"\\1", "back-ref"},
      {"(?=a)", "look-around"},
      {"(?<!a)", "look"},
      {"\\p{Greek}", "scripts"},
      {"\\xZZ", "hexadecimal"},
      {"(?z)", "unknown flag"},
      {"(?P<a>x)(?P<a>y)", "two groups"},
      {"\\y", "unknown"},
      {"(?i)*", "nothing to repeat"},
      {"\xff", "UTF-8"},
      {"a{1001}", "more repetitions"},
      {"[\\b]", "nothing in a class"},
      {"(?-u)a", "bytes"},
      {"\\ud800", "hexadecimal"},
      {"(?P<>a)", "name"},
      {"[a&&", "]"},
  };
  for (const auto& [pattern, why] : cases) {
    const auto compiled = Regex::compile(pattern, Syntax::rust);
    ASSERT_TRUE(has_kind(compiled, base::Outcome::config)) << pattern;
    EXPECT_NE(compiled.error().what.find(why), std::string::npos) << pattern << ": " << compiled.error().what;
  }
}

TEST(Regex, size_and_depth_are_bounded) {
  EXPECT_TRUE(has_kind(Regex::compile("((a{100}){100}){100}", Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(has_kind(Regex::compile("(((){1000}){1000}){1000}", Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(has_kind(Regex::compile(std::string(10'000, '('), Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(has_kind(Regex::compile(std::string(10'000, '['), Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(has_kind(Regex::compile("a" + std::string(10'000, '*'), Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(has_kind(Regex::compile(std::string(40'000, 'a'), Syntax::rust), base::Outcome::config));
  std::string groups;
  for (int i = 0; i < 101; ++i) groups += "()";
  EXPECT_TRUE(has_kind(Regex::compile(groups, Syntax::rust), base::Outcome::config));
  EXPECT_TRUE(is_ok(Regex::compile(std::string(15'000, 'a'), Syntax::rust)));
}

// A backtracking matcher needs 2^n steps for these, and std::regex overflows its stack on the third.
TEST(Regex, hostile_patterns_take_linear_time) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a?";
  for (int i = 0; i < 60; ++i) pattern += "a";
  EXPECT_TRUE(whole(pattern, std::string(60, 'a')));
  EXPECT_FALSE(whole("(a*)*b", std::string(50'000, 'a')));
  EXPECT_TRUE(found("(a|b)*$", std::string(120'000, 'a')));
}

TEST(Regex, iregexp_has_only_what_rfc_9485_has) {
  for (const std::string_view pattern :
       {"a.*", "[^-a-z]", "[a-]", "[-]", "\\p{Lu}|\\P{N}", "a{2,}", "\\.\\n\\|", "(a|)", "[.*]", "/a~", "a&&b"}) {
    EXPECT_TRUE(is_ok(Regex::compile(pattern, Syntax::iregexp))) << pattern;
  }
  for (const std::string_view pattern :
       {"\\d",         "\\w", "\\b", "a*?",        "(?:a)", "(?i)a", "[[:alpha:]]", "a**",    "\\pL",
        "\\p{Letter}", "[]",  "[^]", "[a-\\p{L}]", "]",     "}",     "{",           "a{,2}",  "a{2",
        "[a",          "(a",  "a)",  "*a",         "\\x41", "\\/",   "[a[b]]",      "a{3,2}", "[b-a]"}) {
    EXPECT_TRUE(has_kind(Regex::compile(pattern, Syntax::iregexp), base::Outcome::config)) << pattern;
  }
  EXPECT_FALSE(whole(".", "\r", Syntax::iregexp));
  EXPECT_FALSE(whole(".", "\n", Syntax::iregexp));
  EXPECT_TRUE(whole(".", "\u2028", Syntax::iregexp));
  EXPECT_TRUE(whole("[a&&b]+", "a&b", Syntax::iregexp));
  EXPECT_TRUE(found("^ab$", "ab", Syntax::iregexp));
  EXPECT_FALSE(found("^ab", "xab", Syntax::iregexp));
}

TEST(Regex, replaces_all_with_references) {
  const auto compiled = Regex::compile("(?<first>\\w)(\\d*)", Syntax::rust);
  ASSERT_TRUE(is_ok(compiled));
  EXPECT_EQ(regex::replace_all(*compiled, "a1 b", "<$2${first}$$>"), "<1a$> <b$>");
  EXPECT_EQ(regex::replace_all(*compiled, "a1", "$first_$9$"), "$");
  const auto empty = Regex::compile("x*", Syntax::rust);
  ASSERT_TRUE(is_ok(empty));
  EXPECT_EQ(regex::replace_all(*empty, "axb", "-"), "-a-b-");
  EXPECT_EQ(regex::replace_all(*empty, "\u00e9", "-"), "-\u00e9-");
  EXPECT_EQ(regex::replace_all(*empty, "", "-"), "-");
}
