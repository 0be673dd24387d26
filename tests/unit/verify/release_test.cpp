#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "runner/workflow.hpp"
#include "unit/verify/called.hpp"
#include "verify/load_report.hpp"
#include "verify/release_report.hpp"

using namespace sentimark;
using test::call;
using verify::Area;
using verify::Finding;
using verify::ReleaseReport;
using verify::Standing;
using verify::Verdict;

namespace {

Finding finding(Verdict verdict, std::string message, std::string file = "templates/x.yaml") {
  Finding one;
  one.rule = "HEALTH";
  one.level = "error";
  one.verdict = verdict;
  one.ref = {"Deployment", "shop", "prices"};
  one.file = std::move(file);
  one.mark = {7, 3};
  one.message = std::move(message);
  one.fix = "mend it";
  return one;
}

Area area(std::string_view name, Standing standing, std::vector<Finding> findings) {
  Area one;
  one.name = name;
  one.standing = standing;
  one.headline = std::string(name) + " in one clause";
  one.cause = "the cause of " + std::string(name);
  one.cure = "the cure";
  one.judged = 3;
  one.unit = "objects";
  one.suite = verify::suite_of("verify " + std::string(name), findings);
  one.findings = std::move(findings);
  one.chart = {"Bars", "ms", {{"one", 12}, {"two", 3}}};
  return one;
}

ReleaseReport report_of(std::vector<Area> areas, Standing standing) {
  ReleaseReport report;
  report.operation = std::string(32, 'a');
  report.release = "prices";
  report.namespace_name = "shop";
  report.cluster = "c";
  report.revision = 3;
  report.profile = "full";
  report.package_sha256 = std::string(64, 'b');
  report.values_sha256 = std::string(64, 'c');
  report.standing = standing;
  report.areas = std::move(areas);
  report.left_out = {{"http", "no .hurl file was given"}};
  return report;
}

ReleaseReport failing() {
  return report_of(
      {area("manifests", Standing::warn, {finding(Verdict::warn, "could be better")}),
       area("health", Standing::fail, {finding(Verdict::pass, "current"), finding(Verdict::fail, "no such image")})},
      Standing::fail);
}

// Starts as a label, a cell, an element, a link or a command would.
constexpr std::string_view k_hostile =
    "\"]\n```\n</td></table><script>alert(1)</script> | [a](b) @octocat\n::error::x --> <b>";

}  // namespace

// DV-01: one rule, and every pair of areas under it.
TEST(VerifyRelease, the_weightiest_area_decides) {
  const std::vector<std::pair<Standing, int>> by_weight{{Standing::pass, 0},
                                                        {Standing::warn, 0},
                                                        {Standing::inconclusive, 30},
                                                        {Standing::invalid, 31},
                                                        {Standing::fail, 7}};
  EXPECT_EQ(verify::together({}), Standing::inconclusive);
  for (std::size_t i = 0; i < by_weight.size(); ++i) {
    EXPECT_EQ(base::row_of(verify::outcome_of(by_weight[i].first)).exit_code, by_weight[i].second);
    for (std::size_t k = 0; k < by_weight.size(); ++k) {
      const std::vector<Standing> both{by_weight[i].first, by_weight[k].first};
      EXPECT_EQ(verify::together(both), by_weight[std::max(i, k)].first)
          << verify::word_of(both[0]) << verify::word_of(both[1]);
    }
  }
}

TEST(VerifyRelease, an_area_stands_as_its_worst_finding) {
  EXPECT_EQ(verify::standing_of({}), Standing::pass);
  EXPECT_EQ(verify::standing_of({0, 0, 4, 9, 0}), Standing::pass);  // accepted ones and passes
  EXPECT_EQ(verify::standing_of({0, 1, 0, 0, 0}), Standing::warn);
  EXPECT_EQ(verify::standing_of({0, 1, 0, 0, 1}), Standing::inconclusive);
  EXPECT_EQ(verify::standing_of({1, 1, 0, 0, 1}), Standing::fail);
}

