#include "verify/junit.hpp"

#include <map>

#include "verify/xml.hpp"

namespace sentimark::verify {
namespace {

std::string attributes(const JunitSuite& counts) {
  return " tests=\"" + std::to_string(counts.tests) + "\" errors=\"" + std::to_string(counts.errors) +
         "\" failures=\"" + std::to_string(counts.failures) + "\"" + counts.more;
}

std::string element(std::string_view name, const Finding& finding, const std::string& line) {
  return "      <" + std::string(name) + " type=\"" + xml_escaped(finding.rule) + "\" message=\"" +
         xml_escaped(finding.message) + "\">" + xml_escaped(line) + "</" + std::string(name) + ">\n";
}

}  // namespace

JunitSuite suite_of(std::string name, const std::vector<Finding>& findings) {
  struct Case {
    const Finding* first;
    std::string failures;
    std::string errors;
    std::string notes;
  };
  std::map<std::pair<std::size_t, std::string>, Case> cases;
  for (const Finding& finding : findings) {
    Case& one = cases
                    .try_emplace({finding.object, finding.rule + (finding.ref.kind.empty() ? finding.file : "")},
                                 Case{&finding, {}, {}, {}})
                    .first->second;
    const std::string place = finding.file + (finding.mark.line > 0 ? ":" + std::to_string(finding.mark.line) : "");
    const std::string line =
        (place.empty() ? "" : place + ": ") + finding.message + (finding.fix.empty() ? "" : "; " + finding.fix);
    if (finding.verdict == Verdict::fail) {
      one.failures += element("failure", finding, line);
    } else if (finding.verdict == Verdict::open) {
      one.errors += element("error", finding, line);
    } else if (finding.verdict != Verdict::pass) {
      one.notes += xml_escaped(std::string(word_of(finding.verdict)) + ": " + line +
                               (finding.reason.empty() ? "" : "; accepted: " + finding.reason)) +
                   "\n";
    }
  }
  JunitSuite suite{std::move(name), cases.size()};
  for (const auto& [key, one] : cases) {
    suite.failures += one.failures.empty() ? 0U : 1U;
    suite.errors += one.failures.empty() && !one.errors.empty() ? 1U : 0U;
    const std::string object = one.first->ref.kind.empty() ? one.first->file : one.first->ref.text();
    suite.cases += "    <testcase classname=\"" + xml_escaped(object) + "\" name=\"" + xml_escaped(one.first->rule) +
                   "\" file=\"" + xml_escaped(one.first->file) + "\">\n" + one.failures +
                   (one.failures.empty() ? one.errors : "");
    if (!one.notes.empty()) suite.cases += "      <system-out>" + one.notes + "</system-out>\n";
    suite.cases += "    </testcase>\n";
  }
  return suite;
}

std::string junit_of(std::span<const JunitSuite> suites) {
  JunitSuite all;
  for (const JunitSuite& suite : suites) {
    all.tests += suite.tests;
    all.errors += suite.errors;
    all.failures += suite.failures;
    all.cases += "  <testsuite name=\"" + xml_escaped(suite.name) + "\"" + attributes(suite) + ">\n" + suite.cases +
                 "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attributes(all) + ">\n" + all.cases +
         "</testsuites>\n";
}

}  // namespace sentimark::verify
