// The report of verify release as one HTML file: no script, nothing fetched, and a policy that would refuse both.
#include <algorithm>

#include "base/text.hpp"
#include "verify/release_report.hpp"
#include "verify/report_order.hpp"
#include "verify/xml.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_rows_told = 5'000;  // of an area
constexpr std::size_t k_patch_told = 1'000'000;

constexpr std::string_view k_style =
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1f2328;background:"
    "#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #d0d7de;padding:.35rem .6rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f6f8fa}code,pre{font:13px ui-monospace,"
    "monospace}pre{background:#f6f8fa;padding:1rem;overflow:auto}.pass{color:#116329}.warn{color:#7d4e00}.fail{color:"
    "#a40e26}.inconclusive,.invalid{color:#5a3fb0}.accepted,.out{color:#57606a}summary{cursor:pointer}svg{max-width:"
    "40rem;width:100%;display:block}svg text{font:13px system-ui,sans-serif;fill:currentColor}rect{fill:#57606a}@media("
    "prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,pre{background:#161b22}th,td{border-color:"
    "#30363d}.pass{color:#56d364}.warn{color:#e3b341}.fail{color:#ff7b72}.inconclusive,.invalid{color:#b392f0}"
    ".accepted,.out{color:#8b949e}rect{fill:#8b949e}}";

std::string cell(std::string_view text) { return "<td>" + xml_escaped(text) + "</td>"; }

std::string code_cell(std::string_view text) {
  return "<td>" + (text.empty() ? std::string() : "<code>" + xml_escaped(text) + "</code>") + "</td>";
}

std::string word_cell(std::string_view word) {
  return "<td class=\"" + std::string(word) + "\">" + std::string(word) + "</td>";
}

std::string areas_of(const ReleaseReport& report) {
  std::string text =
      "<table>\n<thead><tr><th>area</th><th>verdict</th><th>judged</th><th>failures</th><th>warnings</th><th>time</th>"
      "<th>what it says</th></tr></thead>\n<tbody>\n";
  for (const Area& area : report.areas) {
    const Counts counts = count(area.findings);
    text += "<tr>" + cell(area.name) + word_cell(word_of(area.standing)) +
            cell(std::to_string(area.judged) + " " + std::string(area.unit)) + cell(std::to_string(counts.fail)) +
            cell(std::to_string(counts.warn)) + cell(base::human_duration(area.took)) + cell(area.headline) + "</tr>\n";
  }
  for (const auto& [name, why] : report.left_out)
    text += "<tr>" + cell(name) + "<td class=\"out\">left out</td><td></td><td></td><td></td><td></td>" + cell(why) +
            "</tr>\n";
  return text + "</tbody>\n</table>\n";
}

std::string row_of(const Finding& finding) {
  std::string place = finding.file;
  if (finding.mark.line > 0) place += ":" + std::to_string(finding.mark.line);
  std::string from = finding.value_key.empty() ? "" : "set by " + finding.value_file + ": " + finding.value_key;
  const std::string fix = finding.reason.empty() ? finding.fix : "accepted: " + finding.reason;
  return "<tr>" + word_cell(word_of(finding.verdict)) + code_cell(finding.rule) +
         code_cell(finding.ref.kind.empty() ? "" : finding.ref.text()) + "<td>" +
         (place.empty() ? "" : "<code>" + xml_escaped(place) + "</code> ") + xml_escaped(from) + "</td>" +
         cell(finding.message) + cell(fix) + "</tr>\n";
}

std::string table_of(const std::vector<const Finding*>& findings) {
  std::string text =
      "<table>\n<thead><tr><th>verdict</th><th>rule</th><th>object</th><th>where</th><th>what</th><th>fix</th></tr>"
      "</thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(findings.size(), k_rows_told); ++i) text += row_of(*findings[i]);
  text += "</tbody>\n</table>\n";
  if (findings.size() > k_rows_told) text += "<p>and " + std::to_string(findings.size() - k_rows_told) + " more</p>\n";
  return text;
}