// B-07: what kept an area from its answer is no failure of the release, and no pass.
TEST(VerifyRelease, an_area_that_could_not_ask_has_a_verdict_of_its_own) {
  const verify::AreaRow& health = verify::areas()[1];
  const auto standing = [&](base::Outcome kind) {
    const auto made = verify::area_of(health, base::fail(kind, "so it was", "do that"));
    return made ? std::string(verify::word_of(made->standing)) : "none";
  };
  EXPECT_EQ(standing(base::Outcome::refused), "fail");
  for (const auto kind : {base::Outcome::auth, base::Outcome::network, base::Outcome::remote, base::Outcome::timeout})
    EXPECT_EQ(standing(kind), "inconclusive");
  for (const auto kind : {base::Outcome::usage, base::Outcome::config, base::Outcome::interrupted})
    EXPECT_EQ(standing(kind), "none");
}

TEST(VerifyRelease, every_profile_names_areas_that_there_are) {
  ASSERT_EQ(verify::profiles().size(), 3U);
  for (const verify::Profile& profile : verify::profiles()) {
    for (const std::string& name : base::split(profile.areas, ' ')) {
      const auto areas = verify::areas();
      EXPECT_TRUE(std::any_of(areas.begin(), areas.end(), [&](const auto& row) { return row.name == name; })) << name;
    }
  }
}

TEST(VerifyRelease, the_verdict_file_is_canonical_and_whole) {
  EXPECT_EQ(json::to_text(verify::to_json(failing())),
            R"({"areas":{"health":{"accepted":0,"failures":1,"inconclusive":0,"judged":3,"tookMs":0,"verdict":"fail",)"
            R"("warnings":0},"manifests":{"accepted":0,"failures":0,"inconclusive":0,"judged":3,"tookMs":0,)"
            R"("verdict":"warn","warnings":1}},"cause":"health: the cause of health","chartDigest":"sha256:)" +
                std::string(64, 'b') +
                R"(","cluster":"c","leftOut":{"http":"no .hurl file was given"},"namespace":"shop","operation":")" +
                std::string(32, 'a') +
                R"(","profile":"full","release":"prices","revision":3,"schemaVersion":1,"valuesDigest":"sha256:)" +
                std::string(64, 'c') + R"(","verdict":"fail","verifiedAt":"1970-01-01T00:00:00Z"})");
}

TEST(VerifyRelease, the_summary_begins_with_verdict_and_cause) {
  const std::string text = verify::to_markdown(failing());
  EXPECT_TRUE(
      text.starts_with("## ❌ prices in shop, revision 3: fail\n\n**health**: the cause of health. To mend it: "
                       "the cure.\n\n| area | verdict |"))
      << text;
  EXPECT_TRUE(base::contains(text, "| http | left out | | | | | no .hurl file was given |"));
  const std::size_t worst = text.find("### What to mend first");
  EXPECT_LT(worst, text.find("no such image"));
  EXPECT_LT(text.find("no such image"), text.find("could be better"));  // what fails first, whichever area it is of
  EXPECT_TRUE(base::contains(text, "<code>templates/x.yaml:7</code>"));
  EXPECT_TRUE(base::contains(text, "x-axis [\"one\", \"two\"]\n  y-axis \"ms\" 0 --> 12\n  bar [12, 3]"));
}

