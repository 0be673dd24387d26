#include "helm_private_deploy/release_status.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::size_t k_cell = 60;

const wire::GoodRevision* good_in(const ReleaseStatus& status, std::int64_t revision) {
  if (!status.record) return nullptr;
  for (const wire::GoodRevision& good : status.record->good) {
    if (good.revision == revision) return &good;
  }
  return nullptr;
}

// What others wrote into a table: one line, of bounded length.
std::string cell(const std::string& text) {
  std::string line;
  for (const char c : text) line.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
  return base::shorten(line, k_cell);
}

std::string_view meaning_of(wire::FenceState state) {
  switch (state) {
    case wire::FenceState::running:
      return "helm is at work";
    case wire::FenceState::watching:
      return "rolling out, not yet verified";
    case wire::FenceState::succeeded:
      return "verified healthy";
    case wire::FenceState::failed:
      return "failed, nothing was undone";
    case wire::FenceState::undoing:
      return "going back";
    case wire::FenceState::rolled_back:
      return "failed and rolled back, verified";
    case wire::FenceState::uninstalled:
      return "removed";
    case wire::FenceState::rollback_failed:
      return "failed, and so did going back";
    case wire::FenceState::interrupted:
      return "told to stop";
    case wire::FenceState::abandoned:
      return "abandoned";
  }
  return "unknown";
}

}  // namespace

base::Result<ReleaseStatus> status_in(const wire::Answer& answer) {
  if (!answer.details.is_object())
    return base::fail(base::Outcome::unknown, "the answer of the cluster tells no status",
                      "use two halves of one version");
  ReleaseStatus status;
  status.history = answer.details["history"];
  if (answer.details["record"].is_null()) return status;
  SENTIMARK_LET(record, wire::fence_from_json(answer.details["record"]));
  status.record = std::move(record);
  return status;
}

std::int64_t newest_revision(const ReleaseStatus& status) {
  const json::Array& rows = status.history.items();
  return rows.empty() ? 0 : rows.back()["revision"].int_or(0);
}

std::string status_text(const DeployInputs& inputs, const ReleaseStatus& status) {
  std::string text = inputs.release + " in namespace " + inputs.namespace_name + ": ";
  const json::Array& rows = status.history.items();
  text += rows.empty() ? "helm knows no such release\n"
                       : "helm says " + cell(rows.back()["status"].string_or_empty()) + " at revision " +
                             std::to_string(newest_revision(status)) + "\n";
  if (!status.record) return text + "record      none: it was not deployed by this program\n";
  const wire::FenceRecord& record = *status.record;
  text += "record      " + std::string(meaning_of(record.state)) +
          (record.revision > 0 ? ", revision " + std::to_string(record.revision) : "") + "\n";
  text += "operation   " + record.operation + ", try " + std::to_string(record.attempt) + "\n";
  if (!record.run_url.empty()) text += "run         " + cell(record.run_url) + "\n";
  if (wire::is_held(record))
    text += "holder      " + (record.holder.pod.empty() ? "outside the cluster" : "pod " + cell(record.holder.pod)) +
            ", heartbeat " + std::to_string(record.heartbeat) + "\n";
  if (!record.cause.empty()) text += "cause       " + base::shorten(record.cause, 400) + "\n";
  for (const wire::GoodRevision& good : record.good)
    text += "verified    revision " + std::to_string(good.revision) + " at " + cell(good.verified_at) + "\n";
  return text;
}

std::string history_text(const ReleaseStatus& status) {
  std::vector<std::vector<std::string>> table{{"REVISION", "STATUS", "VERIFIED", "UPDATED", "CHART", "DESCRIPTION"}};
  for (const json::Value& row : status.history.items()) {
    const std::int64_t revision = row["revision"].int_or(0);
    table.push_back({std::to_string(revision), cell(row["status"].string_or_empty()),
                     good_in(status, revision) != nullptr ? "yes" : "-", cell(row["updated"].string_or_empty()),
                     cell(row["chart"].string_or_empty()), cell(row["description"].string_or_empty())});
  }
  std::vector<std::size_t> widths(table.front().size(), 0);
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i)
      text += i + 1 == row.size() ? row[i] + "\n" : row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
  }
  return text;
}

json::Value json_of(const ReleaseStatus& status) {
  return json::Object{{"record", status.record ? wire::to_json(*status.record) : json::Value()},
                      {"history", status.history}};
}

}  // namespace sentimark::helm_private_deploy
