#include "hurl/judge.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "hurl/evaluate.hpp"

namespace sentimark::hurl {
namespace {

void add(Judgement& judgement, Place place, bool passed, std::string assertion, std::string actual,
         std::string expected) {
  judgement.findings.push_back({place, passed, std::move(assertion), std::move(actual), std::move(expected)});
}

void check_version_and_status(const Expectation& expected, const Response& response, Judgement& judgement) {
  if (!expected.version.empty()) {
    add(judgement, expected.place, expected.version == response.version, "version", "HTTP/" + response.version,
        "HTTP/" + expected.version);
  }
  if (expected.status != 0) {
    add(judgement, expected.status_place, expected.status == response.status, "status", std::to_string(response.status),
        std::to_string(expected.status));
  }
}

// Ends at the first capture that fails.
void capture(const Expectation& expected, Context& context, Variables& variables, Judgement& judgement) {
  for (const Capture& one : expected.captures) {
    const auto name = render(one.name, context.file, variables);
    Found found = name ? evaluate(one.query, one.filters, context) : Found::broken(name.error().what);
    if (!found.exists) {
      add(judgement, one.place, false, "capture", found.problem.empty() ? "the query gives nothing" : found.problem,
          "a value to capture");
      return;
    }
    variables.set(*name, std::move(found.value));
    judgement.captured.push_back(*name);
  }
}

void check_headers(const Expectation& expected, Context& context, Judgement& judgement) {
  for (const KeyValue& pair : expected.headers) {
    const auto name = render(pair.key, context.file, context.variables);
    const auto value = render(pair.value, context.file, context.variables);
    if (!name || !value) {
      add(judgement, pair.key.place, false, "header", name ? value.error().what : name.error().what, "");
      continue;
    }
    bool passed = false;
    std::string actual;
    for (const HeaderField& field : context.response.headers) {
      if (!base::equals_ignoring_case(field.name, *name)) continue;
      passed = passed || field.value == *value;
      actual += (actual.empty() ? "" : ", ") + field.value;
    }
    add(judgement, pair.key.place, passed, "header " + *name,
        actual.empty() ? "none" : base::shorten(actual, k_most_told), *value);
  }
}

// Texts are compared as text, bytes and files as bytes.
void check_body(const Body& body, Context& context, Judgement& judgement) {
  if (body.kind == Body::Kind::none) return;
  const auto expected = render_body(body, context.file, context.variables, context.files);
  const bool bytes = body.kind == Body::Kind::bytes || body.kind == Body::Kind::file;
  const std::string& problem = context.response.body_problem;
  const Found undecoded = problem.empty() ? Found::of(Value::of_bytes(context.response.body)) : Found::broken(problem);
  const Found actual = bytes ? undecoded : body_text(context);
  if (!expected || !actual.exists) {
    add(judgement, body.place, false, "body", expected ? actual.problem : expected.error().what, "");
    return;
  }
  const bool passed = (bytes ? actual.value.bytes : actual.value.text()) == *expected;
  add(judgement, body.place, passed, "body", describe(actual.value),
      describe(bytes ? Value::of_bytes(*expected) : Value::of(json::Value(*expected))));
}

void check_asserts(const Expectation& expected, Context& context, Judgement& judgement) {
  for (const Assert& one : expected.asserts) {
    const Found found = evaluate(one.query, one.filters, context);
    if (!found.problem.empty()) {
      add(judgement, one.place, false, one.source, found.problem, "");
      continue;
    }
    const Verdict verdict = test(one.predicate, found, context);
    if (!verdict.problem.empty()) {
      add(judgement, one.place, false, one.source, verdict.problem, verdict.expected);
      continue;
    }
    const bool passed = !verdict.mismatch && verdict.holds != one.predicate.negated;
    add(judgement, one.place, passed, one.source,
        (found.exists ? describe(found.value) : "nothing") +
            (verdict.mismatch ? ", which this predicate cannot judge" : ""),
        verdict.expected);
  }
}

}  // namespace

bool Judgement::passed() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.passed; });
}

Judgement judge(const Expectation& expected, const Response& response, std::string_view file, Variables& variables,
                Files* files, base::WallTime now) {
  Judgement judgement;
  Context context{response, file, variables, files, now, {}, {}};
  check_version_and_status(expected, response, judgement);
  if (!judgement.passed()) return judgement;
  capture(expected, context, variables, judgement);
  if (!judgement.passed()) return judgement;
  check_headers(expected, context, judgement);
  check_body(expected.body, context, judgement);
  check_asserts(expected, context, judgement);
  return judgement;
}

}  // namespace sentimark::hurl
