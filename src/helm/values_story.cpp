#include "helm/values_story.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::helm {
namespace {

using Node = ValuesStory::Node;

constexpr std::string_view k_global = "global";

// A step into a map by name, or into a list by number.
struct Step {
  std::string name;
  std::optional<std::size_t> index;
};

std::string joined(const std::string& path, const std::string& name) {
  const std::string escaped = base::replace_all(name, ".", "\\.");
  return path.empty() ? escaped : path + "." + escaped;
}

Node node_of(const json::Value& value, const yaml::Place& place, const std::string& source) {
  Node node;
  node.origin = {source, place.line, place.column};
  node.is_map = value.is_object();
  if (!node.is_map) {
    node.value = value;
    node.place = place;
    return node;
  }
  const json::Object& members = value.members();
  for (std::size_t i = 0; i < members.size(); ++i)
    node.members.push_back({members[i].first, node_of(members[i].second, place.children[i], source)});
  return node;
}

template <typename Tree>
auto* find(Tree& node, std::string_view name) {
  const auto found =
      std::find_if(node.members.begin(), node.members.end(), [&](const auto& member) { return member.name == name; });
  return found == node.members.end() ? nullptr : &found->node;
}

void remove(Node& node, std::string_view name) {
  std::erase_if(node.members, [&](const auto& member) { return member.name == name; });
}

bool is_null(const Node& node) { return !node.is_map && node.value.is_null(); }

// Of several files: maps merge, everything else replaces (Helm's mergeMaps).
void merge_over(Node& under, Node over) {
  for (auto& [name, value] : over.members) {
    Node* present = find(under, name);
    if (present == nullptr) {
      under.members.push_back({name, std::move(value)});
    } else if (present->is_map && value.is_map) {
      merge_over(*present, std::move(value));
    } else {
      *present = std::move(value);
    }
  }
}

// A chart's defaults as Helm 4 takes them.
Node without_nulls(Node node) {
  std::erase_if(node.members, [](const auto& member) { return is_null(member.node); });
  for (auto& member : node.members) member.node = without_nulls(std::move(member.node));
  return node;
}

// Fills what is missing from a chart's defaults (Helm's coalesceValues and coalesceTables): a null deletes its default.
void fill(Node& given, const Node& defaults, bool at_top, HelmMajor major) {
  for (const auto& [name, value] : defaults.members) {
    Node* present = find(given, name);
    if (present == nullptr) {
      if (major == HelmMajor::three) {
        given.members.push_back({name, value});
      } else if (!is_null(value)) {
        given.members.push_back({name, without_nulls(value)});
      }
    } else if (is_null(*present)) {
      // Below the top a null stays where the default is one itself.
      if (at_top || !is_null(value)) remove(given, name);
    } else if (present->is_map && value.is_map) {
      fill(*present, value, false, major);
    }
  }
}

// A parent's globals are its sub-charts' too, and win (Helm's coalesceGlobals).
void hand_down_globals(Node& sub, const Node& parent, HelmMajor major) {
  const Node* above = find(parent, k_global);
  if (above == nullptr || !above->is_map) return;
  Node* below = find(sub, k_global);
  if (below == nullptr) {
    sub.members.push_back({std::string(k_global), *above});
    return;
  }
  if (!below->is_map) return;
  for (const auto& [name, value] : above->members) {
    Node* present = find(*below, name);
    if (present == nullptr) {
      below->members.push_back({name, value});
    } else if (value.is_map && present->is_map) {
      Node merged = value;
      fill(merged, *present, false, major);
      *present = std::move(merged);
    } else if (!value.is_map && !present->is_map) {
      *present = value;
    }
  }
}

base::Result<Node> read(std::string_view text, const std::string& source, bool last_key_wins) {
  yaml::Limits limits;
  limits.last_key_wins = last_key_wins;
  SENTIMARK_LET(marked, yaml::to_marked(text, source, limits));
  if (marked.value.is_null()) marked.value = json::Value::object();
  if (!marked.value.is_object()) return not_a_map(source, marked.value);
  return node_of(marked.value, marked.place, source);
}

// The names that a vendored chart's values stand under: its aliases, else its own.
std::vector<std::string> names_for(const json::Value& dependencies, const Vendored& chart) {
  std::vector<std::string> names;
  for (const json::Value& row : dependencies.items()) {
    if (row["name"].string_or_empty() != chart.name) continue;
    const std::string& alias = row["alias"].string_or_empty();
    names.push_back(alias.empty() ? chart.name : alias);
  }
  if (names.empty()) names.push_back(chart.name);
  return names;
}

class Defaults {
 public:
  Defaults(std::vector<Node>& told, HelmMajor major) : told_(told), major_(major) {}

