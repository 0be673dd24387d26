// What a run of .hurl files found, in every form that somebody reads.
#pragma once
#include <span>
#include <string>

#include "hurl/run.hpp"
#include "json/value.hpp"
#include "runner/run_program.hpp"
#include "sys/secrets.hpp"
#include "verify/junit.hpp"

namespace sentimark::verify {

enum class HttpVerdict { pass, warn, fail };

HttpVerdict verdict_of(std::span<const hurl::FileResult> files);
std::string_view word_of(HttpVerdict verdict);

// Takes every known secret out of what will be told, and cuts what nobody reads to its end.
void redact(std::vector<hurl::FileResult>& files, const sys::Secrets& secrets);

// "status is 500, expected 200"
std::string sentence_of(const hurl::Finding& finding);

std::string reason_of(std::span<const hurl::FileResult> files);    // empty unless something failed
std::size_t failures_in(std::span<const hurl::FileResult> files);  // checks that did not hold
std::size_t warnings_in(
    std::span<const hurl::FileResult> files);  // files with a warning, or a certificate not looked at

std::string to_text(std::span<const hurl::FileResult> files);
json::Value to_json(std::span<const hurl::FileResult> files);
std::string to_json_lines(std::span<const hurl::FileResult> files);  // one for each check, and the verdict
JunitSuite suite_of(std::span<const hurl::FileResult> files);        // a test case for each file, as Hurl writes it
std::string to_tap(std::span<const hurl::FileResult> files);         // version 13, a point for each file
std::string to_markdown(std::span<const hurl::FileResult> files);
std::vector<runner::Remark> remarks_of(std::span<const hurl::FileResult> files);

}  // namespace sentimark::verify
