// Finding the mark of a part: marks stand in the order of writing, so a part's place is the number of values before it.
#include "base/text.hpp"
#include "yaml/stream.hpp"

namespace sentimark::yaml {

std::size_t count_of(const json::Value& value) {
  std::size_t count = 1;
  for (const json::Value& item : value.items()) count += count_of(item);
  for (const json::Member& member : value.members()) count += count_of(member.second);
  return count;
}

namespace {

struct Part {
  const json::Value* value;
  std::size_t index;
};

// The longest name that the path begins with; a dot in a name is no end.
bool step_into_map(Part& place, std::string_view& path) {
  std::string_view rest = path;
  std::string_view quoted;
  if (rest.starts_with("['")) {
    const std::size_t end = rest.find("']");
    if (end == std::string_view::npos) return false;
    quoted = rest.substr(2, end - 2);
    rest.remove_prefix(end + 2);
  }
  const json::Value* best = nullptr;
  std::size_t best_index = 0;
  std::size_t best_length = 0;
  std::size_t index = place.index + 1;
  for (const json::Member& member : place.value->members()) {
    const std::string_view name = member.first;
    const bool fits = !quoted.empty()
                          ? name == quoted
                          : path.starts_with(name) &&
                                (path.size() == name.size() || path[name.size()] == '.' || path[name.size()] == '[');
    if (fits && (best == nullptr || name.size() > best_length)) {
      best = &member.second;
      best_index = index;
      best_length = name.size();
    }
    index += count_of(member.second);
  }
  if (best == nullptr) return false;
  path = quoted.empty() ? path.substr(best_length) : rest;
  place = {best, best_index};
  return true;
}

bool step_into_list(Part& place, std::string_view& path) {
  const std::size_t end = path.find(']');
  if (path.empty() || path.front() != '[' || end == std::string_view::npos) return false;
  const auto number = base::parse_unsigned(path.substr(1, end - 1));
  const json::Array& items = place.value->items();
  if (!number || *number >= items.size()) return false;
  std::size_t index = place.index + 1;
  for (std::size_t i = 0; i < *number; ++i) index += count_of(items[i]);
  place = {&items[*number], index};
  path.remove_prefix(end + 1);
  return true;
}

// As far as the path leads; what is left of it stays in `path`.
Part walk(const json::Value& value, std::string_view& path) {
  Part place{&value, 0};
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (!(place.value->is_array() ? step_into_list(place, path) : step_into_map(place, path))) break;
  }
  return place;
}

}  // namespace

Mark mark_of(const json::Value& value, std::span<const Mark> marks, std::string_view path) {
  const std::size_t index = walk(value, path).index;
  return index < marks.size() ? marks[index] : Mark{};
}

const json::Value* part_of(const json::Value& value, std::string_view path) {
  const Part place = walk(value, path);
  return path.empty() ? place.value : nullptr;
}

}  // namespace sentimark::yaml
