// What no single call can carry, against a cluster that keeps Secrets as the real one does. Row: B-06.
#include "cluster/transfer.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "fake/sys.hpp"
#include "unit/cluster/answers.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using cluster::Payload;
using test::has_kind;
using test::is_ok;

namespace {

std::string file(const cluster::PodCall& call, const std::string& name) {
  for (const Payload& payload : call.files) {
    if (payload.name == name) return payload.bytes;
  }
  return "(absent)";
}

std::string result(int code, const std::string& out, const std::string& errors) {
  return "result " + std::to_string(code) + " 0 plain " + std::to_string(out.size()) + " " + digest::sha256_hex(out) +
         " " + std::to_string(out.size()) + " " + std::to_string(errors.size()) + "\n" + out + errors;
}

// A namespace whose Secrets are created once and named in every answer.
struct Namespace {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  std::map<std::string, json::Value> secrets;
  std::vector<cluster::PodCall> calls;
  std::vector<base::Error> troubles;  // of the next calls, last first: each is lost after it was carried out
  std::string refusal;                // of kubectl create

  base::Result<std::string> take(const cluster::PodCall& call) {
    calls.push_back(call);
    const auto secret = json::parse(file(call, "chunk.json"));
    const std::string name = (*secret)["metadata"]["name"].string_or_empty();
    if (refusal.empty()) secrets.emplace(name, *secret);
    if (!troubles.empty()) {
      base::Error trouble = troubles.back();
      troubles.pop_back();
      return trouble;
    }
    std::string names;
    for (const auto& [known, value] : secrets) names += "secret/" + known + "\n";
    return wire::frame(
        wire::frame_nonce(call.digest),
        result(0, "", "No resources found\n") + result(refusal.empty() ? 0 : 1, "", refusal) + result(0, names, ""));
  }
  base::Instant until = world.clock.monotonic() + base::Millis{600'000};
  base::Result<int> bring(const std::vector<Payload>& files, std::uint64_t most, wire::Job& job) {
    return cluster::transfer(sys, job, files, most, until,
                             [this](const cluster::PodCall& call, base::Millis) { return take(call); });
  }
  base::Result<int> bring(const std::vector<Payload>& files, std::uint64_t most) {
    wire::Job job = test::a_job();
    return bring(files, most, job);
  }
};

const std::vector<Payload> k_files{{"chart.tgz", "aabbaac"}};

}  // namespace

TEST(Transfer, a_file_is_cut_into_pieces_that_make_it_up_again) {
  for (const std::uint64_t most : {1U, 3U, 7U, 8U}) {
    std::string whole;
    for (const std::string_view chunk : cluster::chunks_of("aabbaac", most)) {
      EXPECT_LE(chunk.size(), most);
      EXPECT_FALSE(chunk.empty());
      whole += chunk;
    }
    EXPECT_EQ(whole, "aabbaac");
  }
  EXPECT_TRUE(cluster::chunks_of("", 5).empty());
}

TEST(Transfer, each_piece_is_a_secret_named_by_its_content) {
  Namespace place;
  wire::Job job = test::a_job();
  const auto chunks = place.bring(k_files, 2, job);
  ASSERT_TRUE(is_ok(chunks));
  EXPECT_EQ(*chunks, 4);
  EXPECT_EQ(place.secrets.size(), 3U);  // "aa" twice
  for (const auto& [name, secret] : place.secrets) {
    const auto bytes = base::from_base64(secret["data"]["chunk"].string_or_empty());
    EXPECT_EQ(name, wire::chunk_secret(digest::sha256_hex(*bytes)));
    EXPECT_EQ(secret["metadata"]["namespace"].string_or_empty(), "shop");
    EXPECT_TRUE(secret["immutable"].bool_or(false));
  }
  ASSERT_EQ(job.files.size(), 1U);
  EXPECT_EQ(job.files[0].size, 7U);
  EXPECT_EQ(job.files[0].sha256, digest::sha256_hex("aabbaac"));
  const std::vector<std::string> order{digest::sha256_hex("aa"), digest::sha256_hex("bb"), digest::sha256_hex("aa"),
                                       digest::sha256_hex("c")};
  EXPECT_EQ(job.files[0].chunks, order);
}

TEST(Transfer, what_is_there_is_not_sent) {
  Namespace place;
  ASSERT_TRUE(is_ok(place.bring(k_files, 2)));
  EXPECT_EQ(place.calls.size(), 3U);
  place.calls.clear();
  ASSERT_TRUE(is_ok(place.bring(k_files, 2)));
  EXPECT_EQ(place.calls.size(), 1U);  // which tells it
  place.secrets.erase(wire::chunk_secret(digest::sha256_hex("c")));
  place.calls.clear();
  ASSERT_TRUE(is_ok(place.bring(k_files, 2)));
  EXPECT_EQ(place.calls.size(), 2U);
  EXPECT_TRUE(base::contains(file(place.calls.back(), "chunk.json"), base::to_base64("c")));
}

TEST(Transfer, what_was_written_before_yesterday_goes_away_and_nothing_else) {
  Namespace place;
  ASSERT_TRUE(is_ok(place.bring({{"chart.tgz", "x"}}, 9)));
  const std::string today = base::to_rfc3339(place.world.clock.wall()).substr(0, 10);
  const std::string argv = file(place.calls[0], "step-1.argv");
  EXPECT_EQ(argv.rfind("kubectl\ndelete\nsecret\n-l\nsentimark-chunk,sentimark-chunk notin (", 0), 0U) << argv;
  EXPECT_TRUE(base::contains(argv, "," + today + ","));
  EXPECT_TRUE(base::contains(argv, "\n-n\nshop\n"));
  EXPECT_EQ(place.secrets.begin()->second["metadata"]["labels"]["sentimark-chunk"].string_or_empty(), today);
}

TEST(Transfer, a_lost_call_is_made_again_and_leaves_nothing_open) {
  const base::Error lost = base::fail(Outcome::unknown, "silence", {}, "no-answer");
  Namespace place;
  place.troubles = {lost, lost};
  ASSERT_TRUE(is_ok(place.bring({{"chart.tgz", "x"}}, 9)));
  EXPECT_EQ(place.calls.size(), 3U);
  place.troubles = {lost, lost, lost};
  const auto failed = place.bring({{"chart.tgz", "x"}}, 9);
  ASSERT_TRUE(has_kind(failed, Outcome::remote));
  EXPECT_EQ(failed.error().code, "chunk-lost");
  // What says that nothing was begun is told as it is.
  place.troubles = {base::fail(Outcome::refused, "too large", {}, "too-large")};
  EXPECT_EQ(place.bring({{"chart.tgz", "x"}}, 9).error().code, "too-large");
}

TEST(Transfer, kubectls_refusal_is_told) {
  Namespace place;
  place.refusal = "Error from server (Forbidden): secrets is forbidden: User \"u\" cannot create resource \"secrets\"";
  const auto forbidden = place.bring(k_files, 2);
  ASSERT_TRUE(has_kind(forbidden, Outcome::auth));
  EXPECT_TRUE(base::contains(forbidden.error().sentence(), "keeping a part of the package"));
  EXPECT_EQ(place.calls.size(), 1U);
  place.refusal = "Error from server (NotFound): error when creating \"chunk.json\": namespaces \"shop\" not found";
  const auto absent = place.bring(k_files, 2);
  ASSERT_TRUE(has_kind(absent, Outcome::config));
  EXPECT_EQ(absent.error().code, "namespace");
}

TEST(Transfer, the_namespace_is_made_first_when_asked_for) {
  Namespace place;
  wire::Job job = test::a_job();
  job.create_namespace = true;
  ASSERT_TRUE(is_ok(place.bring({{"chart.tgz", "x"}}, 9, job)));
  EXPECT_EQ(file(place.calls[0], "step-1.argv"), "kubectl\ncreate\nnamespace\nshop\n");
}

// B-07: what was not sent in its time is no time of the release.
TEST(Transfer, begins_no_part_after_its_time) {
  Namespace space;
  space.until = space.world.clock.monotonic();
  const auto late = space.bring(k_files, 3);
  ASSERT_TRUE(has_kind(late, Outcome::timeout));
  EXPECT_EQ(late.error().what, "time was up before part 1 of 3 of the package was sent");
  EXPECT_TRUE(space.calls.empty());
}