  // Puts the defaults of a chart and of the charts in it under `given`. `prefix`: where its values stand in the whole.
  base::Done add(Node& given, const std::vector<pack::Entry>& entries, const std::vector<Vendored>& vendored,
                 const std::string& root, const std::vector<std::string>& prefix) {
    if (prefix.size() > 16)
      return base::fail(base::Outcome::config, root + ": charts are nested too deep", "make the chart flatter");
    if (const pack::Entry* entry = find_entry(entries, "values.yaml"); entry != nullptr) {
      SENTIMARK_LET(defaults, read(entry->bytes, root + "/values.yaml", true));
      fill(given, defaults, true, major_);
      told_.insert(told_.begin(), under(prefix, std::move(defaults)));
    }
    SENTIMARK_LET(asked, declared_dependencies(entries, root));
    for (const Vendored& chart : vendored) {
      const std::string sub_root = root + "/" + chart.path;
      SENTIMARK_LET(inner, vendored_charts(chart.entries, sub_root));
      for (const std::string& name : names_for(asked, chart)) {
        Node* sub = find(given, name);
        if (sub == nullptr) {
          given.members.push_back({name, Node()});
          sub = &given.members.back().node;
          sub->is_map = true;
          sub->origin = {sub_root + "/values.yaml", 1, 1};
        }
        if (!sub->is_map)
          return base::fail(base::Outcome::config,
                            sub->origin.text() + ": the values of chart " + name + " must be a map", "write a map");
        hand_down_globals(*sub, given, major_);
        std::vector<std::string> deeper = prefix;
        deeper.push_back(name);
        SENTIMARK_TRY(add(*sub, chart.entries, inner, sub_root, deeper));
      }
    }
    return {};
  }

 private:
  static Node under(const std::vector<std::string>& prefix, Node node) {
    for (auto name = prefix.rbegin(); name != prefix.rend(); ++name) {
      Node outer;
      outer.is_map = true;
      outer.origin = node.origin;
      outer.members.push_back({*name, std::move(node)});
      node = std::move(outer);
    }
    return node;
  }

  std::vector<Node>& told_;
  HelmMajor major_;
};

base::Error no_key(std::string_view key) {
  return base::fail(base::Outcome::usage, "'" + base::shorten(key, 200) + "' names no value",
                    "write it as image.tag, list[0].name or annotations.a\\.b");
}

base::Result<std::vector<Step>> steps_of(std::string_view key) {
  std::vector<Step> steps;
  std::string name;
  bool after_index = false;
  const auto end_name = [&] {
    if (name.empty() && !after_index) return false;
    if (!name.empty()) steps.push_back({std::exchange(name, {}), std::nullopt});
    after_index = false;
    return true;
  };
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = key[i];
    if (c == '\\' && i + 1 < key.size()) {
      name.push_back(key[++i]);
    } else if (c == '.') {
      if (!end_name()) return no_key(key);
    } else if (c == '[') {
      const std::size_t close = key.find(']', i);
      const auto index = base::parse_unsigned(key.substr(i + 1, close == key.npos ? 0 : close - i - 1));
      if (!index || !end_name()) return no_key(key);
      steps.push_back({{}, *index});
      after_index = true;
      i = close;
    } else {
      if (after_index) return no_key(key);
      name.push_back(c);
    }
  }
  if (!end_name()) return no_key(key);
  return steps;
}

// What a walk along the steps came to.
struct Found {
  const Node* node = nullptr;          // the last one on the way
  const json::Value* value = nullptr;  // inside its list, when the way leads there
  const yaml::Place* place = nullptr;
  std::size_t taken = 0;  // steps that could be taken
};

