// ValuesStory: what the templates of a chart will see as .Values, and which line of which file each of it came from.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "helm/chart.hpp"
#include "helm/values.hpp"
#include "json/value.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {

struct Origin {
  std::string source;  // a file as the user named it, "CHART/values.yaml", or the name of an input
  int line = 0;
  int column = 0;
  std::string text() const { return source + ":" + std::to_string(line) + ":" + std::to_string(column); }
};

// One value that is no map, with its place in .Values.
struct Leaf {
  std::string path;
  json::Value value;
  Origin origin;
};

// What one source says about a key.
struct Said {
  Origin origin;
  json::Value value;
  std::string key;  // the key itself, or the one above it that the source replaces or deletes
};

struct Explained {
  std::vector<Leaf> leaves;  // everything at and below the key; empty when the templates see nothing there
  std::vector<Said> said;    // lowest precedence first
  std::string nearest;       // a key that exists, where the one asked for does not; may be empty
};

// The two majors differ in one thing: a null among a chart's defaults is a value to Helm 3 and nothing to Helm 4.
enum class HelmMajor { three, four };

class ValuesStory {
 public:
  // `sources` as for merge_values. A sub-chart's defaults stand under its name or alias; one that a condition turns off
  // is told as if it were on, and import-values are not followed. Error: config with file, line and column.
  static base::Result<ValuesStory> of(const Chart& chart, const std::vector<ValueSource>& sources, HelmMajor major);

  // `key` as "image.tag", "list[0].name", "annotations.a\.b" (a dot in a name). Error: usage when it is none.
  base::Result<Explained> explain(std::string_view key) const;

  // Where the value stands that a JSON pointer (RFC 6901) into .Values names, or the nearest above it.
  std::optional<Origin> place_of(std::string_view pointer) const;

  // .Values as a whole, its members sorted.
  json::Value effective() const;

  struct Member;
  struct Node {
    Origin origin;
    bool is_map = false;
    std::vector<Member> members;  // of a map
    json::Value value;            // of anything else
    yaml::Place place;            // of what is in a list
  };
  struct Member {
    std::string name;
    Node node;
  };

 private:
  std::vector<Node> told_;  // each source by itself, lowest precedence first
  Node final_;
};

}  // namespace sentimark::helm
