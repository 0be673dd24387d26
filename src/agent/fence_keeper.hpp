// FenceKeeper: the fence record in the cluster, read, claimed, kept alive and written. docs/protocols/fence.md.
#pragma once
#include <optional>
#include <string>

#include "agent/kubectl.hpp"
#include "json/value.hpp"
#include "sys/sys.hpp"
#include "wire/fence.hpp"
#include "wire/job.hpp"

namespace sentimark::agent {

enum class ClaimResult {
  held,    // the record says that we may run helm
  follow,  // another pod of this operation is at work
  answer,  // the record tells how this operation stands
  leave,   // a newer try exists
};

class FenceKeeper {
 public:
  FenceKeeper(sys::Sys& sys, Kubectl& kubectl, const wire::Job& job);

  // Errors: refused (somebody else's live record, or one that cannot be judged), and those of Kubectl.
  base::Result<ClaimResult> claim_deploy();
  base::Result<ClaimResult> claim_undo();

  // What stands in the cluster, as last read or written; nothing when there is no record.
  const std::optional<wire::FenceRecord>& record() const { return record_; }
  base::Done read();

  // True when the record was stored; false when another write came first: read again and decide again.
  base::Result<bool> write(const wire::FenceRecord& record);

  // True while the record, as last read or written, says that we hold the release.
  bool holds() const;

  // The record as an object to replace right before helm is started by somebody else's hands: whoever wins the replace
  // may start it. Precondition: holds().
  json::Value guard() const;

  // Ends this try, as wire::stopping says. Errors: refused (the record changes faster than that), and those of Kubectl.
  base::Done stop();
  bool told_to_stop() const { return record_ && record_->stop; }

  // Counts the heartbeat up. False when the fence is no longer ours: stop. A call that fails is not a loss.
  bool beat();

 private:
  using Decide = wire::FenceMove (*)(const std::optional<wire::FenceRecord>&, const wire::Claim&);
  base::Result<ClaimResult> claim(Decide decide, bool undo);
  json::Value object_of(const wire::FenceRecord& record) const;
  base::Result<bool> is_dead();
  base::Result<bool> holder_is_gone(const wire::Holder& holder);
  base::Error held_by_other() const;
  base::Error too_fast() const;
  wire::FenceRecord next(bool undo) const;

  sys::Sys& sys_;
  Kubectl& kubectl_;
  const wire::Job& job_;
  wire::Claim claim_;
  std::optional<wire::FenceRecord> record_;
  std::string resource_version_;
};

}  // namespace sentimark::agent
