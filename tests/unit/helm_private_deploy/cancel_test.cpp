// A program that is told to stop, and what it asks of the cluster: on-cancel. Row B-24.
#include "helm_private_deploy/cancel.hpp"

#include "unit/helm_private_deploy/scripted_door.hpp"

using namespace sentimark;
using namespace sentimark::test;
using helm_private_deploy::OnCancel;
using sys::StopKind;

namespace {

base::Error detached() { return base::fail(Outcome::interrupted, "told to stop: it goes on", "run again", "detached"); }

struct Cancelled {
  fake::FakeSys world;
  ScriptedDoor door{world};
  base::Error end{detached()};

  Cancelled(OnCancel way, StopKind kind, std::deque<base::Result<Answer>> answers, bool called = true) {
    if (called) door.jobs.emplace_back();  // a deploy job went before
    door.answers = std::move(answers);
    world.stop.request(kind);
    sys::Sys sys = world.sys();
    wire::Job last;
    last.operation = std::string(32, 'a');
    last.attempt = 2;
    end = helm_private_deploy::end_in_cluster(sys, door, way, last, detached());
    EXPECT_TRUE(door.answers.empty());
    EXPECT_EQ(end.kind, Outcome::interrupted);
  }
};

}  // namespace

TEST(Cancel, a_stop_job_goes_out_in_the_time_that_the_runner_gives) {
  for (const auto& [kind, most] :
       {std::pair(StopKind::interrupt, Millis{7'000}), std::pair(StopKind::terminate, Millis{2'000})}) {
    const Cancelled one(OnCancel::stop, kind, {said(Verdict::running)});
    ASSERT_EQ(one.door.jobs.size(), 2U);
    EXPECT_EQ(one.door.jobs.back().kind, JobKind::stop);
    EXPECT_EQ(one.door.jobs.back().attempt, 2);
    EXPECT_EQ(one.door.files.back(), 0U);
    EXPECT_LT(one.door.patience.back(), most);
    EXPECT_FALSE(one.world.stop.requested());  // it must not end the very waits of that call
    EXPECT_EQ(one.end.code, "stopped");
  }
}

TEST(Cancel, without_the_wish_and_before_any_job_nothing_is_asked_of_the_cluster) {
  EXPECT_EQ(Cancelled(OnCancel::detach, StopKind::interrupt, {}).end.code, "detached");
  const Cancelled early(OnCancel::stop, StopKind::interrupt, {}, false);
  EXPECT_EQ(early.end.code, "detached");
  EXPECT_TRUE(early.door.jobs.empty());
}

TEST(Cancel, tells_how_much_is_known) {
  struct Row {
    base::Result<Answer> answer;
    const char* text;
    const char* code;
  };
  const Row rows[] = {
      {said(Verdict::running), "helm is being ended", "stopped"},
      {said(Verdict::interrupted), "the cluster's record says so", "stopped"},
      {said(Verdict::healthy), "its record says healthy", "stopped"},
      {lost("no-answer"), "and does so", "stopped"},
      {lost("ambiguous"), "Azure has not said that it heard", "stopped"},
      {base::fail(Outcome::network, "no route to Azure"), "could not be told to: no route to Azure", "detached"},
      {because(said(Verdict::refused), "kubectl: forbidden"), "could not be told to: kubectl: forbidden", "detached"},
  };
  for (const Row& row : rows) {
    const Cancelled one(OnCancel::stop, StopKind::interrupt, {row.answer});
    EXPECT_TRUE(base::contains(one.end.what, row.text)) << one.end.what;
    EXPECT_TRUE(base::contains(one.end.what, std::string(32, 'a'))) << one.end.what;
    EXPECT_EQ(one.end.code, row.code) << row.text;
  }
}

TEST(Cancel, a_deploy_ends_the_try_that_it_is_at) {
  const base::Error stop = base::fail(Outcome::interrupted, "told to stop while a command runs", "again", "detached");
  const Case ended({said(Verdict::interrupted), stop, said(Verdict::running)}, {{"on-cancel", "stop"}});
  EXPECT_EQ(ended.calls(), "deploy/1 deploy/2 stop/2");
  EXPECT_EQ(ended.outcome(), Outcome::interrupted);
  EXPECT_GT(ended.door.jobs.back().order, 0);
  const Case left({stop});
  EXPECT_EQ(left.calls(), "deploy/1");
}
