#include "verify/repair.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "verify/patch.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_objects_limit = 50;  // each is read again for each of its steps
constexpr std::size_t k_bytes_limit = std::size_t{1} << 20U;

bool is_mended(const Finding& finding) {
  return (finding.rule == "SEC-PLACE-CTR" || finding.rule == "SEC-PLACE-POD" || finding.rule == "SEC-CONTRADICT") &&
         finding.verdict != Verdict::accepted && !finding.patch.empty() && finding.object != Finding::k_no_object;
}

// What was done to a text, by its own lines: which went, and what came behind which.
struct Edits {
  std::set<std::size_t> gone;
  std::map<std::size_t, std::vector<std::string>> behind;  // 0: before the first
};

Edits edits_of(std::size_t lines, const std::vector<EditedLine>& after) {
  Edits edits;
  for (std::size_t i = 1; i <= lines; ++i) edits.gone.insert(i);
  std::size_t last = 0;
  for (const EditedLine& line : after) {
    if (line.origin == 0) {
      edits.behind[last].push_back(line.text);
    } else {
      last = line.origin;
      edits.gone.erase(last);
    }
  }
  return edits;
}

std::vector<EditedLine> apply(const std::vector<std::string>& lines, const Edits& edits) {
  std::vector<EditedLine> after;
  const auto put = [&](std::size_t line) {
    const auto fresh = edits.behind.find(line);
    if (fresh == edits.behind.end()) return;
    for (const std::string& text : fresh->second) after.push_back({text, 0});
  };
  put(0);
  for (std::size_t i = 1; i <= lines.size(); ++i) {
    if (!edits.gone.contains(i)) after.push_back({lines[i - 1], i});
    put(i);
  }
  return after;
}

std::size_t indent_of(const std::string& line) { return std::min(line.find_first_not_of(' '), line.size()); }

// The same edits on the templates; false when a line that they touch is not to the letter a line of its template.
bool carry_over(const Edits& edits, const std::vector<std::string>& rendered, const ChartRender& chart,
                std::map<std::string, Edits>& templates) {
  std::map<std::string, Edits> made;
  const auto source = [&](std::size_t line, std::string& file) -> std::size_t {
    const ChartRender::Place place = chart.place_of(line);
    if (line == 0 || place.line == 0 || base::trim(place.text) != base::trim(rendered[line - 1])) return 0;
    file = place.file;
    return place.line;
  };
  for (const std::size_t line : edits.gone) {
    std::string file;
    const std::size_t there = source(line, file);
    if (there == 0) return false;
    made[file].gone.insert(there);
  }
  for (const auto& [line, fresh] : edits.behind) {
    std::string file;
    const std::size_t there = source(line, file);
    if (there == 0) return false;
    const std::size_t here = indent_of(rendered[line - 1]);
    const std::size_t theirs = indent_of(chart.place_of(line).text);
    for (const std::string& text : fresh) {
      const std::size_t own = indent_of(text);
      if (own + theirs < here) return false;
      made[file].behind[there].push_back(std::string(own + theirs - here, ' ') + text.substr(own));
    }
  }
  for (auto& [file, edits_there] : made) {
    Edits& all = templates[file];
    all.gone.insert(edits_there.gone.begin(), edits_there.gone.end());
    // Two objects from one helper ask for the same lines at the same place.
    for (auto& [line, fresh] : edits_there.behind) all.behind.try_emplace(line, std::move(fresh));
  }
  return true;
}

}  // namespace

std::string repair_of(const Objects& objects, const ChartRender* chart, const std::vector<Finding>& findings) {
  std::map<std::size_t, std::vector<kube::PatchStep>> steps;  // by object
  for (const Finding& finding : findings) {
    if (!is_mended(finding) || (steps.size() >= k_objects_limit && !steps.contains(finding.object))) continue;
    std::vector<kube::PatchStep>& own = steps[finding.object];
    own.insert(own.end(), finding.patch.begin(), finding.patch.end());
  }
  std::map<std::string, Edits> files;
  for (const auto& [object, own] : steps) {
    const std::size_t source = objects.origins[object].source;
    const std::string& text = objects.sources[source].text;
    if (text.size() > k_bytes_limit) continue;
    std::size_t place = object;
    while (place > 0 && objects.origins[place - 1].source == source) --place;
    const std::vector<EditedLine> after = edited_lines(text, object - place, own);
    if (after.empty()) continue;
    const std::vector<std::string> lines = base::lines_of(text);
    const Edits edits = edits_of(lines.size(), after);
    if (chart != nullptr && source == 0) {
      (void)carry_over(edits, lines, *chart, files);
      continue;
    }
    Edits& all = files[objects.sources[source].name];
    all.gone.insert(edits.gone.begin(), edits.gone.end());
    for (const auto& [line, fresh] : edits.behind) all.behind[line] = fresh;
  }
  std::string diff;
  for (const auto& [file, edits] : files) {
    std::string text = chart == nullptr ? std::string() : chart->text_of(file);
    for (const SourceText& source : objects.sources) {
      if (source.name == file) text = source.text;
    }
    const std::vector<std::string> lines = base::lines_of(text);
    diff += unified_diff(file, lines, apply(lines, edits));
  }
  return diff;
}

}  // namespace sentimark::verify
