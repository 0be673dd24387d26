#include "base/time.hpp"

#include <gtest/gtest.h>

#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using test::has_kind;
using test::is_ok;

TEST(Time, reads_the_forms_that_servers_send) {
  struct Row {
    const char* text;
    std::int64_t millis;
  };
  for (const Row& row :
       {Row{"1970-01-01T00:00:00Z", 0}, Row{"2026-02-28T23:59:60Z", 1772323200000},
        Row{"2026-11-23T10:20:30.5Z", 1795429230500}, Row{"2026-11-23T10:20:30.1234567Z", 1795429230123},
        Row{"2026-11-23T12:20:30+02:00", 1795429230000}, Row{"1969-12-31T23:59:59Z", -1000}}) {
    const auto at = base::from_rfc3339(row.text);
    ASSERT_TRUE(is_ok(at)) << row.text;
    EXPECT_EQ(at->since_epoch.count(), row.millis) << row.text;
  }
}

TEST(Time, refuses_what_is_no_time) {
  for (const char* text : {"", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
                           "2026-11-23T10:20:30", "2026-11-23T10:20:30Zx", "2026-11-23T10:20:30.Z"}) {
    EXPECT_TRUE(has_kind(base::from_rfc3339(text), base::Outcome::config)) << text;
  }
}

TEST(Time, writes_what_it_reads) {
  const auto at = base::from_rfc3339("2026-11-23T10:20:30Z");
  ASSERT_TRUE(is_ok(at));
  EXPECT_EQ(base::to_rfc3339(*at), "2026-11-23T10:20:30Z");
}

TEST(Duration, reads_units_and_their_sums) {
  struct Row {
    const char* text;
    Millis span;
  };
  for (const Row& row : {Row{"500ms", Millis{500}}, Row{"90s", Millis{90'000}}, Row{"10m", Millis{600'000}},
                         Row{"1h30m", Millis{5'400'000}}, Row{" 5s ", Millis{5'000}}}) {
    const auto span = base::parse_duration(row.text);
    ASSERT_TRUE(is_ok(span)) << row.text;
    EXPECT_EQ(*span, row.span) << row.text;
  }
}

TEST(Duration, refuses_missing_units_zero_and_more_than_a_day) {
  for (const char* text : {"", "10", "s", "0s", "-5s", "10 m", "1d", "25h", "99999999999999999999s"}) {
    EXPECT_TRUE(has_kind(base::parse_duration(text), base::Outcome::usage)) << text;
  }
}
