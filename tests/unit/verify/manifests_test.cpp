#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/verify/called.hpp"
#include "verify/manifests_inputs.hpp"
#include "verify/report.hpp"

using namespace sentimark;
using test::call;
using test::Called;

namespace {

constexpr std::string_view k_bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: bad
spec:
  hostNetwork: true
  containers:
  - name: c
    image: nginx
)";

constexpr std::string_view k_good = R"(apiVersion: v1
kind: Pod
metadata: {name: good, namespace: space}
spec:
  containers:
  - name: c
    image: nginx
    securityContext:
      allowPrivilegeEscalation: false
      runAsNonRoot: true
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
)";

std::vector<json::Value> lines(const std::string& out) {
  std::vector<json::Value> rows;
  for (const std::string& line : base::lines_of(out)) {
    auto row = json::parse(line);
    EXPECT_TRUE(row) << line;
    if (row) rows.push_back(*std::move(row));
  }
  return rows;
}

Called judged(fake::FakeSys& world, std::string_view text, std::vector<std::string> more = {}) {
  world.files.put("/f.yaml", std::string(text));
  more.insert(more.begin(), {"manifests", "/f.yaml"});
  return call(world, more);
}

Called judged(std::string_view text, std::vector<std::string> more = {}) {
  fake::FakeSys world;
  return judged(world, text, std::move(more));
}

std::string verdict_of(const std::string& out, std::string_view rule) {
  for (const json::Value& row : lines(out)) {
    if (row["rule"].string_or_empty() == rule) return row["verdict"].string_or_empty();
  }
  return "nothing";
}

const std::vector<std::string> k_pss{"--rules",        "pss",  "--pss-level", "restricted",
                                     "--kube-version", "1.30", "--format",    "jsonl"};

}  // namespace

// B-12: one line for each broken check, one for an object that breaks none.
TEST(VerifyManifests, pod_security_gives_each_object_a_verdict) {
  const Called bad = judged(k_bad, k_pss);
  EXPECT_EQ(bad.exit_code, 7);
  std::vector<std::string> rules;
  for (const json::Value& row : lines(bad.out)) {
    EXPECT_EQ(row["verdict"].string_or_empty(), "fail");
    EXPECT_EQ(row["level"].string_or_empty(), "restricted");
    EXPECT_EQ(row["name"].string_or_empty(), "bad");
    rules.push_back(row["rule"].string_or_empty());
  }
  EXPECT_EQ(rules, (std::vector<std::string>{"hostNamespaces", "allowPrivilegeEscalation", "capabilities_restricted",
                                             "runAsNonRoot", "seccompProfile_restricted"}));
  EXPECT_EQ(lines(bad.out)[0]["line"].int_or(0), 6);
  EXPECT_EQ(lines(bad.out)[0]["path"].string_or_empty(), "spec.hostNetwork");
  const Called good = judged(k_good, k_pss);
  EXPECT_EQ(good.exit_code, 0);
  ASSERT_EQ(lines(good.out).size(), 1U);
  EXPECT_EQ(
      json::to_text(lines(good.out)[0]),
      R"({"rule":"pod-security","level":"restricted","verdict":"pass","kind":"Pod","name":"good","namespace":"space",)"
      R"("path":"","file":"/f.yaml","line":1,"column":1,"message":"a namespace at level restricted takes it","fix":""})");
}

// B-12
TEST(VerifyManifests, the_level_and_the_version_decide) {
  const auto code = [](std::string_view text, const std::string& level, const std::string& version) {
    return judged(text, {"--rules", "pss", "--pss-level", level, "--kube-version", version}).exit_code;
  };
  EXPECT_EQ(code(k_bad, "privileged", "1.30"), 0);
  EXPECT_EQ(code(k_bad, "baseline", "1.30"), 7);
  const std::string probe = base::replace_all(std::string(k_good), "    image",
                                              "    livenessProbe: {httpGet: {host: h, port: 1}}\n    image");
  EXPECT_EQ(code(probe, "baseline", "1.33"), 0);
  EXPECT_EQ(code(probe, "baseline", "v1.34.2"), 7);
  EXPECT_EQ(code(probe, "baseline", "latest"), 7);
  EXPECT_EQ(code(probe, "baseline", "1.99"), 7);
  EXPECT_EQ(code(k_good, "restricted", "1.0"), 0);
  for (const char* version : {"2.0", "1", "1.", "30", "1.x", "1.30x"})
    EXPECT_EQ(code(k_good, "restricted", version), 2) << version;
  EXPECT_EQ(code(k_good, "strict", "1.30"), 2);
  EXPECT_EQ(*verify::parse_kube_version("1.30.4-gke.7"), 30);
}

