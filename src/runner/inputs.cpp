#include "runner/inputs.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::runner {
namespace {

using base::Outcome;

// An action has no words of its own: where a program has this input, it names the verb.
constexpr std::string_view k_command = "command";

bool is_blank(std::string_view text) { return base::trim(text).empty(); }

template <typename Row>
const Row* find(std::span<const Row> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

template <typename Row>
std::vector<std::string> names_of(std::span<const Row> rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

base::Error unknown(const Program& program, const std::string& what, const std::string& word,
                    const std::vector<std::string>& known, const std::string& prefix) {
  const std::string near = base::nearest(word, known);
  return base::fail(
      Outcome::usage, "unknown " + what + " '" + base::shorten(prefix + word, 80) + "'",
      near.empty() ? "see " + std::string(program.name) + " --help" : "did you mean " + prefix + near + "?");
}

base::Error wrong_switch(std::string_view name, std::string_view value) {
  return base::fail(Outcome::usage,
                    "input " + std::string(name) + " is '" + base::shorten(value, 80) + "', neither true nor false",
                    "write true or false");
}

}  // namespace

std::string Inputs::raw(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::string Inputs::get(std::string_view name) const { return std::string(base::trim(raw(name))); }

std::vector<std::string> Inputs::lines(std::string_view name) const {
  std::vector<std::string> kept;
  for (const std::string& line : base::lines_of(raw(name))) {
    if (!is_blank(line)) kept.emplace_back(base::trim(line));
  }
  return kept;
}

bool Inputs::is_on(std::string_view name) const { return get(name) == "true"; }

base::Result<Asked> read_inputs(const Program& program, std::span<const std::string> arguments, const sys::Env& env) {
  Asked asked;
  auto& values = asked.inputs.values_;
  std::map<std::string, std::string, std::less<>> flags;
  const auto keep = [&flags](const Input& input, const std::string& value) {
    std::string& kept = flags[std::string(input.name)];
    kept = input.is_list && !kept.empty() ? kept + "\n" + value : value;
  };
  bool verb_given = false;
  bool only_operands = false;
  const Verb* verb = program.verbs.empty() ? nullptr : &program.verbs.front();
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    const bool operand = only_operands || (verb_given && (word == "-" || !word.starts_with("-")));
    if (operand && verb != nullptr && asked.inputs.operands_.size() < verb->most_operands) {
      asked.inputs.operands_.push_back(word);
      continue;
    }
    if (word == "--" && verb != nullptr && verb->most_operands > 0 && !only_operands) {
      only_operands = true;
      continue;
    }
    if (word == "--help" || word == "-h") return Asked{Wish::help, {}};
    if (word == "--version") return Asked{Wish::version, {}};
    if (word == "--describe-inputs") return Asked{Wish::describe, {}};
    if (only_operands || word.rfind("--", 0) != 0) {
      const Verb* const known = find(program.verbs, word);
      if (only_operands || verb_given || known == nullptr)
        return unknown(program, "argument", word, names_of(program.verbs), "");
      asked.inputs.verb_ = word;
      verb = known;
      verb_given = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? std::string::npos : equals - 2);
    const Input* input = find(program.inputs, name);
    if (input == nullptr) return unknown(program, "flag", name, names_of(program.inputs), "--");
    if (equals != std::string::npos) {
      keep(*input, word.substr(equals + 1));
    } else if (input->is_switch) {
      keep(*input, "true");
    } else if (at + 1 < arguments.size()) {
      keep(*input, arguments[++at]);
    } else {
      return base::fail(Outcome::usage, "flag --" + name + " has no value", "write --" + name + " VALUE");
    }
  }
  if (!verb_given && find(program.inputs, k_command) != nullptr) {
    const auto flag = flags.find(k_command);
    const std::string given = flag != flags.end() ? flag->second : env.get_or(variable_of(k_command), "");
    const std::string word(base::trim(given));
    if (!word.empty()) {
      const Verb* const known = find(program.verbs, word);
      if (known == nullptr) return unknown(program, "command", word, names_of(program.verbs), "");
      verb = known;
    }
  }
  if (!verb_given && verb != nullptr) asked.inputs.verb_ = verb->name;
  if (verb != nullptr && asked.inputs.operands_.size() < verb->least_operands) {
    return base::fail(
        Outcome::usage, std::string(verb->name) + " is missing what it works on",
        "write " + std::string(program.name) + " " + std::string(verb->name) + " " + std::string(verb->operands));
  }
  for (const Input& input : program.inputs) {
    const auto flag = flags.find(input.name);
    std::string value = flag != flags.end() ? flag->second : env.get_or(variable_of(input.name), "");
    if (is_blank(value) && !input.variable.empty()) value = env.get_or(input.variable, "");
    if (is_blank(value)) value = input.fallback;
    const std::string_view word = base::trim(value);
    if (input.is_switch && word != "true" && word != "false" && !word.empty()) return wrong_switch(input.name, word);
    if (input.required && is_blank(value) && (verb == nullptr || !verb->is_alone)) {
      return base::fail(Outcome::usage, "input " + std::string(input.name) + " is missing",
                        "give it: " + std::string(input.meaning));
    }
    values.emplace(input.name, std::move(value));
  }
  return asked;
}

}  // namespace sentimark::runner
