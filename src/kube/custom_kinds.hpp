// CustomKinds: health of kinds that nobody built in, by JSONPath queries that are data and no program.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"
#include "jsonpath/jsonpath.hpp"
#include "kube/health.hpp"

namespace sentimark::kube {

class CustomKinds {
 public:
  // {"kinds": [{"group", "kind", "current", "failed"?, "message"?}]}: the last three are RFC 9535 queries on the whole
  // object; a group may be empty, and any version of it is meant. At most 100 kinds.
  // Error: config, naming the row, for what is missing or unknown, and for a query that is none.
  static base::Result<CustomKinds> from_json(const json::Value& value);

  // By the row of the object's group and kind, which stands before a rule that is built in: failed where `failed`
  // holds, else current where `current` holds, else in progress; unknown where a query costs too much. A query holds
  // when it selects anything but false and null. The message is the first text that `message` selects.
  // Nothing when no row is about this kind.
  std::optional<ObjectHealth> health_of(const json::Value& object) const;

 private:
  using Query = std::vector<jsonpath::Path>;  // one, or none where the row has no such member
  struct Row {
    std::string group;
    std::string kind;
    Query current;
    Query failed;
    Query message;
  };
  std::vector<Row> rows_;
};

}  // namespace sentimark::kube
