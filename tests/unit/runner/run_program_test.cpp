#include "runner/run_program.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "fake/sys.hpp"
#include "json/text.hpp"

using namespace sentimark;
using base::Outcome;
using runner::Ending;

namespace {

constexpr std::array<runner::Verb, 1> k_verbs{{{"deploy", "does it"}}};
constexpr auto k_inputs =
    std::to_array<runner::Input>({{"release", "", "name", true}, {"format", "text", "form of the result"}});
constexpr auto k_outputs = std::to_array<runner::Output>(
    {{"status", "word"}, {"exit-reason", "cause"}, {"summary-file", "Markdown"}, {"revision", "number"}});
constexpr runner::Program k_program{"tool", "does things", k_verbs, k_inputs, k_outputs};

struct Step {
  fake::FakeSys world;
  std::string out;
  int jobs = 0;

  Step() {
    world.files.put_directory("/tmp");
    world.env.values = {{"GITHUB_OUTPUT", "/out"}, {"GITHUB_STEP_SUMMARY", "/summary"}, {"RUNNER_TEMP", "/tmp"}};
  }
  int operator()(std::vector<std::string> words, const std::function<base::Result<Ending>()>& job) {
    sys::Sys sys = world.sys();
    return runner::run_program(
        sys, k_program, words, [this](std::string_view text) { out += text; },
        [&](const runner::Inputs&) {
          ++jobs;
          return job();
        });
  }
  // The value of an output as it stands in the file; "(absent)" when it is not there.
  std::string output(const std::string& name) const {
    const std::string text = world.files.content("/out").value_or("");
    const std::size_t at = text.find(name + "<<");
    if (at == std::string::npos) return "(absent)";
    const std::size_t from = text.find('\n', at) + 1;
    return text.substr(from, text.find("\nsentimark_", from) - from);
  }
};

Ending good() {
  Ending ending;
  ending.text = "it stands\n";
  ending.outputs = {{"revision", "3"}};
  ending.summary = "## well\n";
  return ending;
}

}  // namespace

TEST(RunProgram, tells_success_in_every_place) {
  Step run;
  EXPECT_EQ(run({"--release=r"}, [] { return good(); }), 0);
  EXPECT_EQ(run.out, "it stands\n");
  EXPECT_EQ(run.output("status"), "succeeded");
  EXPECT_EQ(run.output("exit-reason"), "succeeded");
  EXPECT_EQ(run.output("revision"), "3");
  EXPECT_EQ(run.world.files.content("/summary"), "## well\n");
  const std::string file = run.output("summary-file");
  EXPECT_EQ(run.world.files.content(file), "## well\n");
  EXPECT_EQ(run.world.files.mode(file), 0600U);
  EXPECT_TRUE(run.world.log.lines.empty());
}

TEST(RunProgram, ends_with_the_code_of_every_outcome_and_one_annotation) {
  for (const base::OutcomeRow& row : base::outcome_table()) {
    Step run;
    const int code = run({"--release=r"}, [&] {
      Ending ending = good();
      ending.outcome = row.outcome;
      if (row.outcome != Outcome::ok) ending.reason = "the disk is full";
      ending.cure = "empty it";
      return ending;
    });
    EXPECT_EQ(code, row.exit_code) << row.word;
    EXPECT_EQ(run.output("status"), row.word);
    const bool ok = row.outcome == Outcome::ok;
    EXPECT_EQ(run.output("exit-reason"), std::string(row.word) + (ok ? "" : ": the disk is full"));
    EXPECT_EQ(run.world.log.count(sys::Level::error), ok ? 0U : 1U) << row.word;
    if (!ok) {
      EXPECT_EQ(run.world.log.lines.back().text, "the disk is full. To mend it: empty it.");
    }
  }
}

TEST(RunProgram, tells_an_error_like_any_other_end) {
  Step run;
  const int code = run({"--release=r"}, []() -> base::Result<Ending> {
    return base::fail(Outcome::auth, "no right", "ask for it?").within("reading");
  });
  EXPECT_EQ(code, 4);
  EXPECT_EQ(run.output("status"), "auth");
  EXPECT_EQ(run.output("exit-reason"), "auth: no right (while reading)");
  ASSERT_EQ(run.world.log.count(sys::Level::error), 1U);
  EXPECT_EQ(run.world.log.lines.back().text, "no right (while reading). To mend it: ask for it?");
}

