#include "kube/custom_kinds.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/pod_template.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

using base::Outcome;

using Query = std::vector<jsonpath::Path>;

constexpr std::size_t k_most_kinds = 100;
constexpr std::size_t k_message_told = 400;
constexpr std::array<std::string_view, 5> k_members{"group", "kind", "current", "failed", "message"};

base::Error bad(std::size_t row, const std::string& what) {
  return base::fail(Outcome::config, "kinds[" + std::to_string(row) + "] " + what,
                    "a row has group, kind and current, and may have failed and message: RFC 9535 queries");
}

base::Result<Query> query(const json::Value& row, std::size_t number, std::string_view name) {
  if (row[name].is_null()) return Query();
  if (!row[name].is_string()) return bad(number, std::string(name) + " is no text");
  auto path = jsonpath::Path::parse(row[name].string_or_empty());
  if (!path) return bad(number, std::string(name) + ": " + path.error().what);
  return Query{std::move(path).value()};
}

base::Result<bool> holds(const Query& query, const json::Value& object) {
  if (query.empty()) return false;
  SENTIMARK_LET(nodes, query.front().select(object));
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const jsonpath::Node& node) { return !node.value->is_null() && node.value->bool_or(true); });
}

std::string text_of(const Query& query, const json::Value& object) {
  if (query.empty()) return {};
  const auto nodes = query.front().select(object);
  if (!nodes) return {};
  for (const jsonpath::Node& node : *nodes) {
    if (node.value->is_string()) return base::shorten(node.value->string_or_empty(), k_message_told);
  }
  return {};
}

}  // namespace

base::Result<CustomKinds> CustomKinds::from_json(const json::Value& value) {
  const json::Array& rows = value["kinds"].items();
  if (rows.empty() || rows.size() > k_most_kinds)
    return base::fail(Outcome::config, "a file of kinds has a list 'kinds' of 1 to " + std::to_string(k_most_kinds),
                      "write kinds: and under it one row for each kind");
  CustomKinds made;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const json::Value& row = rows[i];
    for (const json::Member& member : row.members()) {
      if (std::find(k_members.begin(), k_members.end(), member.first) == k_members.end())
        return bad(i, "has '" + base::shorten(member.first, 80) + "', which is no member of it");
    }
    if (row["kind"].string_or_empty().empty()) return bad(i, "names no kind");
    SENTIMARK_LET(current, query(row, i, "current"));
    if (current.empty()) return bad(i, "does not say what is current");
    SENTIMARK_LET(failed, query(row, i, "failed"));
    SENTIMARK_LET(message, query(row, i, "message"));
    made.rows_.push_back({row["group"].string_or_empty(), row["kind"].string_or_empty(), std::move(current),
                          std::move(failed), std::move(message)});
  }
  return made;
}

std::optional<ObjectHealth> CustomKinds::health_of(const json::Value& object) const {
  const std::string& kind = object["kind"].string_or_empty();
  const std::string_view group = group_of(object);
  const auto row =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& one) { return one.kind == kind && one.group == group; });
  if (row == rows_.end()) return std::nullopt;
  const std::string message = text_of(row->message, object);
  const base::Result<bool> failed_now = holds(row->failed, object);
  const base::Result<bool> current_now = holds(row->current, object);
  for (const base::Result<bool>* asked : {&failed_now, &current_now}) {
    if (!*asked) return ObjectHealth{ref_of(object), Health::unknown, "QueryTooCostly", asked->error().what, {}};
  }
  if (*failed_now)
    return failed(object, "Failed", ref_of(object).text() + " has failed" + (message.empty() ? "" : ": " + message),
                  "look at its controller's log");
  if (*current_now) return current(object, message);
  return in_progress(object, "InProgress", message.empty() ? "it is not current yet" : message);
}

}  // namespace sentimark::kube
