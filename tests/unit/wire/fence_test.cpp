#include "wire/fence.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;
using wire::FenceMove;
using wire::FenceState;

namespace {

wire::Claim claim(const std::string& operation, std::int64_t attempt, const std::string& token = "me") {
  return {operation, attempt, "caller", {token, "aks-command", "command-" + token, "uid-" + token}, "https://run", 50};
}

wire::FenceRecord record(const std::string& operation, std::int64_t attempt, FenceState state,
                         const std::string& token = "other") {
  wire::FenceRecord made = wire::acquired(std::nullopt, claim(operation, attempt, token));
  made.state = state;
  return made;
}

// The record of operation b, which came after this try of another operation had ended.
wire::FenceRecord after(const std::string& operation, std::int64_t attempt) {
  wire::FenceRecord made = wire::acquired(record(operation, attempt, FenceState::succeeded), claim("b", 1));
  made.state = FenceState::succeeded;
  return made;
}

wire::FenceRecord sent_at(std::int64_t order, wire::FenceRecord made) {
  made.order = order;
  return made;
}

wire::FenceRecord told(wire::FenceRecord made) {
  made.stop = true;
  return made;
}

struct Row {
  const char* label;
  std::optional<wire::FenceRecord> present;
  FenceMove move;
};

}  // namespace

// X-10, B-02: the whole table of who may run helm; each row is one line of docs/protocols/fence.md.
TEST(Fence, decides_who_may_run_helm) {
  const std::vector<Row> rows = {
      {"nobody was here", std::nullopt, FenceMove::acquire},
      {"our own write, read again", record("a", 2, FenceState::running, "me"), FenceMove::own},
      {"a second pod of this try", record("a", 2, FenceState::running), FenceMove::follow},
      {"this try waits for its verdict", record("a", 2, FenceState::watching), FenceMove::answer},
      {"this try has succeeded", record("a", 2, FenceState::succeeded), FenceMove::answer},
      {"this try has failed", record("a", 2, FenceState::failed), FenceMove::answer},
      {"a newer try runs", record("a", 3, FenceState::running), FenceMove::leave},
      {"a newer try has ended", record("a", 3, FenceState::failed), FenceMove::leave},
      {"an earlier try still runs", record("a", 1, FenceState::running), FenceMove::observe},
      {"an earlier try waits for its verdict", record("a", 1, FenceState::watching), FenceMove::answer},
      {"an earlier try has succeeded", record("a", 1, FenceState::succeeded), FenceMove::answer},
      {"an earlier try has failed", record("a", 1, FenceState::failed), FenceMove::acquire},
      {"an earlier try was rolled back", record("a", 1, FenceState::rolled_back), FenceMove::acquire},
      {"an earlier try was interrupted", record("a", 1, FenceState::interrupted), FenceMove::acquire},
      {"another operation runs", record("b", 1, FenceState::running), FenceMove::observe},
      {"another operation waits for its verdict", record("b", 1, FenceState::watching), FenceMove::observe},
      {"another operation has succeeded", record("b", 1, FenceState::succeeded), FenceMove::acquire},
      {"another operation has failed", record("b", 9, FenceState::failed), FenceMove::acquire},
      {"this try has ended and another operation followed", after("a", 2), FenceMove::leave},
      {"a later try has ended and another operation followed", after("a", 3), FenceMove::leave},
      {"an earlier try has ended and another operation followed", after("a", 1), FenceMove::acquire},
      {"a newer operation has ended", sent_at(51, record("b", 1, FenceState::succeeded)), FenceMove::leave},
      {"a newer operation has failed", sent_at(51, record("b", 1, FenceState::failed)), FenceMove::leave},
      {"a newer operation runs", sent_at(51, record("b", 1, FenceState::running)), FenceMove::leave},
      {"an operation sent at the same moment", sent_at(50, record("b", 1, FenceState::failed)), FenceMove::acquire},
      {"an earlier try runs, and this one was told to stop before it began",
       wire::refusing(record("a", 1, FenceState::running), claim("a", 2)), FenceMove::leave},
      {"an earlier try runs, and a try before this one was told to stop before it began",
       wire::refusing(record("a", 0, FenceState::running), claim("a", 1)), FenceMove::observe},
      {"our own write, and a later try was told to stop before it began",
       wire::refusing(record("a", 2, FenceState::running, "me"), claim("a", 3)), FenceMove::own},
      {"an older operation", sent_at(49, record("b", 1, FenceState::succeeded)), FenceMove::acquire},
      {"tries go by their number", sent_at(51, record("a", 1, FenceState::failed)), FenceMove::acquire},
  };
  for (const Row& row : rows) EXPECT_EQ(wire::decide(row.present, claim("a", 2)), row.move) << row.label;
}

