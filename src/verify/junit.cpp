// JUnit XML as most readers of it take it: one suite, a case for each object and rule.
#include <map>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "verify/report.hpp"

namespace sentimark::verify {
namespace {

// For attributes and text. XML 1.0 has no form at all for most control characters, nor for U+FFFE and U+FFFF.
std::string escaped(std::string_view text) {
  std::string result;
  for (base::CodePoint point = base::first_code_point(text); point.length > 0; point = base::first_code_point(text)) {
    const char32_t c = point.value;
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (c == '\n' || c == '\r' || c == '\t') {
      result += ' ';
    } else {
      base::append_utf8(result, c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff ? char32_t{0xfffd} : c);
    }
    text.remove_prefix(point.length);
  }
  return result;
}

}  // namespace

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
      one.failures += "      <failure type=\"" + escaped(finding.rule) + "\" message=\"" + escaped(finding.message) +
                      "\">" + escaped(line) + "</failure>\n";
    } else if (finding.verdict != Verdict::pass) {
      one.notes += escaped(std::string(word_of(finding.verdict)) + ": " + line +
                           (finding.reason.empty() ? "" : "; accepted: " + finding.reason)) +
                   "\n";
    }
  }
  std::size_t failures = 0;
  std::string body;
  for (const auto& [key, one] : cases) {
    failures += one.failures.empty() ? 0U : 1U;
    const std::string object = one.first->ref.kind.empty() ? one.first->file : one.first->ref.text();
    body += "    <testcase classname=\"" + escaped(object) + "\" name=\"" + escaped(one.first->rule) + "\" file=\"" +
            escaped(one.first->file) + "\">\n" + one.failures;
    if (!one.notes.empty()) body += "      <system-out>" + one.notes + "</system-out>\n";
    body += "    </testcase>\n";
  }
  const std::string counts =
      " tests=\"" + std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failures) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
         ">\n  <testsuite name=\"verify manifests\"" + counts + ">\n" + body + "  </testsuite>\n</testsuites>\n";
}

}  // namespace sentimark::verify
