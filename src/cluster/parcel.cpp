#include "cluster/parcel.hpp"

#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "wire/frame.hpp"

namespace sentimark::cluster {
namespace {

base::Error no_answer(const std::string& why) {
  return base::fail(base::Outcome::unknown, "the command in the cluster left no whole answer: " + why,
                    "run the same job again: it finds out from the cluster and never runs helm twice", "no-answer");
}

}  // namespace

Parcel parcel_of(wire::Job job, const std::vector<Payload>& payloads) {
  for (const Payload& payload : payloads) {
    job.files.push_back({payload.name, payload.bytes.size(), digest::sha256_hex(payload.bytes)});
  }
  Parcel parcel;
  parcel.job_text = json::to_text(wire::to_json(job));
  parcel.job_sha256 = digest::sha256_hex(parcel.job_text);
  parcel.operation = job.operation;
  parcel.attempt = std::to_string(job.attempt);
  return parcel;
}

base::Result<wire::Answer> answer_in(const std::string& printed, const Parcel& parcel) {
  auto payload = wire::find_frame(printed, wire::frame_nonce(parcel.job_sha256));
  if (!payload) return no_answer(payload.error().what);
  auto value = json::parse(*payload);
  if (!value) return no_answer(value.error().what);
  SENTIMARK_LET(answer, wire::answer_from_json(*value));
  if (answer.job_sha256 != parcel.job_sha256) return no_answer("it answers another job");
  return answer;
}

}  // namespace sentimark::cluster
