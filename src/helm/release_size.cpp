#include "helm/release_size.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {
namespace {

constexpr std::string_view k_templates = "templates/";
constexpr std::string_view k_info =
    R"("info":{"first_deployed":"2026-01-01T00:00:00.000000000Z","last_deployed":"2026-01-01T00:00:00.000000000Z",)"
    R"("deleted":"","description":"sentimark 0123456789abcdef0123456789abcdef/1 chart sha256:)"
    R"(0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef values sha256:)"
    R"(0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","status":"deployed"})";

// Feeds a meter until it has seen enough to know that the record is far too large.
class Record {
 public:
  void add(std::string_view text) {
    asked_ += text.size();
    for (; !text.empty() && meter_.written() < k_enough; text.remove_prefix(std::min(text.size(), k_slice)))
      meter_.add(text.substr(0, k_slice));
  }

  std::uint64_t size() const {
    const std::uint64_t measured = base::base64_size(meter_.size());
    return meter_.taken() == asked_ ? measured : measured * asked_ / meter_.taken();
  }

 private:
  static constexpr std::size_t k_slice = 65'536;
  static constexpr std::uint64_t k_enough = k_record_limit * 3 * 3 / 4;
  pack::GzipMeter meter_;
  std::uint64_t asked_ = 0;
};

void add_file(Record& record, const pack::Entry& entry) {
  record.add(R"({"name":)" + json::to_text(entry.path) + R"(,"data":")");
  record.add(base::to_base64(entry.bytes));
  record.add("\"},");
}

bool is_template(const pack::Entry& entry) { return entry.path.starts_with(k_templates); }

bool has_a_place_of_its_own(const pack::Entry& entry) {
  return entry.path == "Chart.yaml" || entry.path == "Chart.lock" || entry.path == "values.yaml" ||
         entry.path == "values.schema.json" || entry.path == "requirements.yaml" || entry.path == "requirements.lock" ||
         entry.path.starts_with("charts/");
}

base::Done add_document(Record& record, const Chart& chart, std::string_view file, std::string_view name) {
  const pack::Entry* entry = find_entry(chart.entries, file);
  record.add("\"" + std::string(name) + "\":");
  if (entry == nullptr) {
    record.add("null,");
    return {};
  }
  yaml::Limits limits;
  limits.last_key_wins = true;
  SENTIMARK_LET(value, yaml::to_json(entry->bytes, chart.root + "/" + std::string(file), limits));
  record.add(json::to_text(value) + ",");
  return {};
}

// What templates of a chart render to, if each were to render to itself.
base::Done add_rendered(Record& record, const std::string& name, const std::vector<pack::Entry>& entries,
                        const std::string& root, int depth) {
  for (const pack::Entry& entry : entries) {
    const std::string file = entry.path.substr(entry.path.rfind('/') + 1);
    const bool renders = is_template(entry) && file.front() != '_' && file != "NOTES.txt";
    if (!renders) continue;
    const std::string text = json::to_text("---\n# Source: " + name + "/" + entry.path + "\n" + entry.bytes + "\n");
    record.add(std::string_view(text).substr(1, text.size() - 2));
  }
  if (depth == 0) return {};
  SENTIMARK_LET(vendored, vendored_charts(entries, root));
  for (const Vendored& chart : vendored)
    SENTIMARK_TRY(
        add_rendered(record, name + "/charts/" + chart.name, chart.entries, root + "/" + chart.path, depth - 1));
  return {};
}

}  // namespace

base::Result<RecordSize> record_size(const Chart& chart, std::string_view values) {
  Record record;
  record.add(R"({"name":"release",)" + std::string(k_info) + R"(,"chart":{)");
  SENTIMARK_TRY(add_document(record, chart, "Chart.yaml", "metadata"));
  SENTIMARK_TRY(add_document(record, chart, "Chart.lock", "lock"));
  record.add(R"("templates":[)");
  for (const pack::Entry& entry : chart.entries) {
    if (is_template(entry)) add_file(record, entry);
  }
  record.add("],");
  SENTIMARK_TRY(add_document(record, chart, "values.yaml", "values"));
  const pack::Entry* schema = find_entry(chart.entries, "values.schema.json");
  record.add(R"("schema":")" + (schema == nullptr ? "" : base::to_base64(schema->bytes)) + R"(","files":[)");
  for (const pack::Entry& entry : chart.entries) {
    if (!is_template(entry) && !has_a_place_of_its_own(entry)) add_file(record, entry);
  }
  record.add(R"(]},"config":)");
  record.add(values);
  record.add(R"(,"version":1,"namespace":"default","manifest":")");
  RecordSize size;
  size.least = record.size();
  SENTIMARK_TRY(add_rendered(record, chart.name, chart.entries, chart.root, 16));
  size.likely = record.size();
  return size;
}

}  // namespace sentimark::helm
