#include "verify/manifests_inputs.hpp"

#include "base/text.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_largest_minor = 999;

base::Error bad(std::string_view name, const std::string& value, const std::string& cure) {
  return base::fail(Outcome::usage, "input " + std::string(name) + " is '" + base::shorten(value, 80) + "'", cure);
}

// all, or families by name: lint, yaml, aks, pss.
base::Done choose_rules(const runner::Inputs& inputs, RuleChoice& rules) {
  bool aks = false;
  rules.lint = rules.yaml = rules.pod_security = false;
  const std::string words = base::replace_all(base::replace_all(inputs.get("rules"), ",", " "), "\n", " ");
  for (const std::string& word : base::split(words, ' ')) {
    if (word.empty()) continue;
    if (word == "all" || word == "lint") rules.lint = true;
    if (word == "all" || word == "yaml") rules.yaml = true;
    if (word == "all" || word == "aks") aks = true;
    if (word == "pss") rules.pod_security = true;
    if (word != "all" && word != "lint" && word != "yaml" && word != "aks" && word != "pss")
      return bad("rules", word, "use all, or some of lint, yaml, aks and pss, with commas between");
  }
  const std::string safeguards = inputs.get("safeguards");
  if (safeguards != "off" && safeguards != "warn" && safeguards != "enforce")
    return bad("safeguards", safeguards, "use off, warn or enforce");
  rules.safeguards = !aks || safeguards == "off" ? Safeguards::off
                     : safeguards == "enforce"   ? Safeguards::enforce
                                                 : Safeguards::warn;
  return {};
}

}  // namespace

base::Result<int> parse_kube_version(const std::string& text) {
  if (text.empty() || text == "latest") return kube::k_newest_pod_security_minor;
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  if (rest.starts_with("1.")) {
    rest.remove_prefix(2);
    const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto minor = base::parse_unsigned(rest.substr(0, end));
    const bool ends_well = end == rest.size() || rest[end] == '.' || rest[end] == '+' || rest[end] == '-';
    if (minor && *minor <= k_largest_minor && ends_well) return static_cast<int>(*minor);
  }
  return bad("kube-version", text, "write for example 1.30, or latest");
}

base::Result<ManifestsInputs> parse_manifests_inputs(const runner::Inputs& inputs, std::vector<std::string> files) {
  ManifestsInputs result;
  result.files = std::move(files);
  result.chart = inputs.get("chart");
  result.values_files = inputs.lines("values");
  result.values_inline = inputs.raw("values-inline");
  result.release = inputs.get("release");
  if (result.release.empty()) result.release = "release-name";  // as helm template calls one
  result.namespace_name = inputs.get("namespace");
  result.helm = inputs.get("helm");
  result.kube_version = inputs.get("kube-version");
  if (result.kube_version == "latest") result.kube_version.clear();
  if (result.files.empty() && result.chart.empty())
    return base::fail(Outcome::usage, "manifests is missing what it works on",
                      "write verify manifests FILE..., - for standard input, or --chart FOLDER");
  SENTIMARK_TRY(choose_rules(inputs, result.rules));
  result.level_word = inputs.get("pss-level");
  if (!result.level_word.empty()) result.rules.pod_security = true;
  if (result.level_word.empty()) result.level_word = "restricted";
  const auto level = kube::pod_security_level(result.level_word);
  if (!level) return bad("pss-level", result.level_word, "use privileged, baseline or restricted");
  result.rules.level = *level;
  SENTIMARK_LET(minor, parse_kube_version(inputs.get("kube-version")));
  result.rules.minor = minor;
  result.rules.whole = !inputs.is_on("part");
  result.policy_file = inputs.get("policy-file");
  result.baseline_file = inputs.get("baseline-file");
  result.write_baseline = inputs.get("write-baseline");
  result.patch_file = inputs.get("patch-file");
  result.format = inputs.get("format");
  return result;
}

}  // namespace sentimark::verify
