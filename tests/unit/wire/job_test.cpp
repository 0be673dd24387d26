#include "wire/job.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"
#include "wire/answer.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

wire::Job job() {
  wire::Job made;
  made.operation = std::string(32, 'a');
  made.caller = std::string(32, 'b');
  made.attempt = 2;
  made.not_after = base::WallTime{base::Millis{1'795'429'230'000}};
  made.order = 1'795'429'140'001;
  made.release = "app";
  made.namespace_name = "team-a";
  made.chart_sha256 = std::string(64, 'c');
  made.values_sha256 = std::string(64, 'd');
  made.files = {{"chart.tgz", 5, std::string(64, 'c'), {std::string(64, 'e'), std::string(64, 'f')}}};
  return made;
}

}  // namespace

TEST(Job, survives_its_own_text) {
  const auto parsed = json::parse(json::to_text(wire::to_json(job())));
  ASSERT_TRUE(is_ok(parsed));
  const auto back = wire::job_from_json(*parsed);
  ASSERT_TRUE(is_ok(back));
  EXPECT_EQ(wire::to_json(*back), wire::to_json(job()));
}

// Whoever writes job.json chooses arguments of programs and names of files: each is checked before it is used.
TEST(Job, refuses_what_could_become_an_option_or_another_path) {
  struct Row {
    const char* member;
    json::Value value;
  };
  for (const Row& row :
       {Row{"operation", "short"}, Row{"operation", std::string(32, 'A')}, Row{"try", 0}, Row{"release", "-n"},
        Row{"release", "a/b"}, Row{"release", std::string(54, 'a')}, Row{"namespace", ""}, Row{"namespace", "A"},
        Row{"helm", "--help"}, Row{"kubectl", ""}, Row{"kind", "destroy"}, Row{"notAfter", "tomorrow"},
        Row{"version", 2}, Row{"chart", "x"}, Row{"watchForMs", -1}, Row{"helmTimeoutMs", 10}}) {
    json::Value value = wire::to_json(job());
    value.set(row.member, row.value);
    EXPECT_TRUE(has_kind(wire::job_from_json(value), base::Outcome::config)) << row.member;
  }
  for (const char* chunk : {"", "abc", "../../../secret"}) {
    wire::Job bad = job();
    bad.files[0].chunks[1] = chunk;
    EXPECT_TRUE(has_kind(wire::job_from_json(wire::to_json(bad)), base::Outcome::config)) << chunk;
  }
  for (const char* name : {"", "../x", "a/b", ".hidden", "-rf", "a\\b"}) {
    wire::Job bad = job();
    bad.files[0].name = name;
    EXPECT_TRUE(has_kind(wire::job_from_json(wire::to_json(bad)), base::Outcome::config)) << name;
  }
}

TEST(Job, names_a_chart_in_a_registry_by_the_digest_that_it_promises) {
  const std::string digest(64, 'c');
  wire::Job pulled = job();
  pulled.chart_reference = "oci://registry.example:5000/charts/app@sha256:" + digest;
  const auto back = wire::job_from_json(wire::to_json(pulled));
  ASSERT_TRUE(is_ok(back));
  EXPECT_EQ(back->chart_reference, pulled.chart_reference);
  for (const std::string& wrong :
       {std::string("--post-renderer=x"), std::string("oci://registry.example/app:1"),
        "oci://registry.example/app:1@sha256:" + digest, "oci://registry.example/app@sha256:" + std::string(64, 'e')}) {
    pulled.chart_reference = wrong;
    EXPECT_TRUE(has_kind(wire::job_from_json(wire::to_json(pulled)), base::Outcome::config)) << wrong;
  }
}

TEST(Answer, survives_its_own_text) {
  wire::Answer answer;
  answer.verdict = wire::Verdict::rollback_failed;
  answer.cause = "why";
  answer.revision = 3;
  answer.order = 7;
  answer.waited = base::Millis{31'000};
  answer.looked = base::Millis{5'000};
  answer.gathered = base::Millis{700};
  answer.objects = {{"Deployment", "app", "Failed", "ErrImagePull", "image x does not exist"}};
  const auto parsed = json::parse(json::to_text(wire::to_json(answer)));
  ASSERT_TRUE(is_ok(parsed));
  const auto back = wire::answer_from_json(*parsed);
  ASSERT_TRUE(is_ok(back));
  EXPECT_EQ(back->verdict, answer.verdict);
  EXPECT_EQ(wire::to_json(*back), wire::to_json(answer));
  EXPECT_TRUE(has_kind(wire::answer_from_json(json::Value::object()), base::Outcome::unknown));
}
