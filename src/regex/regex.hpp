// Regular expressions matched in time linear in the text: a Thompson automaton run by Pike's method, never
// backtracking.
//
// Own code and not RE2: built as the agent is, RE2 20220601 adds 317 kB even without its Unicode tables, this room
// about a tenth of that with them; and RE2 knows neither Unicode \d and \w nor the class operations of Rust's syntax,
// which Hurl files are written in.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sentimark::regex {

enum class Syntax {
  rust,     // the regex crate's, which Hurl uses: classes and their operations, flags, anchors, groups, lazy repetition
  iregexp,  // RFC 9485 and nothing more, except that ^ and $ are anchors, as the RFC 9535 compliance suite has them
};

struct Program;

struct Span {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t begin = none;  // bytes; `none` for a group that took no part
  std::size_t end = none;
};

class Regex {
 public:
  // Error (config): the byte offset and why. Refuses more than 32 kB of pattern, 250 levels, 100 groups and 20,000
  // instructions, so that a match costs at most that many steps a character and 64 MB.
  static base::Result<Regex> compile(std::string_view pattern, Syntax syntax);

  bool found_in(std::string_view text) const;
  bool matches_whole(std::string_view text) const;

  // The leftmost match at or behind byte `from`, alternatives in their order of preference: group 0 and every group.
  std::optional<std::vector<Span>> find(std::string_view text, std::size_t from = 0) const;

  std::size_t group_count() const;                                      // without group 0
  std::optional<std::size_t> group_named(std::string_view name) const;  // (?<name>...)

 private:
  explicit Regex(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

// Every match replaced; in the replacement $1, $name and ${name} stand for groups, $$ for a dollar (as in Rust's
// crate).
std::string replace_all(const Regex& regex, std::string_view text, std::string_view replacement);

}  // namespace sentimark::regex
