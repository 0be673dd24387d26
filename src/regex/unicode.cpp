#include "regex/unicode.hpp"

#include <cstdint>
#include <iterator>
#include <string>

#include "base/text.hpp"

namespace sentimark::regex {
namespace {

struct FoldRun {
  char32_t first;
  std::uint16_t count;
  std::uint8_t stride;
  std::int32_t delta;
};

#include "regex/unicode_tables.inc"

// In the order of make-unicode-tables.py; a group is the first letter alone.
constexpr std::string_view k_categories[] = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl",
                                             "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc",
                                             "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"};
constexpr unsigned k_alternating = 30;

constexpr std::uint32_t bit(unsigned category) { return 1U << category; }
constexpr std::uint32_t k_letters = 0x1FU;
constexpr std::uint32_t k_marks = 7U << 5U;

void add_categories(CharSet& set, std::uint32_t wanted) {
  char32_t at = 0;
  for (std::size_t i = 0; i < sizeof(k_category_runs);) {
    const unsigned category = k_category_runs[i++];
    char32_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
      const unsigned byte = k_category_runs[i++];
      length |= static_cast<char32_t>(byte & 127U) << shift;
      if (byte < 128U) break;
    }
    if (category == k_alternating) {
      const bool upper = (wanted & bit(0)) != 0;
      const bool lower = (wanted & bit(1)) != 0;
      if (upper && lower) {
        set.add(at, at + length - 1);
      } else if (upper || lower) {
        for (char32_t j = upper ? 0 : 1; j < length; j += 2) set.add(at + j, at + j);
      }
    } else if ((wanted & bit(category)) != 0) {
      set.add(at, at + length - 1);
    }
    at += length;
  }
}

// Alphabetic without the marks, which every user of it adds anyway: letters, letter numbers and circled letters.
void add_alphabetic(CharSet& set) {
  add_categories(set, k_letters | bit(9));
  set.add(0x24B6, 0x24E9);
  set.add(0x1F130, 0x1F149);
  set.add(0x1F150, 0x1F169);
  set.add(0x1F170, 0x1F189);
}

struct LongName {
  std::string_view name;
  std::string_view category;
};
constexpr LongName k_long_names[] = {{"letter", "L"}, {"uppercase", "Lu"},  {"uppercaseletter", "Lu"},
                                     {"mark", "M"},   {"lowercase", "Ll"},  {"lowercaseletter", "Ll"},
                                     {"number", "N"}, {"punctuation", "P"}, {"decimalnumber", "Nd"},
                                     {"symbol", "S"}, {"separator", "Z"},   {"control", "Cc"},
                                     {"other", "C"},  {"titlecase", "Lt"},  {"spaceseparator", "Zs"}};

// Property names compare without case, spaces, hyphens and underscores (UAX 44, LM3).
std::string loose(std::string_view name) {
  std::string text;
  for (const char c : base::to_lower(name)) {
    if (c != ' ' && c != '-' && c != '_') text.push_back(c);
  }
  return text;
}

}  // namespace

bool add_property(CharSet& set, std::string_view name) {
  std::string wanted = loose(name);
  if (wanted == "any") return set.add(0, 0x10FFFF), true;
  if (wanted == "whitespace") return set.add(spaces()), true;
  for (const LongName& row : k_long_names) {
    if (wanted == row.name) wanted = base::to_lower(row.category);
  }
  std::uint32_t categories = 0;
  for (unsigned i = 0; i < std::size(k_categories); ++i) {
    const std::string short_name = base::to_lower(k_categories[i]);
    if (wanted == short_name || (wanted.size() == 1 && wanted[0] == short_name[0])) categories |= bit(i);
  }
  add_categories(set, categories);
  return categories != 0;
}

CharSet digits() {
  CharSet set;
  add_categories(set, bit(8));
  return set;
}

CharSet spaces() {
  CharSet set;
  for (const Range range : {Range{9, 13}, Range{0x20, 0x20}, Range{0x85, 0x85}, Range{0xA0, 0xA0},
                            Range{0x1680, 0x1680}, Range{0x2000, 0x200A}, Range{0x2028, 0x2029}, Range{0x202F, 0x202F},
                            Range{0x205F, 0x205F}, Range{0x3000, 0x3000}}) {
    set.add(range.first, range.last);
  }
  return set;
}

CharSet word_chars() {
  CharSet set;
  add_alphabetic(set);
  add_categories(set, k_marks | bit(8) | bit(11));
  set.add(0x200C, 0x200D);
  set.normalize();
  return set;
}

void add_case_variants(CharSet& set) {
  set.normalize();
  // Twice: K -> k in the first round finds the Kelvin sign in the second.
  for (int round = 0; round < 2; ++round) {
    CharSet variants;
    for (const FoldRun& run : k_fold_runs) {
      for (char32_t i = 0; i < run.count; ++i) {
        const char32_t point = run.first + i * run.stride;
        const char32_t folded = static_cast<char32_t>(static_cast<std::int32_t>(point) + run.delta);
        if (set.contains(point)) variants.add(folded, folded);
        if (set.contains(folded)) variants.add(point, point);
      }
    }
    set.add(variants);
    set.normalize();
  }
}

}  // namespace sentimark::regex
