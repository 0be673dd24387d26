#include "verify/program.hpp"

#include <array>

namespace sentimark::verify {
namespace {

using runner::Input;
using runner::Output;
using runner::Verb;

constexpr auto k_verbs = std::to_array<Verb>({
    {"jsonpath", "print what an RFC 9535 query selects from a JSON document, as one JSON array", "EXPR [FILE|-]", 1, 2},
    {"http", "run .hurl files against a service", "FILE...", 1, 10'000},
});

constexpr auto k_inputs = std::to_array<Input>({
    {"variable", "", "variables of .hurl files, one name=value a line", false, false, true},
    {"secret", "", "variables that are never shown, one name=value a line; better given as SENTIMARK_INPUT_SECRET",
     false, false, true},
    {"ca-file", "", "PEM file of the authorities that servers must be signed by; empty takes the machine's"},
    {"allow-insecure-tls", "false", "obey the option insecure of a .hurl file; the verdict is then warn at best", false,
     true},
    {"timeout", "10m", "how long all of it may take, e.g. 90s or 10m"},
    {"request-timeout", "30s", "how long one request may take"},
    {"report-junit", "", "file to write the result to as JUnit XML"},
    {"report-tap", "", "file to write the result to as TAP"},
    {"report-json", "", "file to write the result to as JSON"},
    {"format", "text",
     "form of the result on standard output: text, json or, for verbs that tell of many things, jsonl"},
});

constexpr auto k_outputs = std::to_array<Output>({
    {"verdict", "pass, warn or fail; empty when nothing could be judged"},
    {"status", "how it ended, a word of the exit code table"},
    {"exit-reason", "the cause in one sentence; empty after success"},
});

constexpr runner::Program k_program{"verify", "judges a chart before, and a release after its deployment", k_verbs,
                                    k_inputs, k_outputs};

}  // namespace

const runner::Program& program() { return k_program; }

}  // namespace sentimark::verify
