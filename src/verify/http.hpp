// verify http FILE...: .hurl files run against a service, and what they found.
#pragma once
#include "runner/run_program.hpp"
#include "sys/stream.hpp"

namespace sentimark::verify {

// Outcome ok with the verdict pass, or warn where a certificate was not looked at; refused with the verdict fail.
// Before the first request: usage for inputs; config for a file that cannot be read, that holds what is refused (each
// named with its place), or a list of authorities. Side effects: the requests, and the reports that were asked for.
base::Result<runner::Ending> run_http(sys::Sys& sys, sys::Network& network, const runner::Inputs& inputs);

}  // namespace sentimark::verify
