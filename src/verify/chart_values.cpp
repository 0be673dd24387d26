// Which values key is behind a finding: never guessed, but tried out.
#include <algorithm>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/chart.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_leaves_limit = 5'000;
constexpr std::size_t k_renders_limit = 24;
constexpr std::size_t k_tries = 4;  // for one finding
constexpr std::size_t k_depth_limit = 32;

struct Leaf {
  std::vector<std::string> keys;
  const json::Value* value;
  std::string path() const { return base::join(keys, "."); }
};

void collect(const json::Value& value, std::vector<std::string>& keys, std::vector<Leaf>& leaves) {
  if (leaves.size() >= k_leaves_limit || keys.size() > k_depth_limit) return;
  if (!value.is_object()) {
    if (!value.is_array() && !value.is_null()) leaves.push_back({keys, &value});
    return;
  }
  for (const json::Member& member : value.members()) {
    keys.push_back(member.first);
    collect(member.second, keys, leaves);
    keys.pop_back();
  }
}

json::Value other_than(const json::Value& value) {
  if (value.is_bool()) return !value.bool_or(false);
  if (value.is_integer()) return value.int_or(0) + 1;
  if (value.is_number()) return value.number_or(0) + 1;
  return value.string_or_empty() + "-changed";
}

json::Value under(const std::vector<std::string>& keys, json::Value value) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) value = json::Object{{*key, std::move(value)}};
  return value;
}

std::string last_name(std::string_view path) {
  if (path.ends_with("']")) {
    const std::size_t open = path.rfind("['");
    return open == std::string_view::npos ? std::string() : std::string(path.substr(open + 2, path.size() - open - 4));
  }
  return std::string(path.substr(path.rfind('.') + 1));
}

// How likely a key is worth a try; 0: not at all. The trial decides, not this.
int promise(const Leaf& leaf, const Finding& finding, const json::Value& part, std::string_view template_line) {
  const std::string path = leaf.path();
  const std::size_t named = template_line.find(".Values." + path);
  int points = named != std::string_view::npos ? 4 : 0;
  for (std::size_t count = 1; count < leaf.keys.size() && points == 0; ++count) {
    const std::vector<std::string> head(leaf.keys.begin(), leaf.keys.begin() + static_cast<std::ptrdiff_t>(count));
    if (base::contains(template_line, ".Values." + base::join(head, "."))) points = 1;
  }
  const bool same_name = leaf.keys.back() == last_name(finding.path);
  if (same_name) points += 2;
  const std::string& text = part.string_or_empty();
  if (*leaf.value == part) {
    points += same_name || part.is_string() ? 2 : 0;
  } else if (const std::string& own = leaf.value->string_or_empty(); own.size() > 2 && base::contains(text, own)) {
    points += 1;
  }
  return points;
}

}  // namespace

void ChartRender::find_values(sys::Sys& sys, const Objects& objects, std::size_t source,
                              std::vector<Finding>& findings) const {
  std::vector<Leaf> leaves;
  std::vector<std::string> keys;
  collect(all_values_, keys, leaves);
  std::map<std::size_t, std::optional<Objects>> trials;  // by leaf
  const auto trial = [&](std::size_t leaf) -> const Objects* {
    const auto known = trials.find(leaf);
    if (known != trials.end()) return known->second ? &*known->second : nullptr;
    if (trials.size() >= k_renders_limit) return nullptr;
    std::optional<Objects>& made = trials[leaf];
    std::vector<helm::ValueSource> values = inputs_.values;
    values.push_back({"trial", json::to_text(under(leaves[leaf].keys, other_than(*leaves[leaf].value)))});
    const auto merged = helm::merge_values(values);
    if (!merged) return nullptr;
    auto rendered = render(sys, package_, merged->text, false);
    if (!rendered) return nullptr;
    Objects changed;
    if (!add_objects(changed, {"trial", *std::move(rendered)}, Kinds::needed)) return nullptr;
    made = std::move(changed);
    return &*made;
  };
  std::size_t first = 0;  // of the objects of this source
  while (first < objects.origins.size() && objects.origins[first].source != source) ++first;
  for (Finding& finding : findings) {
    if (finding.object == Finding::k_no_object || objects.origins[finding.object].source != source) continue;
    if (finding.verdict == Verdict::pass || finding.path.empty()) continue;
    const json::Value* part = yaml::part_of(objects.values[finding.object], finding.path);
    if (part == nullptr) continue;
    std::string line;
    for (const pack::Entry& entry : chart_.entries) {
      if (finding.mark.line == 0 || inputs_.folder + "/" + entry.path != finding.file) continue;
      const std::vector<std::string> lines = base::lines_of(entry.bytes);
      if (finding.mark.line <= lines.size()) line = lines[finding.mark.line - 1];
    }
    std::vector<std::pair<int, std::size_t>> order;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (const int points = promise(leaves[i], finding, *part, line); points > 0) order.emplace_back(-points, i);
    }
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size() && i < k_tries; ++i) {
      const Objects* changed = trial(order[i].second);
      const std::size_t place = finding.object - first;
      if (changed == nullptr || place >= changed->values.size()) continue;
      if (kube::ref_of(changed->values[place]).kind != finding.ref.kind) continue;
      const json::Value* now = yaml::part_of(changed->values[place], finding.path);
      if (now != nullptr && *now == *part) continue;
      name_value(leaves[order[i].second].keys, finding);
      break;
    }
  }
}

// The file that has the last word on the key.
void ChartRender::name_value(const std::vector<std::string>& keys, Finding& finding) const {
  finding.value_key = base::join(keys, ".");
  std::vector<helm::ValueSource> sources = inputs_.values;
  for (const pack::Entry& entry : chart_.entries) {
    if (entry.path == "values.yaml") sources.insert(sources.begin(), {inputs_.folder + "/values.yaml", entry.bytes});
  }
  std::string path;
  for (const std::string& key : keys) path += "['" + key + "']";
  for (auto one = sources.rbegin(); one != sources.rend(); ++one) {
    const auto documents = yaml::read_stream(one->text, one->name, {}, yaml::Reading::values);
    if (!documents || documents->empty()) continue;
    const yaml::Document& document = documents->front();
    if (yaml::part_of(document.value, path) == nullptr) continue;
    finding.value_file = one->name;
    finding.value_line = yaml::mark_of(document.value, document.marks, path).line;
    return;
  }
}

}  // namespace sentimark::verify
