#include "runner/workflow.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::runner {
namespace {

constexpr std::size_t k_message_limit = 4'000;  // the runner cuts at 4,096 characters

std::string escaped(std::string_view text, bool property) {
  std::string data = base::to_valid_utf8(text);
  data = base::replace_all(std::move(data), "%", "%25");
  data = base::replace_all(std::move(data), "\r", "%0D");
  data = base::replace_all(std::move(data), "\n", "%0A");
  if (!property) return data;
  data = base::replace_all(std::move(data), ":", "%3A");
  return base::replace_all(std::move(data), ",", "%2C");
}

base::Done append(sys::Sys& sys, std::string_view variable, std::string_view text) {
  const std::string file = sys.env.get_or(variable, "");
  if (file.empty() || text.empty()) return {};
  return sys.files.append(file, text);
}

}  // namespace

std::string run_url(const sys::Env& env) {
  const std::string run = env.get_or("GITHUB_RUN_ID", "");
  const std::string repository = env.get_or("GITHUB_REPOSITORY", "");
  if (run.empty() || repository.empty()) return {};
  return env.get_or("GITHUB_SERVER_URL", "https://github.com") + "/" + repository + "/actions/runs/" + run;
}

bool in_actions(const sys::Env& env) { return env.get_or("GITHUB_ACTIONS", "") == "true"; }

std::string command_of(std::string_view command, std::string_view title, std::string_view text,
                       const sys::SourcePlace& place) {
  std::vector<std::string> properties;
  if (!place.file.empty()) properties.push_back("file=" + escaped(place.file, true));
  if (!place.file.empty() && place.line > 0) properties.push_back("line=" + std::to_string(place.line));
  if (!place.file.empty() && place.column > 0) properties.push_back("col=" + std::to_string(place.column));
  if (!title.empty()) properties.push_back("title=" + escaped(title, true));
  const std::string line = "::" + std::string(command) + (properties.empty() ? "" : " " + base::join(properties, ","));
  return line + "::" + escaped(base::shorten(text, k_message_limit), false) + "\n";
}

base::Done set_output(sys::Sys& sys, std::string_view name, std::string_view value) {
  std::array<unsigned char, 16> bytes{};
  sys.random.fill(bytes);
  const std::string delimiter = "sentimark_" + base::to_hex(bytes);
  const std::string text = base::to_valid_utf8(sys.secrets.redact(value));
  return append(sys, "GITHUB_OUTPUT", std::string(name) + "<<" + delimiter + "\n" + text + "\n" + delimiter + "\n");
}

bool wants_summary(const sys::Env& env) { return !env.get_or("GITHUB_STEP_SUMMARY", "").empty(); }

base::Done add_summary(sys::Sys& sys, std::string_view markdown) {
  return append(sys, "GITHUB_STEP_SUMMARY", base::shorten(sys.secrets.redact(markdown), k_summary_limit));
}

}  // namespace sentimark::runner
