#include "verify/release.hpp"

#include <algorithm>

#include "access/inputs.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/area.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/release_report.hpp"
#include "verify/report.hpp"
#include "version/version.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

base::Result<const Profile*> chosen_profile(const runner::Inputs& inputs) {
  const std::string word = inputs.get("profile");
  std::vector<std::string> known;
  for (const Profile& profile : profiles()) {
    if (profile.name == word) return &profile;
    known.emplace_back(profile.name);
  }
  return access::bad_input("profile", "is '" + base::shorten(word, 80) + "'", "use one of " + base::join(known, ", "));
}

bool has_area(const Profile& profile, std::string_view area) {
  const std::vector<std::string> names = base::split(profile.areas, ' ');
  return std::find(names.begin(), names.end(), area) != names.end();
}

struct Ready {
  const AreaRow* row;
  Planned plan;
};

base::Result<std::vector<Ready>> plan_areas(Verification& verification, ReleaseReport& report, runner::Ending& ending) {
  std::vector<Ready> ready;
  for (const AreaRow& row : areas()) {
    Planned plan{"the profile " + report.profile + " has no such area", {}};
    if (has_area(verification.profile, row.name)) {
      SENTIMARK_LET(planned, row.plan(verification, ending));
      plan = std::move(planned);
    }
    if (plan.run) {
      ready.push_back({&row, std::move(plan)});
    } else {
      report.left_out.emplace_back(row.name, plan.left_out);
    }
  }
  return ready;
}

base::Result<Area> run_area(sys::Sys& sys, const Ready& ready) {
  const base::Instant began = sys.clock.monotonic();
  auto done = ready.plan.run();
  if (!done) {
    auto area = area_of(*ready.row, done.error());
    if (!area) return done;
    done = *std::move(area);
  }
  done->took = sys.clock.monotonic() - began;
  sys.log.info(std::string(ready.row->name) + ": " + std::string(word_of(done->standing)) + ", " +
               base::one_line(done->headline));
  return done;
}

void annotate(const ReleaseReport& report, runner::Ending& ending) {
  for (const auto& [verdict, level] :
       {std::pair{Verdict::fail, sys::Level::error}, std::pair{Verdict::open, sys::Level::warning},
        std::pair{Verdict::warn, sys::Level::warning}}) {
    for (const Area& area : report.areas) {
      for (const Finding& finding : area.findings) {
        if (finding.verdict != verdict) continue;
        const std::string who = finding.ref.kind.empty() ? "" : finding.ref.text() + ": ";
        const std::string fix = finding.fix.empty() ? "" : "; " + finding.fix;
        ending.remarks.push_back({level,
                                  {finding.file, finding.mark.line, finding.mark.column},
                                  finding.rule + ": " + who + finding.message + fix});
      }
    }
  }
}

base::Done write_files(sys::Sys& sys, const runner::Inputs& inputs, const ReleaseReport& report,
                       runner::Ending& ending) {
  std::vector<JunitSuite> suites;
  for (const Area& area : report.areas) suites.push_back(area.suite);
  SENTIMARK_TRY(write_findings(sys, inputs, findings_of(report), suites, ending));
  SENTIMARK_LET(verdict, file_for(sys, inputs.get("verdict-file"), "verdict.json"));
  SENTIMARK_TRY(write_result(sys, verdict, json::to_text(to_json(report))));
  SENTIMARK_LET(html, file_for(sys, inputs.get("html-file"), "verify.html"));
  SENTIMARK_TRY(write_result(sys, html, to_html(report)));
  ending.outputs.emplace_back("verdict-file", verdict);
  ending.outputs.emplace_back("html-file", html);
  return {};
}

std::string text_in(const std::string& format, const ReleaseReport& report) {
  if (format == "jsonl") return to_json_lines(report);
  if (format == "sarif") return sarif_of(findings_of(report), version::version());
  return to_text(report);
}

base::Result<runner::Ending> tell(sys::Sys& sys, const runner::Inputs& inputs, const ReleaseReport& report,
                                  runner::Ending ending) {
  SENTIMARK_TRY(write_files(sys, inputs, report, ending));
  Counts counts;
  for (const Finding& finding : findings_of(report)) {
    counts.fail += finding.verdict == Verdict::fail ? 1U : 0U;
    counts.warn += finding.verdict == Verdict::warn ? 1U : 0U;
  }
  tell_verdict(ending, {word_of(report.standing), counts.fail, counts.warn});
  ending.outputs.emplace_back("revision", report.revision > 0 ? std::to_string(report.revision) : "");
  annotate(report, ending);
  ending.outcome = outcome_of(report.standing);
  if (const Area* area = decisive(report)) {
    ending.reason = std::string(area->name) + ": " + area->cause;
    ending.cure = area->cure;
  }
  ending.text = text_in(inputs.get("format"), report);
  ending.data = to_json(report);
  if (runner::wants_summary(sys.env)) ending.summary = to_markdown(report);
  return ending;
}

}  // namespace

base::Result<runner::Ending> run_release(const Outside& outside, const runner::Inputs& inputs) {
  sys::Sys& sys = outside.sys;
  ReleaseReport report;
  report.release = inputs.get("release");
  report.namespace_name = inputs.get("namespace");
  SENTIMARK_TRY(access::check_release("release", report.release));
  SENTIMARK_TRY(access::check_namespace("namespace", report.namespace_name));
  SENTIMARK_LET(profile, chosen_profile(inputs));
  report.profile = profile->name;
  report.operation = sys::random_id(sys.random);
  const base::Instant began = sys.clock.monotonic();
  Verification verification{outside, inputs, *profile, report.operation, {}, 0, {}};
  runner::Ending ending;
  auto ready = plan_areas(verification, report, ending);
  if (!ready) return not_planned(std::move(ready).error(), std::move(ending));
  sys.log.info("operation " + report.operation + ": verify release " + report.release + ", profile " + report.profile);
  std::vector<Standing> standings;
  for (const Ready& one : *ready) {
    SENTIMARK_LET(area, run_area(sys, one));
    standings.push_back(area.standing);
    report.areas.push_back(std::move(area));
  }
  report.standing = together(standings);
  report.revision = verification.revision;
  report.cluster = verification.cluster;
  if (verification.chart) {
    report.package_sha256 = verification.chart->package_sha256();
    report.values_sha256 = verification.chart->values_sha256();
  }
  report.at = sys.clock.wall();
  report.took = sys.clock.monotonic() - began;
  return tell(sys, inputs, report, std::move(ending));
}

}  // namespace sentimark::verify
