// status, history, rollback, uninstall, resume: rows DR-05, B-02, X-10.
#include "helm_private_deploy/orders.hpp"

#include "helm_private_deploy/release_status.hpp"
#include "json/text.hpp"
#include "unit/helm_private_deploy/scripted_door.hpp"

using namespace sentimark;
using namespace sentimark::test;
using helm_private_deploy::carry_out_order;

namespace {

constexpr const char* k_operation = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

// An answer to a status job: a record in this state and two revisions.
Answer standing(wire::FenceState state, std::int64_t revision = 2) {
  wire::FenceRecord record;
  record.operation = k_operation;
  record.attempt = 3;
  record.state = state;
  record.revision = revision;
  record.run_url = "https://github.com/o/r/actions/runs/9";
  record.good = {{1, "c", "v", "m", "2026-11-24T10:00:00Z"}};
  if (state == wire::FenceState::running) record.holder = {"t", "aks-command", "command-1", "u"};
  Answer answer = said(Verdict::left);
  answer.details = json::Object{
      {"record", wire::to_json(record)},
      {"history", json::parse(R"([{"revision":1,"status":"superseded","updated":"a","chart":"s-1","description":"x"},
                                  {"revision":2,"status":"deployed","updated":"b","chart":"s-2","description":"y\nz"}])")
                      .value()}};
  return answer;
}

struct Ordered {
  fake::FakeSys world;
  ScriptedDoor door{world};
  base::Result<runner::Ending> end{base::fail(Outcome::internal, "not run")};

  Ordered(const std::string& verb, std::deque<base::Result<Answer>> answers, Given changes = {}) {
    door.answers = std::move(answers);
    changes.try_emplace("command", verb);
    changes.try_emplace("chart", "");
    const auto inputs = inputs_of(changes);
    EXPECT_TRUE(is_ok(inputs));
    sys::Sys sys = world.sys();
    end = carry_out_order(sys, door, *inputs);
    EXPECT_TRUE(door.answers.empty()) << door.answers.size() << " answers were not asked for";
  }
  std::string calls() const {
    std::string text;
    for (const wire::Job& job : door.jobs)
      text += (text.empty() ? "" : " ") + std::string(wire::word_of(job.kind)) + "/" + std::to_string(job.attempt);
    return text;
  }
  Outcome outcome() const { return end ? end->outcome : end.error().kind; }
};

}  // namespace

TEST(Orders, status_is_one_call_that_changes_nothing) {
  const Ordered told("status", {standing(wire::FenceState::running)});
  EXPECT_EQ(told.calls(), "status/1");
  EXPECT_FALSE(told.door.jobs[0].take_hold);
  EXPECT_EQ(told.end->text,
            "prices in namespace shop: helm says deployed at revision 2\n"
            "record      helm is at work, revision 2\n"
            "operation   " +
                std::string(k_operation) +
                ", try 3\n"
                "run         https://github.com/o/r/actions/runs/9\n"
                "holder      pod command-1, heartbeat 0\n"
                "verified    revision 1 at 2026-11-24T10:00:00Z\n");
  EXPECT_EQ(told.end->data["record"]["state"].string_or_empty(), "running");
}

TEST(Orders, history_marks_what_was_verified) {
  const Ordered told("history", {lost(), standing(wire::FenceState::succeeded)});
  EXPECT_EQ(told.end->text,
            "REVISION  STATUS      VERIFIED  UPDATED  CHART  DESCRIPTION\n"
            "1         superseded  yes       a        s-1    x\n"
            "2         deployed    -         b        s-2    y z\n");
  Answer nothing = said(Verdict::left);
  nothing.details = json::Object{{"record", json::Value()}, {"history", json::Value::array()}};
  EXPECT_TRUE(base::contains(Ordered("status", {nothing}).end->text, "helm knows no such release\nrecord      none"));
}

TEST(Orders, rollback_names_its_target_and_stays_until_it_is_verified) {
  Answer healthy = said(Verdict::healthy, 4);
  healthy.good_revision = 2;
  const Ordered told("rollback", {said(Verdict::progressing, 4), healthy}, {{"revision", "2"}});
  EXPECT_EQ(told.calls(), "revert/1 watch/1");
  EXPECT_EQ(told.door.jobs[0].to_revision, 2);
  EXPECT_EQ(told.end->text, "prices is back at what revision 2 was, and healthy at revision 4\n");
  EXPECT_EQ(told.outcome(), Outcome::ok);
  EXPECT_EQ(Ordered("rollback", {said(Verdict::healthy, 4)}).door.jobs[0].to_revision, 0);
}

