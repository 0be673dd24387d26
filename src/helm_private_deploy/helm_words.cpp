#include "helm_private_deploy/helm_words.hpp"

#include "base/text.hpp"
#include "helm/values_story.hpp"
#include "helm_private_deploy/plan.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::string_view k_schema = "specifications of the schema";
constexpr std::string_view k_unreadable = "cannot load values.yaml";
constexpr std::string_view k_at = "- at '";
constexpr std::string_view k_stray = "additional properties '";

// The name of the chart whose section begins in front of `at`: "NAME: - at". Empty when none does.
std::string section_before(std::string_view text, std::size_t at) {
  const std::string_view before = base::trim(text.substr(0, at));
  if (!before.ends_with(':')) return {};
  const std::size_t space = before.find_last_of(" \n");
  const std::size_t from = space == std::string_view::npos ? 0 : space + 1;
  return std::string(before.substr(from, before.size() - from - 1));
}

std::string with_schema_places(const helm::ValuesStory& story, const std::string& chart, const std::string& cause) {
  std::string result;
  std::string prefix;
  std::size_t done = 0;
  for (std::size_t at = cause.find(k_at); at != std::string::npos; at = cause.find(k_at, done)) {
    const std::size_t begin = at + k_at.size();
    const std::size_t end = cause.find('\'', begin);
    if (end == std::string::npos) break;
    if (const std::string section = section_before(cause, at); !section.empty())
      prefix = section == chart ? "" : "/" + section;
    std::string pointer = prefix + cause.substr(begin, end - begin);
    const std::string_view rest = std::string_view(cause).substr(end);
    // What should not be there has a place of its own.
    if (rest.starts_with("': " + std::string(k_stray))) {
      const std::size_t name = end + 3 + k_stray.size();
      pointer += "/" + cause.substr(name, cause.find('\'', name) - name);
    }
    result += cause.substr(done, end + 1 - done);
    if (const auto origin = story.place_of(pointer)) result += " (" + origin->text() + ")";
    done = end + 1;
  }
  return result + cause.substr(done);
}

}  // namespace

std::string with_places(sys::Sys& sys, const DeployInputs& inputs, const std::string& cause) {
  const bool schema = base::contains(cause, k_schema);
  if (!schema && !base::contains(cause, k_unreadable)) return cause;
  const auto chart = helm::load_chart(sys.files, inputs.chart);
  const auto sources = read_values(sys, inputs);
  if (!chart || !sources) return cause;
  const auto story = helm::ValuesStory::of(*chart, *sources, helm::HelmMajor::four);
  if (!story) return schema ? cause : cause + ": " + story.error().what;
  return schema ? with_schema_places(*story, chart->name, cause) : cause;
}

}  // namespace sentimark::helm_private_deploy
