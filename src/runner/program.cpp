#include "runner/program.hpp"

#include <algorithm>

#include "base/outcome.hpp"
#include "version/version.hpp"

namespace sentimark::runner {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  if (result.size() < width) result.append(width - result.size(), ' ');
  return result + "  ";
}

std::string input_line(const Input& input, std::size_t width) {
  std::string line = "  " + padded("--" + std::string(input.name) + (input.is_switch ? "" : " VALUE"), width);
  line += input.meaning;
  if (input.required) line += " (required)";
  if (!input.fallback.empty()) line += " [" + std::string(input.fallback) + "]";
  return line + "\n";
}

}  // namespace

std::string help_of(const Program& program) {
  std::string text = std::string(program.name) + ": " + std::string(program.job) + "\n\n";
  const bool has_operands =
      std::any_of(program.verbs.begin(), program.verbs.end(), [](const Verb& verb) { return verb.most_operands > 0; });
  const bool names_verbs = program.verbs.size() > 1 || has_operands;
  text += "usage: " + std::string(program.name) + (names_verbs ? " [VERB]" : "") +
          (has_operands ? " [OPERAND]..." : "") + " [--NAME VALUE]...\n";
  if (names_verbs) {
    const auto written = [](const Verb& verb) {
      return std::string(verb.name) + (verb.operands.empty() ? "" : " ") + std::string(verb.operands);
    };
    std::size_t width = 0;
    for (const Verb& verb : program.verbs) width = std::max(width, written(verb).size());
    text += "\nverbs (" + std::string(program.verbs.front().name) + " when none is given):\n";
    for (const Verb& verb : program.verbs)
      text += "  " + padded(written(verb), width) + std::string(verb.meaning) + "\n";
  }
  std::size_t width = 0;
  for (const Input& input : program.inputs) width = std::max(width, input.name.size() + 8);
  text += "\ninputs, also read from " + variable_of("name") + " in the environment (flags win):\n";
  for (const Input& input : program.inputs) text += input_line(input, width);
  text += "  " + padded("--help", width) + "print this\n";
  text += "  " + padded("--version", width) + "print the version, the commit and every library's version\n";
  text += "  " + padded("--describe-inputs", width) + "print inputs and outputs as JSON\n";
  text += "\nexit codes:\n";
  for (const base::OutcomeRow& row : base::outcome_table()) {
    text += "  " + padded(std::to_string(row.exit_code), 3) + padded(row.word, 15) + std::string(row.meaning) + "\n";
  }
  return text;
}

std::string version_of(const Program& program) {
  std::string text(program.name);
  text += " " + std::string(version::version()) + " (commit " + std::string(version::commit()) + ")\n";
  for (const version::Dependency& library : version::dependencies())
    text += "  " + std::string(library.name) + " " + std::string(library.version) + "\n";
  return text;
}

json::Value description_of(const Program& program) {
  json::Value inputs = json::Value::object();
  for (const Input& input : program.inputs) {
    json::Value row = json::Object{{"description", input.meaning}};
    if (input.required) {
      row.set("required", true);
    } else {
      row.set("default", input.fallback);
    }
    inputs.set(input.name, std::move(row));
  }
  json::Value outputs = json::Value::object();
  for (const Output& output : program.outputs) outputs.set(output.name, json::Object{{"description", output.meaning}});
  return json::Object{{"name", program.name}, {"inputs", std::move(inputs)}, {"outputs", std::move(outputs)}};
}

std::string variable_of(std::string_view input) {
  std::string name = "SENTIMARK_INPUT_";
  for (const char c : input) {
    name.push_back(c == '-' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c));
  }
  return name;
}

}  // namespace sentimark::runner
