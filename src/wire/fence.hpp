// The fence: one record for each release, kept in the cluster, that decides who may run helm. docs/protocols/fence.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::wire {

enum class FenceState {
  running,          // the holder may be running helm
  watching,         // helm has ended, the verdict is not yet known
  succeeded,        // verified healthy
  failed,           // helm or the rollout failed; nothing was undone yet
  undoing,          // the holder may be running helm to undo the failed try; without a holder: its verdict is awaited
  rolled_back,      // failed, and the good revision is back and verified
  uninstalled,      // a first install failed and was removed
  rollback_failed,  // going back failed as well: a person must look
  interrupted,      // the holder was told to stop and said so
  abandoned,        // the holder was proved dead by its successor
};

std::string_view word_of(FenceState state);

// True where nobody acts any more and a new operation may begin.
bool is_final(FenceState state);

// True while the holder may be running helm.
bool is_held(const struct FenceRecord& record);

// Who acts: two pods of one operation are told apart by `token`, which each draws at random.
struct Holder {
  std::string token;
  std::string pod_namespace;
  std::string pod;
  std::string uid;
};

// A revision that was verified; the only thing a rollback may go back to by right.
struct GoodRevision {
  std::int64_t revision = 0;
  std::string chart_sha256;
  std::string values_sha256;
  std::string manifest_sha256;
  std::string verified_at;  // RFC 3339
};

struct FenceRecord {
  std::string operation;  // 32 hex
  std::int64_t attempt = 0;
  std::string caller;  // the run of our program that asked for this try: its own failure is told from an earlier one's
  std::int64_t order = 0;  // Job::order of what was let in here, the highest so far
  FenceState state = FenceState::running;
  Holder holder;               // empty token when nobody holds
  std::int64_t heartbeat = 0;  // counts up while the holder lives; only its standing still means something
  std::int64_t revision = 0;   // what this try made; 0 before helm has ended
  // A helm of ours was ended in the middle, and none has come to its end since: what it left half done is ours to
  // clear.
  bool half_way = false;
  // Told to end: the holder ends helm at its next heartbeat, and nobody begins anything more in this try.
  bool stop = false;
  std::string run_url;
  std::string cause;               // of a failure, one sentence
  std::vector<GoodRevision> good;  // newest first, at most ten
  // "operation/attempt state", newest first, at most twenty: what ended before another took its place, and the tries of
  // others that were refused while this one was at work
  std::vector<std::string> earlier;
};

json::Value to_json(const FenceRecord& record);

// An order as it stands in a job, a record or an answer; 0 when it is none (negative, or beyond any clock).
std::int64_t order_in(const json::Value& value);

// Error: refused with code "foreign" when the record is not one that this version understands: it is never overwritten.
base::Result<FenceRecord> fence_from_json(const json::Value& value);

struct Claim {
  std::string operation;
  std::int64_t attempt = 0;
  std::string caller;
  Holder self;
  std::string run_url;
  std::int64_t order = 0;
};

enum class FenceMove {
  acquire,  // write the record of `acquired` and go on when the write wins
  own,      // it is ours already (a repeated read after our own write)
  follow,   // another pod of this very try is at work: watch, never run helm
  answer,   // this operation has ended or waits for its verdict: tell what is recorded
  leave,    // a newer try or operation exists: this one came too late
  observe,  // somebody else's live record: prove it dead or refuse
};

// The highest try of this operation among those that the record tells as ended; 0 when there is none.
std::int64_t earlier_try(const FenceRecord& record, const std::string& operation);

// Pure. `record` is what was read, nothing when there is none.
FenceMove decide(const std::optional<FenceRecord>& record, const Claim& claim);

// Pure, for undoing what a try has made: acquire from failed, watching or interrupted, unless it was told to stop.
FenceMove decide_undo(const std::optional<FenceRecord>& record, const Claim& claim);

// The record to write when decide_undo said acquire: the same try, now undoing.
FenceRecord undoing(FenceRecord record, const Holder& self);

// The record to write for FenceMove::acquire; also after `observe` has proved the holder dead.
FenceRecord acquired(const std::optional<FenceRecord>& record, const Claim& claim);

// The record to write before a claimant is refused because this one is at work: no pod of that try acts any more, also
// not one that starts after this record has come to its end.
FenceRecord refusing(FenceRecord record, const Claim& claim);

// Pure, for a job that ends this try: the record to write so that no helm of it goes on and none begins any more. What
// a live holder holds stays its own and is only told to end. Nothing when all of that stands already.
std::optional<FenceRecord> stopping(const std::optional<FenceRecord>& record, const Claim& claim);

// A try that was told to end waits for no verdict and is not undone: what nobody holds and is not over becomes
// interrupted.
void end_if_told(FenceRecord& record);

// Adds a verified revision in front and forgets what is older than the tenth.
void add_good(FenceRecord& record, GoodRevision good);

// Newest verified revision below `revision`; nothing when there is none.
std::optional<GoodRevision> good_before(const FenceRecord& record, std::int64_t revision);

}  // namespace sentimark::wire
