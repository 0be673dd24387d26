#include "wire/fence.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sentimark::wire {
namespace {

constexpr std::int64_t k_version = 1;
constexpr std::size_t k_good_kept = 10;
constexpr std::size_t k_earlier_kept = 20;
constexpr std::int64_t k_last_order = 253'402'300'799'000;  // the end of the year 9999
constexpr std::string_view k_refused = " refused";

struct StateRow {
  FenceState state;
  std::string_view word;
  bool final;
};

// In the order of the enumeration.
constexpr std::array<StateRow, 10> k_states{{
    {FenceState::running, "running", false},
    {FenceState::watching, "watching", false},
    {FenceState::succeeded, "succeeded", true},
    {FenceState::failed, "failed", true},
    {FenceState::undoing, "undoing", false},
    {FenceState::rolled_back, "rolled-back", true},
    {FenceState::uninstalled, "uninstalled", true},
    {FenceState::rollback_failed, "rollback-failed", true},
    {FenceState::interrupted, "interrupted", true},
    {FenceState::abandoned, "abandoned", true},
}};

const StateRow& row_of(FenceState state) { return k_states[static_cast<std::size_t>(state)]; }

json::Value holder_to_json(const Holder& holder) {
  json::Value value = json::Value::object();
  value.set("token", holder.token);
  value.set("namespace", holder.pod_namespace);
  value.set("pod", holder.pod);
  value.set("uid", holder.uid);
  return value;
}

json::Value good_to_json(const GoodRevision& good) {
  json::Value value = json::Value::object();
  value.set("revision", good.revision);
  value.set("chart", good.chart_sha256);
  value.set("values", good.values_sha256);
  value.set("manifest", good.manifest_sha256);
  value.set("verifiedAt", good.verified_at);
  return value;
}

GoodRevision good_from_json(const json::Value& value) {
  return {value["revision"].int_or(0), value["chart"].string_or_empty(), value["values"].string_or_empty(),
          value["manifest"].string_or_empty(), value["verifiedAt"].string_or_empty()};
}

base::Error foreign(const std::string& why) {
  return base::fail(base::Outcome::refused, "the release's fence record cannot be understood: " + why,
                    "use the version that wrote it, or delete the ConfigMap when nothing runs any more", "foreign");
}

FenceMove decide_same_operation(const FenceRecord& record, const Claim& claim) {
  if (record.attempt > claim.attempt) return FenceMove::leave;
  if (record.attempt == claim.attempt) {
    if (!is_held(record)) return FenceMove::answer;
    return record.holder.token == claim.self.token ? FenceMove::own : FenceMove::follow;
  }
  // It was told to stop before it began.
  if (earlier_try(record, claim.operation) >= claim.attempt) return FenceMove::leave;
  if (is_held(record)) return FenceMove::observe;
  // A success is returned, and a rollout that waits for its verdict is joined: neither is run again.
  if (record.state == FenceState::succeeded || !is_final(record.state)) return FenceMove::answer;
  return FenceMove::acquire;
}

}  // namespace

std::string_view word_of(FenceState state) { return row_of(state).word; }

bool is_final(FenceState state) { return row_of(state).final; }

bool is_held(const FenceRecord& record) {
  return record.state == FenceState::running || (record.state == FenceState::undoing && !record.holder.token.empty());
}

std::int64_t order_in(const json::Value& value) {
  const std::int64_t order = value.int_or(0);
  return order < 0 || order > k_last_order ? 0 : order;
}

json::Value to_json(const FenceRecord& record) {
  json::Value value = json::Value::object();
  value.set("version", k_version);
  value.set("operation", record.operation);
  value.set("try", record.attempt);
  value.set("caller", record.caller);
  value.set("order", record.order);
  value.set("state", word_of(record.state));
  value.set("holder", holder_to_json(record.holder));
  value.set("heartbeat", record.heartbeat);
  value.set("revision", record.revision);
  value.set("halfWay", record.half_way);
  value.set("stop", record.stop);
  value.set("runUrl", record.run_url);
  value.set("cause", record.cause);
  json::Value good = json::Value::array();
  for (const GoodRevision& revision : record.good) good.push(good_to_json(revision));
  value.set("good", std::move(good));
  json::Value earlier = json::Value::array();
  for (const std::string& line : record.earlier) earlier.push(line);
  value.set("earlier", std::move(earlier));
  return value;
}

base::Result<FenceRecord> fence_from_json(const json::Value& value) {
  if (value["version"].int_or(0) != k_version) return foreign("its version is not " + std::to_string(k_version));
  const std::string& word = value["state"].string_or_empty();
  std::optional<FenceState> state;
  for (const StateRow& row : k_states) {
    if (row.word == word) state = row.state;
  }
  if (!state) return foreign("its state is '" + word + "'");
  FenceRecord record;
  record.operation = value["operation"].string_or_empty();
  record.attempt = value["try"].int_or(0);
  if (record.operation.empty() || record.attempt < 1) return foreign("it names no operation and try");
  record.caller = value["caller"].string_or_empty();
  record.order = order_in(value["order"]);
  record.state = *state;
  const json::Value& holder = value["holder"];
  record.holder = {holder["token"].string_or_empty(), holder["namespace"].string_or_empty(),
                   holder["pod"].string_or_empty(), holder["uid"].string_or_empty()};
  record.heartbeat = value["heartbeat"].int_or(0);
  record.revision = value["revision"].int_or(0);
  record.half_way = value["halfWay"].bool_or(false);
  record.stop = value["stop"].bool_or(false);
  record.run_url = value["runUrl"].string_or_empty();
  record.cause = value["cause"].string_or_empty();
  for (const json::Value& good : value["good"].items()) record.good.push_back(good_from_json(good));
  for (const json::Value& line : value["earlier"].items()) record.earlier.push_back(line.string_or_empty());
  return record;
}

