#include "kube/sightings.hpp"

namespace sentimark::kube {
namespace {

constexpr std::size_t k_kept = 2'000;
constexpr std::size_t k_sign_bytes = 300;

}  // namespace

void Sightings::begin(base::WallTime at) {
  at_ = at;
  std::erase_if(seen_, [](const auto& entry) { return !entry.second.now; });
  for (auto& [sign, seen] : seen_) seen.now = false;
}

Sightings::Seen Sightings::see(std::string_view sign, const Patience& patience) {
  const auto known = seen_.find(sign.substr(0, k_sign_bytes));
  if (known == seen_.end()) {
    const Seen fresh{at_, at_, 1, true};
    if (seen_.size() < k_kept) seen_.emplace(sign.substr(0, k_sign_bytes), fresh);
    return fresh;
  }
  Seen& seen = known->second;
  seen.now = true;
  if (at_.since_epoch - seen.last.since_epoch >= patience.spacing) {
    ++seen.count;
    seen.last = at_;
  }
  return seen;
}

json::Value Sightings::to_json() const {
  json::Value value = json::Value::object();
  for (const auto& [sign, seen] : seen_) {
    if (!seen.now) continue;
    json::Value one = json::Value::array();
    one.push(std::int64_t{seen.first.since_epoch.count()});
    one.push(std::int64_t{seen.last.since_epoch.count()});
    one.push(seen.count);
    value.set(sign, std::move(one));
  }
  return value;
}

base::Result<Sightings> Sightings::from_json(const json::Value& value) {
  Sightings sightings;
  for (const json::Member& member : value.members()) {
    const json::Array& numbers = member.second.items();
    if (numbers.size() != 3 || member.first.size() > k_sign_bytes || sightings.seen_.size() == k_kept)
      return base::fail(base::Outcome::config, "the cursor's sightings cannot be read");
    const auto time = [&](std::size_t i) { return base::WallTime{base::Millis{numbers[i].int_or(0)}}; };
    const auto count = static_cast<int>(std::min<std::int64_t>(numbers[2].int_or(0), 1'000'000));
    sightings.seen_.emplace(member.first, Seen{time(0), time(1), count, true});
  }
  return sightings;
}

}  // namespace sentimark::kube
