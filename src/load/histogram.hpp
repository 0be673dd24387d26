// Histogram: latencies with three significant digits at every size (the layout of HdrHistogram, hdrhistogram.org), so
// that a million of them cost as much memory as one and two workers' can be added without loss.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sentimark::load {

using Micros = std::uint64_t;

class Histogram {
 public:
  static constexpr Micros k_least = 1;
  static constexpr Micros k_most = 60'000'000;  // what took longer counts as this

  void record(Micros value);
  void add(const Histogram& other);  // exact: the same as if all had been recorded here

  std::uint64_t count() const { return count_; }
  Micros least() const { return count_ == 0 ? 0 : least_; }  // exact
  Micros most() const { return count_ == 0 ? 0 : most_; }    // exact
  double mean() const;                                       // exact; 0 when nothing was recorded

  // The value that `percent` of 100 of all values do not exceed, at most 0.1 % too large; 0 when nothing was recorded.
  Micros percentile(double percent) const;

  std::uint64_t count_above(Micros value) const;  // as exactly as a slot is

  // How many values are needed before ten lie beyond this percentile: fewer say little of it.
  static std::uint64_t needed_for(double percent);

  // One line of what it is, one for each value that was seen, the least first. Reading gives an equal histogram.
  std::string to_text() const;
  // Error: config with the line, for anything that to_text does not write.
  static base::Result<Histogram> parse(std::string_view text);

  bool operator==(const Histogram&) const = default;

 private:
  static constexpr std::size_t k_half = 1024;  // values of one power of two are told apart so far
  static constexpr std::size_t k_slots = 17 * k_half;
  static std::size_t slot_of(Micros value);
  static Micros first_in(std::size_t slot);
  static Micros last_in(std::size_t slot);

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(k_slots);
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  Micros least_ = 0;
  Micros most_ = 0;
};

}  // namespace sentimark::load
