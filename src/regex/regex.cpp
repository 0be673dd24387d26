#include "regex/regex.hpp"

#include "regex/machine.hpp"
#include "regex/program.hpp"

namespace sentimark::regex {

base::Result<Regex> Regex::compile(std::string_view pattern, Syntax syntax) {
  if (syntax == Syntax::iregexp) SENTIMARK_TRY(check_iregexp(pattern));
  Tree tree;
  SENTIMARK_TRY(parse(pattern, syntax, tree));
  const auto program = std::make_shared<Program>();
  SENTIMARK_TRY(translate(tree, *program));
  return Regex(program);
}

bool Regex::found_in(std::string_view text) const { return run(*program_, text, 0, Want::any).has_value(); }

bool Regex::matches_whole(std::string_view text) const { return run(*program_, text, 0, Want::whole).has_value(); }

std::optional<std::vector<Span>> Regex::find(std::string_view text, std::size_t from) const {
  return run(*program_, text, from, Want::groups);
}

std::size_t Regex::group_count() const { return program_->groups; }

std::optional<std::size_t> Regex::group_named(std::string_view name) const {
  for (const auto& [known, number] : program_->names) {
    if (known == name) return number;
  }
  return std::nullopt;
}

}  // namespace sentimark::regex
