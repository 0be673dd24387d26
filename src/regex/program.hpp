// A compiled pattern: the instructions of a Thompson automaton and what they refer to.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "regex/syntax.hpp"

namespace sentimark::regex {

struct Instruction {
  enum class Kind : std::uint8_t { point, set, split, jump, save, look, match };
  Kind kind = Kind::match;
  std::uint32_t value = 0;  // point, number of the set, save slot, or Look
  std::uint32_t next = 0;   // of a split: the preferred way
  std::uint32_t other = 0;  // of a split
};

struct Program {
  std::vector<Instruction> code;
  std::vector<CharSet> sets;
  CharSet word;  // \w, where a Look needs it
  std::vector<std::pair<std::string, std::uint32_t>> names;
  std::uint32_t groups = 0;
  std::int32_t first_byte = -1;  // the byte that every match starts with, where there is one
};

constexpr std::size_t k_most_instructions = 20'000;

// Error (config): larger than k_most_instructions.
// Takes the sets and names out of the tree.
base::Result<void> translate(Tree& tree, Program& program);

}  // namespace sentimark::regex
