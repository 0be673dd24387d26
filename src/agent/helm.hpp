// Helm: the helm program, version 3 or 4, asked only for what both do alike.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/children.hpp"
#include "json/value.hpp"
#include "wire/job.hpp"

namespace sentimark::agent {

struct HelmRevision {
  std::int64_t revision = 0;
  std::string status;   // "deployed", "superseded", "failed", "pending-upgrade", …
  std::string updated;  // RFC 3339, by the clock of the machine that helm ran on
  std::string description;
  bool is_pending() const { return status.rfind("pending-", 0) == 0; }
  bool is_uninstalling() const { return status == "uninstalling"; }
};

// 0 when there is none.
std::int64_t newest(const std::vector<HelmRevision>& history);

class Helm {
 public:
  Helm(Children& children, const wire::Job& job) : children_(children), job_(job) {}

  // "v3.21.2". Error: config when helm cannot be started or is neither 3 nor 4.
  base::Result<std::string> version();

  // Oldest first, the last 20; empty when the release does not exist. Errors: remote, timeout.
  base::Result<std::vector<HelmRevision>> history();

  // The same rows as helm tells them; an empty list when the release does not exist.
  base::Result<json::Value> history_rows();

  // The same as a table for people.
  base::Result<std::string> history_text();

  // The stored manifest of a revision, as YAML text.
  base::Result<std::string> manifest(std::int64_t revision);

  // Argument vectors of what changes the cluster. Never --wait, --atomic or --set: waiting and undoing are ours, and
  // values travel in one file.
  std::vector<std::string> upgrade_command(const std::string& version) const;  // as `version` returned it
  std::vector<std::string> rollback_command(std::int64_t revision) const;
  std::vector<std::string> uninstall_command() const;

  // True for a revision that an upgrade_command of this operation has brought to its end, from the same package and
  // values: its description says so.
  bool has_made(const HelmRevision& revision) const;

 private:
  std::string content() const;
  base::Result<Finished> run(std::vector<std::string> arguments);
  Children& children_;
  const wire::Job& job_;
};

}  // namespace sentimark::agent
