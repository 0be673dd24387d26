#include "helm/version_range.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::helm {
namespace {

constexpr std::string_view k_word = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.";

// What `text` begins with of these characters.
std::string_view take_of(std::string_view& text, std::string_view characters) {
  const std::string_view taken = text.substr(0, text.find_first_not_of(characters));
  text.remove_prefix(taken.size());
  return taken;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// "-PRERELEASE" and "+BUILD", both optional. False when one is empty.
bool take_tail(std::string_view& text, std::string& prerelease) {
  if (take_char(text, '-')) {
    prerelease = std::string(take_of(text, k_word));
    if (prerelease.empty()) return false;
  }
  return !take_char(text, '+') || !take_of(text, k_word).empty();
}

int compare_numbers(std::uint64_t left, std::uint64_t right) { return left < right ? -1 : left > right ? 1 : 0; }

int compare_part(const std::string& left, const std::string& right) {
  const auto left_number = base::parse_unsigned(left);
  const auto right_number = base::parse_unsigned(right);
  if (left_number && right_number) return compare_numbers(*left_number, *right_number);
  if (left_number || right_number) return left_number ? -1 : 1;
  return left.compare(right);
}

// SemVer 2.0, point 11: a version without prerelease is above one with.
int compare_prerelease(const std::string& left, const std::string& right) {
  if (left.empty() || right.empty()) return left.empty() == right.empty() ? 0 : left.empty() ? 1 : -1;
  const std::vector<std::string> lefts = base::split(left, '.');
  const std::vector<std::string> rights = base::split(right, '.');
  for (std::size_t i = 0; i < std::min(lefts.size(), rights.size()); ++i) {
    if (const int order = compare_part(lefts[i], rights[i]); order != 0) return order;
  }
  return compare_numbers(lefts.size(), rights.size());
}

int compare(const Version& left, const Version& right) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (const int order = compare_numbers(left.numbers[i], right.numbers[i]); order != 0) return order;
  }
  return compare_prerelease(left.prerelease, right.prerelease);
}

// The first `count` numbers are the same.
bool begins_alike(const Version& left, const Version& right, std::size_t count) {
  return std::equal(left.numbers.begin(), left.numbers.begin() + static_cast<std::ptrdiff_t>(count),
                    right.numbers.begin());
}

// "^": nothing changes up to the first number that is not zero.
std::size_t kept_by_caret(const Version& version, std::size_t given) {
  for (std::size_t i = 0; i < given; ++i) {
    if (version.numbers[i] > 0) return i + 1;
  }
  return given;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  take_char(text, 'v');
  Version version;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0 && !take_char(text, '.')) break;
    const auto number = base::parse_unsigned(take_of(text, "0123456789"));
    if (!number) return std::nullopt;
    version.numbers[i] = *number;
  }
  if (!take_tail(text, version.prerelease) || !text.empty()) return std::nullopt;
  return version;
}

bool VersionRange::take(std::string_view& text, Bound& bound) {
  take_char(text, 'v');
  bound.given = 0;
  bool open = false;  // a wildcard was seen: numbers behind it say nothing
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0 && !take_char(text, '.')) break;
    if (!text.empty() && base::contains("xX*", text.substr(0, 1))) {
      text.remove_prefix(1);
      open = true;
      continue;
    }
    const auto number = base::parse_unsigned(take_of(text, "0123456789"));
    if (!number) return false;
    if (open) continue;
    bound.version.numbers[i] = *number;
    bound.given = i + 1;
  }
  return take_tail(text, bound.version.prerelease);
}

std::optional<VersionRange::Group> VersionRange::group(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Sign>, 11> signs{{{"!=", Sign::other},
                                                                     {">=", Sign::least},
                                                                     {"=>", Sign::least},
                                                                     {"<=", Sign::most},
                                                                     {"=<", Sign::most},
                                                                     {"~>", Sign::tilde},
                                                                     {"~", Sign::tilde},
                                                                     {"^", Sign::caret},
                                                                     {">", Sign::above},
                                                                     {"<", Sign::below},
                                                                     {"=", Sign::same}}};
  Group group;
  for (text = base::trim(text); !text.empty() || group.empty();) {
    Bound bound;
    for (const auto& [word, sign] : signs) {
      if (!text.starts_with(word)) continue;
      bound.sign = sign;
      text = base::trim(text.substr(word.size()));
      break;
    }
    if (!take(text, bound)) return std::nullopt;
    const std::string_view rest = base::trim(text);
    if (rest.starts_with("- ") && rest.size() < text.size() && bound.sign == Sign::same) {
      Bound last;
      text = base::trim(rest.substr(2));
      if (!take(text, last)) return std::nullopt;
      bound.sign = Sign::least;
      last.sign = Sign::most;
      group.push_back(std::move(bound));
      group.push_back(std::move(last));
    } else {
      group.push_back(std::move(bound));
    }
    const bool spaced = base::trim(text).size() < text.size();
    text = base::trim(text);
    const bool comma = take_char(text, ',');
    if (!text.empty() && !comma && !spaced) return std::nullopt;
    text = base::trim(text);
    if (comma && text.empty()) return std::nullopt;
  }
  return group;
}

std::optional<VersionRange> VersionRange::parse(std::string_view text) {
  VersionRange range;
  for (;;) {
    const std::size_t bars = text.find("||");
    auto found = group(text.substr(0, bars));
    if (!found) return std::nullopt;
    range.groups_.push_back(std::move(*found));
    if (bars == std::string_view::npos) return range;
    text.remove_prefix(bars + 2);
  }
}

bool VersionRange::holds(const Bound& bound, const Version& version) {
  const int order = compare(version, bound.version);
  const bool whole = bound.given == 3;
  switch (bound.sign) {
    case Sign::same:
      return whole ? order == 0 : order >= 0 && begins_alike(version, bound.version, bound.given);
    case Sign::other:
      return whole ? order != 0 : !begins_alike(version, bound.version, bound.given);
    case Sign::above:
      return order > 0 && (whole || bound.given == 0 || !begins_alike(version, bound.version, bound.given));
    case Sign::below:
      return order < 0;
    case Sign::least:
      return order >= 0;
    case Sign::most:
      return order <= 0 || (!whole && begins_alike(version, bound.version, bound.given));
    case Sign::tilde:
      // The library's own exception: ~0.0.0 takes everything.
      if (whole && bound.version.numbers == std::array<std::uint64_t, 3>{}) return order >= 0;
      return order >= 0 && begins_alike(version, bound.version, std::min<std::size_t>(bound.given, 2));
    case Sign::caret:
      return order >= 0 && begins_alike(version, bound.version, kept_by_caret(bound.version, bound.given));
  }
  return false;
}

bool VersionRange::admits(const Version& version) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
    // A prerelease is taken only where the group names one.
    const bool wants =
        std::any_of(group.begin(), group.end(), [](const Bound& bound) { return !bound.version.prerelease.empty(); });
    if (!version.prerelease.empty() && !wants) return false;
    return std::all_of(group.begin(), group.end(), [&](const Bound& bound) { return holds(bound, version); });
  });
}

}  // namespace sentimark::helm
