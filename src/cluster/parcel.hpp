// Parcel: a job with its files, and the digest that vouches for all of it.
#pragma once
#include <string>
#include <vector>

#include "cluster/door.hpp"

namespace sentimark::cluster {

struct Parcel {
  std::string job_text;    // job.json
  std::string job_sha256;  // goes into the agent's arguments; job.json vouches for the other files
  std::vector<std::string> arguments() const { return {operation, attempt, job_sha256}; }
  std::string operation;
  std::string attempt;
};

// Writes the sizes and digests of the payloads into the job, behind those of the files that it names already.
Parcel parcel_of(wire::Job job, const std::vector<Payload>& payloads);

// The agent's answer in what a command printed. Error: unknown with code "no-answer".
base::Result<wire::Answer> answer_in(const std::string& printed, const Parcel& parcel);

}  // namespace sentimark::cluster
