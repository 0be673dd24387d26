// Door: one way to run a job where the cluster can be reached, whatever the transport.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "wire/answer.hpp"
#include "wire/job.hpp"

namespace sentimark::cluster {

struct Payload {
  std::string name;  // a plain file name, as the agent finds it
  std::string bytes;
};

// What the calls so far have cost.
struct Costs {
  int calls = 0;  // jobs that were handed over
  std::uint64_t bytes = 0;
  bool reduced = false;       // the cluster refused to run the agent: docs/protocols/reduced.md
  std::uint64_t refused = 0;  // the smallest context that was too large for the transport, in bytes; 0: none was
  std::uint64_t taken = 0;    // the largest one that was not
  int chunks = 0;             // in how many the files travelled; 0: with their call
  base::Millis transfer{0};   // what sending them ahead took
};

class Door {
 public:
  virtual ~Door() = default;

  // Looks whether jobs can be run at all, before the first. What is left of the deadline then is for all that is sent
  // ahead of a call. Errors: refused (stopped, run command disabled), and what
  // the transport meets on its way.
  virtual base::Done open(base::Instant deadline) = 0;

  // Runs the job to its end and returns the agent's answer, which is proved to be to this very job. `files` in the job
  // are filled in from `payloads`. Errors: unknown with code "ambiguous" (nobody knows whether it started) or
  // "no-answer" (it started and left no whole answer): in both cases only a look at the fence can tell; else nothing
  // was started.
  virtual base::Result<wire::Answer> run(wire::Job job, const std::vector<Payload>& payloads,
                                         base::Instant deadline) = 0;

  virtual Costs costs() const = 0;

  // Identifies the cluster in an operation id; the same for every run against it.
  virtual std::string cluster_id() const = 0;

  // Whether a rollout goes on when this program ends: true behind Azure, false where helm is our own child.
  virtual bool outlives_us() const = 0;
};

}  // namespace sentimark::cluster
