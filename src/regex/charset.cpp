#include "regex/charset.hpp"

#include <algorithm>

namespace sentimark::regex {

void CharSet::normalize() {
  // A heap, because its code is a tenth of std::sort's.
  const auto before = [](const Range& a, const Range& b) { return a.first < b.first; };
  std::make_heap(ranges_.begin(), ranges_.end(), before);
  std::sort_heap(ranges_.begin(), ranges_.end(), before);
  std::size_t kept = 0;
  for (const Range& range : ranges_) {
    if (kept > 0 && range.first <= ranges_[kept - 1].last + 1) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

bool CharSet::contains(char32_t point) const {
  std::size_t low = 0;
  std::size_t high = ranges_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (point < ranges_[middle].first) {
      high = middle;
    } else if (point > ranges_[middle].last) {
      low = middle + 1;
    } else {
      return true;
    }
  }
  return false;
}

CharSet CharSet::complement() const {
  CharSet result;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) result.add(next, range.first - 1);
    next = range.last + 1;
  }
  if (next <= 0x10FFFFU) result.add(next, 0x10FFFFU);
  return result;
}

CharSet CharSet::intersection(const CharSet& other) const {
  CharSet result;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < ranges_.size() && j < other.ranges_.size()) {
    const char32_t first = std::max(ranges_[i].first, other.ranges_[j].first);
    const char32_t last = std::min(ranges_[i].last, other.ranges_[j].last);
    if (first <= last) result.add(first, last);
    if (ranges_[i].last < other.ranges_[j].last) {
      ++i;
    } else {
      ++j;
    }
  }
  return result;
}

}  // namespace sentimark::regex
