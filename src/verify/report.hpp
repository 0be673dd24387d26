// Report: the same findings for machines and people: JSON lines, text, SARIF, Markdown, annotations.
#pragma once
#include <string>
#include <vector>

#include "json/value.hpp"
#include "sys/log.hpp"
#include "verify/finding.hpp"

namespace sentimark::verify {

struct Judged {
  std::vector<Finding> findings;
  std::size_t objects = 0;
  std::vector<std::string> files;
  std::string patch;         // a unified diff that mends some of the findings; may be empty
  std::string pod_security;  // "restricted for Kubernetes 1.30"; empty when it was not asked for
};

// "2 of 5 objects break rules: 3 findings fail, 4 warn": the verdict in one clause.
std::string headline_of(const Judged& judged);

// Keys: rule level verdict kind name namespace path file line column message fix, and where there are any reason,
// valuesFile, valuesKey and valuesLine. line is a number, or "unknown".
json::Value json_of(const Finding& finding);
std::string json_lines_of(const Judged& judged);

// file:line:column: verdict RULE object: message; fix
std::string line_of(const Finding& finding);

// A line for each finding, what fails first, and the headline.
std::string text_of(const Judged& judged);

// SARIF 2.1.0, at most 5,000 results, the worst first: what code scanning keeps. A finding without a file has its
// object as its place, which code scanning does not show.
std::string sarif_of(const std::vector<Finding>& findings, std::string_view version);

// Verdict first; under the runner's limit however many there are; nothing that others wrote can format or link.
std::string summary_of(const Judged& judged);

// At most nine annotations of a kind at their places, and one that says how many more there are.
void annotate(sys::Log& log, const Judged& judged);

}  // namespace sentimark::verify
