#include "helm_private_deploy/sizes.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "runner/markdown.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::size_t k_told = 10;
constexpr std::size_t k_advised = 3;
constexpr std::size_t k_name_told = 200;

std::string number(std::uint64_t value) { return std::to_string(value); }

json::Value json_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// A chart's name for a file may hold a line break.
std::string name_of(const std::string& path) {
  return base::shorten(base::replace_all(base::replace_all(path, "\n", " "), "\r", " "), k_name_told);
}

std::string context_text(const Sizes& sizes) {
  if (sizes.context == 0) return {};
  return number(sizes.context) + " bytes, in the request " + number(base::base64_size(sizes.context)) +
         " (our agent's share: " + number(base::base64_size(sizes.agents)) + ")";
}

std::string record_text(const Sizes& sizes) {
  return number(sizes.record.least) + " to about " + number(std::max(sizes.record.least, sizes.record.likely)) +
         " of at most " + number(helm::k_record_limit);
}

}  // namespace

base::Result<Sizes> sizes_of(const helm::Chart& chart, std::string_view values) {
  Sizes sizes;
  SENTIMARK_LET(record, helm::record_size(chart, values));
  sizes.record = record;
  for (const pack::Entry& entry : chart.entries) {
    sizes.files += entry.bytes.size();
    sizes.largest.emplace_back(entry.path, entry.bytes.size());
  }
  const auto larger = [](const auto& left, const auto& right) { return left.second > right.second; };
  std::stable_sort(sizes.largest.begin(), sizes.largest.end(), larger);
  sizes.largest.resize(std::min(sizes.largest.size(), k_told));
  return sizes;
}

base::Done check_record(const Sizes& sizes) {
  if (sizes.record.fits()) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(k_advised, sizes.largest.size()); ++i)
    names.push_back(name_of(sizes.largest[i].first) + " (" + number(sizes.largest[i].second) + " bytes)");
  return base::fail(base::Outcome::refused,
                    "helm could not keep this release: its record would be at least " + number(sizes.record.least) +
                        " bytes, and a Secret holds " + number(helm::k_record_limit),
                    "name in .helmignore what no template needs, or move it into a chart of its own below charts/, "
                    "which helm does not keep; the largest files are " +
                        base::join(names, ", "),
                    "record-too-large");
}

std::string doubt_about(const Sizes& sizes) {
  if (!sizes.record.fits() || sizes.record.likely <= helm::k_record_limit) return {};
  return "helm's record of this release may grow to " + number(sizes.record.likely) +
         " bytes with what is rendered, and a Secret holds " + number(helm::k_record_limit);
}

std::string text_of(const Sizes& sizes) {
  if (!sizes.chart_known()) return sizes.context == 0 ? "" : "sizes       context " + context_text(sizes) + "\n";
  std::string text = "sizes       files " + number(sizes.files) + " bytes, packed " + number(sizes.package) + "\n";
  if (const std::string context = context_text(sizes); !context.empty()) text += "  context   " + context + "\n";
  text += "  record    " + record_text(sizes) + "\n";
  text += "  largest   ";
  for (std::size_t i = 0; i < sizes.largest.size(); ++i)
    text += (i == 0 ? "" : "            ") + number(sizes.largest[i].second) + "  " + name_of(sizes.largest[i].first) +
            "\n";
  return text;
}

std::string markdown_of(const Sizes& sizes) {
  if (!sizes.chart_known()) return {};
  std::string text = "| what | bytes |\n|---|---|\n| the chart's files | " + number(sizes.files) + " |\n| packed | " +
                     number(sizes.package) + " |\n";
  if (const std::string context = context_text(sizes); !context.empty())
    text += "| the first call's context | " + context + " |\n";
  text += "| helm's record, as predicted | " + record_text(sizes) + " |\n";
  for (const auto& [path, size] : sizes.largest)
    text += "| " + runner::markdown_code(name_of(path)) + " | " + number(size) + " |\n";
  return "\n" + runner::markdown_fold("sizes and the largest files", text);
}

json::Value json_of(const Sizes& sizes) {
  json::Value largest = json::Value::array();
  for (const auto& [path, size] : sizes.largest) largest.push(json::Object{{"path", path}, {"bytes", json_of(size)}});
  return json::Object{{"files", json_of(sizes.files)},
                      {"package", json_of(sizes.package)},
                      {"context", json_of(sizes.context)},
                      {"contextBase64", json_of(base::base64_size(sizes.context))},
                      {"agentsBase64", json_of(base::base64_size(sizes.agents))},
                      {"recordLeast", json_of(sizes.record.least)},
                      {"recordLikely", json_of(sizes.record.likely)},
                      {"recordLimit", json_of(helm::k_record_limit)},
                      {"largest", largest}};
}

}  // namespace sentimark::helm_private_deploy
