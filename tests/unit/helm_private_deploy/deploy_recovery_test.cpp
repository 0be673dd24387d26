// Lost calls, earlier runs, time and stops: how a deploy finds out what became of what it began.
#include "helm_private_deploy/deploy.hpp"

#include "unit/helm_private_deploy/scripted_door.hpp"

using namespace sentimark;
using namespace sentimark::test;

// B-02, B-07: whatever is lost on the way, helm is never asked for twice without a look at the record.
TEST(DeployRecovery, looks_at_the_record_after_a_lost_call) {
  struct Row {
    const char* what;
    std::deque<base::Result<Answer>> answers;
    Outcome outcome;
    const char* calls;
  };
  Answer nothing = because(said(Verdict::refused), "the cluster holds no record");
  Answer older = said(Verdict::left);
  older.operation = std::string(32, 'f');
  Answer newer = said(Verdict::left);
  newer.attempt = 2;
  newer.cause = "try 2 has taken its place";
  const Answer interrupted = said(Verdict::interrupted);
  Answer trouble = because(said(Verdict::refused), "kubectl: connection refused");
  trouble.kind = base::row_of(Outcome::network).word;
  const Row rows[] = {
      {"it had ended well", {lost(), said(Verdict::healthy, 2)}, Outcome::ok, "deploy/1 watch/1"},
      {"it goes on",
       {lost("ambiguous"), said(Verdict::progressing, 2), said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 watch/1 watch/1"},
      {"it never arrived",
       {lost("ambiguous"), nothing, said(Verdict::healthy, 1)},
       Outcome::ok,
       "deploy/1 watch/1 deploy/1"},
      {"only an older operation is known",
       {lost("ambiguous"), older, said(Verdict::healthy, 1)},
       Outcome::ok,
       "deploy/1 watch/1 deploy/1"},
      {"a newer try came", {lost("ambiguous"), newer}, Outcome::refused, "deploy/1 watch/1"},
      {"the look is lost too", {lost(), lost(), said(Verdict::healthy, 2)}, Outcome::ok, "deploy/1 watch/1 watch/1"},
      {"all is lost",
       {lost(), lost(), lost(), lost(), lost(), lost()},
       Outcome::unknown,
       "deploy/1 watch/1 watch/1 watch/1 watch/1 watch/1"},
      {"a look that may not be",
       {lost(), base::fail(Outcome::auth, "token gone")},
       Outcome::unknown,
       "deploy/1 watch/1"},
      {"the pod of a newer try has found the other alive: it is not asked again at once",
       {interrupted, said(Verdict::running, 0, "somebody"), said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 deploy/2 watch/1"},
      {"its pod is dead: the next try proves it",
       {lost(), said(Verdict::running), said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 watch/1 deploy/2"},
      {"a lost look is no lost deploy",
       {said(Verdict::progressing, 2), lost(), said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 watch/1 watch/1"},
      {"an earlier try that failed is no word of this one",
       {interrupted, lost(), interrupted, said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 deploy/2 watch/2 deploy/2"},
      {"a second rollback that says no while the lost one may still come",
       {doomed(3, 2), lost("ambiguous"), doomed(3, 2), trouble, trouble, trouble, trouble, trouble},
       Outcome::unknown,
       "deploy/1 rollback/1 watch/1 rollback/1 watch/1 watch/1 watch/1 watch/1"},
      {"a rollback whose pods had trouble: another pod of the same POST may have none",
       {doomed(3, 2), trouble, doomed(3, 2), trouble, doomed(3, 2), trouble},
       Outcome::unknown,
       "deploy/1 rollback/1 watch/1 rollback/1 watch/1 rollback/1"},
      {"a lost rollback that went on",
       {doomed(3, 2), lost(), said(Verdict::rolled_back, 4)},
       Outcome::rolled_back,
       "deploy/1 rollback/1 watch/1"},
      {"a lost rollback that never arrived",
       {doomed(3, 2), lost("ambiguous"), doomed(3, 2), said(Verdict::rolled_back, 4)},
       Outcome::rolled_back,
       "deploy/1 rollback/1 watch/1 rollback/1"},
  };
  for (const Row& row : rows) {
    Case deploy(row.answers);
    EXPECT_EQ(deploy.outcome(), row.outcome) << row.what << ": " << deploy.cause();
    EXPECT_EQ(deploy.calls(), row.calls) << row.what;
  }
}

// of two pods of one POST one may have trouble of its own and the other not: nothing is told before another look.
TEST(DeployRecovery, sends_the_same_try_again_when_its_pod_had_trouble) {
  Answer trouble = because(said(Verdict::refused), "kubectl: connection refused");
  trouble.kind = base::row_of(Outcome::network).word;
  Answer no = because(said(Verdict::refused), "held");
  no.kind = base::row_of(Outcome::refused).word;
  const Answer nothing = because(said(Verdict::refused), "the cluster holds no record");
  Answer failed = because(said(Verdict::helm_failed), "kubectl: connection refused");
  struct Row {
    const char* what;
    std::deque<base::Result<Answer>> answers;
    Outcome outcome;
    const char* calls;
  };
  const Row rows[] = {
      {"it passes", {trouble, nothing, said(Verdict::healthy, 1)}, Outcome::ok, "deploy/1 watch/1 deploy/1"},
      {"the other pod is at work",
       {trouble, said(Verdict::progressing, 1), said(Verdict::healthy, 1)},
       Outcome::ok,
       "deploy/1 watch/1 watch/1"},
      {"it stays",
       {trouble, nothing, trouble, nothing, trouble},
       Outcome::network,
       "deploy/1 watch/1 deploy/1 watch/1 deploy/1"},
      {"nobody can look",
       {trouble, trouble, trouble, trouble, trouble, trouble},
       Outcome::network,
       "deploy/1 watch/1 watch/1 watch/1 watch/1 watch/1"},
      {"the record says that the try is over", {trouble, failed}, Outcome::network, "deploy/1 watch/1"},
      {"a decision is no trouble", {no}, Outcome::refused, "deploy/1"},
  };
  for (const Row& row : rows) {
    Case deploy(row.answers);
    EXPECT_EQ(deploy.outcome(), row.outcome) << row.what << ": " << deploy.cause();
    EXPECT_EQ(deploy.calls(), row.calls) << row.what;
  }
}

TEST(DeployRecovery, a_job_comes_after_all_that_its_sender_was_told_of) {
  Answer ahead = said(Verdict::progressing, 2);
  ahead.order = INT64_MAX / 2;
  Case deploy({ahead, said(Verdict::healthy, 2)});
  EXPECT_EQ(deploy.door.jobs[0].order, (deploy.world.clock.wall() + Millis{-20'000}).since_epoch.count());
  EXPECT_EQ(deploy.door.jobs[1].order, ahead.order + 1);
}

// What the agent waited for the fence is no time of the rollout.
TEST(DeployRecovery, the_time_to_become_healthy_begins_behind_the_fence) {
  Answer waited = said(Verdict::progressing, 2);
  waited.waited = Millis{60'000};
  std::deque<base::Result<Answer>> answers{waited};
  for (int i = 0; i < 9; ++i) answers.emplace_back(said(Verdict::progressing, 2));
  answers.emplace_back(said(Verdict::healthy, 2));
  Case deploy(std::move(answers), k_minute);
  EXPECT_EQ(deploy.outcome(), Outcome::ok) << deploy.cause();
}

TEST(DeployRecovery, asks_a_newer_try_when_helm_is_at_work_for_long_without_an_answer) {
  Case deploy({said(Verdict::running), said(Verdict::running), said(Verdict::running), said(Verdict::running),
               said(Verdict::healthy, 2)});
  EXPECT_EQ(deploy.outcome(), Outcome::ok);
  EXPECT_EQ(deploy.calls(), "deploy/1 watch/1 watch/1 watch/1 deploy/2");
}

TEST(DeployRecovery, begins_the_next_try_after_an_earlier_run) {
  Answer failed_before = because(said(Verdict::doomed, 3, "somebody"), "image not found");
  failed_before.good_revision = 2;
  struct Row {
    const char* what;
    std::deque<base::Result<Answer>> answers;
    Outcome outcome;
    const char* calls;
  };
  Answer third = said(Verdict::left);
  third.attempt = 3;
  third.run_url = "https://github.example/run";
  Answer held = because(said(Verdict::refused), "release web is being deployed");
  held.kind = base::row_of(Outcome::refused).word;
  Answer superseded = said(Verdict::left);
  superseded.operation = std::string(32, 'f');
  superseded.earlier_try = 4;
  superseded.run_url = "https://github.example/run";
  Answer gone = superseded;
  gone.earlier_try = 0;
  Answer ahead = gone;
  ahead.order = INT64_MAX / 2;  // whoever wrote it has a clock that is ahead of ours
  const Row rows[] = {
      {"an earlier run's failure is not ours",
       {failed_before, said(Verdict::healthy, 4)},
       Outcome::ok,
       "deploy/1 deploy/2"},
      {"an earlier run's rollback neither",
       {said(Verdict::rolled_back, 4, "somebody"), said(Verdict::healthy, 5)},
       Outcome::ok,
       "deploy/1 deploy/2"},
      {"an earlier run's success is", {said(Verdict::healthy, 4, "somebody")}, Outcome::ok, "deploy/1"},
      {"a pod that was told to go",
       {said(Verdict::interrupted, 0), said(Verdict::healthy, 2)},
       Outcome::ok,
       "deploy/1 deploy/2"},
      {"the record knows try 3",
       {third, failed_before, said(Verdict::healthy, 4)},
       Outcome::ok,
       "deploy/1 deploy/3 deploy/4"},
      {"another operation came after our try 4",
       {superseded, said(Verdict::healthy, 9)},
       Outcome::ok,
       "deploy/1 deploy/5"},
      {"another operation took its place", {gone, held}, Outcome::refused, "deploy/1 deploy/2"},
      {"a lost call of ours may be what was superseded", {lost(), third}, Outcome::refused, "deploy/1 watch/1"},
      {"another operation by its clock alone", {ahead, said(Verdict::healthy, 9)}, Outcome::ok, "deploy/1 deploy/2"},
      {"the same, and a lost call of ours may be what was superseded",
       {lost(), gone, ahead},
       Outcome::unknown,
       "deploy/1 watch/1 deploy/1"},
  };
  for (const Row& row : rows) {
    Case deploy(row.answers);
    EXPECT_EQ(deploy.outcome(), row.outcome) << row.what << ": " << deploy.cause();
    EXPECT_EQ(deploy.calls(), row.calls) << row.what;
  }
  Case refused({lost(), third});
  EXPECT_TRUE(base::contains(refused.end.error().cure, "https://github.example/run"));
}

TEST(DeployRecovery, tries_not_for_ever) {
  std::deque<base::Result<Answer>> answers;
  for (int i = 0; i < 20; ++i) answers.emplace_back(said(Verdict::interrupted, 0));
  Case deploy(std::move(answers));
  EXPECT_EQ(deploy.outcome(), Outcome::refused);
  EXPECT_TRUE(base::contains(deploy.cause(), "tried 20 times"));
}

TEST(DeployRecovery, a_release_that_is_not_healthy_in_time_has_failed) {
  std::deque<base::Result<Answer>> answers;
  for (int i = 0; i < 6; ++i) {
    Answer answer = because(said(Verdict::progressing, 3), "1 of 2 pods ready");
    answer.good_revision = 2;
    answers.emplace_back(answer);
  }
  answers.emplace_back(said(Verdict::rolled_back, 4));
  Case deploy(std::move(answers), k_minute);
  EXPECT_EQ(deploy.outcome(), Outcome::rolled_back);
  EXPECT_EQ(deploy.cause(), "not healthy within 1 min 0 s: 1 of 2 pods ready");
  EXPECT_EQ(deploy.calls(), "deploy/1 watch/1 watch/1 watch/1 watch/1 watch/1 rollback/1");
  // No look lasts beyond the deadline.
  base::Millis looked{0};
  for (const wire::Job& job : deploy.door.jobs) looked = std::max(looked, job.watch_for);
  EXPECT_LE(looked, Millis{60'000});
}

// A run that joined an earlier one's rollout judges it itself: it must not begin the wait again, nor take it for ended.
TEST(DeployRecovery, runs_out_of_time_with_a_rollout_that_it_joined) {
  std::deque<base::Result<Answer>> joined;
  for (int i = 0; i < 6; ++i) joined.emplace_back(said(Verdict::progressing, 3, "somebody"));
  Case kept(std::move(joined), {{"timeout", "60s"}, {"on-failure", "keep"}});
  EXPECT_EQ(kept.outcome(), Outcome::kept);
  EXPECT_EQ(kept.calls(), "deploy/1 watch/1 watch/1 watch/1 watch/1 watch/1");

  std::deque<base::Result<Answer>> at_work;
  for (int i = 0; i < 4; ++i) at_work.emplace_back(said(Verdict::running, 0, "somebody"));
  for (int i = 0; i < 2; ++i) at_work.emplace_back(said(Verdict::running, 0, "somebody"));
  Case busy(std::move(at_work), k_minute);
  EXPECT_EQ(busy.outcome(), Outcome::timeout);
}

// Try 2 was lost and may still come: that the rollout of try 1 was kept as it failed is not the last word.
TEST(DeployRecovery, tells_no_failure_while_a_lost_try_may_still_begin) {
  std::deque<base::Result<Answer>> answers{said(Verdict::interrupted), lost()};
  for (int i = 0; i < 5; ++i) answers.emplace_back(said(Verdict::progressing, 3, "somebody"));
  Case deploy(std::move(answers), {{"timeout", "60s"}, {"on-failure", "keep"}});
  EXPECT_EQ(deploy.outcome(), Outcome::unknown);
  EXPECT_EQ(deploy.calls(), "deploy/1 deploy/2 watch/2 watch/1 watch/1 watch/1 watch/1");
}

TEST(DeployRecovery, helm_at_work_at_the_deadline_is_told_as_such) {
  std::deque<base::Result<Answer>> answers;
  for (int i = 0; i < 6; ++i) answers.emplace_back(said(Verdict::running));
  Case deploy(std::move(answers), k_minute);
  EXPECT_EQ(deploy.outcome(), Outcome::timeout);
  EXPECT_TRUE(base::contains(deploy.cause(), std::string(32, 'a'))) << deploy.cause();
}

// A pod of it may still come and go on: that is no failure yet.
TEST(DeployRecovery, a_way_back_that_has_not_ended_at_the_deadline_is_told_as_open) {
  std::deque<base::Result<Answer>> answers{doomed(3, 2)};
  for (int i = 0; i < 6; ++i) answers.emplace_back(said(Verdict::running, 3));
  Case deploy(std::move(answers), k_minute);
  EXPECT_EQ(deploy.outcome(), Outcome::timeout);
  EXPECT_TRUE(base::contains(deploy.cause(), "going back is still under way")) << deploy.cause();
  EXPECT_TRUE(base::contains(deploy.cause(), "image not found")) << deploy.cause();
}

TEST(DeployRecovery, detaches_when_told_to_stop) {
  fake::FakeSys world;
  ScriptedDoor door(world);
  door.answers = {said(Verdict::progressing, 2)};
  world.clock.plan(world.clock.monotonic() + Millis{5'000}, [&] { world.stop.request(sys::StopKind::interrupt); });
  const auto plan = test::plan_of(world);
  sys::Sys sys = world.sys();
  const auto end = helm_private_deploy::deploy(sys, door, plan);
  ASSERT_TRUE(has_kind(end, Outcome::interrupted));
  EXPECT_EQ(end.error().code, "detached");
  EXPECT_TRUE(base::contains(end.error().what, plan.operation));
  EXPECT_EQ(door.jobs.size(), 1U);
}
