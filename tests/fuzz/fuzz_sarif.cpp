// SARIF from findings whose every text is hostile: what is written can be read again and says the same. The input's
// lines are findings, each of fields between tabs: rule, verdict (a digit), kind, name, path, file, line, message, fix.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/report.hpp"

using namespace sentimark;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

verify::Finding finding_of(const std::string& line) {
  std::vector<std::string> fields = base::split(line, '\t');
  fields.resize(9);
  verify::Finding finding;
  finding.rule = base::to_valid_utf8(fields[0]);  // always ours
  finding.level = "error";
  finding.verdict = static_cast<verify::Verdict>(fields[1].empty() ? 0 : static_cast<unsigned char>(fields[1][0]) % 5);
  finding.ref = {fields[2], {}, fields[3]};
  finding.path = fields[4];
  finding.file = fields[5];
  finding.mark = {static_cast<std::uint32_t>(fields[6].size()), static_cast<std::uint32_t>(fields[6].size() / 2)};
  finding.message = fields[7];
  finding.fix = fields[8];
  return finding;
}

// Neither a scheme nor a way out of the checkout nor a blank: a reference that names a file, whatever it is called.
bool is_reference(std::string_view uri) {
  if (uri.starts_with("file://")) uri.remove_prefix(7);
  return uri.find_first_of(" :?#\"<>\\\n\t") == std::string_view::npos;
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<verify::Finding> findings;
  std::size_t told = 0;
  for (const std::string& line : base::split(std::string_view(reinterpret_cast<const char*>(data), size), '\n')) {
    findings.push_back(finding_of(line));
    told += findings.back().verdict == verify::Verdict::pass ? 0U : 1U;
  }
  const std::string text = verify::sarif_of(findings, "1.2.3");
  const auto read = json::parse(text);
  check(static_cast<bool>(read));
  check((*read)["version"].string_or_empty() == "2.1.0");
  const json::Value& run = (*read)["runs"].items().front();
  const auto& rules = run["tool"]["driver"]["rules"].items();
  const auto& results = run["results"].items();
  const auto left_out = static_cast<std::size_t>(run["properties"]["resultsLeftOut"].int_or(0));
  check(results.size() + left_out == told && (left_out == 0 || results.size() == 5'000));
  for (const json::Value& result : results) {
    const auto rule = static_cast<std::size_t>(result["ruleIndex"].int_or(-1));
    check(rule < rules.size() && rules[rule]["id"].string_or_empty() == result["ruleId"].string_or_empty());
    const json::Value& place = result["locations"].items().front()["physicalLocation"];
    if (place.is_null()) continue;
    check(is_reference(place["artifactLocation"]["uri"].string_or_empty()));
    const json::Value& region = place["region"];
    check(region.is_null() || (region["startLine"].int_or(0) >= 1 && region["startColumn"].int_or(0) >= 1 &&
                               region["endColumn"].int_or(0) > region["startColumn"].int_or(0)));
  }
  // Alone, so that its place among the others does not matter.
  for (const verify::Finding& finding : findings) {
    if (finding.verdict == verify::Verdict::pass || findings.size() > 100) continue;
    const auto one = json::parse(verify::sarif_of({finding}, "1.2.3"));
    check(static_cast<bool>(one));
    const json::Value& result = (*one)["runs"].items().front()["results"].items().front();
    check(base::contains(result["message"]["text"].string_or_empty(), base::to_valid_utf8(finding.message)));
    check(result["ruleId"].string_or_empty() == finding.rule);
    check((result["level"].string_or_empty() == "error") == (finding.verdict == verify::Verdict::fail));
  }
  return 0;
}
