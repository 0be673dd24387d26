#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "base/text.hpp"

namespace sentimark::base {
namespace {

// Days since 1970-01-01 of a civil date, and back: the proleptic Gregorian calendar of std::chrono.
using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

Error bad_time(std::string_view text) {
  return fail(Outcome::config, "not an RFC 3339 time: " + shorten(text, 40), "write it like 2026-01-02T03:04:05Z");
}

// Reads exactly `count` digits from the front.
bool take_digits(std::string_view& text, std::size_t count, int& value) {
  if (text.size() < count) return false;
  const auto parsed = parse_unsigned(text.substr(0, count));
  if (!parsed) return false;
  value = static_cast<int>(*parsed);
  text.remove_prefix(count);
  return true;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, int& millis) {
  if (!take_char(text, '.')) return true;
  int digits = 0;
  millis = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) millis = millis * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  for (int i = digits; i < 3; ++i) millis *= 10;
  return digits > 0;
}

bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take_char(text, 'Z') || take_char(text, 'z')) return text.empty();
  const bool plus = take_char(text, '+');
  if (!plus && !take_char(text, '-')) return false;
  int hour = 0;
  int minute = 0;
  if (!take_digits(text, 2, hour) || !take_char(text, ':') || !take_digits(text, 2, minute)) return false;
  minutes = (hour * 60 + minute) * (plus ? 1 : -1);
  return text.empty() && hour < 24 && minute < 60;
}

}  // namespace

std::string to_rfc3339(WallTime at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at.since_epoch);
  const auto days = std::chrono::floor<std::chrono::days>(whole);
  const year_month_day date{sys_days{days}};
  const auto rest = static_cast<long>((whole - days).count());
  std::array<char, 48> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                      rest / 60 % 60, rest % 60);
  return text.data();
}

Result<WallTime> from_rfc3339(std::string_view text) {
  std::string_view rest = text;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, millis = 0, offset = 0;
  const bool date_ok = take_digits(rest, 4, y) && take_char(rest, '-') && take_digits(rest, 2, mo) &&
                       take_char(rest, '-') && take_digits(rest, 2, d);
  const bool mark_ok = date_ok && (take_char(rest, 'T') || take_char(rest, 't') || take_char(rest, ' '));
  const bool time_ok = mark_ok && take_digits(rest, 2, h) && take_char(rest, ':') && take_digits(rest, 2, mi) &&
                       take_char(rest, ':') && take_digits(rest, 2, s);
  if (!time_ok || !take_fraction(rest, millis) || !take_offset(rest, offset)) return bad_time(text);
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return bad_time(text);
  const std::int64_t seconds =
      std::int64_t{sys_days{date}.time_since_epoch().count()} * 86400 + h * 3600 + (mi - offset) * 60 + s;
  return WallTime{Millis{seconds * 1000 + millis}};
}

Result<Millis> parse_duration(std::string_view text) {
  const Error bad = fail(Outcome::usage, "not a duration: '" + shorten(text, 40) + "'",
                         "write a number and a unit, for example 90s, 10m or 1h30m");
  std::string_view rest = trim(text);
  Millis total{0};
  while (!rest.empty()) {
    const std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return bad;
    const auto number = parse_unsigned(rest.substr(0, digits));
    if (!number || *number > 86'400'000) return bad;
    rest.remove_prefix(digits);
    const std::string_view unit = rest.substr(0, rest.find_first_of("0123456789"));
    rest.remove_prefix(unit.size());
    std::int64_t factor = 0;
    if (unit == "ms") factor = 1;
    if (unit == "s") factor = 1000;
    if (unit == "m") factor = 60'000;
    if (unit == "h") factor = 3'600'000;
    if (factor == 0) return bad;
    total += Millis{static_cast<std::int64_t>(*number) * factor};
    if (total > std::chrono::hours{24}) return bad;
  }
  if (total <= Millis{0}) return bad;
  return total;
}

std::string human_duration(Millis span) {
  const std::int64_t ms = span.count();
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 60'000) return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
  return std::to_string(ms / 60'000) + " min " + std::to_string(ms % 60'000 / 1000) + " s";
}

}  // namespace sentimark::base