TEST(VerifyManifests, reads_streams_lists_json_and_standard_input) {
  fake::FakeSys world;
  world.files.put(
      "/dev/stdin", "kind: List\nitems:\n" + [] {
        std::string item;
        for (const std::string& line : base::lines_of(k_bad)) item += (item.empty() ? "- " : "  ") + line + "\n";
        return item;
      }() + "---\n" + std::string(k_good));
  world.files.put("/o.json", R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"j"},
 "spec":{"hostPID":true,"containers":[]}})");
  std::vector<std::string> arguments{"manifests", "-", "/o.json"};
  arguments.insert(arguments.end(), k_pss.begin(), k_pss.end());
  const Called told = call(world, arguments);
  EXPECT_EQ(told.exit_code, 7);
  const auto rows = lines(told.out);
  EXPECT_EQ(rows.at(0)["file"].string_or_empty(), "<stdin>");
  EXPECT_EQ(rows.at(0)["line"].int_or(0), 8);
  EXPECT_EQ(rows.at(0)["path"].string_or_empty(), "spec.hostNetwork");
  EXPECT_EQ(rows.at(5)["verdict"].string_or_empty(), "pass");
  EXPECT_EQ(rows.at(6)["file"].string_or_empty(), "/o.json");
  EXPECT_EQ(rows.at(6)["line"].int_or(0), 2);
}

// As `kubectl get --raw` prints them.
TEST(VerifyManifests, items_of_a_typed_list_are_of_the_lists_kind) {
  const Called told = judged(
      "kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: p}\n  spec:\n    hostPID: true\n    containers: []\n",
      {"--rules", "pss", "--pss-level", "baseline", "--format", "jsonl"});
  EXPECT_EQ(told.exit_code, 7);
  ASSERT_EQ(lines(told.out).size(), 1U);
  EXPECT_EQ(lines(told.out)[0]["kind"].string_or_empty(), "Pod");
  EXPECT_EQ(lines(told.out)[0]["line"].int_or(0), 6);
}

TEST(VerifyManifests, wrong_calls_and_files_have_their_own_codes) {
  EXPECT_EQ(judged("a: [1\n").exit_code, 3);
  EXPECT_TRUE(base::contains(judged("kind: A\na: [1\n").log, "/f.yaml:3:1:"));
  EXPECT_TRUE(base::contains(judged("a: 1\n").log, "/f.yaml:1:1: this document is no Kubernetes object"));
  EXPECT_EQ(judged("- 1\n").exit_code, 3);
  EXPECT_EQ(judged("# nothing\n").exit_code, 3);
  EXPECT_EQ(judged("kind: A\n\tb: 1\n").exit_code, 3);
  EXPECT_EQ(judged(k_good, {"--rules", "pas"}).exit_code, 2);
  EXPECT_EQ(judged(k_good, {"--format", "yaml"}).exit_code, 2);
  EXPECT_EQ(judged(k_good, {"--safeguards", "deny"}).exit_code, 2);
  fake::FakeSys world;
  EXPECT_EQ(call(world, {"manifests"}).exit_code, 2);
  EXPECT_EQ(call(world, {"manifests", "/missing.yaml"}).exit_code, 3);
}

// Bytes that the corpus cannot show.
TEST(VerifyManifests, the_bytes_of_a_file_have_rules_too) {
  const std::string plain = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
  const auto says = [](const std::string& text, std::string_view rule) {
    return verdict_of(judged(text, {"--rules", "yaml", "--format", "jsonl"}).out, rule);
  };
  EXPECT_EQ(judged(plain, {"--rules", "yaml", "--format", "jsonl"}).out, "");
  EXPECT_EQ(says("\xef\xbb\xbf" + plain, "YAML-BOM"), "warn");
  EXPECT_EQ(says(base::replace_all(plain, "\n", "\r\n"), "YAML-CRLF"), "warn");
  EXPECT_EQ(says(plain.substr(0, plain.size() - 1), "YAML-EOF"), "warn");
  EXPECT_EQ(says(plain + "data:\n  a: |\n   x\n   \ty\n", "YAML-TAB"), "nothing");
  EXPECT_EQ(says(plain + "data: {a:\n\t\"x\"}\n", "YAML-TAB"), "fail");
  EXPECT_EQ(says(plain + "data: {a: \"x\n  y---\"}\n", "YAML-SEPARATOR"), "nothing");
  EXPECT_EQ(says(plain + "data:\n  a: b---\n", "YAML-SEPARATOR"), "fail");
}

