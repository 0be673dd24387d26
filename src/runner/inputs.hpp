// Inputs: what the caller asked for, from flags and from the environment, by one table.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "runner/program.hpp"
#include "sys/env.hpp"

namespace sentimark::runner {

class Inputs {
 public:
  // Without white space at its ends; the fallback when the input is unset or blank. Precondition: the table has the
  // name.
  std::string get(std::string_view name) const;
  std::string raw(std::string_view name) const;                 // every byte as given
  std::vector<std::string> lines(std::string_view name) const;  // trimmed, empty ones left out
  bool is_on(std::string_view name) const;
  const std::string& verb() const { return verb_; }
  const std::vector<std::string>& operands() const { return operands_; }  // as many as the verb allows

 private:
  friend base::Result<struct Asked> read_inputs(const Program&, std::span<const std::string>, const sys::Env&);
  std::string verb_;
  std::vector<std::string> operands_;
  std::map<std::string, std::string, std::less<>> values_;
};

enum class Wish { run, help, version, describe };

struct Asked {
  Wish wish = Wish::run;
  Inputs inputs;
};

// `arguments` are those behind the program's name. A switch alone means true; "--name=value" and "--name value" are the
// same; without a verb the input "command" names it, where the program has one; behind a lone "--" everything is an
// operand. With a wish other than run nothing is checked. Error: usage, for too few or too many operands, an unknown
// verb or flag (naming the nearest), a flag without value, a value that is no switch, and a required input that is
// missing.
base::Result<Asked> read_inputs(const Program& program, std::span<const std::string> arguments, const sys::Env& env);

}  // namespace sentimark::runner
