// A job and what its agent prints, for the tests of the doors.
#pragma once
#include <string>

#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "wire/answer.hpp"
#include "wire/frame.hpp"
#include "wire/job.hpp"

namespace sentimark::test {

inline wire::Job a_job() {
  wire::Job job;
  job.operation = std::string(32, 'a');
  job.attempt = 3;
  job.caller = std::string(32, 'b');
  job.release = "prices";
  job.namespace_name = "shop";
  job.chart_sha256 = std::string(64, 'c');
  job.values_sha256 = std::string(64, 'd');
  job.watch_for = base::Millis{30'000};
  return job;
}

// The framed answer to the job with this digest.
inline std::string answered(const std::string& job_sha256, wire::Answer answer) {
  answer.job_sha256 = job_sha256;
  return wire::frame(wire::frame_nonce(job_sha256), json::to_text(wire::to_json(answer)));
}

}  // namespace sentimark::test
