#include "load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/text.hpp"

namespace sentimark::load {
namespace {

constexpr std::string_view k_title = "sentimark-histogram 1 us";

base::Error wrong(std::size_t line, const std::string& why) {
  return base::fail(base::Outcome::config, "line " + std::to_string(line) + " of the histogram " + why,
                    "give a file that verify load wrote");
}

// "name=number" without anything around it.
bool take(const std::string& word, std::string_view name, std::uint64_t& number) {
  if (!word.starts_with(name)) return false;
  const auto read = base::parse_unsigned(std::string_view(word).substr(name.size()));
  if (read) number = *read;
  return read.has_value();
}

}  // namespace

// The upper eleven bits of a value say all that is kept of it.
std::size_t Histogram::slot_of(Micros value) {
  const int dropped = std::max(0, static_cast<int>(std::bit_width(value)) - 11);
  return static_cast<std::size_t>(dropped) * k_half + static_cast<std::size_t>(value >> dropped);
}

Micros Histogram::first_in(std::size_t slot) {
  if (slot < 2 * k_half) return slot;
  const std::size_t dropped = slot / k_half - 1;
  return (slot % k_half + k_half) << dropped;
}

Micros Histogram::last_in(std::size_t slot) {
  return slot < 2 * k_half ? slot : first_in(slot) + (Micros{1} << (slot / k_half - 1)) - 1;
}

void Histogram::record(Micros value) {
  value = std::clamp(value, k_least, k_most);
  least_ = count_ == 0 ? value : std::min(least_, value);
  most_ = std::max(most_, value);
  ++counts_[slot_of(value)];
  ++count_;
  sum_ += value;
}

void Histogram::add(const Histogram& other) {
  if (other.count_ == 0) return;
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  for (std::size_t slot = 0; slot < k_slots; ++slot) counts_[slot] += other.counts_[slot];
  count_ += other.count_;
  sum_ += other.sum_;
}

double Histogram::mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }

Micros Histogram::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double wanted = std::ceil(std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t slot = 0; slot < k_slots; ++slot) {
    seen += counts_[slot];
    if (seen >= rank) return std::min(last_in(slot), most_);
  }
  return most_;
}

std::uint64_t Histogram::count_above(Micros value) const {
  std::uint64_t above = 0;
  for (std::size_t slot = slot_of(std::min(value, k_most)) + 1; slot < k_slots; ++slot) above += counts_[slot];
  return above;
}

std::uint64_t Histogram::needed_for(double percent) {
  const double beyond = 1 - std::clamp(percent, 0.0, 100.0) / 100;
  // A hair less, so that 1 - 0.99 asks for 1,000 and not for 1,001.
  return beyond <= 0 ? 1 : static_cast<std::uint64_t>(std::ceil(10 / beyond - 1e-6));
}

std::string Histogram::to_text() const {
  std::string text = std::string(k_title) + " count=" + std::to_string(count_) + " sum=" + std::to_string(sum_) +
                     " least=" + std::to_string(least_) + " most=" + std::to_string(most_) + "\n";
  for (std::size_t slot = 0; slot < k_slots; ++slot) {
    if (counts_[slot] > 0) text += std::to_string(first_in(slot)) + " " + std::to_string(counts_[slot]) + "\n";
  }
  return text;
}

base::Result<Histogram> Histogram::parse(std::string_view text) {
  const std::vector<std::string> lines = base::lines_of(text.substr(0, std::min<std::size_t>(text.size(), 1U << 20U)));
  if (lines.empty() || !lines[0].starts_with(k_title))
    return wrong(1, "does not begin with '" + std::string(k_title) + "'");
  const std::vector<std::string> words = base::split(std::string_view(lines[0]).substr(k_title.size()), ' ');
  Histogram read;
  std::uint64_t count = 0;
  const bool head = words.size() == 5 && words[0].empty() && take(words[1], "count=", count) &&
                    take(words[2], "sum=", read.sum_) && take(words[3], "least=", read.least_) &&
                    take(words[4], "most=", read.most_);
  if (!head) return wrong(1, "lacks count, sum, least or most");
  std::size_t last_slot = 0;
  std::uint64_t low = 0;  // what the sum must lie between
  std::uint64_t high = 0;
  for (std::size_t at = 1; at < lines.size(); ++at) {
    const std::vector<std::string> pair = base::split(lines[at], ' ');
    const std::uint64_t value = base::parse_unsigned(pair[0]).value_or(0);
    const std::uint64_t times = pair.size() == 2 ? base::parse_unsigned(pair[1]).value_or(0) : 0;
    // So many that no product with a value overflows.
    if (value < k_least || value > k_most || times == 0 || times > 100'000'000'000U)
      return wrong(at + 1, "is no value and its count");
    const std::size_t slot = slot_of(value);
    if (first_in(slot) != value || (at > 1 && slot <= last_slot)) return wrong(at + 1, "is out of its order");
    last_slot = slot;
    read.counts_[slot] = times;
    read.count_ += times;
    const bool fits = !__builtin_add_overflow(low, value * times, &low) &&
                      !__builtin_add_overflow(high, std::min(last_in(slot), k_most) * times, &high);
    if (!fits) return wrong(at + 1, "is too large");
  }
  const bool empty = read.count_ == 0 && read.sum_ == 0 && read.least_ == 0 && read.most_ == 0;
  const bool sound = read.count_ > 0 && read.least_ <= read.most_ && read.most_ <= k_most &&
                     read.counts_[slot_of(read.least_)] > 0 && slot_of(read.most_) == last_slot &&
                     read.percentile(0) >= read.least_ && read.sum_ >= low && read.sum_ <= high;
  if (read.count_ != count || (!empty && !sound)) return wrong(1, "does not fit what follows");
  return read;
}

}  // namespace sentimark::load