TEST(VerifyManifests, an_annotation_with_a_reason_accepts_a_rule_and_one_without_does_not) {
  const auto with = [](const std::string& reason) {
    return base::replace_all(
        std::string(k_bad), "  name: bad",
        "  name: bad\n  annotations:\n    verify.sentimark.dev/ignore-SEC-HOSTNS: \"" + reason + "\"");
  };
  EXPECT_EQ(verdict_of(judged(with("it is the node's agent"), {"--format", "jsonl"}).out, "SEC-HOSTNS"), "accepted");
  EXPECT_EQ(verdict_of(judged(with(" "), {"--format", "jsonl"}).out, "SEC-HOSTNS"), "fail");
}

TEST(VerifyManifests, a_policy_accepts_with_a_reason_changes_levels_and_grows_stale) {
  const auto code = [](const std::string& policy, std::string* out = nullptr) {
    fake::FakeSys world;
    world.files.put("/p.yaml", policy);
    const Called told = judged(world, k_bad, {"--format", "jsonl", "--policy-file", "/p.yaml"});
    if (out != nullptr) *out = told.out;
    return told.exit_code;
  };
  std::string out;
  EXPECT_EQ(
      code("ignore:\n- {rule: SEC-HOSTNS, kind: Pod, name: b*, reason: agent}\n- {rule: IMG-TAG, reason: local}\n",
           &out),
      0);
  EXPECT_EQ(verdict_of(out, "SEC-HOSTNS"), "accepted");
  EXPECT_EQ(code("ignore:\n- {rule: 'IMG-*', name: other, reason: x}\n", &out), 7);
  EXPECT_EQ(verdict_of(out, "POLICY-STALE"), "warn");
  EXPECT_EQ(code("ignore:\n- {rule: 'SEC-*', reason: x, until: \"1969-12-31\"}\n- {rule: IMG-TAG, reason: x}\n", &out),
            7);
  EXPECT_TRUE(base::contains(out, "ignoring SEC-* ended on 1969-12-31"));
  EXPECT_EQ(code("levels: {SEC-HOSTNS: warn, IMG-TAG: warn}\n", &out), 0);
  EXPECT_EQ(verdict_of(out, "SEC-HOSTNS"), "warn");
  EXPECT_EQ(code("levels: {SEC-ROFS: fail}\n", &out), 7);
  EXPECT_EQ(verdict_of(out, "SEC-ROFS"), "fail");
  for (const char* bad :
       {"ignore:\n- {rule: SEC-HOSTNS}\n", "ignore:\n- {rule: SEC-NONE, reason: x}\n", "levels: {SEC-ROFS: off}\n",
        "ignore:\n- {rule: IMG-TAG, reason: x, until: soon}\n", "rules: []\n", "ignore:\n- {rul: x}\n"})
    EXPECT_EQ(code(bad), 3) << bad;
}

TEST(VerifyManifests, a_baseline_accepts_what_is_known_and_nothing_else) {
  fake::FakeSys world;
  EXPECT_EQ(judged(world, k_bad, {"--write-baseline", "/b.json"}).exit_code, 7);
  const std::string moved = "# a line more\n" + std::string(k_bad);
  EXPECT_EQ(judged(world, moved, {"--baseline-file", "/b.json"}).exit_code, 0);
  const Called worse = judged(world, moved + "  hostPID: true\n", {"--baseline-file", "/b.json", "--format", "jsonl"});
  EXPECT_EQ(worse.exit_code, 7);
  world.files.put("/b.json", "{}");
  EXPECT_EQ(judged(world, k_bad, {"--baseline-file", "/b.json"}).exit_code, 3);
}

// B-13: forecast as warnings, failures where the cluster enforces.
TEST(VerifyManifests, safeguards_fail_only_where_they_are_enforced) {
  const std::string old =
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\nprovisioner: kubernetes.io/azure-disk\n";
  EXPECT_EQ(judged(old, {"--rules", "aks"}).exit_code, 0);
  EXPECT_EQ(judged(old, {"--rules", "aks", "--safeguards", "enforce"}).exit_code, 7);
  EXPECT_EQ(judged(old, {"--rules", "aks", "--safeguards", "off", "--format", "jsonl"}).out, "");
}

TEST(VerifyManifests, a_part_of_a_release_misses_no_neighbour) {
  const std::string lone =
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, ports: [{port: 1}]}\n";
  EXPECT_EQ(judged(lone).exit_code, 7);
  EXPECT_EQ(judged(lone, {"--part"}).exit_code, 0);
}

