#include "agent/release_record.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "pack/deflate.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;

constexpr std::uint64_t k_record_limit = std::uint64_t{64} << 20U;
constexpr std::string_view k_failed = "failed";

base::Error unreadable(const std::string& why) {
  return base::fail(Outcome::refused, "helm's record of the pending revision cannot be changed: " + why,
                    "clear it by hand: helm rollback to a revision that worked", "no-record");
}

// In Go's order of fields "info" stands before the chart and holds free text only behind "description", so the first
// status in it is the revision's own.
std::string::size_type status_in(const std::string& text) {
  const auto info = text.find("\"info\":{");
  if (info == std::string::npos) return std::string::npos;
  constexpr std::string_view sign = "\"status\":\"pending-";
  const auto at = text.find(sign, info);
  const auto chart = text.find("\"chart\":{", info);
  return chart != std::string::npos && at > chart ? std::string::npos : at;
}

}  // namespace

base::Result<std::string> with_status_failed(std::string_view encoded) {
  auto packed = base::from_base64(encoded);
  if (!packed) return unreadable(packed.error().what);
  auto text = pack::gunzip(*packed, k_record_limit);
  if (!text) return unreadable(text.error().what);
  const auto at = status_in(*text);
  if (at == std::string::npos) return unreadable("it is not pending");
  const auto from = text->find(':', at) + 2;
  text->replace(from, text->find('"', from) - from, k_failed);
  return base::to_base64(pack::gzip(*text));
}

base::Done mark_failed(Kubectl& kubectl, const wire::Job& job, std::int64_t revision) {
  const std::string name = "sh.helm.release.v1." + job.release + ".v" + std::to_string(revision);
  SENTIMARK_LET(secret, kubectl.get("secret", job.namespace_name, name));
  if (secret.is_null()) return unreadable("there is no Secret " + name);
  json::Value* data = secret.find("data");
  auto helms = base::from_base64(secret["data"]["release"].string_or_empty());
  if (data == nullptr || !helms) return unreadable("Secret " + name + " has another form");
  SENTIMARK_LET(changed, with_status_failed(*helms));
  data->set("release", base::to_base64(changed));
  if (json::Value* metadata = secret.find("metadata"); metadata != nullptr) {
    if (json::Value* labels = metadata->find("labels"); labels != nullptr) labels->set("status", k_failed);
  }
  auto stored = kubectl.replace(secret);
  if (!stored) return std::move(stored).error().within("setting the pending revision to failed");
  return {};
}

}  // namespace sentimark::agent
