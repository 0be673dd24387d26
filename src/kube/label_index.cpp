#include "kube/label_index.hpp"

#include <algorithm>

#include "kube/object.hpp"

namespace sentimark::kube {
namespace {

std::string key_of(const std::string& namespace_name, const json::Member& label) {
  return namespace_name + "/" + label.first + "=" + label.second.string_or_empty();
}

}  // namespace

void LabelIndex::add(const std::string& namespace_name, const json::Value& labels, std::size_t number) {
  for (const json::Member& label : labels.members())
    by_label_[key_of(namespace_name, label)].push_back({&labels, number});
}

std::vector<std::size_t> LabelIndex::selected(const std::string& namespace_name, const json::Value& selector) const {
  const std::vector<Entry>* fewest = nullptr;
  for (const json::Member& label : selector.members()) {
    const auto found = by_label_.find(key_of(namespace_name, label));
    if (found == by_label_.end()) return {};
    if (fewest == nullptr || found->second.size() < fewest->size()) fewest = &found->second;
  }
  std::vector<std::size_t> numbers;
  if (fewest == nullptr) return numbers;
  for (const Entry& entry : *fewest) {
    if (selects(selector, *entry.labels)) numbers.push_back(entry.number);
  }
  return numbers;
}

std::string selector_key(const std::string& namespace_name, const json::Value& selector) {
  std::vector<std::string> labels;
  for (const json::Member& label : selector.members()) labels.push_back(key_of({}, label));
  std::sort(labels.begin(), labels.end());
  std::string key = namespace_name;
  for (const std::string& label : labels) key += "\n" + label;
  return key;
}

}  // namespace sentimark::kube
