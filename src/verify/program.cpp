#include "verify/program.hpp"

#include <array>

#include "access/inputs.hpp"

namespace sentimark::verify {
namespace {

using runner::Input;
using runner::Output;
using runner::Verb;

constexpr std::size_t k_many = 100'000;

constexpr auto k_verbs = std::to_array<Verb>({
    {"manifests", "judge manifests before they meet a cluster", "FILE|-...", 0, k_many},
    {"health",
     "say of each object in files, or of a release in its cluster, whether it is as it should be, and why not",
     "FILE|-...", 0, k_many},
    {"release", "judge a release by manifests, health, http and load under one profile, with one verdict", "FILE...", 0,
     k_many},
    {"http", "run .hurl files against a service", "FILE|-...", 0, k_many},
    {"load", "run .hurl files as load, and judge latencies, errors and rate", "FILE|-...", 0, k_many},
    {"canary", "run .hurl files as load on a release and its canary in turn, and say whether the canary is worse",
     "FILE|-...", 0, k_many},
    {"restore", "measure a restore drill: when .hurl files hold again, and which marker came back", "FILE...", 0,
     k_many},
    {"jsonpath", "print what an RFC 9535 query selects from a JSON document, as one JSON array", "EXPR [FILE|-]", 1, 2},
});

constexpr auto k_own_inputs = std::to_array<Input>({
    {"command", "manifests", "what to judge: manifests, health, http, load, canary, restore or release"},
    {"format", "text",
     "form of the result on standard output: text, json or jsonl; manifests, health and release also write sarif, the "
     "first two junit"},
    {"file", "",
     "files to judge, one a line: Kubernetes objects as YAML or JSON, for http, load, canary and restore .hurl files, "
     "for "
     "release both; "
     "- for standard input"},
    {"chart", "", "folder of a chart that manifests and release render by Helm and judge, beside the files"},
    {"values", "", "values files of the chart, one a line, the last one wins"},
    {"values-inline", "", "values of the chart as YAML, stronger than the files"},
    {"release", "",
     "release that health and release look at in its cluster, and that the chart is rendered for (release-name)"},
    {"namespace", "default", "namespace of the release"},
    {"helm", "helm", "the helm program, here and where the agent runs: a path, or a name looked up in PATH"},
    {"rules", "all", "rules of manifests: all, or some of lint, yaml, aks and pss, with commas between"},
    {"kube-version", "latest", "Kubernetes version that manifests are judged for, e.g. 1.30"},
    {"pss-level", "",
     "Pod Security level that objects must keep: privileged, baseline or restricted; with rules pss alone restricted"},
    {"safeguards", "warn",
     "what AKS Deployment Safeguards would deny is forecast: off, warn or enforce, with which it fails"},
    {"part", "false", "the objects are a part of what is deployed: a neighbour that is missing is no finding", false,
     true},
    {"policy-file", "", "YAML file with findings that are accepted, each with a reason, and levels of rules"},
    {"baseline-file", "",
     "file of known findings, which are accepted; of load the JSON result of an earlier run, to be compared with"},
    {"write-baseline", "", "file to write all open findings to, for baseline-file"},
    {"sarif-file", "",
     "file that manifests, health and release write SARIF 2.1.0 to; in Actions one is written in any case"},
    {"junit-file", "", "file to write the result to as JUnit XML"},
    {"variable", "", "variables of .hurl files, one name=value a line", false, false, true},
    {"secret", "", "variables that are never shown, one name=value a line; better given as SENTIMARK_INPUT_SECRET",
     false, false, true},
    {"ca-file", "", "PEM file of the authorities that servers must be signed by; empty takes the machine's"},
    {"allow-insecure-tls", "false", "obey the option insecure of a .hurl file; the verdict is then warn at best", false,
     true},
    {"timeout", "10m", "how long all of it may take, of health how long it waits for a verdict, e.g. 90s or 10m"},
    {"request-timeout", "30s", "how long one request may take"},
    {"tap-file", "", "file that http writes the result to as TAP"},
    {"json-file", "", "file that http, load, canary and restore write the result to as JSON"},
    {"patch-file", "", "file to write a unified diff to that mends what stands in the wrong security context"},
    {"now", "", "the moment that health is judged at, RFC 3339; the clock's when it is empty"},
    {"soak", "",
     "health of a release: how long it has to stay as it is once it is healthy, e.g. 60s; of release empty takes the "
     "profile's"},
    {"drift", "on", "health of a release: compare security fields of chart, stored manifest and cluster: on or off"},
    {"profile", "standard", "how much release looks at: quick, standard (soak of 30 s) or full (60 s, and load)"},
    {"scenario", "", ".hurl files that release runs as load under the profile full, one a line"},
    {"verdict-file", "", "file that release writes its verdict to as JSON; in Actions one is written in any case"},
    {"html-file", "", "file that release writes its report to as HTML; in Actions one is written in any case"},
    {"kinds", "", "health: YAML file with JSONPath queries that say when a custom kind is current or has failed"},
    {"rate", "50", "arrivals a second of load, each a run of one file; sent when due, whatever became of those before"},
    {"duration", "30s", "how long load is measured, after the warm-up"},
    {"warm-up", "5s", "how long load runs before it is measured; 0s for none"},
    {"stages", "", "rates of load instead of rate and duration, one a line: RATE DURATION or FROM-TO DURATION", false,
     false, true},
    {"users", "0", "closed model: so many at once, each beginning anew when it has ended; 0 for the rate"},
    {"max-in-flight", "1000",
     "arrivals of load at once, and connections; what is due beyond waits, and its time counts"},
    {"threshold", "", "what load must keep to, one a line or with commas; empty: p(95)<500, errors<1%, rate>=0.95",
     false, false, true},
    {"max-late", "1%",
     "share of arrivals that load itself may begin more than 10 ms late; beyond, the result is invalid"},
    {"stable", "", "canary: variables of the .hurl files that lead to the stable release, one name=value a line", false,
     false, true},
    {"canary", "", "canary: the same variables as they lead to the canary, one name=value a line", false, false, true},
    {"canary-weight", "",
     "canary: per cent of the traffic that the canary has now; the output of this name says what it may have"},
    {"error-margin", "1%", "canary: by how much more of its arrivals may fail than of the stable release's"},
    {"latency-margin", "25%", "canary: by how much longer than the stable release's its p50 and p95 may be"},
    {"min-samples", "200", "canary: arrivals of each that a pass needs; fewer are inconclusive"},
    {"incident", "", "restore: the moment of the incident, RFC 3339"},
    {"marker", "",
     "restore: what the drill wrote into the service before, one TIME TEXT a line; a .hurl file captures the one that "
     "came back as marker",
     false, false, true},
    {"max-rto", "",
     "restore: how long after the incident the service may answer again, e.g. 1h; empty: it is only measured"},
    {"max-rpo", "",
     "restore: how long before the incident the marker may have been written that came back; empty: it is only "
     "measured"},
    {"dry-run", "false", "print the plan of load and send nothing", false, true},
});

constexpr auto k_inputs = runner::joined(k_own_inputs, access::k_cluster_inputs);

constexpr auto k_outputs = std::to_array<Output>({
    {"verdict",
     "pass, warn, fail, inconclusive (an object is on its way, could not be asked, or too little was seen) or invalid "
     "(the measurement itself was the limit); empty when nothing could be judged"},
    {"failures", "how many findings, objects or checks fail"},
    {"warnings", "how many findings, objects or files come with a warning"},
    {"canary-weight", "per cent of the traffic that the canary may have: 0 when it fails, else as it was given"},
    {"rto-seconds", "recovery time that restore measured: from the incident to the first whole answer"},
    {"rpo-seconds", "recovery point that restore measured: from the marker that came back to the incident"},
    {"revision", "revision that health and release looked at"},
    {"status", "how it ended, a word of the exit code table"},
    {"exit-reason", "the same word and, unless it succeeded, the cause in one sentence"},
    {"sarif-file", "the SARIF file, of manifests, health and release"},
    {"junit-file", "the JUnit file, where one was asked for"},
    {"verdict-file", "the verdict of release as JSON"},
    {"html-file", "the report of release as HTML"},
    {"summary-file", "file with the summary as Markdown"},
});

constexpr runner::Program k_program{"verify", "judges a chart before, and a release after its deployment", k_verbs,
                                    k_inputs, k_outputs};

}  // namespace

const runner::Program& program() { return k_program; }

}  // namespace sentimark::verify
