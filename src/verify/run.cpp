#include "verify/run.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "verify/canary.hpp"
#include "verify/health.hpp"
#include "verify/http.hpp"
#include "verify/jsonpath.hpp"
#include "verify/load.hpp"
#include "verify/manifests.hpp"
#include "verify/release.hpp"
#include "verify/restore.hpp"

namespace sentimark::verify {
namespace {

struct Row {
  std::string_view verb;
  std::string_view formats;  // that its result has, beside text
  base::Result<runner::Ending> (*run)(const Outside&, const runner::Inputs&);
};

// A verb that needs no network.
template <base::Result<runner::Ending> (*verb)(sys::Sys&, const runner::Inputs&)>
base::Result<runner::Ending> here(const Outside& outside, const runner::Inputs& inputs) {
  return verb(outside.sys, inputs);
}

base::Result<runner::Ending> http(const Outside& outside, const runner::Inputs& inputs) {
  return run_http(outside.sys, outside.network, inputs);
}

base::Result<runner::Ending> health(const Outside& outside, const runner::Inputs& inputs) {
  return run_health(outside.sys, outside.http, inputs);
}

constexpr auto k_rows = std::to_array<Row>({
    {"jsonpath", "json", here<run_jsonpath>},
    {"http", "json jsonl", http},
    {"manifests", "json jsonl sarif junit", here<run_manifests>},
    {"health", "json jsonl sarif junit", health},
    {"load", "json jsonl", run_load},
    {"canary", "json jsonl", run_canary},
    {"restore", "json", run_restore},
    {"release", "json jsonl sarif", run_release},
});

base::Done check_format(const Row& row, const std::string& format) {
  std::vector<std::string> known = base::split(row.formats, ' ');
  known.emplace_back("text");
  if (std::find(known.begin(), known.end(), format) != known.end()) return {};
  return base::fail(base::Outcome::usage, "input format is '" + base::shorten(format, 80) + "'",
                    std::string(row.verb) + " writes " + base::join(known, ", "));
}

}  // namespace

base::Result<runner::Ending> run(const Outside& outside, const runner::Inputs& inputs) {
  const auto row =
      std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& one) { return one.verb == inputs.verb(); });
  if (row == k_rows.end()) return base::fail(base::Outcome::internal, "the verb " + inputs.verb() + " has no job");
  SENTIMARK_TRY(check_format(*row, inputs.get("format")));
  return row->run(outside, inputs);
}

}  // namespace sentimark::verify
