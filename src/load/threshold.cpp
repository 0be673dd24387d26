#include "load/threshold.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::load {
namespace {

using Metric = Threshold::Metric;
using Relation = Threshold::Relation;

class Reader {
 public:
  Reader(std::string_view whole, std::size_t begin, std::string_view part)
      : whole_(whole), begin_(begin), text_(part) {}

  base::Result<Threshold> read() {
    Threshold threshold;
    threshold.source = base::trim(text_);
    blanks();
    if (!metric(threshold)) return wrong("p(95), avg, min, max, errors, rate or rps is needed");
    blanks();
    if (!relation(threshold)) return wrong("<, <=, > or >= is needed");
    blanks();
    if (!number(threshold.bound)) return wrong("a number is needed");
    if (!unit(threshold)) return wrong("this unit does not belong here");
    blanks();
    if (!text_.empty()) return wrong("the threshold should end here");
    return threshold;
  }

 private:
  base::Error wrong(const std::string& why) const {
    const std::size_t at = begin_ + static_cast<std::size_t>(text_.data() - (whole_.data() + begin_));
    return base::fail(base::Outcome::usage, "threshold, column " + std::to_string(at + 1) + ": " + why,
                      "write it like p(95)<500, errors<1% or rate>=0.95");
  }

  void blanks() { text_ = text_.substr(std::min(text_.find_first_not_of(" \t"), text_.size())); }

  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  bool metric(Threshold& threshold) {
    constexpr std::pair<std::string_view, Metric> words[] = {{"avg", Metric::average}, {"min", Metric::least},
                                                             {"max", Metric::most},    {"errors", Metric::errors},
                                                             {"rate", Metric::rate},   {"rps", Metric::per_second}};
    for (const auto& [word, kind] : words) {
      if (take(word)) return threshold.metric = kind, true;
    }
    return take("p(") && number(threshold.percent) && threshold.percent > 0 && threshold.percent <= 100 && take(")");
  }

  bool relation(Threshold& threshold) {
    constexpr std::pair<std::string_view, Relation> signs[] = {
        {"<=", Relation::at_most}, {">=", Relation::at_least}, {"<", Relation::less}, {">", Relation::more}};
    for (const auto& [sign, kind] : signs) {
      if (take(sign)) return threshold.relation = kind, true;
    }
    return false;
  }

  // Digits and at most one point: no exponent, no sign, up to nine digits on each side.
  bool number(double& value) {
    const std::size_t whole = std::min(text_.find_first_not_of("0123456789"), text_.size());
    if (whole == 0 || whole > 9) return false;
    value = static_cast<double>(*base::parse_unsigned(text_.substr(0, whole)));
    text_.remove_prefix(whole);
    if (!text_.starts_with('.')) return true;
    const std::size_t digits = std::min(text_.find_first_not_of("0123456789", 1), text_.size()) - 1;
    if (digits == 0 || digits > 9) return false;
    double part = static_cast<double>(*base::parse_unsigned(text_.substr(1, digits)));
    for (std::size_t i = 0; i < digits; ++i) part /= 10;
    value += part;
    text_.remove_prefix(digits + 1);
    return true;
  }

  bool unit(Threshold& threshold) {
    const bool fraction = threshold.metric == Metric::errors || threshold.metric == Metric::rate;
    if (threshold.metric == Metric::per_second) return true;
    if (fraction) {
      if (take("%")) threshold.bound /= 100;
      return threshold.bound <= 1;
    }
    if (take("us")) return true;
    threshold.bound *= 1000;
    if (!take("ms") && take("s")) threshold.bound *= 1000;
    return true;
  }

  std::string_view whole_;
  std::size_t begin_;
  std::string_view text_;
};

double value_of(const Threshold& threshold, const Measured& measured) {
  const Histogram& latencies = measured.latencies;
  switch (threshold.metric) {
    case Metric::percentile:
      return static_cast<double>(latencies.percentile(threshold.percent));
    case Metric::average:
      return latencies.mean();
    case Metric::least:
      return static_cast<double>(latencies.least());
    case Metric::most:
      return static_cast<double>(latencies.most());
    case Metric::errors:
      return measured.sent == 0 ? 0 : static_cast<double>(measured.failed) / static_cast<double>(measured.sent);
    case Metric::rate:
      return measured.intended_per_second <= 0 ? 0 : measured.achieved_per_second / measured.intended_per_second;
    case Metric::per_second:
      break;
  }
  return measured.achieved_per_second;
}

}  // namespace

base::Result<std::vector<Threshold>> parse_thresholds(std::string_view text) {
  std::vector<Threshold> thresholds;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(",\r\n", begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (!base::trim(part).empty()) {
      SENTIMARK_LET(threshold, Reader(text, begin, part).read());
      thresholds.push_back(std::move(threshold));
    }
    begin = end + 1;
  }
  return thresholds;
}

ThresholdVerdict judge(const Threshold& threshold, const Measured& measured) {
  ThresholdVerdict verdict;
  verdict.actual = value_of(threshold, measured);
  switch (threshold.relation) {
    case Relation::less:
      verdict.holds = verdict.actual < threshold.bound;
      break;
    case Relation::at_most:
      verdict.holds = verdict.actual <= threshold.bound;
      break;
    case Relation::more:
      verdict.holds = verdict.actual > threshold.bound;
      break;
    case Relation::at_least:
      verdict.holds = verdict.actual >= threshold.bound;
      break;
  }
  if (threshold.metric == Metric::percentile)
    verdict.enough = measured.latencies.count() >= Histogram::needed_for(threshold.percent);
  if (threshold.metric == Metric::average || threshold.metric == Metric::least || threshold.metric == Metric::most)
    verdict.enough = measured.latencies.count() > 0;
  return verdict;
}

}  // namespace sentimark::load
