// A chart in an OCI registry, named by digest, as both halves of a deploy write it.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::wire {

struct ChartReference {
  std::string host;        // with its port, where it has one
  std::string repository;  // "charts/prices"
  std::string tag;         // as given, for readers; may be empty
  std::string digest;      // of the manifest: 64 hexadecimal digits
  std::string name() const { return repository.substr(repository.rfind('/') + 1); }
  std::string pinned() const { return "oci://" + host + "/" + repository + "@sha256:" + digest; }  // what helm is given
};

// Whether a text is meant as one: it begins with oci://.
bool is_chart_reference(std::string_view text);

// oci://HOST[:PORT]/REPOSITORY[:TAG]@sha256:DIGEST (OCI distribution specification 1.1, "Pulling manifests"). helm is
// never told the tag: it would look it up and refuse one that has moved (pkg/registry/client.go, ValidateReference).
// Error: usage; without a digest with code "no-digest".
base::Result<ChartReference> parse_chart_reference(std::string_view text);

}  // namespace sentimark::wire