std::int64_t earlier_try(const FenceRecord& record, const std::string& operation) {
  const std::string begin = operation + "/";
  std::int64_t highest = 0;
  for (const std::string& line : record.earlier) {
    if (line.rfind(begin, 0) != 0) continue;
    const auto attempt = base::parse_unsigned(line.substr(begin.size(), line.find(' ') - begin.size()));
    highest = std::max(highest, static_cast<std::int64_t>(attempt.value_or(0)));
  }
  return highest;
}

FenceMove decide(const std::optional<FenceRecord>& record, const Claim& claim) {
  if (!record) return FenceMove::acquire;
  if (record->operation == claim.operation) return decide_same_operation(*record, claim);
  // A pod that comes late, after another operation has followed its own: what it would run has been decided already.
  if (earlier_try(*record, claim.operation) >= claim.attempt) return FenceMove::leave;
  // The same where its own was never in the record: it was sent before what stands there.
  if (record->order > claim.order) return FenceMove::leave;
  return is_final(record->state) ? FenceMove::acquire : FenceMove::observe;
}

FenceMove decide_undo(const std::optional<FenceRecord>& record, const Claim& claim) {
  if (!record || record->operation != claim.operation || record->attempt != claim.attempt) return FenceMove::leave;
  const bool held = is_held(*record);
  if (held && record->holder.token == claim.self.token) return FenceMove::own;
  if (record->stop) return FenceMove::answer;
  if (held) return FenceMove::observe;
  const bool acquires = record->state == FenceState::failed || record->state == FenceState::watching ||
                        record->state == FenceState::interrupted;
  return acquires ? FenceMove::acquire : FenceMove::answer;
}

FenceRecord undoing(FenceRecord record, const Holder& self) {
  record.state = FenceState::undoing;
  record.holder = self;
  record.heartbeat += 1;
  return record;
}

FenceRecord acquired(const std::optional<FenceRecord>& record, const Claim& claim) {
  FenceRecord next;
  next.operation = claim.operation;
  next.attempt = claim.attempt;
  next.caller = claim.caller;
  next.holder = claim.self;
  next.run_url = claim.run_url;
  next.order = claim.order;
  if (!record) return next;
  next.order = std::max(record->order, claim.order);
  next.heartbeat = record->heartbeat + 1;  // never goes back, so an observer of the old holder sees a change
  next.good = record->good;
  next.earlier = record->earlier;
  const FenceState ended = is_final(record->state) ? record->state : FenceState::abandoned;
  next.half_way = record->half_way || ended == FenceState::abandoned || ended == FenceState::interrupted ||
                  ended == FenceState::rollback_failed;
  next.earlier.insert(next.earlier.begin(),
                      record->operation + "/" + std::to_string(record->attempt) + " " + std::string(word_of(ended)));
  if (next.earlier.size() > k_earlier_kept) next.earlier.resize(k_earlier_kept);
  return next;
}

FenceRecord refusing(FenceRecord record, const Claim& claim) {
  const std::string begin = claim.operation + "/";
  std::erase_if(record.earlier,
                [&](const std::string& line) { return line.rfind(begin, 0) == 0 && line.ends_with(k_refused); });
  record.earlier.insert(record.earlier.begin(), begin + std::to_string(claim.attempt) + std::string(k_refused));
  if (record.earlier.size() > k_earlier_kept) record.earlier.resize(k_earlier_kept);
  return record;
}

std::optional<FenceRecord> stopping(const std::optional<FenceRecord>& record, const Claim& claim) {
  const FenceMove move = decide(record, claim);
  if (move == FenceMove::leave) return std::nullopt;
  if (move == FenceMove::acquire) {
    FenceRecord next = acquired(record, claim);
    next.holder = {};
    next.state = FenceState::watching;
    next.stop = true;
    end_if_told(next);
    return next;
  }
  if (record->operation != claim.operation) return refusing(*record, claim);
  const bool older = record->attempt < claim.attempt;
  const bool may_be_undone = record->state == FenceState::failed || record->state == FenceState::interrupted;
  if ((is_final(record->state) && !may_be_undone) || (record->stop && !older)) return std::nullopt;
  FenceRecord next = older ? refusing(*record, claim) : *record;
  next.stop = true;
  end_if_told(next);
  return next;
}

void end_if_told(FenceRecord& record) {
  if (!record.stop || is_held(record) || (is_final(record.state) && record.state != FenceState::failed)) return;
  record.state = FenceState::interrupted;
  record.cause = "told to stop" + (record.cause.empty() ? "" : "; before that: " + record.cause);
}

void add_good(FenceRecord& record, GoodRevision good) {
  std::erase_if(record.good, [&](const GoodRevision& other) { return other.revision == good.revision; });
  record.good.insert(record.good.begin(), std::move(good));
  if (record.good.size() > k_good_kept) record.good.resize(k_good_kept);
}

std::optional<GoodRevision> good_before(const FenceRecord& record, std::int64_t revision) {
  std::optional<GoodRevision> best;
  for (const GoodRevision& good : record.good) {
    if (good.revision < revision && (!best || good.revision > best->revision)) best = good;
  }
  return best;
}

}  // namespace sentimark::wire
