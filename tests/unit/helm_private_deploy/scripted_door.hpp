// A door with scripted answers, and a deploy through it.
#pragma once
#include <deque>

#include "base/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

namespace sentimark::test {

using base::Millis;
using base::Outcome;
using helm_private_deploy::Report;
using wire::Answer;
using wire::JobKind;
using wire::Verdict;

inline constexpr const char* k_me = "(me)";  // as caller: whoever runs this deploy

inline Answer said(Verdict verdict, std::int64_t revision = 0, const char* caller = k_me) {
  Answer answer;
  answer.verdict = verdict;
  answer.revision = revision;
  answer.caller = caller;
  answer.attempt = 1;
  answer.operation = std::string(32, 'a');
  return answer;
}

inline Answer because(Answer answer, std::string cause) {
  answer.cause = std::move(cause);
  return answer;
}

inline Answer doomed(std::int64_t revision, std::int64_t good) {
  Answer answer = because(said(Verdict::doomed, revision), "image not found");
  answer.good_revision = good;
  return answer;
}

inline base::Error lost(const char* code = "no-answer") {
  return base::fail(Outcome::unknown, "the pod was lost", "run again", code);
}

// A cluster that gives these answers, one for each call, each after its time; the jobs are kept.
class ScriptedDoor final : public cluster::Door {
 public:
  explicit ScriptedDoor(fake::FakeSys& world) : world_(world) {}

  base::Done open(base::Instant) override { return opening; }
  base::Result<Answer> run(wire::Job job, const std::vector<cluster::Payload>& payloads,
                           base::Instant deadline) override {
    EXPECT_GT(deadline, world_.clock.monotonic());
    jobs.push_back(job);
    patience.push_back(deadline - world_.clock.monotonic());
    files.push_back(payloads.size());
    if (world_.stop.requested() && !answers.empty() && !answers.front().ok()) return answers.front().error();
    world_.clock.advance(Millis{10'000});
    if (answers.empty()) {
      ADD_FAILURE() << "a call that the script does not know: " << wire::word_of(job.kind);
      return base::fail(Outcome::internal, "no answer left");
    }
    auto answer = std::move(answers.front());
    answers.pop_front();
    if (answer && answer->caller == k_me) answer->caller = job.caller;
    return answer;
  }
  cluster::Costs costs() const override { return {static_cast<int>(jobs.size()), 99}; }
  std::string cluster_id() const override { return "cluster"; }
  bool outlives_us() const override { return true; }

  base::Done opening;
  std::deque<base::Result<Answer>> answers;
  std::vector<wire::Job> jobs;
  std::vector<std::size_t> files;
  std::vector<Millis> patience;  // until each call's deadline

 private:
  fake::FakeSys& world_;
};

struct Case {
  fake::FakeSys world;
  ScriptedDoor door{world};
  base::Result<Report> end{base::fail(Outcome::internal, "not run")};

  Case(std::deque<base::Result<Answer>> answers, const Given& inputs = {}) {
    door.answers = std::move(answers);
    const auto plan = plan_of(world, inputs);
    sys::Sys sys = world.sys();
    end = helm_private_deploy::deploy(sys, door, plan);
    EXPECT_TRUE(door.answers.empty()) << door.answers.size() << " answers were not asked for";
  }
  // "deploy/1 watch/1 rollback/1": kinds and tries of the calls.
  std::string calls() const {
    std::string text;
    for (const wire::Job& job : door.jobs) {
      text += (text.empty() ? "" : " ") + std::string(wire::word_of(job.kind)) + "/" + std::to_string(job.attempt);
    }
    return text;
  }
  Outcome outcome() const { return end ? end->outcome : end.error().kind; }
  std::string cause() const { return end ? end->cause : end.error().sentence(); }
};

inline const Given k_minute{{"timeout", "60s"}};

}  // namespace sentimark::test
