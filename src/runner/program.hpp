// Program: what a program of ours is to its caller: one table that the flags, --help, --describe-inputs and the tests
// read.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "json/value.hpp"

namespace sentimark::runner {

struct Input {
  std::string_view name;      // as in action.yml, on the command line behind "--"
  std::string_view fallback;  // what an unset or blank input means
  std::string_view meaning;   // the description in action.yml
  bool required = false;
  bool is_switch = false;          // true or false; on the command line the name alone means true
  bool is_list = false;            // one value a line; a flag that is repeated adds a line
  std::string_view variable = {};  // of the environment, taken before the fallback when the input is unset or blank
};

// One table of several, for inputs that more than one program has.
template <std::size_t... N>
constexpr auto joined(const std::array<Input, N>&... parts) {
  std::array<Input, (N + ...)> all{};
  auto* to = all.data();
  ((to = std::copy(parts.begin(), parts.end(), to)), ...);
  return all;
}

struct Output {
  std::string_view name;
  std::string_view meaning;
};

struct Verb {
  std::string_view name;
  std::string_view meaning;
  std::string_view operands = {};  // words behind the verb that belong to no flag, for --help: "EXPR [FILE|-]"
  std::size_t least_operands = 0;
  std::size_t most_operands = 0;
  bool is_alone = false;  // does without the inputs that every other verb requires
};

struct Program {
  std::string_view name;
  std::string_view job;         // one sentence
  std::span<const Verb> verbs;  // the first is meant when none is given
  std::span<const Input> inputs;
  std::span<const Output> outputs;
};

// For --version: "NAME X.Y.Z (commit …)" and one line for each library in it.
std::string version_of(const Program& program);

// For --help: usage, verbs, inputs with defaults, exit codes.
std::string help_of(const Program& program);

// For --describe-inputs: {"name", "inputs": {name: {description, default?, required?}}, "outputs": {name:
// {description}}}, equal to the program's action.yml but for what belongs to the action alone.
json::Value description_of(const Program& program);

// SENTIMARK_INPUT_<NAME>: how an input reaches the program from the action.
std::string variable_of(std::string_view input);

}  // namespace sentimark::runner
