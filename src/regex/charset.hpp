// CharSet: a set of code points as sorted ranges, and the operations of character classes on it.
#pragma once
#include <cstddef>
#include <vector>

namespace sentimark::regex {

struct Range {
  char32_t first;
  char32_t last;
};

class CharSet {
 public:
  void add(char32_t first, char32_t last) { ranges_.push_back({first, last}); }
  void add(const CharSet& other) { ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end()); }

  // To be called after the last add and before anything below.
  void normalize();

  bool contains(char32_t point) const;
  CharSet complement() const;
  CharSet intersection(const CharSet& other) const;
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

}  // namespace sentimark::regex