// X-10: going back is claimed like a deploy, and only by the try that failed.
TEST(Fence, decides_who_may_undo) {
  wire::FenceRecord undoing = wire::undoing(record("a", 2, FenceState::failed), claim("a", 2, "other").self);
  wire::FenceRecord unheld = undoing;
  unheld.holder = {};
  wire::FenceRecord ours = wire::undoing(undoing, claim("a", 2).self);
  const std::vector<Row> rows = {
      {"nobody was here", std::nullopt, FenceMove::leave},
      {"it has failed", record("a", 2, FenceState::failed), FenceMove::acquire},
      {"it is not ready in time", record("a", 2, FenceState::watching), FenceMove::acquire},
      {"it was interrupted", record("a", 2, FenceState::interrupted), FenceMove::acquire},
      {"it was told to stop", told(record("a", 2, FenceState::interrupted)), FenceMove::answer},
      {"it was told to stop and its holder may be dead", told(record("a", 2, FenceState::running)), FenceMove::answer},
      {"it still runs", record("a", 2, FenceState::running), FenceMove::observe},
      {"another pod undoes it", undoing, FenceMove::observe},
      {"we undo it", ours, FenceMove::own},
      {"what was undone waits for its verdict", unheld, FenceMove::answer},
      {"it has succeeded", record("a", 2, FenceState::succeeded), FenceMove::answer},
      {"it was undone", record("a", 2, FenceState::rolled_back), FenceMove::answer},
      {"an earlier try", record("a", 1, FenceState::failed), FenceMove::leave},
      {"a newer try", record("a", 3, FenceState::failed), FenceMove::leave},
      {"another operation", record("b", 2, FenceState::failed), FenceMove::leave},
  };
  for (const Row& row : rows) EXPECT_EQ(wire::decide_undo(row.present, claim("a", 2)), row.move) << row.label;
  EXPECT_EQ(wire::decide(undoing, claim("a", 2)), FenceMove::follow);
  EXPECT_EQ(wire::decide(undoing, claim("a", 3)), FenceMove::observe);
  EXPECT_EQ(wire::decide(unheld, claim("a", 3)), FenceMove::answer);
  EXPECT_EQ(wire::decide(undoing, claim("b", 1)), FenceMove::observe);
}