TEST(VerifyManifests, sarif_has_places_rules_fingerprints_and_suppressions) {
  const std::string text = base::replace_all(
      std::string(k_bad), "  name: bad", "  name: bad\n  annotations: {verify.sentimark.dev/ignore-IMG-TAG: local}");
  const auto sarif = json::parse(judged(text, {"--format", "sarif"}).out);
  ASSERT_TRUE(sarif);
  EXPECT_EQ((*sarif)["version"].string_or_empty(), "2.1.0");
  const json::Value& run = (*sarif)["runs"].items().at(0);
  const json::Array& rules = run["tool"]["driver"]["rules"].items();
  std::set<std::string> prints;
  bool suppressed = false;
  for (const json::Value& result : run["results"].items()) {
    EXPECT_EQ(rules.at(static_cast<std::size_t>(result["ruleIndex"].int_or(-1)))["id"], result["ruleId"]);
    EXPECT_GT(result["locations"].items().at(0)["physicalLocation"]["region"]["startLine"].int_or(0), 0);
    EXPECT_FALSE(result["message"]["text"].string_or_empty().empty());
    prints.insert(result["partialFingerprints"]["sentimarkFinding/v1"].string_or_empty());
    if (result["ruleId"].string_or_empty() == "IMG-TAG")
      suppressed = result["suppressions"].items().at(0)["justification"].string_or_empty() == "local";
  }
  EXPECT_TRUE(suppressed);
  EXPECT_EQ(prints.size(), run["results"].items().size());
  EXPECT_EQ(run["results"].items().at(0)["level"].string_or_empty(), "error");
}

TEST(VerifyManifests, in_actions_sarif_is_always_written_and_annotations_keep_to_the_limit) {
  fake::FakeSys world;
  world.env.values["GITHUB_ACTIONS"] = "true";
  world.files.put_directory("/tmp");
  std::string many;
  for (int i = 0; i < 30; ++i) many += "---\n" + std::string(k_bad);
  EXPECT_EQ(judged(world, many).exit_code, 7);
  EXPECT_LE(world.log.count(sys::Level::error), 10U);
  EXPECT_LE(world.log.count(sys::Level::warning), 10U);
  EXPECT_TRUE(world.log.said("/f.yaml:7:3: SEC-HOSTNS: Pod bad: "));
  EXPECT_TRUE(world.log.said("more of this kind"));
  EXPECT_TRUE(std::any_of(world.files.calls.begin(), world.files.calls.end(), [](const auto& one) {
    return one.call == fake::FileCall::write && one.path.ends_with("verify.sarif");
  }));
}

TEST(VerifyManifests, the_summary_says_the_verdict_first_and_stays_under_the_limit) {
  fake::FakeSys world;
  world.env.values["GITHUB_STEP_SUMMARY"] = "/s.md";
  std::string many;
  for (int i = 0; i < 3'000; ++i)
    many += "---\napiVersion: v1\nkind: Pod\nmetadata: {name: 'p" + std::to_string(i) +
            "|<b>'}\nspec: {containers: [{name: c, image: nginx}]}\n";
  EXPECT_EQ(judged(world, many).exit_code, 7);
  const std::string summary = world.files.content("/s.md").value_or("");
  EXPECT_TRUE(summary.starts_with("## ❌ Manifests: 3000 of 3000 objects fail")) << summary.substr(0, 200);
  EXPECT_LT(summary.size(), 900'000U);
  EXPECT_EQ(summary.find("<b>"), std::string::npos);
  EXPECT_TRUE(base::contains(summary, " more, which the SARIF file has"));
}

// Names are hostile: they stay data in every form of the result.
TEST(VerifyManifests, hostile_names_stay_data_in_every_format) {
  const std::string text =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"]]>\u0001\n::error::x</failure>&\""},"spec":{"hostPID":true,"containers":[]}})";
  const std::string junit = judged(text, {"--format", "junit"}).out;
  EXPECT_EQ(junit.find('\x01'), std::string::npos);
  EXPECT_EQ(junit.find("]]>"), std::string::npos);
  EXPECT_EQ(junit.find("\n::error"), std::string::npos);
  EXPECT_TRUE(base::contains(junit, "failures=\"1\"")) << junit;
  EXPECT_TRUE(json::parse(judged(text, {"--format", "sarif"}).out));
  EXPECT_EQ(judged(text, {"--format", "text"}).out.find("\n::error"), std::string::npos);
}
