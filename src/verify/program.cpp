#include "verify/program.hpp"

#include <array>

namespace sentimark::verify {
namespace {

using runner::Input;
using runner::Output;
using runner::Verb;

constexpr auto k_verbs = std::to_array<Verb>({
    {"jsonpath", "print what an RFC 9535 query selects from a JSON document, as one JSON array", "EXPR [FILE|-]", 1, 2},
});

constexpr auto k_inputs = std::to_array<Input>({
    {"format", "text", "form of the result on standard output: text or json"},
});

constexpr auto k_outputs = std::to_array<Output>({
    {"status", "how it ended, a word of the exit code table"},
    {"exit-reason", "the cause in one sentence; empty after success"},
});

constexpr runner::Program k_program{"verify", "judges a chart before, and a release after its deployment", k_verbs,
                                    k_inputs, k_outputs};

}  // namespace

const runner::Program& program() { return k_program; }

}  // namespace sentimark::verify
