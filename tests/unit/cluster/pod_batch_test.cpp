// The files of a call without an agent, and what may be believed of its answer.
#include "cluster/pod_batch.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "pack/deflate.hpp"
#include "unit/matchers.hpp"
#include "wire/frame.hpp"

using namespace sentimark;
using base::Outcome;
using test::has_kind;
using test::is_ok;

namespace {

const std::string k_digest = digest::sha256_hex("sums");

std::string framed(const std::string& payload) {
  return "noise" + wire::frame(wire::frame_nonce(k_digest), payload) + "noise";
}

std::string file(const cluster::PodCall& call, const std::string& name) {
  for (const cluster::Payload& payload : call.files) {
    if (payload.name == name) return payload.bytes;
  }
  return "(absent)";
}

std::string result(const std::string& words, const std::string& out, const std::string& errors) {
  return "result " + words + " " + std::to_string(out.size()) + " " + digest::sha256_hex(out) + " " +
         std::to_string(out.size()) + " " + std::to_string(errors.size()) + "\n" + out + errors;
}

}  // namespace

TEST(PodBatch, one_digest_vouches_for_every_file) {
  cluster::PodBatch batch;
  batch.commands.push_back({{"kubectl", "get", "x"}, {}, false, 7});
  batch.commands.push_back({{"helm", "get", "manifest", "a b"}, {}, true});
  batch.commands.push_back({{"kubectl", "create"}, "record"});
  const auto call = cluster::pod_call(batch, "{}", {{"chart.tgz", "chart"}}, {base::Millis{5'999}});
  ASSERT_TRUE(is_ok(call));
  EXPECT_EQ(call->command(), "exec sh ./reduced.sh " + digest::sha256_hex(file(*call, "sums")));
  for (const cluster::Payload& payload : call->files) {
    if (payload.name == "sums") continue;
    EXPECT_TRUE(base::contains(file(*call, "sums"), digest::sha256_hex(payload.bytes) + " " + payload.name + "\n"));
  }
  EXPECT_EQ(file(*call, "step-2.argv"), "helm\nget\nmanifest\na b\n");
  EXPECT_EQ(file(*call, "steps"), "1 /dev/null 7 all\n2 made/out-1 0 manifest\n3 made/record-3 0 all\n");
  EXPECT_EQ(file(*call, "record-3"), "record");
  EXPECT_EQ(file(*call, "not-after"), "5\n");
}

TEST(PodBatch, an_argument_of_two_lines_would_be_two_arguments) {
  cluster::PodBatch batch;
  batch.commands.push_back({{"helm", "a\nb"}});
  EXPECT_TRUE(has_kind(cluster::pod_call(batch, "{}", {}, {}), Outcome::config));
}

TEST(PodBatch, results_are_read_by_their_lengths) {
  const auto results =
      cluster::results_in(framed(result("3 1 plain", "result 0\n", "err") + result("0 0 plain", "", "")), k_digest);
  ASSERT_TRUE(is_ok(results));
  ASSERT_EQ(results->size(), 2U);
  EXPECT_EQ((*results)[0].exit_code, 3);
  EXPECT_TRUE((*results)[0].stopped);
  EXPECT_EQ((*results)[0].part, "result 0\n");
  EXPECT_EQ((*results)[0].errors, "err");
}

TEST(PodBatch, a_packed_output_is_proved_and_unpacked) {
  const std::string packed = base::to_base64(pack::gzip("text"));
  const auto results = cluster::results_in(framed(result("0 0 gzip", packed, "")), k_digest);
  ASSERT_TRUE(is_ok(results));
  EXPECT_EQ(cluster::output_of(results->front(), packed).value(), "text");
  EXPECT_TRUE(has_kind(cluster::output_of(results->front(), packed + "A"), Outcome::unknown));
}

TEST(PodBatch, what_is_no_answer_proves_nothing) {
  struct Row {
    std::string printed;
    Outcome kind;
    const char* code;
  };
  const std::string nonce(wire::frame_nonce(k_digest));
  const Row rows[] = {
      {"", Outcome::unknown, "no-answer"},
      {framed("result 0"), Outcome::unknown, "no-answer"},
      {framed("result 0 0 plain 9 x 9 0\nshort"), Outcome::unknown, "no-answer"},
      {framed("other\n"), Outcome::unknown, "no-answer"},
      {framed(result("0 0 plain", "x", "")).substr(0, 120), Outcome::unknown, "no-answer"},
      {framed("refused damaged chart.tgz\n"), Outcome::refused, "damaged"},
      {framed("refused late\n"), Outcome::refused, "late"},
      {framed("refused name\n"), Outcome::refused, "pod-name"},
      {"\nsentimark-refused " + nonce + " no-sha256sum\n", Outcome::refused, "no-sha256sum"},
      {"\nsentimark-refused 0123 no-sha256sum\n", Outcome::unknown, "no-answer"},
  };
  for (const Row& row : rows) {
    const auto results = cluster::results_in(row.printed, k_digest);
    ASSERT_TRUE(has_kind(results, row.kind)) << row.printed;
    EXPECT_EQ(results.error().code, row.code) << row.printed;
  }
}
