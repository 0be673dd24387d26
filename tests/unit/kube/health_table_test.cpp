// One object as a file holds it, with nothing around it: its own status fields decide.
#include <gtest/gtest.h>

#include "kube/health.hpp"
#include "unit/data.hpp"

using namespace sentimark;

// HE-06: the status of every kind, case by case, at noon of 2026-01-01.
TEST(HealthTable, gives_each_object_alone_its_status_and_reason) {
  const json::Value table = test::data("kube/health.json");
  ASSERT_GT(table.items().size(), 140U);
  for (const json::Value& row : table.items()) {
    kube::Snapshot snapshot = kube::snapshot_of({row["object"]});
    snapshot.now = *base::from_rfc3339("2026-01-01T12:00:00Z");
    const kube::Judgement judgement = kube::judge(snapshot, kube::Scope::release);
    ASSERT_EQ(judgement.objects.size(), 1U);
    const kube::ObjectHealth& health = judgement.objects.front();
    const std::string label = row["object"]["kind"].string_or_empty() + ": " + row["case"].string_or_empty();
    EXPECT_EQ(kube::status_of(health.health), row["status"].string_or_empty()) << label << ": " << health.message;
    EXPECT_EQ(health.reason, row["reason"].string_or_empty()) << label << ": " << health.message;
    EXPECT_TRUE(health.health != kube::Health::failed || !health.message.empty()) << label;
  }
}

// Without a clock nothing has lasted: what is doubtful stays in progress.
TEST(HealthTable, without_a_clock_only_proof_at_first_sight_fails) {
  const json::Value table = test::data("kube/health.json");
  std::size_t softer = 0;
  for (const json::Value& row : table.items()) {
    const auto health = kube::health_of(row["object"], kube::snapshot_of({row["object"]}));
    const bool failed = health.health == kube::Health::failed;
    if (row["status"].string_or_empty() == "failed" && !failed) ++softer;
    EXPECT_TRUE(!failed || row["status"].string_or_empty() == "failed") << row["case"].string_or_empty();
  }
  EXPECT_EQ(softer, 6U);
}
