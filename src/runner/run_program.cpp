#include "runner/run_program.hpp"

#include <algorithm>
#include <exception>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::runner {
namespace {

using base::Outcome;

Ending ending_of(const base::Error& error) {
  Ending ending;
  ending.outcome = error.kind;
  ending.reason = error.sentence();
  ending.cure = error.cure;
  return ending;
}

// A cause is one sentence on one line, whatever a child, a server or an input put into it.
// Where whoever met a failure knew no cure, its kind does.
std::string cure_of(const Ending& ending) {
  if (!ending.cure.empty()) return base::one_line(ending.cure);
  const std::string_view meaning = base::row_of(ending.outcome).meaning;
  const std::size_t colon = meaning.find(": ");
  return colon == std::string_view::npos ? "see the log above" : std::string(meaning.substr(colon + 2));
}

bool has(const Program& program, std::string_view output) {
  return std::any_of(program.outputs.begin(), program.outputs.end(),
                     [&](const Output& row) { return row.name == output; });
}

// A summary is also a file, for a later step that wants to send it somewhere.
base::Result<std::string> keep_summary(sys::Sys& sys, const Program& program, const std::string& markdown) {
  const std::string parent = sys.env.get_or("RUNNER_TEMP", sys.env.get_or("TMPDIR", "/tmp"));
  SENTIMARK_LET(folder, sys.files.make_private_dir(parent));
  const std::string file = folder + "/" + std::string(program.name) + ".md";
  SENTIMARK_TRY(sys.files.write(file, base::shorten(sys.secrets.redact(markdown), k_summary_limit), 0600));
  return file;
}

void warn(sys::Sys& sys, const base::Done& done) {
  if (!done) sys.log.warning("this step could not tell all about its end: " + done.error().sentence());
}

base::Done tell_summary(sys::Sys& sys, const Program& program, Ending& ending) {
  if (ending.summary.empty()) return {};
  SENTIMARK_TRY(add_summary(sys, ending.summary));
  if (!has(program, "summary-file")) return {};
  SENTIMARK_LET(file, keep_summary(sys, program, ending.summary));
  ending.outputs.emplace_back("summary-file", std::move(file));
  return {};
}

base::Done tell_outputs(sys::Sys& sys, Ending& ending) {
  const std::string word(base::row_of(ending.outcome).word);
  ending.outputs.emplace_back("status", word);
  ending.outputs.emplace_back("exit-reason", ending.reason.empty() ? word : word + ": " + ending.reason);
  for (const auto& [name, value] : ending.outputs) SENTIMARK_TRY(set_output(sys, name, value));
  return {};
}

void print_result(sys::Sys& sys, const Inputs& inputs, const Ending& ending, const Write& out) {
  if (inputs.get("format") != "json") return out(sys.secrets.redact(ending.text));
  json::Value data = ending.data.is_null() ? json::Value::object() : ending.data;
  for (const auto& [name, value] : ending.outputs) data.set(name, value);
  out(sys.secrets.redact(json::to_text(data)) + "\n");
}

// The runner shows 10 annotations of a level in a step: these, how many more there are, and how it ended.
void tell_remarks(sys::Sys& sys, const Ending& ending) {
  constexpr std::size_t most = 8;
  for (const sys::Level level : {sys::Level::error, sys::Level::warning}) {
    std::size_t told = 0;
    for (const Remark& remark : ending.remarks) {
      if (remark.level == level && told++ < most) sys.log.point(level, remark.place, remark.text);
    }
    if (told > most) sys.log.say(level, "and " + std::to_string(told - most) + " more: the result names them all");
  }
}

void annotate(sys::Sys& sys, const Ending& ending) {
  if (ending.outcome == Outcome::ok) return;
  std::string text = ending.reason.empty() ? std::string(base::row_of(ending.outcome).meaning) : ending.reason;
  if (text.back() != '.') text += '.';
  text += " To mend it: " + cure_of(ending);
  if (text.back() != '.' && text.back() != '?') text += '.';
  sys.log.error(text);
}

base::Result<Ending> perform(const Job& job, const Inputs& inputs) {
  try {
    return job(inputs);
  } catch (const std::exception& problem) {
    return base::fail(Outcome::internal, std::string("unexpected: ") + problem.what(), "report this with the log");
  }
}

}  // namespace

int run_program(sys::Sys& sys, const Program& program, std::span<const std::string> arguments, const Write& out,
                const Job& job) {
  auto asked = read_inputs(program, arguments, sys.env);
  if (asked && asked->wish != Wish::run) {
    out(asked->wish == Wish::help      ? help_of(program)
        : asked->wish == Wish::version ? version_of(program)
                                       : json::to_pretty_text(description_of(program)) + "\n");
    return 0;
  }
  auto done = asked ? perform(job, asked->inputs) : base::Result<Ending>(asked.error());
  Ending ending = done ? std::move(done).value() : ending_of(done.error());
  ending.reason = base::one_line(ending.reason);
  // One that fails is no reason to leave the other out.
  warn(sys, tell_summary(sys, program, ending));
  warn(sys, tell_outputs(sys, ending));
  if (asked) print_result(sys, asked->inputs, ending, out);
  tell_remarks(sys, ending);
  annotate(sys, ending);
  return base::row_of(ending.outcome).exit_code;
}

}  // namespace sentimark::runner
