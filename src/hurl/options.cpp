#include "hurl/options.hpp"

#include "base/text.hpp"

namespace sentimark::hurl {
namespace {

using Name = Option::Name;

struct OptionRow {
  std::string_view word;
  Name name;
  std::string_view takes;  // "true or false", "a number", "a duration", "" for a text
};
constexpr std::string_view k_flag = "true or false";
constexpr std::string_view k_count = "a whole number, or -1 for without end";
constexpr std::string_view k_duration = "a whole number with ms, s, m or h, or of milliseconds";
constexpr OptionRow k_options[] = {
    {"connect-to", Name::connect_to, ""},
    {"delay", Name::delay, k_duration},
    {"header", Name::header, ""},
    {"insecure", Name::insecure, k_flag},
    {"location", Name::location, k_flag},
    {"max-redirs", Name::max_redirs, k_count},
    {"repeat", Name::repeat, k_count},
    {"retry", Name::retry, k_count},
    {"retry-interval", Name::retry_interval, k_duration},
    {"skip", Name::skip, k_flag},
    {"user", Name::user, ""},
    {"variable", Name::variable, ""},
    {"verbose", Name::verbose, k_flag},
    {"very-verbose", Name::verbose, k_flag},
};

const OptionRow& row_of(Name name) {
  const OptionRow* found = &k_options[0];
  for (const OptionRow& row : k_options) {
    if (row.name == name) found = &row;
  }
  return *found;
}

bool read_flag(std::string_view text, bool& flag) {
  flag = text == "true";
  return flag || text == "false";
}

bool read_count(std::string_view text, std::int64_t& count) {
  if (text == "-1") return count = Settings::without_end, true;
  const auto number = base::parse_unsigned(text);
  if (!number || *number > 1'000'000'000U) return false;
  count = static_cast<std::int64_t>(*number);
  return true;
}

bool read_duration(std::string_view text, base::Millis& span) {
  constexpr std::pair<std::string_view, std::uint64_t> units[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"", 1}};
  for (const auto& [unit, millis] : units) {
    if (!text.ends_with(unit)) continue;
    const auto number = base::parse_unsigned(text.substr(0, text.size() - unit.size()));
    if (!number || *number > 86'400'000U / millis) return false;
    span = base::Millis(static_cast<std::int64_t>(*number * millis));
    return true;
  }
  return false;
}

bool apply(Name name, std::string text, Settings& settings) {
  bool ignored = false;
  switch (name) {
    case Name::connect_to:
      settings.connect_to.push_back(std::move(text));
      return true;
    case Name::header:
      settings.headers.push_back(std::move(text));
      return true;
    case Name::user:
      settings.user = std::move(text);
      return true;
    case Name::delay:
      return read_duration(text, settings.delay);
    case Name::retry_interval:
      return read_duration(text, settings.retry_interval);
    case Name::insecure:
      return read_flag(text, settings.insecure);
    case Name::location:
      return read_flag(text, settings.location);
    case Name::skip:
      return read_flag(text, settings.skip);
    case Name::verbose:
      return read_flag(text, ignored);
    case Name::max_redirs:
      return read_count(text, settings.max_redirs);
    case Name::repeat:
      return read_count(text, settings.repeat);
    case Name::retry:
      return read_count(text, settings.retry);
    case Name::variable:
      break;
  }
  return true;
}

void read_variable(Reader& reader, Option& option) {
  option.variable = reader.run_of("_-");
  if (option.variable.empty()) return reader.fail("the name of a variable is needed");
  reader.spaces();
  if (!reader.take("=")) return reader.fail("a = is needed");
  reader.spaces();
  const std::size_t start = reader.offset();
  // A value that is more than a literal is a text without quotes, e.g. 1.2.3.
  Reader attempt = reader;
  const char c = reader.peek();
  const bool may_be_literal = c == '"' || c == '-' || (c >= '0' && c <= '9') || reader.ahead("true") ||
                              reader.ahead("false") || reader.ahead("null");
  if (may_be_literal) option.literal = read_literal(attempt);
  if (may_be_literal && !attempt.failed() && attempt.line_ends()) {
    reader.seek(attempt.offset());
    return;
  }
  reader.seek(start);
  option.literal = {};
  option.literal.kind = Literal::Kind::text;
  option.literal.text = read_unquoted(reader);
}

}  // namespace

std::vector<Option> read_options(Reader& reader) {
  std::vector<Option> options;
  for (;;) {
    const std::size_t before = reader.offset();
    reader.empty_lines();
    reader.spaces();
    const std::size_t start = reader.offset();
    const std::string_view word = reader.run_of("-._");
    reader.spaces();
    if (word.empty() || !reader.take(":")) {
      reader.seek(before);
      return options;
    }
    reader.spaces();
    const OptionRow* row = nullptr;
    for (const OptionRow& known : k_options) {
      if (known.word == word) row = &known;
    }
    if (row == nullptr) {
      reader.fail_at(start, "the option '" + std::string(word) + "' is not supported",
                     "docs/verify-http.md lists the options that are");
      return options;
    }
    Option option;
    option.name = row->name;
    if (option.name == Name::variable) {
      read_variable(reader, option);
    } else {
      const std::size_t at = reader.offset();
      option.value = read_unquoted(reader);
      Settings ignored;
      const std::string text = option.value.pieces.empty() ? "" : option.value.pieces[0].text;
      if (option.value.is_constant() && !apply(option.name, text, ignored))
        reader.fail_at(at, std::string(row->takes) + " is needed");
    }
    reader.end_of_line();
    options.push_back(std::move(option));
  }
}

base::Result<Settings> resolve(const std::vector<Option>& options, std::string_view file, Variables& variables) {
  Settings settings;
  for (const Option& option : options) {
    if (option.name == Name::variable) {
      SENTIMARK_LET(value, value_of(option.literal, file, variables, nullptr));
      variables.set(option.variable, std::move(value));
      continue;
    }
    SENTIMARK_LET(text, render(option.value, file, variables));
    if (!apply(option.name, std::move(text), settings)) {
      return error_at(file, option.value.place, std::string(row_of(option.name).takes) + " is needed");
    }
  }
  return settings;
}

}  // namespace sentimark::hurl