std::string svg_of(const Chart& chart) {
  constexpr int left = 260;
  constexpr int width = 300;
  constexpr int line = 24;
  if (chart.bars.size() < 2) return {};
  const double most =
      std::max(1.0, std::max_element(chart.bars.begin(), chart.bars.end(), [](const auto& a, const auto& b) {
                      return a.second < b.second;
                    })->second);
  const std::string title = xml_escaped(chart.title + " (" + chart.unit + ")");
  std::string text = "<h3>" + title + "</h3>\n<svg role=\"img\" aria-label=\"" + title + "\" viewBox=\"0 0 640 " +
                     std::to_string(line * static_cast<int>(chart.bars.size())) + "\">\n";
  int top = 0;
  for (const auto& [label, value] : chart.bars) {
    const int length = std::max(1, static_cast<int>(value / most * width));
    const std::string base_line = std::to_string(top + 16);
    text += "<text x=\"" + std::to_string(left - 8) + "\" y=\"" + base_line + "\" text-anchor=\"end\">" +
            xml_escaped(base::shorten(label, 40)) + "</text><rect x=\"" + std::to_string(left) + "\" y=\"" +
            std::to_string(top + 4) + "\" width=\"" + std::to_string(length) + "\" height=\"16\"/><text x=\"" +
            std::to_string(left + length + 8) + "\" y=\"" + base_line + "\">" +
            std::to_string(static_cast<long long>(value)) + "</text>\n";
    top += line;
  }
  return text + "</svg>\n";
}

std::string details_of(const Area& area) {
  std::string text = "<h2>" + xml_escaped(area.name) + "</h2>\n" + svg_of(area.chart);
  std::vector<const Finding*> open;
  std::vector<const Finding*> settled;
  for (const Finding* finding : worst_first(area.findings))
    (finding->verdict == Verdict::pass || finding->verdict == Verdict::accepted ? settled : open).push_back(finding);
  text += open.empty() ? "<p>Nothing to mend.</p>\n" : table_of(open);
  if (!area.patch.empty())
    text += "<details><summary>a patch that mends what stands in the wrong place</summary>\n<pre>" +
            xml_escaped(base::shorten(area.patch, k_patch_told)) + "</pre>\n</details>\n";
  if (!settled.empty())
    text += "<details><summary>" + std::to_string(settled.size()) + " that pass or are accepted</summary>\n" +
            table_of(settled) + "</details>\n";
  return text;
}

}  // namespace

std::string to_html(const ReleaseReport& report) {
  const std::string word(word_of(report.standing));
  std::string name = report.release + " in " + report.namespace_name;
  if (report.revision > 0) name += ", revision " + std::to_string(report.revision);
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-"
      "Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width="
      "device-width, initial-scale=1\">\n<title>" +
      xml_escaped(name) + ": " + word + "</title>\n<style>" + std::string(k_style) + "</style>\n</head>\n<body>\n<h1>" +
      xml_escaped(name) + ": <span class=\"" + word + "\">" + word + "</span></h1>\n";
  if (const Area* area = decisive(report)) {
    text += "<p><strong>" + xml_escaped(area->name) + "</strong>: " + xml_escaped(area->cause) + ".";
    if (!area->cure.empty()) text += " To mend it: " + xml_escaped(area->cure) + ".";
    text += "</p>\n";
  }
  text += areas_of(report);
  for (const Area& area : report.areas) text += details_of(area);
  text += "<p class=\"out\">Profile " + xml_escaped(report.profile) + ", judged at " + base::to_rfc3339(report.at) +
          " in " + base::human_duration(report.took) + ", operation <code>" + xml_escaped(report.operation) + "</code>";
  if (!report.cluster.empty()) text += ", cluster <code>" + xml_escaped(report.cluster) + "</code>";
  if (!report.package_sha256.empty())
    text += ", chart <code>sha256:" + report.package_sha256 + "</code>, values <code>sha256:" + report.values_sha256 +
            "</code>";
  return text + "</p>\n</body>\n</html>\n";
}

}  // namespace sentimark::verify