// B-24, X-10: the whole table of a job that ends a try. A live holder keeps its hold and is only told.
TEST(Fence, decides_what_a_stop_writes) {
  wire::FenceRecord undone = wire::undoing(record("a", 2, FenceState::failed), claim("a", 2, "other").self);
  wire::FenceRecord awaited = undone;
  awaited.holder = {};
  struct Stopped {
    const char* label;
    std::optional<wire::FenceRecord> present;
    const char* written;  // operation/try state, "stop" where told, and the newest earlier line; empty: nothing
  };
  const std::vector<Stopped> rows = {
      {"nobody was here", std::nullopt, "a/2 interrupted stop"},
      {"its holder runs helm", record("a", 2, FenceState::running), "a/2 running stop"},
      {"it is told already", told(record("a", 2, FenceState::running)), ""},
      {"its holder undoes it", undone, "a/2 undoing stop"},
      {"it waits for its verdict", record("a", 2, FenceState::watching), "a/2 interrupted stop"},
      {"what was undone waits for its verdict", awaited, "a/2 interrupted stop"},
      {"it has failed and might be undone", record("a", 2, FenceState::failed), "a/2 interrupted stop"},
      {"it was interrupted and might be undone", record("a", 2, FenceState::interrupted), "a/2 interrupted stop"},
      {"it was stopped", told(record("a", 2, FenceState::interrupted)), ""},
      {"it has succeeded", record("a", 2, FenceState::succeeded), ""},
      {"it was rolled back", record("a", 2, FenceState::rolled_back), ""},
      {"a newer try runs", record("a", 3, FenceState::running), ""},
      {"an earlier try runs helm", record("a", 1, FenceState::running), "a/1 running stop, a/2 refused"},
      {"an earlier try is told already", told(record("a", 1, FenceState::running)), "a/1 running stop, a/2 refused"},
      {"an earlier try waits for its verdict", record("a", 1, FenceState::watching),
       "a/1 interrupted stop, a/2 refused"},
      {"an earlier try has failed", record("a", 1, FenceState::failed), "a/2 interrupted stop, a/1 failed"},
      {"an earlier try has succeeded", record("a", 1, FenceState::succeeded), ""},
      {"another operation runs", record("b", 1, FenceState::running), "b/1 running, a/2 refused"},
      {"another operation waits for its verdict", record("b", 1, FenceState::watching), "b/1 watching, a/2 refused"},
      {"another operation has ended", record("b", 1, FenceState::succeeded), "a/2 interrupted stop, b/1 succeeded"},
      {"another operation came later", sent_at(51, record("b", 1, FenceState::running)), ""},
      {"it is over, and another operation followed", after("a", 2), ""},
  };
  for (const Stopped& row : rows) {
    const auto written = wire::stopping(row.present, claim("a", 2));
    std::string text;
    if (written) {
      text = written->operation + "/" + std::to_string(written->attempt) + " " +
             std::string(wire::word_of(written->state)) + (written->stop ? " stop" : "") +
             (written->earlier.empty() ? "" : ", " + written->earlier.front());
      const bool robbed =
          row.present && wire::is_held(*row.present) && written->holder.token != row.present->holder.token;
      EXPECT_FALSE(robbed) << row.label;
      EXPECT_FALSE(wire::stopping(written, claim("a", 2)).has_value()) << row.label;  // once is enough
    }
    EXPECT_EQ(text, row.written) << row.label;
  }
}

// B-24: a holder that has heard of it too late ends no verdict's way either; its cause is not lost.
TEST(Fence, who_was_told_to_stop_waits_for_no_verdict) {
  wire::FenceRecord failed = told(record("a", 2, FenceState::failed));
  failed.cause = "helm was ended";
  wire::end_if_told(failed);
  EXPECT_EQ(failed.state, FenceState::interrupted);
  EXPECT_EQ(failed.cause, "told to stop; before that: helm was ended");
  wire::FenceRecord untold = record("a", 2, FenceState::watching);
  wire::end_if_told(untold);
  EXPECT_EQ(untold.state, FenceState::watching);
  wire::FenceRecord healthy = told(record("a", 2, FenceState::succeeded));
  wire::end_if_told(healthy);
  EXPECT_EQ(healthy.state, FenceState::succeeded);
  EXPECT_TRUE(wire::fence_from_json(wire::to_json(failed))->stop);
  EXPECT_FALSE(wire::acquired(failed, claim("a", 3)).stop);  // the next try is not told
}

TEST(Fence, survives_its_own_text) {
  wire::FenceRecord before = record("a", 2, FenceState::failed);
  before.revision = 7;
  before.cause = "the image \"x\" was not found";
  wire::add_good(before, {6, "chart", "values", "manifest", "2026-01-02T03:04:05Z"});
  const auto parsed = json::parse(json::to_text(wire::to_json(before)));
  ASSERT_TRUE(is_ok(parsed));
  const auto after = wire::fence_from_json(*parsed);
  ASSERT_TRUE(is_ok(after));
  EXPECT_EQ(wire::to_json(*after), wire::to_json(before));
}

// A record of a later version must never be taken for an empty fence.
TEST(Fence, refuses_a_record_it_does_not_understand) {
  for (const char* text : {R"({})", R"({"version":2,"operation":"a","try":1,"state":"running"})",
                           R"({"version":1,"operation":"a","try":1,"state":"sleeping"})",
                           R"({"version":1,"operation":"","try":1,"state":"running"})",
                           R"({"version":1,"operation":"a","try":0,"state":"running"})"}) {
    const auto value = json::parse(text);
    ASSERT_TRUE(is_ok(value));
    EXPECT_TRUE(has_kind(wire::fence_from_json(*value), base::Outcome::refused)) << text;
  }
}

