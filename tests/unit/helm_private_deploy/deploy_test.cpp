#include "helm_private_deploy/deploy.hpp"

#include "unit/helm_private_deploy/scripted_door.hpp"

using namespace sentimark;
using namespace sentimark::test;

TEST(Deploy, ends_with_one_call_when_all_is_well) {
  Answer unchanged = said(Verdict::healthy, 3);
  unchanged.unchanged = true;
  for (const Answer& answer : {said(Verdict::healthy, 3), unchanged}) {
    Case deploy({answer});
    ASSERT_TRUE(is_ok(deploy.end));
    EXPECT_EQ(deploy.outcome(), Outcome::ok);
    EXPECT_EQ(deploy.end->last.revision, 3);
    EXPECT_EQ(deploy.end->last.unchanged, answer.unchanged);
    EXPECT_EQ(deploy.cause(), "");
    EXPECT_EQ(deploy.calls(), "deploy/1");
    EXPECT_EQ(deploy.end->took, Millis{10'000});
    EXPECT_EQ(deploy.end->costs.calls, 1);
  }
}

TEST(Deploy, makes_no_call_when_the_door_does_not_open) {
  fake::FakeSys world;
  ScriptedDoor door(world);
  door.opening = base::fail(Outcome::refused, "stopped", "start it", "stopped");
  const auto plan = test::plan_of(world);
  sys::Sys sys = world.sys();
  EXPECT_TRUE(has_kind(helm_private_deploy::deploy(sys, door, plan), Outcome::refused));
  EXPECT_TRUE(door.jobs.empty());
}

TEST(Deploy, looks_on_in_longer_calls_until_the_verdict) {
  Case deploy({said(Verdict::progressing, 2), said(Verdict::progressing, 2), said(Verdict::progressing, 2),
               said(Verdict::progressing, 2), said(Verdict::healthy, 2)});
  EXPECT_EQ(deploy.outcome(), Outcome::ok);
  EXPECT_EQ(deploy.calls(), "deploy/1 watch/1 watch/1 watch/1 watch/1");
  std::vector<std::int64_t> spans;
  for (const wire::Job& job : deploy.door.jobs) spans.push_back(job.watch_for.count() / 1'000);
  EXPECT_EQ(spans, (std::vector<std::int64_t>{30, 15, 30, 60, 60}));
  // Chart and values travel with the first call alone.
  EXPECT_EQ(deploy.door.files, (std::vector<std::size_t>{2, 0, 0, 0, 0}));
  for (const wire::Job& job : deploy.door.jobs) EXPECT_EQ(job.caller, deploy.door.jobs.front().caller);
}

TEST(Deploy, goes_back_from_a_failed_revision_and_tells_both) {
  Case deploy({doomed(3, 2), said(Verdict::progressing, 4), because(said(Verdict::rolled_back, 4), "image not found")});
  EXPECT_EQ(deploy.outcome(), Outcome::rolled_back);
  EXPECT_EQ(deploy.cause(), "image not found");
  EXPECT_EQ(deploy.end->failed.revision, 3);
  EXPECT_EQ(deploy.end->last.revision, 4);
  EXPECT_EQ(deploy.calls(), "deploy/1 rollback/1 watch/1");
  EXPECT_EQ(deploy.door.jobs[1].cause, "image not found");
}

TEST(Deploy, does_with_a_failed_release_what_was_asked) {
  struct Row {
    const char* what;
    const char* way;
    Answer failed;
    Outcome outcome;
    const char* calls;
  };
  const Row rows[] = {
      {"keep", "keep", doomed(3, 2), Outcome::kept, "deploy/1"},
      {"nothing to go back to", "rollback", doomed(1, 0), Outcome::kept, "deploy/1"},
      {"nothing verified", "rollback", doomed(5, 0), Outcome::kept, "deploy/1"},
      {"first install removed", "uninstall-if-first", doomed(1, 0), Outcome::uninstalled, "deploy/1 uninstall/1"},
      {"not the first: back", "uninstall-if-first", doomed(3, 2), Outcome::rolled_back, "deploy/1 rollback/1"},
      {"not the first, nothing verified", "uninstall-if-first", doomed(5, 0), Outcome::kept, "deploy/1"},
      {"helm itself failed late", "rollback",
       [] {
         Answer answer = because(said(Verdict::helm_failed, 3), "post-upgrade hook failed");
         answer.good_revision = 2;
         return answer;
       }(),
       Outcome::rolled_back, "deploy/1 rollback/1"},
  };
  for (const Row& row : rows) {
    std::deque<base::Result<Answer>> answers{row.failed};
    if (row.outcome == Outcome::uninstalled) answers.emplace_back(said(Verdict::uninstalled));
    if (row.outcome == Outcome::rolled_back) answers.emplace_back(said(Verdict::rolled_back, 4));
    Case deploy(std::move(answers), {{"on-failure", row.way}});
    EXPECT_EQ(deploy.outcome(), row.outcome) << row.what;
    EXPECT_EQ(deploy.calls(), row.calls) << row.what;
    EXPECT_EQ(deploy.cause().rfind(row.failed.cause, 0), 0U) << deploy.cause();
  }
  Case kept({doomed(1, 0)});
  EXPECT_TRUE(base::contains(kept.cause(), "no verified earlier revision"));
}

TEST(Deploy, tells_how_going_back_failed) {
  struct Row {
    const char* what;
    base::Result<Answer> answer;
    Outcome outcome;
    const char* cause;  // a part of it
  };
  Answer refused = because(said(Verdict::refused), "no verified earlier revision");
  refused.kind = "failed-kept";
  Answer held = because(said(Verdict::refused), "held by another run");
  held.kind = "refused";
  const Row rows[] = {
      {"helm failed", because(said(Verdict::rollback_failed, 3), "timed out"), Outcome::rollback_failed,
       "going back failed as well: timed out"},
      {"the record tells of both", because(said(Verdict::rollback_failed, 3), doomed(3, 2).cause + "; no route"),
       Outcome::rollback_failed, "going back failed as well: no route"},
      {"the agent found no good one", refused, Outcome::kept, "no verified earlier revision"},
      {"somebody else holds it", held, Outcome::rollback_failed, "held by another run"},
      {"no way there", base::fail(Outcome::network, "no route"), Outcome::rollback_failed,
       "going back failed as well: no route"},
      {"told to stop", said(Verdict::interrupted, 3), Outcome::interrupted, "going back was stopped"},
      {"told to stop on the way", base::fail(Outcome::interrupted, "stop"), Outcome::interrupted, "stop"},
  };
  for (const Row& row : rows) {
    Case deploy({doomed(3, 2), row.answer});
    EXPECT_EQ(deploy.outcome(), row.outcome) << row.what;
    EXPECT_TRUE(base::contains(deploy.cause(), row.cause)) << row.what << ": " << deploy.cause();
  }
}

TEST(Deploy, tells_a_helm_that_changed_nothing_by_whose_fault) {
  struct Row {
    const char* cause;
    Outcome kind;
  };
  const Row rows[] = {
      {"parse error at (service/templates/a.yaml:3)", Outcome::config},
      {"execution error at (a.yaml:1:3): image.tag is needed", Outcome::config},
      {"values don't meet the specifications of the schema(s)", Outcome::config},
      {"error converting YAML to JSON: line 3", Outcome::config},
      {"unable to build kubernetes objects from release manifest", Outcome::config},
      {"Kubernetes cluster unreachable", Outcome::remote},
      {"secrets is forbidden", Outcome::remote},
  };
  for (const Row& row : rows) {
    Case deploy({because(said(Verdict::helm_failed, 0), row.cause)});
    EXPECT_EQ(deploy.outcome(), row.kind) << row.cause;
    EXPECT_TRUE(base::contains(deploy.cause(), row.cause)) << deploy.cause();
    EXPECT_EQ(deploy.calls(), "deploy/1");
  }
}

TEST(Deploy, hands_on_a_refusal_with_its_kind) {
  for (const char* word : {"config", "auth", "refused", "network", "timeout", "no word of ours"}) {
    Answer answer = because(said(Verdict::refused), "because");
    answer.kind = word;
    answer.cure = "do this";
    // Trouble of the pod's own may pass, or may not be that of another pod of the same POST: the try is sent again.
    std::deque<base::Result<Answer>> answers{answer};
    if (answer.kind == "network" || answer.kind == "timeout") {
      for (int again = 0; again < 2; ++again) {
        answers.emplace_back(because(said(Verdict::refused), "the cluster holds no record"));
        answers.emplace_back(answer);
      }
    }
    Case deploy(std::move(answers));
    ASSERT_FALSE(deploy.end.ok());
    const std::string_view expected = std::string_view(word) == "no word of ours" ? "refused" : word;
    EXPECT_EQ(base::row_of(deploy.outcome()).word, expected);
    EXPECT_EQ(deploy.end.error().cure, "do this");
  }
}

// What this identity may not see is not waited for; the words are those that the identity doctor reads.
TEST(Deploy, a_rollout_that_may_not_be_seen_ends_at_once) {
  Answer unseen =
      because(said(Verdict::progressing, 3),
              "kubectl: pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the "
              "namespace \"shop\"");
  unseen.kind = base::row_of(Outcome::auth).word;
  const Case deploy({unseen});
  EXPECT_EQ(deploy.calls(), "deploy/1");
  EXPECT_EQ(deploy.outcome(), Outcome::auth);
  EXPECT_TRUE(base::contains(deploy.cause(), "User \"u\" cannot list resource \"pods\"")) << deploy.cause();
  EXPECT_TRUE(base::contains(deploy.cause(), "revision 3 is rolling out")) << deploy.cause();
}
