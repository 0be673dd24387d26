#include "helm_private_deploy/summary.hpp"

#include "base/text.hpp"
#include "runner/markdown.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;

constexpr std::size_t k_evidence_told = 20'000;  // of one piece; the files hold all of it

using runner::markdown_code;
using runner::markdown_text;

std::string headline(const Plan& plan, const Report& report) {
  const std::string& release = plan.inputs.release;
  const std::string revision = std::to_string(report.last.revision);
  switch (report.outcome) {
    case Outcome::ok:
      return release + (report.last.unchanged ? " is unchanged and healthy at revision " : " is healthy at revision ") +
             revision;
    case Outcome::rolled_back:
      return release + " failed and was rolled back: revision " + revision + " is verified";
    case Outcome::uninstalled:
      return release + " failed at its first install and was removed";
    case Outcome::kept:
      return release + " failed and was kept as it is at revision " + revision;
    default:
      return release + " failed, and so did going back";
  }
}

std::string_view icon(Outcome outcome) {
  return outcome == Outcome::ok                                               ? "✅"
         : outcome == Outcome::rolled_back || outcome == Outcome::uninstalled ? "↩️"
                                                                              : "❌";
}

std::string cluster_of(const Plan& plan) {
  return plan.inputs.transport == Transport::local
             ? "this machine's kubectl"
             : plan.inputs.cluster.resource_group + "/" + plan.inputs.cluster.name;
}

std::string facts(const Plan& plan) {
  std::string text = "| | |\n|---|---|\n";
  const auto row = [&](std::string_view name, const std::string& value) {
    text += "| " + std::string(name) + " | " + value + " |\n";
  };
  row("release", markdown_code(plan.inputs.release) + " in namespace " + markdown_code(plan.inputs.namespace_name));
  row("cluster", markdown_code(cluster_of(plan)));
  row("chart", markdown_code(plan.chart_name + " " + plan.chart_version) +
                   (plan.app_version.empty() ? "" : ", app " + markdown_code(plan.app_version)));
  row("package", markdown_code("sha256:" + plan.package_sha256));
  row("values", markdown_code("sha256:" + plan.values_sha256));
  row("operation", markdown_code(plan.operation));
  return text;
}

std::string cost_of(const Report& report) {
  return base::human_duration(report.took) + ", " +
         base::counted(static_cast<std::uint64_t>(report.costs.calls), "call");
}

std::string call_facts(const Report& report) {
  std::string text = "| took | " + cost_of(report) + ", " + base::counted(report.costs.bytes, "byte") + " sent |\n";
  if (!report.last.helm_version.empty()) text += "| helm | " + markdown_code(report.last.helm_version) + " |\n";
  return text;
}

// What each part was allowed is told beside what it used, so that the next run's inputs need no guess.
std::string budgets_of(const Plan& plan, const Report& report) {
  std::string text = "\n### Time\n\n| part | used | allowed |\n|---|---|---|\n";
  for (const BudgetRow& row : rows_of(plan.inputs.budgets, report.spent, report.took))
    text += "| " + std::string(row.name) + " | " + row.used + " | " + row.allowed + " |\n";
  return text;
}

std::string objects_of(const wire::Answer& answer) {
  if (answer.objects.empty()) return {};
  std::string text = "\n| object | status | what it says |\n|---|---|---|\n";
  for (const wire::ObjectLine& line : answer.objects) {
    text += "| " + markdown_code(line.kind + " " + line.name) + " | " + markdown_text(line.status) + " | " +
            markdown_text(line.message) + " |\n";
  }
  return text;
}

std::string causes(const std::string& cause, const std::string& cure) {
  std::string text = "\n**Cause.** " + markdown_text(cause) + "\n";
  if (!cure.empty()) text += "\n**Cure.** " + markdown_text(cure) + "\n";
  return text;
}

std::string helm_words(const wire::Answer& answer) {
  if (answer.helm_output.empty()) return {};
  return "\n" + runner::markdown_fold("what helm said (exit code " + std::to_string(answer.helm_exit) + ")",
                                      runner::markdown_block(answer.helm_output));
}

std::string evidence_of(const wire::Answer& answer) {
  std::string text;
  for (const wire::Evidence& piece : answer.evidence)
    text += runner::markdown_fold(piece.name, runner::markdown_block(base::shorten(piece.text, k_evidence_told)));
  return text.empty() ? text : "\n### Evidence, gathered before anything was undone\n\n" + text;
}

}  // namespace

std::string summary_of(const Plan& plan, const Report& report) {
  std::string text = "## " + std::string(icon(report.outcome)) + " " + markdown_text(headline(plan, report)) + "\n";
  if (report.outcome != Outcome::ok) text += causes(report.cause, report.cure);
  text += "\n" + facts(plan) + call_facts(report);
  if (report.outcome != Outcome::ok) {
    const std::string told = objects_of(report.failed);
    if (!told.empty()) text += "\n### When it failed\n" + told;
    text += helm_words(report.failed) + evidence_of(report.failed);
    if (report.outcome == Outcome::rolled_back) text += "\n### Now\n" + objects_of(report.last);
  } else {
    text += objects_of(report.last) + helm_words(report.last);
  }
  return text + budgets_of(plan, report);
}

std::string summary_of(const Plan& plan, const base::Error& error) {
  return "## ❌ " + markdown_text(plan.inputs.release + ": " + std::string(base::row_of(error.kind).meaning)) + "\n" +
         causes(error.sentence(), error.cure) + "\n" + facts(plan);
}

std::string text_of(const Plan& plan, const Report& report) {
  std::string text = headline(plan, report) + "\n";
  if (report.outcome != Outcome::ok) {
    text += "cause  " + report.cause + "\n";
    if (!report.cure.empty()) text += "cure   " + report.cure + "\n";
  }
  for (const wire::ObjectLine& line : report.last.objects) {
    text += "  " + line.kind + " " + line.name + "  " + line.status +
            (line.message.empty() ? "" : "  " + line.message) + "\n";
  }
  text += "took   " + cost_of(report) + "\n";
  return text;
}

}  // namespace sentimark::helm_private_deploy
