// Frame: how an answer stands in a log that others write to as well.
//
// runCommand merges standard output and error into one string and cuts it silently at 512 kB, so an answer carries its
// own begin line, length, digest and end line. What is outside the two lines is noise; without an end line it is cut.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::wire {

inline constexpr std::size_t k_answer_limit = 350'000;  // bytes; leaves room for noise under the 512 kB cut

// "\nsentimark-answer begin NONCE bytes=N sha256=H\n" + payload + "\nsentimark-answer end NONCE\n".
// Precondition: nonce is lower-case hex, payload holds no line break. The nonce is frame_nonce of the job's digest,
// which both halves know and no child of the agent does.
inline std::string_view frame_nonce(std::string_view job_sha256) { return job_sha256.substr(0, 32); }
std::string frame(std::string_view nonce, std::string_view payload);

// The payload of the frame with this nonce. Errors, all of kind unknown: code "absent" (no begin line),
// "truncated" (no end line, or fewer bytes than announced), "damaged" (length or digest differ), "doubled".
base::Result<std::string> find_frame(std::string_view log, std::string_view nonce);

}  // namespace sentimark::wire