TEST(RunProgram, makes_an_internal_error_of_an_exception) {
  Step run;
  const int code = run({"--release=r"}, []() -> base::Result<Ending> { throw std::runtime_error("planted"); });
  EXPECT_EQ(code, 70);
  EXPECT_EQ(run.output("status"), "internal");
  EXPECT_TRUE(run.world.log.said("planted"));
}

TEST(RunProgram, does_no_job_when_an_input_is_wrong) {
  Step run;
  EXPECT_EQ(run({"--relaese=r"}, [] { return good(); }), 2);
  EXPECT_EQ(run.jobs, 0);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.output("status"), "usage");
  EXPECT_EQ(run.world.log.count(sys::Level::error), 1U);
}

TEST(RunProgram, answers_help_version_and_description_on_standard_output) {
  const std::pair<const char*, const char*> rows[] = {
      {"--help", "tool: does things\n"}, {"--version", "tool "}, {"--describe-inputs", "{\n  \"name\": \"tool\""}};
  for (const auto& [word, start] : rows) {
    Step run;
    EXPECT_EQ(run({word}, [] { return good(); }), 0);
    EXPECT_EQ(run.out.rfind(start, 0), 0U) << run.out;
    EXPECT_EQ(run.jobs, 0);
    EXPECT_FALSE(run.world.files.content("/out"));
  }
}

TEST(RunProgram, prints_json_when_asked) {
  Step run;
  EXPECT_EQ(run({"--release=r", "--format=json"},
                [] {
                  Ending ending = good();
                  ending.data = json::Object{{"more", 1}};
                  return ending;
                }),
            0);
  const auto told = json::parse(run.out);
  ASSERT_TRUE(told.ok()) << run.out;
  EXPECT_EQ((*told)["more"].int_or(0), 1);
  EXPECT_EQ((*told)["revision"].string_or_empty(), "3");
  EXPECT_EQ((*told)["status"].string_or_empty(), "succeeded");
}

TEST(RunProgram, prints_no_secret) {
  Step run;
  sys::Sys sys = run.world.sys();
  (void)sys.secrets.make("canary-4711");
  (void)run({"--release=r"}, [] {
    Ending ending = good();
    ending.text = ending.summary = "x canary-4711\n";
    ending.outputs = {{"revision", "canary-4711"}};
    return ending;
  });
  for (const std::string& place :
       {run.out, run.world.files.content("/summary").value_or(""), run.world.files.content("/out").value_or(""),
        run.world.files.content(run.output("summary-file")).value_or("")}) {
    EXPECT_EQ(place.find("canary"), std::string::npos);
    EXPECT_NE(place.find("***"), std::string::npos);
  }
}

// A later step that asks with `if: always()` needs the status most when something else went wrong as well.
TEST(RunProgram, writes_the_outputs_although_the_summary_cannot_be_written) {
  struct Row {
    fake::FileCall call;
    const char* path;
  };
  for (const Row& row : {Row{fake::FileCall::append, "/summary"}, Row{fake::FileCall::make_private_dir, "/tmp"}}) {
    Step run;
    run.world.files.fail(row.call, row.path, "ENOSPC");
    EXPECT_EQ(run({"--release=r"}, [] { return good(); }), 0);
    EXPECT_EQ(run.output("status"), "succeeded");
    EXPECT_EQ(run.output("revision"), "3");
    EXPECT_EQ(run.world.log.count(sys::Level::warning), 1U);
    EXPECT_TRUE(run.world.log.said("ENOSPC"));
  }
}

TEST(RunProgram, tells_the_first_remarks_of_each_level_and_counts_the_rest) {
  Step step;
  step({"--release=r"}, []() -> base::Result<Ending> {
    Ending ending;
    for (std::uint32_t line = 1; line <= 11; ++line)
      ending.remarks.push_back({sys::Level::error, {"f", line, 2}, "wrong"});
    ending.remarks.push_back({sys::Level::warning, {"g", 0, 0}, "odd"});
    return ending;
  });
  EXPECT_EQ(step.world.log.count(sys::Level::error), 9U);
  EXPECT_TRUE(step.world.log.said("f:8:2: wrong"));
  EXPECT_FALSE(step.world.log.said("f:9:2: wrong"));
  EXPECT_TRUE(step.world.log.said("and 3 more: the result names them all"));
  EXPECT_TRUE(step.world.log.said("g: odd"));
}
