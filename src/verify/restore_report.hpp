// Restore: what a restore drill showed, its recovery time (RTO) and recovery point (RPO), and in every form that
// somebody reads.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "json/value.hpp"
#include "verify/verdict.hpp"

namespace sentimark::verify {

// What the drill wrote into the service before the incident, and keeps a record of.
struct Marker {
  base::WallTime written;
  std::string id;
};

struct Restore {
  base::WallTime incident;
  std::vector<Marker> markers;           // none after the incident
  std::optional<base::Millis> most_rto;  // limits, where there are any
  std::optional<base::Millis> most_rpo;  //
  base::WallTime looked;                 // when the last look ended
  std::size_t looks = 0;
  std::optional<std::string> marker;  // that the service answered with; none: it did not answer as it has to
  std::string missing;                // what the last look lacked
  bool insecure = false;              // some certificate was not looked at

  // From the incident to the end of the look that held. With one look alone it is at most that.
  base::Millis rto() const;
  // The marker that came back; null when it is none of the drill's.
  const Marker* found() const;
  // From the moment at which that marker was written to the incident: all that was written since is lost.
  std::optional<base::Millis> rpo() const;
};

// One each of the rules RTO, RPO and MARKER, as far as there is something to say.
std::vector<Finding> findings_of(const Restore& restore);

std::string to_text(const Restore& restore);
json::Value to_json(const Restore& restore);
std::string to_markdown(const Restore& restore);

}  // namespace sentimark::verify
