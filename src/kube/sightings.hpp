// Sightings: what earlier looks at the cluster saw and when first, so that a sign that may pass is not proof at once.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/value.hpp"

namespace sentimark::kube {

// When a doubtful sign becomes proof: seen this often, with at least this long between the looks that count; or as long
// as its own row of the signatures says, whichever is first.
struct Patience {
  int observations = 2;
  base::Millis spacing{15'000};
};

class Sightings {
 public:
  struct Seen {
    base::WallTime first;
    base::WallTime last;  // the last look that counted
    int count = 0;
    bool now = false;  // seen in the look that is going on
  };

  // Begins a look. What the look before did not see is forgotten: a sign that went away starts anew.
  void begin(base::WallTime at);
  // Counts the sign in this look. At most 2,000 signs are kept; a new one beyond that is told but not kept.
  Seen see(std::string_view sign, const Patience& patience);
  base::WallTime at() const { return at_; }

  // For the cursor that travels between calls. Error of the second: config.
  json::Value to_json() const;
  static base::Result<Sightings> from_json(const json::Value& value);

 private:
  base::WallTime at_;
  std::map<std::string, Seen, std::less<>> seen_;
};

}  // namespace sentimark::kube
