// JUnit XML as most readers of it take it: one suite, a case for each object and rule.
#include <map>

#include "verify/report.hpp"
#include "verify/xml.hpp"

namespace sentimark::verify {
std::string junit_of(const Judged& judged) {
  struct Case {
    const Finding* first;
    std::string failures;
    std::string notes;
  };
  std::map<std::pair<std::size_t, std::string>, Case> cases;
  for (const Finding& finding : judged.findings) {
    Case& one = cases
                    .try_emplace({finding.object, finding.rule + (finding.ref.kind.empty() ? finding.file : "")},
                                 Case{&finding, {}, {}})
                    .first->second;
    const std::string line = finding.file + (finding.mark.line > 0 ? ":" + std::to_string(finding.mark.line) : "") +
                             ": " + finding.message + "; " + finding.fix;
    if (finding.verdict == Verdict::fail) {
      one.failures += "      <failure type=\"" + xml_escaped(finding.rule) + "\" message=\"" +
                      xml_escaped(finding.message) + "\">" + xml_escaped(line) + "</failure>\n";
    } else if (finding.verdict != Verdict::pass) {
      one.notes += xml_escaped(std::string(word_of(finding.verdict)) + ": " + line +
                               (finding.reason.empty() ? "" : "; accepted: " + finding.reason)) +
                   "\n";
    }
  }
  std::size_t failures = 0;
  std::string body;
  for (const auto& [key, one] : cases) {
    failures += one.failures.empty() ? 0U : 1U;
    const std::string object = one.first->ref.kind.empty() ? one.first->file : one.first->ref.text();
    body += "    <testcase classname=\"" + xml_escaped(object) + "\" name=\"" + xml_escaped(one.first->rule) +
            "\" file=\"" + xml_escaped(one.first->file) + "\">\n" + one.failures;
    if (!one.notes.empty()) body += "      <system-out>" + one.notes + "</system-out>\n";
    body += "    </testcase>\n";
  }
  const std::string counts =
      " tests=\"" + std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failures) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
         ">\n  <testsuite name=\"verify manifests\"" + counts + ">\n" + body + "  </testsuite>\n</testsuites>\n";
}

}  // namespace sentimark::verify