Found walk(const Node& from, const std::vector<Step>& steps) {
  Found found{&from, nullptr, nullptr, 0};
  for (const Step& step : steps) {
    if (found.node->is_map) {
      const Node* next = step.index ? nullptr : find(*found.node, step.name);
      if (next == nullptr) return found;
      found.node = next;
    } else {
      if (found.value == nullptr) {
        found.value = &found.node->value;
        found.place = &found.node->place;
      }
      std::size_t at = 0;
      const json::Object& members = found.value->members();
      if (step.index) {
        at = found.value->is_array() ? *step.index : found.place->children.size();
      } else {
        while (at < members.size() && members[at].first != step.name) ++at;
      }
      if (at >= found.place->children.size()) return found;
      found.value = step.index ? &found.value->items()[at] : &members[at].second;
      found.place = &found.place->children[at];
    }
    ++found.taken;
  }
  return found;
}

Origin origin_of(const Found& found) {
  if (found.place == nullptr) return found.node->origin;
  return {found.node->origin.source, found.place->line, found.place->column};
}

void collect(const Node& node, const std::string& path, std::vector<Leaf>& leaves) {
  if (!node.is_map || node.members.empty()) {
    leaves.push_back({path, node.is_map ? json::Value::object() : node.value, node.origin});
    return;
  }
  for (const auto& [name, member] : node.members) collect(member, joined(path, name), leaves);
}

json::Value plain(const Node& node) {
  if (!node.is_map) return node.value;
  json::Object members;
  for (const auto& [name, member] : node.members) members.emplace_back(name, plain(member));
  return members;
}

std::string text_of(const std::vector<Step>& steps, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text = steps[i].index ? text + "[" + std::to_string(*steps[i].index) + "]" : joined(text, steps[i].name);
  }
  return text;
}

std::string nearest_to(const Found& found, const std::vector<Step>& steps) {
  if (!found.node->is_map || found.taken >= steps.size() || steps[found.taken].index) return {};
  std::vector<std::string> names;
  for (const auto& member : found.node->members) names.push_back(member.name);
  const std::string near = base::nearest(steps[found.taken].name, names);
  return near.empty() ? near : joined(text_of(steps, found.taken), near);
}

}  // namespace

base::Result<ValuesStory> ValuesStory::of(const Chart& chart, const std::vector<ValueSource>& sources,
                                          HelmMajor major) {
  ValuesStory story;
  story.final_.is_map = true;
  story.final_.origin = {chart.root + "/values.yaml", 1, 1};
  for (const ValueSource& source : sources) {
    SENTIMARK_LET(node, read(source.text, source.name, false));
    story.told_.push_back(node);
    merge_over(story.final_, std::move(node));
  }
  SENTIMARK_TRY(Defaults(story.told_, major).add(story.final_, chart.entries, chart.vendored, chart.root, {}));
  return story;
}

base::Result<Explained> ValuesStory::explain(std::string_view key) const {
  SENTIMARK_LET(steps, steps_of(key));
  Explained explained;
  const Found found = walk(final_, steps);
  if (found.taken < steps.size()) {
    explained.nearest = nearest_to(found, steps);
  } else if (found.value != nullptr) {
    explained.leaves.push_back({std::string(key), *found.value, origin_of(found)});
  } else {
    collect(*found.node, std::string(key), explained.leaves);
  }
  for (const Node& source : told_) {
    const Found said = walk(source, steps);
    // A map on the way leaves the rest to others; anything else there ends the way for what is below.
    if (said.taken < steps.size() && said.node->is_map) continue;
    explained.said.push_back(
        {origin_of(said), said.value != nullptr ? *said.value : plain(*said.node), text_of(steps, said.taken)});
  }
  return explained;
}

std::optional<Origin> ValuesStory::place_of(std::string_view pointer) const {
  std::vector<Step> steps;
  if (!pointer.empty()) pointer.remove_prefix(1);
  for (const std::string& part : base::split(pointer, '/')) {
    const std::string name = base::replace_all(base::replace_all(part, "~1", "/"), "~0", "~");
    if (name.empty()) continue;
    Step step{name, std::nullopt};
    const Found here = walk(final_, steps);
    const json::Value& value = here.value != nullptr ? *here.value : here.node->value;
    if (value.is_array()) step.index = base::parse_unsigned(name);
    steps.push_back(std::move(step));
  }
  const Origin origin = origin_of(walk(final_, steps));
  if (origin.line == 0) return std::nullopt;
  return origin;
}

json::Value ValuesStory::effective() const { return sorted(plain(final_)); }

}  // namespace sentimark::helm