TEST(Orders, a_rollback_that_fails_is_kept_and_told) {
  const Ordered told("rollback", {doomed(4, 2)});
  EXPECT_EQ(told.outcome(), Outcome::kept);
  EXPECT_EQ(told.end->reason, "image not found");
  EXPECT_TRUE(base::contains(told.end->summary, "image not found"));
}

TEST(Orders, what_the_cluster_refuses_is_told_with_its_kind) {
  Answer refused = because(said(Verdict::refused), "no revision of prices below 1 is verified");
  refused.kind = "refused";
  EXPECT_EQ(Ordered("rollback", {refused}).outcome(), Outcome::refused);
  EXPECT_EQ(Ordered("uninstall", {because(said(Verdict::left), "another deploy has taken its place")}).outcome(),
            Outcome::refused);
}

TEST(Orders, uninstall_ends_well_when_the_release_is_gone) {
  EXPECT_EQ(Ordered("uninstall", {said(Verdict::uninstalled)}).end->text, "prices is removed\n");
  Answer absent = said(Verdict::uninstalled);
  absent.unchanged = true;
  EXPECT_EQ(Ordered("uninstall", {absent}).end->text, "prices was not there\n");
}

// Nobody knows what became of a lost call: the record is looked at, and only what it does not know is sent again.
TEST(Orders, a_lost_call_is_looked_up_before_it_is_sent_again) {
  Answer unknown = because(said(Verdict::refused), "the cluster holds no record");
  Answer known = said(Verdict::healthy, 4);
  known.operation = k_operation;
  const Given named{{"operation-id", k_operation}};
  EXPECT_EQ(Ordered("rollback", {lost("ambiguous"), unknown, known}, named).calls(), "revert/1 watch/1 revert/1");
  EXPECT_EQ(Ordered("rollback", {lost(), known}, named).calls(), "revert/1 watch/1");
  const Ordered all_lost("uninstall", {lost(), lost(), lost(), lost(), lost(), lost()}, named);
  EXPECT_EQ(all_lost.outcome(), Outcome::unknown);
}

TEST(Orders, a_rerun_takes_a_finished_order_as_it_is_and_a_failed_one_up_again) {
  EXPECT_EQ(Ordered("rollback", {said(Verdict::healthy, 4, "earlier")}).calls(), "revert/1");
  EXPECT_EQ(Ordered("rollback", {said(Verdict::doomed, 4, "earlier"), said(Verdict::healthy, 5)}).calls(),
            "revert/1 revert/2");
}

TEST(Orders, resume_stays_with_the_recorded_try_to_its_verdict) {
  const Ordered told("resume",
                     {standing(wire::FenceState::watching), said(Verdict::progressing, 2), said(Verdict::healthy, 2)});
  EXPECT_EQ(told.calls(), "status/1 watch/3 watch/3");
  EXPECT_EQ(told.door.jobs[1].operation, k_operation);
  EXPECT_EQ(told.end->text, "prices is healthy at revision 2\n");
  EXPECT_EQ(Ordered("resume", {standing(wire::FenceState::failed), doomed(2, 1)}).outcome(), Outcome::kept);
  const Ordered slow("resume", {standing(wire::FenceState::watching), said(Verdict::progressing, 2)},
                     {{"timeout", "20s"}});
  EXPECT_EQ(slow.outcome(), Outcome::timeout);
}

TEST(Orders, force_takes_the_hold_away_once_and_says_so) {
  const Ordered told("resume", {standing(wire::FenceState::abandoned)}, {{"force", "true"}});
  EXPECT_EQ(told.calls(), "status/1");
  EXPECT_TRUE(told.door.jobs[0].take_hold);
  EXPECT_TRUE(base::contains(told.end->text, "Nobody holds the release now"));
}

TEST(Orders, inputs_of_one_verb_are_refused_for_another) {
  EXPECT_TRUE(has_kind(inputs_of({{"command", "status"}, {"revision", "2"}}), Outcome::usage));
  EXPECT_TRUE(has_kind(inputs_of({{"command", "rollback"}, {"revision", "0"}}), Outcome::usage));
  EXPECT_TRUE(has_kind(inputs_of({{"command", "rollback"}, {"revision", "x"}}), Outcome::usage));
  EXPECT_TRUE(has_kind(inputs_of({{"command", "rollback"}, {"force", "true"}}), Outcome::usage));
  EXPECT_TRUE(has_kind(inputs_of({{"command", "destroy"}}), Outcome::usage));
  EXPECT_TRUE(has_kind(inputs_of({{"chart", ""}}), Outcome::usage));
  EXPECT_TRUE(is_ok(inputs_of({{"command", "history"}, {"chart", ""}})));
}
