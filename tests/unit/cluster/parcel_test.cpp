#include "cluster/parcel.hpp"

#include <gtest/gtest.h>

#include "cluster/run_command_door.hpp"
#include "json/text.hpp"
#include "unit/cluster/answers.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using test::has_kind;
using test::is_ok;

namespace {

const std::vector<cluster::Payload> k_payloads{{"chart.tgz", "chart bytes"}, {"values.json", "{}"}};

}  // namespace

TEST(Parcel, names_every_file_with_size_and_digest) {
  wire::Job job = test::a_job();
  job.files = {{"agent-amd64", 5, digest::sha256_hex("agent")}};  // what the transport adds of its own
  const cluster::Parcel parcel = cluster::parcel_of(job, k_payloads);
  const auto read = wire::job_from_json(*json::parse(parcel.job_text));
  ASSERT_TRUE(is_ok(read));
  ASSERT_EQ(read->files.size(), 3U);
  EXPECT_EQ(read->files[0].name, "agent-amd64");
  EXPECT_EQ(read->files[1].name, "chart.tgz");
  EXPECT_EQ(read->files[1].size, 11U);
  EXPECT_EQ(read->files[1].sha256, digest::sha256_hex("chart bytes"));
  EXPECT_EQ(parcel.job_sha256, digest::sha256_hex(parcel.job_text));
  EXPECT_EQ(parcel.arguments(), (std::vector<std::string>{job.operation, "3", parcel.job_sha256}));
}

TEST(Parcel, takes_only_the_answer_to_this_very_job) {
  const cluster::Parcel parcel = cluster::parcel_of(test::a_job(), k_payloads);
  wire::Answer healthy;
  healthy.verdict = wire::Verdict::healthy;
  const std::string framed = test::answered(parcel.job_sha256, healthy);
  EXPECT_TRUE(is_ok(cluster::answer_in("noise\n" + framed + "more noise", parcel)));

  wire::Job other_job = test::a_job();
  other_job.attempt = 4;
  const cluster::Parcel other = cluster::parcel_of(other_job, k_payloads);
  // The frame is this job's, its content another's.
  wire::Answer foreign = healthy;
  foreign.job_sha256 = other.job_sha256;
  const std::string planted = wire::frame(wire::frame_nonce(parcel.job_sha256), json::to_text(wire::to_json(foreign)));
  for (const std::string& log : {std::string(), std::string("Error from server"), framed.substr(0, framed.size() - 3),
                                 framed + framed, test::answered(other.job_sha256, healthy), planted,
                                 wire::frame(wire::frame_nonce(parcel.job_sha256), "not json")}) {
    const auto answer = cluster::answer_in(log, parcel);
    ASSERT_TRUE(has_kind(answer, Outcome::unknown)) << log;
    EXPECT_EQ(answer.error().code, "no-answer");
  }
}

TEST(CommandLine, is_fixed_text_and_hexadecimal_arguments) {
  const cluster::Parcel parcel = cluster::parcel_of(test::a_job(), k_payloads);
  const std::string line = cluster::command_line(parcel.arguments());
  const std::string fixed = cluster::command_line({});
  ASSERT_EQ(line.rfind(fixed, 0), 0U);
  EXPECT_EQ(line.substr(fixed.size()).find_first_not_of(" 0123456789abcdef"), std::string::npos);
  EXPECT_EQ(fixed.substr(fixed.rfind("; ")), "; exec ./$a");
  EXPECT_EQ(fixed.find_first_of("\n\"'`"), std::string::npos);
}

TEST(PollWait, looks_often_at_first_and_at_the_planned_end) {
  struct Row {
    const char* what;
    int looks;
    std::int64_t since_start;  // seconds
    std::int64_t until_end;
    std::int64_t asked;
    std::int64_t expected;
  };
  const Row rows[] = {
      {"the first look is the service's wish", 0, 0, 40, 2, 2},
      {"which may be at once", 0, 0, 40, 0, 0},
      {"then often", 1, 1, 40, 0, 2},
      {"until 20 s", 9, 19, 40, 0, 2},
      {"then seldom", 10, 20, 40, 0, 5},
      {"until two minutes", 30, 119, 400, 0, 5},
      {"then rarely", 30, 120, 400, 0, 10},
      {"often from the planned end on", 30, 130, 0, 0, 2},
      {"and after it", 30, 600, -300, 0, 2},
      {"never sooner than asked", 1, 1, 40, 15, 15},
      {"not even when due", 30, 600, -300, 15, 15},
      {"a smaller wish does not hurry us", 10, 20, 40, 3, 5},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(cluster::poll_wait(row.looks, Millis{row.since_start * 1'000}, Millis{row.until_end * 1'000},
                                 Millis{row.asked * 1'000}),
              Millis{row.expected * 1'000})
        << row.what;
  }
}