TEST(Fence, taking_over_keeps_the_good_revisions_and_names_the_dead) {
  wire::FenceRecord old = record("b", 1, FenceState::running);
  old.heartbeat = 41;
  wire::add_good(old, {3, "c", "v", "m", "t"});
  const wire::FenceRecord next = wire::acquired(old, claim("a", 1));
  EXPECT_EQ(next.heartbeat, 42);
  ASSERT_EQ(next.good.size(), 1U);
  EXPECT_EQ(next.earlier, (std::vector<std::string>{"b/1 abandoned"}));
}

// X-10: a pod of a try that was refused does nothing, also not when it starts after whoever held the fence has ended.
TEST(Fence, a_refused_try_is_over_for_all_its_pods) {
  wire::FenceRecord held = wire::acquired(record("c", 1, FenceState::failed), claim("b", 1, "other"));
  wire::FenceRecord noted = wire::refusing(held, claim("a", 1));
  EXPECT_EQ(noted.earlier, (std::vector<std::string>{"a/1 refused", "c/1 failed"}));
  EXPECT_EQ(noted.heartbeat, held.heartbeat);
  EXPECT_EQ(noted.holder.token, held.holder.token);
  noted = wire::refusing(noted, claim("a", 2));
  EXPECT_EQ(noted.earlier, (std::vector<std::string>{"a/2 refused", "c/1 failed"}));
  EXPECT_EQ(wire::earlier_try(noted, "a"), 2);
  noted.state = FenceState::succeeded;
  EXPECT_EQ(wire::decide(noted, claim("a", 1)), FenceMove::leave);
  EXPECT_EQ(wire::decide(noted, claim("a", 2)), FenceMove::leave);
  EXPECT_EQ(wire::decide(noted, claim("a", 3)), FenceMove::acquire);
}

// What a helm of ours left half done is known as ours until one has come to its end, whoever tried in between.
TEST(Fence, remembers_what_was_left_half_way) {
  for (const FenceState state : {FenceState::running, FenceState::interrupted, FenceState::rollback_failed}) {
    wire::FenceRecord next = wire::acquired(record("a", 1, state), claim("a", 2));
    EXPECT_TRUE(next.half_way);
    next.state = FenceState::failed;
    EXPECT_TRUE(wire::acquired(next, claim("a", 3)).half_way);
    EXPECT_TRUE(wire::fence_from_json(wire::to_json(next))->half_way);
  }
  for (const FenceState state : {FenceState::failed, FenceState::succeeded, FenceState::rolled_back})
    EXPECT_FALSE(wire::acquired(record("a", 1, state), claim("a", 2)).half_way);
}

TEST(Fence, the_order_of_a_record_never_goes_back) {
  wire::Claim late = claim("a", 2);
  late.order = 40;
  EXPECT_EQ(wire::acquired(record("a", 1, FenceState::failed), late).order, 50);
  EXPECT_EQ(wire::acquired(std::nullopt, late).order, 40);
  EXPECT_EQ(wire::order_in(-1), 0);
  EXPECT_EQ(wire::order_in(INT64_MAX), 0);
}

// DR-05: never back to a revision that only Helm calls deployed.
TEST(Fence, good_revision_is_the_newest_verified_one_below) {
  wire::FenceRecord some = record("a", 1, FenceState::failed);
  EXPECT_FALSE(wire::good_before(some, 9).has_value());
  for (const std::int64_t revision : {2, 5, 4}) wire::add_good(some, {revision, "", "", "", ""});
  EXPECT_EQ(wire::good_before(some, 5)->revision, 4);
  EXPECT_EQ(wire::good_before(some, 6)->revision, 5);
  EXPECT_FALSE(wire::good_before(some, 2).has_value());
  for (std::int64_t revision = 10; revision < 30; ++revision) wire::add_good(some, {revision, "", "", "", ""});
  EXPECT_EQ(some.good.size(), 10U);
  EXPECT_EQ(some.good.front().revision, 29);
}
