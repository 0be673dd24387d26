#include "agent/helm.hpp"

#include "agent/kubectl.hpp"
#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::agent {
namespace {

constexpr base::Millis k_query{60'000};
constexpr std::size_t k_label_digits = 40;  // a label value holds at most 63 characters

base::Error error_of(const Finished& finished, const std::string& doing) {
  return api_error("helm", std::string(base::trim(base::to_valid_utf8(finished.err)))).within(doing);
}

// Labels on a release came with Helm 3.13.
bool has_labels(const std::string& version) {
  if (version.rfind("v3.", 0) != 0) return true;
  const auto minor = base::parse_unsigned(base::split(version, '.')[1]);
  return minor.value_or(0) >= 13;
}

}  // namespace

base::Result<Finished> Helm::run(std::vector<std::string> arguments) {
  std::vector<std::string> argv{job_.helm};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return children_.run(std::move(argv), {}, k_query);
}

base::Result<std::string> Helm::version() {
  SENTIMARK_LET(finished, run({"version", "--template", "{{.Version}}"}));
  std::string text(base::trim(finished.out));
  if (finished.exit_code != 0 || (text.rfind("v3.", 0) != 0 && text.rfind("v4.", 0) != 0)) {
    return base::fail(base::Outcome::config,
                      "this helm is neither version 3 nor 4: it says '" + base::shorten(text + finished.err, 100) + "'",
                      "install Helm 3 or 4 and name it in the input helm");
  }
  return text;
}

base::Result<json::Value> Helm::history_rows() {
  SENTIMARK_LET(finished, run({"history", job_.release, "-n", job_.namespace_name, "-o", "json", "--max", "20"}));
  if (finished.exit_code == 0) return json_printed_by("helm", finished.out);
  if (base::contains(finished.err, "release: not found")) return json::Value::array();
  return error_of(finished, "reading the release's history");
}

base::Result<std::vector<HelmRevision>> Helm::history() {
  SENTIMARK_LET(rows, history_rows());
  std::vector<HelmRevision> revisions;
  for (const json::Value& row : rows.items()) {
    revisions.push_back({row["revision"].int_or(0), row["status"].string_or_empty(), row["updated"].string_or_empty(),
                         row["description"].string_or_empty()});
  }
  return revisions;
}

std::int64_t newest(const std::vector<HelmRevision>& history) { return history.empty() ? 0 : history.back().revision; }

base::Result<std::string> Helm::history_text() {
  SENTIMARK_LET(finished, run({"history", job_.release, "-n", job_.namespace_name, "--max", "20"}));
  if (finished.exit_code != 0) return error_of(finished, "reading the release's history");
  return std::move(finished.out);
}

base::Result<std::string> Helm::manifest(std::int64_t revision) {
  SENTIMARK_LET(finished, run({"get", "manifest", job_.release, "-n", job_.namespace_name, "--revision",
                               std::to_string(revision)}));
  if (finished.exit_code != 0)
    return error_of(finished, "reading the manifest of revision " + std::to_string(revision));
  return std::move(finished.out);
}

std::string Helm::content() const {
  return " chart sha256:" + job_.chart_sha256 + " values sha256:" + job_.values_sha256;
}

bool Helm::has_made(const HelmRevision& revision) const {
  const std::string ours = "sentimark " + job_.operation + "/";
  const std::string& text = revision.description;
  const std::string end = content();
  return revision.status == "deployed" && text.rfind(ours, 0) == 0 && text.size() > end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::vector<std::string> Helm::upgrade_command(const std::string& version) const {
  std::vector<std::string> argv{job_.helm,
                                "upgrade",
                                "--install",
                                job_.release,
                                job_.chart_reference.empty() ? std::string(wire::k_chart_file) : job_.chart_reference,
                                "-n",
                                job_.namespace_name,
                                "-f",
                                std::string(wire::k_values_file),
                                "--reset-values",
                                "--timeout",
                                std::to_string(job_.helm_timeout.count() / 1000) + "s",
                                "--description",
                                "sentimark " + job_.operation + "/" + std::to_string(job_.attempt) + content()};
  if (wire::has_file(job_, wire::k_registry_file))
    argv.insert(argv.end(), {"--registry-config", std::string(wire::k_registry_file)});
  if (wire::has_file(job_, wire::k_registry_ca_file))
    argv.insert(argv.end(), {"--ca-file", std::string(wire::k_registry_ca_file)});
  if (has_labels(version)) {
    argv.emplace_back("--labels");
    argv.push_back("sentimark-chart=" + job_.chart_sha256.substr(0, k_label_digits));
  }
  return argv;
}

std::vector<std::string> Helm::rollback_command(std::int64_t revision) const {
  return {job_.helm, "rollback",          job_.release, std::to_string(revision),
          "-n",      job_.namespace_name, "--timeout",  std::to_string(job_.helm_timeout.count() / 1000) + "s"};
}

std::vector<std::string> Helm::uninstall_command() const {
  return {job_.helm,
          "uninstall",
          job_.release,
          "-n",
          job_.namespace_name,
          "--timeout",
          std::to_string(job_.helm_timeout.count() / 1000) + "s"};
}

}  // namespace sentimark::agent
