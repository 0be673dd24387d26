#include "verify/load_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "verify/hurl_inputs.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;
using load::Micros;

constexpr double k_most_rate = 1'000'000;

base::Error wrong(const std::string& input, const std::string& value, std::string cure) {
  return base::fail(Outcome::usage, "input " + input + " is '" + base::shorten(value, 80) + "'", std::move(cure));
}

// Digits and at most one point.
std::optional<double> number_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = base::parse_unsigned(text.substr(0, point));
  if (!whole || text.size() > 20) return std::nullopt;
  if (point == text.size()) return static_cast<double>(*whole);
  const std::string_view digits = text.substr(point + 1);
  const auto part = base::parse_unsigned(digits);
  if (!part || digits.size() > 9) return std::nullopt;
  return static_cast<double>(*whole) + static_cast<double>(*part) / std::pow(10.0, static_cast<double>(digits.size()));
}

// "50" or "50/s".
std::optional<double> rate_of(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  const auto rate = number_of(text);
  return rate && *rate <= k_most_rate ? rate : std::nullopt;
}

Micros micros_of(base::Millis span) { return static_cast<Micros>(span.count()) * 1000; }

// "50 30s" or "0-50 30s".
base::Result<load::Stage> stage_of(const std::string& line) {
  const auto refuse = [&line] { return wrong("stages", line, "write each line as RATE DURATION or FROM-TO DURATION"); };
  const std::size_t blank = line.find_first_of(" \t");
  if (blank == std::string::npos) return refuse();
  const std::string_view rates = std::string_view(line).substr(0, blank);
  const auto lasts = base::parse_duration(base::trim(std::string_view(line).substr(blank)));
  const std::size_t dash = rates.find('-');
  const auto from = rate_of(rates.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : rate_of(rates.substr(dash + 1));
  if (!lasts || !from || !to) return refuse();
  return load::Stage{*from, *to, micros_of(*lasts)};
}

base::Result<std::uint64_t> count_of(const runner::Inputs& inputs, const std::string& input, std::uint64_t least) {
  const auto count = base::parse_unsigned(inputs.get(input));
  if (!count || *count < least || *count > 20'000)
    return wrong(input, inputs.get(input), "give a number from " + std::to_string(least) + " to 20000");
  return *count;
}

base::Result<base::Millis> read_warm_up(const runner::Inputs& inputs) {
  if (inputs.get("warm-up") == "0" || inputs.get("warm-up") == "0s") return base::Millis{0};
  return read_duration(inputs, "warm-up");
}

base::Done read_open(const runner::Inputs& inputs, LoadPlan& plan) {
  const std::vector<std::string> lines = inputs.lines("stages");
  for (const std::string& line : lines) {
    SENTIMARK_LET(stage, stage_of(line));
    plan.shape.stages.push_back(stage);
  }
  if (lines.empty()) {
    const auto rate = rate_of(inputs.get("rate"));
    if (!rate) return wrong("rate", inputs.get("rate"), "give arrivals a second, e.g. 50");
    SENTIMARK_LET(lasts, read_duration(inputs, "duration"));
    plan.shape.stages.push_back({*rate, *rate, micros_of(lasts)});
  }
  plan.arrivals = load::Plan::count(plan.shape.stages);
  if (plan.arrivals == 0) return wrong("rate", inputs.get("rate"), "give a rate at which somebody arrives");
  return {};
}

std::string figure(double value) {
  const auto hundredths = static_cast<std::uint64_t>(std::llround(value * 100));
  std::string text = std::to_string(hundredths / 100);
  if (hundredths % 100 > 0) text += "." + std::to_string(hundredths % 100 / 10) + std::to_string(hundredths % 10);
  return text;
}

std::string span_text(Micros span) { return base::human_duration(base::Millis(span / 1000)); }

}  // namespace

double LoadPlan::seconds() const { return static_cast<double>(shape.span() - shape.warm_up) / 1e6; }

std::string LoadPlan::text() const {
  std::string told;
  if (shape.users > 0) {
    told = base::counted(shape.users, "user") + " for " + span_text(shape.lasts);
  } else {
    for (const load::Stage& stage : shape.stages) {
      told += (told.empty() ? "" : ", then ") + figure(stage.from) +
              (stage.from == stage.to ? "" : " to " + figure(stage.to)) + " a second for " + span_text(stage.lasts);
    }
    told +=
        ": " + base::counted(arrivals, "arrival") + ", at most " + std::to_string(shape.most_in_flight) + " at once";
  }
  return told + "; warm-up " + (shape.warm_up == 0 ? "none" : span_text(shape.warm_up));
}

base::Result<double> read_share(const runner::Inputs& inputs, const std::string& input, double most) {
  std::string text = inputs.get(input);
  if (text.ends_with('%')) text.pop_back();
  const auto share = number_of(text);
  if (!share || *share > most) return wrong(input, inputs.get(input), "give a share like 1%");
  return *share / 100;
}

base::Result<LoadPlan> read_load_plan(const runner::Inputs& inputs, base::Millis timeout,
                                      base::Millis request_timeout) {
  LoadPlan plan;
  SENTIMARK_LET(users, count_of(inputs, "users", 0));
  SENTIMARK_LET(most, count_of(inputs, "max-in-flight", 1));
  SENTIMARK_LET(warm_up, read_warm_up(inputs));
  plan.shape.users = users;
  plan.shape.most_in_flight = static_cast<std::size_t>(most);
  plan.shape.warm_up = micros_of(warm_up);
  if (users > 0) {
    SENTIMARK_LET(lasts, read_duration(inputs, "duration"));
    plan.shape.lasts = micros_of(lasts);
  } else {
    SENTIMARK_TRY(read_open(inputs, plan));
  }
  std::string thresholds = base::join(inputs.lines("threshold"), "\n");
  if (thresholds.empty()) thresholds = users > 0 ? "p(95)<500, errors<1%" : "p(95)<500, errors<1%, rate>=0.95";
  SENTIMARK_LET(parsed, load::parse_thresholds(thresholds));
  for (const load::Threshold& threshold : parsed) {
    if (users > 0 && threshold.metric == load::Threshold::Metric::rate)
      return wrong("threshold", threshold.source, "users intend no rate: rps can be asked for instead");
  }
  plan.thresholds = std::move(parsed);
  SENTIMARK_LET(late, read_share(inputs, "max-late", 100));
  plan.most_late = late;
  if (request_timeout > base::Millis(60'000))
    return wrong("request-timeout", inputs.get("request-timeout"), "load measures up to 60s");
  if (micros_of(timeout) < plan.shape.span() + micros_of(request_timeout))
    return wrong("timeout", inputs.get("timeout"),
                 "give more than warm-up, duration and request-timeout take together");
  return plan;
}

}  // namespace sentimark::verify