TEST(VerifyRelease, the_summary_stays_under_the_runners_limit) {
  std::vector<Finding> many(30'000, finding(Verdict::fail, std::string(300, 'x')));
  const std::string text = verify::to_markdown(report_of(
      {area("manifests", Standing::fail, many), area("health", Standing::fail, std::move(many))}, Standing::fail));
  EXPECT_LT(text.size(), runner::k_summary_limit);
  EXPECT_GT(text.size(), runner::k_summary_limit * 8 / 10);
  EXPECT_TRUE(base::contains(text, " more, which the report file has"));
  EXPECT_EQ(text.find("manifests: all 30000") < text.find("health: all 30000"), true);  // each has its share
}

TEST(VerifyRelease, names_of_others_stay_text_in_every_form) {
  Area one = area("health", Standing::fail, {finding(Verdict::fail, std::string(k_hostile), std::string(k_hostile))});
  one.cause = one.headline = one.cure = k_hostile;
  one.chart.bars[0].first = k_hostile;
  one.findings[0].ref.name = k_hostile;
  const ReleaseReport report = report_of({one}, Standing::fail);
  const std::string summary = verify::to_markdown(report);
  EXPECT_FALSE(base::contains(summary, "<script>") || base::contains(summary, "@octocat"));
  EXPECT_FALSE(base::contains(summary, "\n::error"));
  EXPECT_TRUE(base::contains(summary, "x-axis [\".. ... ./td../table..script."))
      << summary.substr(summary.find("x-axis"), 80);
  const std::string html = verify::to_html(report);
  EXPECT_FALSE(base::contains(html, "<script>") || base::contains(html, "<b>") || base::contains(html, "\n::error"));
  EXPECT_FALSE(base::contains(verify::to_text(report), "\n::error"));
}

TEST(VerifyRelease, a_page_needs_nothing_and_runs_nothing) {
  const std::string html = verify::to_html(failing());
  EXPECT_TRUE(base::contains(html, "default-src 'none'; style-src 'unsafe-inline'"));
  for (const char* word : {"<script", "http://", "https://", "src=", "href=", "url(", "@import"})
    EXPECT_FALSE(base::contains(html, word)) << word;
  EXPECT_TRUE(base::contains(html, "<span class=\"fail\">fail</span>"));
}

TEST(VerifyRelease, lines_are_the_findings_and_the_verdict) {
  const std::vector<std::string> lines = base::lines_of(verify::to_json_lines(failing()));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ((*json::parse(lines[2]))["area"].string_or_empty(), "health");
  EXPECT_EQ((*json::parse(lines[2]))["line"].int_or(0), 7);
  EXPECT_EQ((*json::parse(lines[3]))["verdict"].string_or_empty(), "fail");
}

TEST(VerifyRelease, load_runs_under_the_full_profile_alone) {
  for (const verify::Profile& profile : verify::profiles()) {
    const std::vector<std::string> names = base::split(profile.areas, ' ');
    EXPECT_EQ(std::count(names.begin(), names.end(), "load"), profile.name == "full" ? 1 : 0) << profile.name;
  }
}

// B-18: figures of a generator that was held back say nothing of the service, not even that it fails.
TEST(VerifyRelease, a_broken_threshold_of_an_invalid_measurement_is_no_failure) {
  verify::LoadReport report;
  report.measurement.scenarios.push_back({"/checks/load.hurl", {}, 0, {}});
  report.measurement.throttled = 0;
  for (load::Micros i = 0; i < 300; ++i) report.measurement.latencies.record(700'000);
  report.measurement.started = report.measurement.finished = 300;
  report.rules.thresholds = *load::parse_thresholds("p(95)<500");
  const auto verdicts = [&] {
    report.judgement = load::judge(report.measurement, report.rules);
    std::string words(verify::word_of(verify::standing_of(report.judgement.verdict)));
    for (const Finding& one : verify::findings_of(report)) words += " " + std::string(verify::word_of(one.verdict));
    return words;
  };
  EXPECT_EQ(verdicts(), "fail fail fail");
  report.measurement.throttled = 1;
  EXPECT_EQ(verdicts(), "invalid inconclusive inconclusive");
}

TEST(VerifyRelease, wrong_calls_ask_nobody) {
  const auto says = [](std::vector<std::string> arguments, int code, std::string_view words) {
    fake::FakeSys world;
    world.files.put("/bad.hurl", "GET\n");
    world.files.put("/good.hurl", "GET http://h/\n");
    arguments.insert(arguments.begin(), "release");
    const auto told = call(world, arguments);
    EXPECT_EQ(told.exit_code, code) << told.log;
    EXPECT_TRUE(base::contains(told.log, words)) << told.log;
    EXPECT_TRUE(world.processes.started.empty() && world.http.requests.empty());
  };
  says({}, 2, "release");
  says({"--release", "prices", "--profile", "whole"}, 2, "use one of quick, standard, full");
  says({"--release", "prices", "--transport", "local", "--soak", "long"}, 2, "soak");
  says({"--release", "prices"}, 2, "client-id");
  says({"--release", "prices", "--transport", "local", "/bad.hurl"}, 3, "/bad.hurl:1");
  const std::vector<std::string> full{"--release", "prices", "--transport", "local", "--profile", "full", "--scenario"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), full.begin(), full.end());
    return more;
  };
  says(with({"/bad.hurl"}), 3, "/bad.hurl:1");
  says(with({"/good.hurl", "--rate", "none"}), 2, "rate");
}
