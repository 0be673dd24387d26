// B-07: each part of a deploy has a time of its own; what one takes is never taken from another.
#include "helm_private_deploy/budgets.hpp"

#include "unit/helm_private_deploy/scripted_door.hpp"

using namespace sentimark;
using namespace sentimark::test;
using helm_private_deploy::add_call;
using helm_private_deploy::Budgets;
using helm_private_deploy::Spent;
using helm_private_deploy::upgrade_allowed;
using helm_private_deploy::verify_allowed;

namespace {

constexpr Millis seconds(std::int64_t count) { return Millis{count * 1'000}; }

Answer after(Verdict verdict, Millis looked, Millis gathered) {
  Answer answer = said(verdict, 3);
  answer.looked = looked;
  answer.gathered = gathered;
  return answer;
}

}  // namespace

TEST(Budgets, need_no_thought) {
  const auto inputs = inputs_of({{"timeout", "5m"}});
  ASSERT_TRUE(is_ok(inputs));
  EXPECT_EQ(inputs->budgets.upgrade, seconds(300));
  EXPECT_EQ(inputs->budgets.transfer, seconds(600));
  EXPECT_EQ(inputs->budgets.rollback, seconds(300));
  EXPECT_EQ(inputs->budgets.diagnose, seconds(60));
  EXPECT_EQ(inputs->budgets.verify, seconds(0));    // what the upgrade leaves
  EXPECT_EQ(inputs->budgets.deadline, seconds(0));  // none
}

TEST(Budgets, a_deadline_keeps_free_what_going_back_needs) {
  const Budgets budgets{seconds(60), seconds(600), seconds(120), seconds(30), seconds(90), seconds(300)};
  EXPECT_EQ(upgrade_allowed(budgets, seconds(0)), seconds(180));
  EXPECT_EQ(upgrade_allowed(budgets, seconds(100)), seconds(80));
  EXPECT_EQ(upgrade_allowed(budgets, seconds(180)), seconds(0));
  EXPECT_EQ(upgrade_allowed(budgets, seconds(900)), seconds(0));
  EXPECT_EQ(verify_allowed(budgets, seconds(0)), seconds(120));
  EXPECT_EQ(verify_allowed(budgets, seconds(150)), seconds(30));
  Budgets endless = budgets;
  endless.deadline = seconds(0);
  EXPECT_EQ(upgrade_allowed(endless, seconds(900)), seconds(600));
  EXPECT_EQ(verify_allowed(endless, seconds(900)), seconds(120));
}

TEST(Budgets, a_deadline_without_time_for_the_upgrade_is_a_mistake) {
  const auto inputs = inputs_of({{"deadline", "3m"}, {"rollback-timeout", "2m"}, {"diagnose-timeout", "58s"}});
  ASSERT_TRUE(has_kind(inputs, Outcome::usage));
  EXPECT_NE(inputs.error().what.find("2 min 58 s"), std::string::npos) << inputs.error().what;
  EXPECT_TRUE(is_ok(inputs_of({{"deadline", "3m"}, {"rollback-timeout", "2m"}, {"diagnose-timeout", "55s"}})));
  EXPECT_EQ(inputs_of({{"deadline", "5m"}, {"rollback-timeout", "2m"}})->budgets.transfer, seconds(120));
  for (const char* name : {"transfer-timeout", "verify-timeout", "diagnose-timeout", "rollback-timeout", "deadline"})
    EXPECT_TRUE(has_kind(inputs_of({{name, "4s"}}), Outcome::usage)) << name;
}

TEST(Budgets, a_call_is_counted_to_what_it_did) {
  Spent spent;
  add_call(spent, after(Verdict::progressing, seconds(30), seconds(0)), JobKind::deploy, false, seconds(50));
  EXPECT_EQ(spent.upgrade, seconds(20));
  EXPECT_EQ(spent.verify, seconds(30));
  add_call(spent, said(Verdict::running), JobKind::watch, false, seconds(15));
  EXPECT_EQ(spent.upgrade, seconds(35));
  add_call(spent, after(Verdict::doomed, seconds(10), seconds(4)), JobKind::watch, false, seconds(20));
  EXPECT_EQ(spent.verify, seconds(46));
  EXPECT_EQ(spent.diagnose, seconds(4));
  add_call(spent, after(Verdict::progressing, seconds(30), seconds(5)), JobKind::rollback, true, seconds(45));
  add_call(spent, after(Verdict::rolled_back, seconds(3), seconds(0)), JobKind::watch, true, seconds(10));
  EXPECT_EQ(spent.diagnose, seconds(9));
  EXPECT_EQ(spent.rollback, seconds(50));
  EXPECT_EQ(spent.upgrade + spent.verify, seconds(81));
  // What a pod says is not believed beyond what was seen.
  Spent doubted;
  add_call(doubted, after(Verdict::healthy, seconds(900), seconds(900)), JobKind::deploy, false, seconds(7));
  EXPECT_EQ(doubted.diagnose + doubted.verify + doubted.upgrade, seconds(7));
}

// Every call of this door takes 10 s.
TEST(Budgets, going_back_has_its_own_time_when_the_upgrade_has_used_up_all_of_its) {
  std::deque<base::Result<Answer>> answers;
  for (int i = 0; i < 2; ++i) answers.emplace_back(said(Verdict::progressing, 3));
  answers.back()->good_revision = 2;
  for (int i = 0; i < 8; ++i) answers.emplace_back(said(Verdict::progressing, 4));
  answers.emplace_back(said(Verdict::rolled_back, 4));
  Case deploy(std::move(answers), {{"timeout", "20s"}, {"rollback-timeout", "90s"}, {"deadline", "3m"}});
  EXPECT_EQ(deploy.outcome(), Outcome::rolled_back) << deploy.cause();
  EXPECT_EQ(deploy.cause().rfind("not healthy within 20.0 s", 0), 0U) << deploy.cause();
  EXPECT_EQ(deploy.door.jobs[0].helm_timeout, seconds(20));
  EXPECT_EQ(deploy.door.jobs[2].kind, JobKind::rollback);
  EXPECT_EQ(deploy.door.jobs[2].helm_timeout, seconds(90));
  EXPECT_EQ(deploy.end->spent.upgrade + deploy.end->spent.verify, seconds(20));
  EXPECT_EQ(deploy.end->spent.rollback, seconds(90));
}

TEST(Budgets, the_upgrade_ends_where_the_deadline_has_to_go_back) {
  Answer late = said(Verdict::progressing, 3);
  late.good_revision = 2;
  Case deploy({late, late, said(Verdict::rolled_back, 4)},
              {{"timeout", "10m"}, {"rollback-timeout", "1m"}, {"diagnose-timeout", "10s"}, {"deadline", "90s"}});
  EXPECT_EQ(deploy.outcome(), Outcome::rolled_back) << deploy.cause();
  EXPECT_EQ(deploy.door.jobs[0].helm_timeout, seconds(20));
  EXPECT_EQ(deploy.door.jobs[2].helm_timeout, seconds(60));
}

TEST(Budgets, verification_begins_when_helm_has_ended) {
  std::deque<base::Result<Answer>> answers;
  for (int i = 0; i < 3; ++i) answers.emplace_back(said(Verdict::running, 0));
  Answer ended = said(Verdict::progressing, 3);
  ended.looked = seconds(8);
  answers.emplace_back(ended);  // after 40 s: 18 s are left
  for (int i = 0; i < 2; ++i) answers.emplace_back(said(Verdict::progressing, 3));
  Case deploy(std::move(answers), {{"timeout", "50s"}, {"verify-timeout", "26s"}, {"on-failure", "keep"}});
  EXPECT_EQ(deploy.outcome(), Outcome::kept);
  EXPECT_TRUE(base::contains(deploy.cause(), "not healthy within 26.0 s")) << deploy.cause();
}

TEST(Budgets, evidence_is_gathered_once_within_its_time) {
  Case without({doomed(3, 2), said(Verdict::rolled_back, 4)}, {{"diagnose-timeout", "20s"}});
  EXPECT_EQ(without.door.jobs[0].gather_for, seconds(20));
  EXPECT_EQ(without.door.jobs[1].gather_for, seconds(20));
  Answer told = doomed(3, 2);
  told.evidence = {{"events.txt", "none"}};
  Case with({told, said(Verdict::rolled_back, 4)}, {{"diagnose-timeout", "20s"}});
  EXPECT_EQ(with.door.jobs[1].gather_for, seconds(0));
}
