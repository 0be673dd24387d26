#include "helm_private_deploy/program.hpp"

#include <array>

#include "access/inputs.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using runner::Input;
using runner::Output;
using runner::Verb;

constexpr auto k_verbs = std::to_array<Verb>({
    {"deploy", "put the chart on the cluster and stay until it is healthy"},
    {"status", "tell how the release stands, by the cluster's record and by helm; changes nothing"},
    {"history", "list the revisions and which of them were verified; changes nothing"},
    {"rollback", "go back to --revision, or to the last verified one, and verify it"},
    {"uninstall", "remove the release"},
    {"resume", "stay with what is under way until its verdict; with --force free the release from a dead holder"},
    {"probe",
     "measure what no document says of this cluster's runCommand, with harmless commands; --timeout is how long one is "
     "let run",
     "", 0, 0, true},
});

constexpr auto k_release_inputs = std::to_array<Input>({
    {"command", "deploy", "what to do: deploy, status, history, rollback, uninstall, resume or probe"},
    {"chart", "",
     "the chart to deploy: a folder that holds Chart.yaml, a .tgz, or oci://HOST/REPOSITORY@sha256:DIGEST"},
    {"registry-config", "",
     "file with credentials for the chart's registry, as docker login or helm registry login writes it"},
    {"registry-ca-file", "",
     "PEM file with the roots that the chart's registry is trusted by, instead of the pod's own"},
    {"release", "", "name of the Helm release; probe alone needs none", true},
    {"namespace", "default", "namespace of the release"},
    {"create-namespace", "false", "create the namespace when it does not exist", false, true},
    {"values", "", "values files, one a line; a later file wins"},
    {"values-inline", "", "values as YAML; they win over every file"},
    {"helm", "helm", "helm program where the agent runs: a path, or a name in PATH"},
});

constexpr auto k_own_inputs = std::to_array<Input>({
    {"timeout", "10m", "how long the release may take to become healthy, e.g. 90s or 10m"},
    {"transfer-timeout", "10m", "deploy: how long the way to the cluster, and what is sent ahead of a call, may take"},
    {"verify-timeout", "",
     "deploy: how long the release may take to become healthy once helm has ended; empty takes what timeout leaves"},
    {"diagnose-timeout", "1m", "deploy: how long evidence of a failure is gathered before anything is undone"},
    {"rollback-timeout", "", "deploy: how long going back may take until that is healthy; empty takes timeout"},
    {"deadline", "",
     "deploy: how long all of it may take; what diagnosis and rollback may need is kept free; empty for none"},
    {"on-failure", "rollback", "what to do with a release that fails: rollback, keep or uninstall-if-first"},
    {"on-cancel", "detach",
     "what a cancelled job leaves behind: detach lets the cluster go on with the release, stop ends it there"},
    {"revision", "", "rollback: the revision to go back to; empty takes the last verified one"},
    {"force", "false", "resume: say that whoever holds the release is dead; it is recorded", false, true},
    {"operation-id", "", "32 hex digits that name this deploy outside Actions; a repeated one is never run twice"},
    {"explain-values", "",
     "a key of the values, e.g. image.tag: print which line of which file it comes from, and change nothing"},
    {"print-az", "false",
     "print the az aks command invoke that would do the same, with its files in a folder of their own, and change "
     "nothing",
     false, true},
    {"debug-bundle", "",
     "file to write all that explains this run to, as .tar.gz: log, plan, requests, evidence, the cluster's record; it "
     "costs one more call that changes nothing"},
    {"dry-run", "false", "print the plan and change nothing", false, true},
    {"format", "text", "form of the result on standard output: text or json"},
});

constexpr auto k_inputs = runner::joined(k_release_inputs, access::k_cluster_inputs, k_own_inputs);

constexpr auto k_outputs = std::to_array<Output>({
    {"release", "name of the release"},
    {"revision", "revision that stands now"},
    {"status", "how it ended, a word of the exit code table"},
    {"exit-reason", "the same word and, unless it succeeded, the cause in one sentence"},
    {"chart-digest", "sha256 of the canonical chart package, or the digest that an oci:// reference names"},
    {"operation-id", "id of this deploy in the cluster's fence record"},
    {"summary-file", "file with the summary as Markdown"},
    {"mode", "agent, or reduced where the cluster refused to run the agent"},
    {"log-file", "JSON lines of what was done, by whom and how it ended, for log-ship"},
    {"evidence-dir", "folder with what explains a failure; empty when nothing failed"},
});

constexpr runner::Program k_program{"helm-private-deploy",
                                    "puts a Helm chart on a private AKS cluster and proves that it runs", k_verbs,
                                    k_inputs, k_outputs};

}  // namespace

const runner::Program& program() { return k_program; }

}  // namespace sentimark::helm_private_deploy
