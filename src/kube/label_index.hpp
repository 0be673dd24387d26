// Finds what a label selector selects among many, in time in proportion to what shares its rarest label.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "json/value.hpp"

namespace sentimark::kube {

class LabelIndex {
 public:
  // The labels of something in a namespace, under a number that the caller chose. They must live as long as the index.
  void add(const std::string& namespace_name, const json::Value& labels, std::size_t number);
  // The numbers of all in the namespace that have every label of the selector, in the order of adding; none for an
  // empty selector.
  std::vector<std::size_t> selected(const std::string& namespace_name, const json::Value& selector) const;

 private:
  struct Entry {
    const json::Value* labels;
    std::size_t number;
  };
  std::unordered_map<std::string, std::vector<Entry>> by_label_;
};

// Equal for equal selectors of one namespace, whatever their order.
std::string selector_key(const std::string& namespace_name, const json::Value& selector);

}  // namespace sentimark::kube
