// What helm 3 and helm 4 print. Sentences: helm/helm pkg/action, pkg/storage/driver, pkg/kube.
#include <array>

#include "kube/signature.hpp"

namespace sentimark::kube {
namespace {

constexpr Act k_auto = Act::automatic;
constexpr Act k_human = Act::human;

constexpr std::array k_rows{
    Signature{"rollback-failed", k_auto, 1, 0, k_human, "an error occurred while rolling back the release",
              "with a longer budget", "helm's own rollback failed, so that the release is in a mixed state",
              "look at both revisions; the objects of either may be there"},
    Signature{
        "release-locked", k_auto, 0, 0, k_human, "another operation (install/upgrade/rollback) is in progress",
        "only when the fence is free, no live pod works on this release and the last change is older than its timeout",
        "helm holds the release's lock: another operation is in progress or was cut off",
        "the stale revision is marked failed, or the last good one is rolled back to"},
    Signature{"release-pending", k_auto, 0, 0, k_human, "pending-install\npending-upgrade\npending-rollback",
              "under the same guard as a locked release", "an earlier operation on the release was cut off",
              "it is marked failed and upgraded over; nothing is uninstalled while a volume claim is in the manifest"},
    Signature{"nothing-deployed", k_auto, 1, 0, k_human,
              "\"{release}\" has no deployed releases\nhas no deployed releases", "by the install path",
              "the release {release|} has no revision that ever deployed", "it is installed anew"},
    Signature{
        "name-in-use", k_auto, 1, 0, k_human,
        "cannot reuse a name that is still in use\ncannot re-use a name that is still in use\ncannot re-use a name",
        "by upgrade --install", "a release of that name exists already", "the release is upgraded instead"},
    Signature{
        "foreign-object", k_human, 0, 0, k_human,
        "Unable to continue with *: {kind} \"{name}\" in namespace \"{namespace}\" exists and cannot be imported\n"
        "exists and cannot be imported into the current release\ninvalid ownership metadata",
        "automatic only for objects in the explicit adoption list",
        "{kind|an object} {name|} exists already and belongs to no release, or to another",
        "delete it, or name it in the adoption list"},
    Signature{"field-immutable", k_human, 0, 0, k_human,
              "cannot patch \"{name}\" with kind {kind}: *field is immutable\n"
              "cannot patch \"{name}\" with kind {kind}: *updates to statefulset spec\n"
              "field is immutable\nspec: Forbidden: updates to statefulset spec",
              "automatic only for kinds in the recreate list, never for volume claims",
              "{kind|an object} {name|} cannot be changed in place: a field of it is immutable",
              "name its kind in the recreate list, or undo the change"},
    Signature{"kind-removed", k_human, 0, 0, k_human, "current release manifest contains removed kubernetes api(s)",
              "automatic only when asked for",
              "the release's last manifest uses an API version that the cluster no longer has",
              "map the release record to the new version"},
    Signature{"kind-unknown", k_human, 0, 0, k_human,
              "no matches for kind \"{kind}\" in version \"{version}\"\nno matches for kind",
              "automatic only when the chart ships the definition",
              "the cluster knows no kind {kind|} in version {version|}",
              "apply its definition first, or use a version that the cluster has"},
    Signature{"hook-failed",
              k_human,
              0,
              0,
              k_human,
              "pre-upgrade hooks failed\npost-upgrade hooks failed\npre-install hooks failed\n"
              "post-install hooks failed\npre-rollback hooks failed\npost-rollback hooks failed\nfailed pre-install\n"
              "failed post-install\nBackoffLimitExceeded\nDeadlineExceeded",
              {},
              "a hook of the release has failed",
              "read its log; it is not run again, for it may be a migration"},
    Signature{"webhook-unreachable",
              k_auto,
              2,
              0,
              k_human,
              "failed calling webhook \"{webhook}\": *connection refused\nfailed calling webhook \"{webhook}\": "
              "*context deadline exceeded\n"
              "failed calling webhook \"{webhook}\": *no endpoints available\nfailed calling webhook "
              "\"{webhook}\"\nfailed calling webhook",
              {},
              "the admission webhook {webhook|} does not answer",
              "look at the pods behind it, and at konnectivity"},
    Signature{"webhook-denied",
              k_human,
              0,
              0,
              k_human,
              "admission webhook \"{webhook}\" denied the request: {why}",
              {},
              "the policy {webhook} refuses an object: {why}",
              "change what the policy names, or ask for an exemption"},
    Signature{"quota",
              k_human,
              0,
              0,
              k_human,
              "exceeded quota: {quota}, requested: {requested}, used: {used}, limited: {limited}\nexceeded quota",
              {},
              "the release needs {requested|more} where quota {quota|} allows {limited|less} and {used|much} is used",
              "raise the quota, or lower requests and replicas"},
    Signature{"record-too-large",
              k_human,
              0,
              0,
              k_human,
              "Secret \"{record}\" is invalid: data: Too long\nRequest entity too large: limit is\ndata: Too long",
              {},
              "helm's record of the release is larger than a Secret may be",
              "take large files out of the chart, or split it into two releases"},
    Signature{"field-conflict", k_human, 0, 0, k_human,
              "conflict with \"{manager}\"\nconflicts with \"{manager}\"\nconflict * with field manager",
              "automatic only with force-conflicts",
              "another program owns a field that the release wants to change: {manager|unnamed}",
              "let one of the two own the field, or set force-conflicts"},
    Signature{"object-modified", k_auto, 3, 0, k_human, "the object has been modified",
              "the change is made on the newest version", "somebody changed an object at the same moment",
              "it is tried again"},
    Signature{"namespace-missing", k_human, 0, 0, k_human, "namespaces \"{namespace}\" not found",
              "automatic only with create-namespace", "the namespace {namespace} does not exist",
              "create it, or set create-namespace"},
    Signature{"template",
              k_human,
              0,
              0,
              k_human,
              "parse error at ({place}): {message}\nexecution error at ({place}): {message}\ntemplate: {place}: "
              "executing *: {message}\n"
              "nil pointer evaluating {message}\nparse error at\nYAML parse error on {place}: {message}",
              {},
              "the chart does not render: {message|} at {place|a place that helm does not name}",
              "correct the template or the value that it needs"},
    Signature{"values-schema",
              k_human,
              0,
              0,
              k_human,
              "values don't meet the specifications of the schema",
              {},
              "the values do not fit the chart's schema",
              "correct the values that helm names"},
    Signature{"helm-killed", k_auto, 1, 0, k_human, "helm was killed before its end",
              "the lock that it left is ours to take off",
              "helm was killed before its end, most likely for want of memory",
              "run the same job again; if it happens again, helm needs more memory than it has there: make the chart "
              "smaller, or use transport: local"},
    Signature{"chart-digest",
              k_human,
              0,
              0,
              k_human,
              "mismatched digest\ncontent digest mismatch",
              {},
              "the registry gave bytes that are not what the digest names",
              "look at the registry, and at what stands between: something changes what it serves"},
    Signature{"registry-certificate",
              k_human,
              0,
              0,
              k_human,
              "/v2/*x509:\n/v2/*certificate signed by unknown authority",
              {},
              "the chart's registry shows a certificate that helm does not trust",
              "give its authority in the input registry-ca-file"},
    Signature{"chart-pull",
              k_auto,
              2,
              0,
              k_human,
              "failed to fetch\nfailed to pull\nfailed to download\npull access denied\noci://*dial "
              "tcp\noci://*401\noci://*403\n"
              "registry*unauthorized\nfailed to perform \"FetchReference\" on source\nbasic credential not found",
              {},
              "the chart cannot be pulled from its registry",
              "check the registry's credentials (input registry-config), and the egress from where helm runs"},
    Signature{"kubernetes-forbidden",
              k_human,
              0,
              0,
              k_human,
              "User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" in the namespace "
              "\"{namespace}\"\n"
              "User \"{user}\" cannot {verb} resource \"{resource}\"",
              {},
              "the identity {user} may not {verb} {resource} in {namespace|the whole cluster}",
              "bind a role with that verb and resource to the identity"},
    // Never final: what it waited for has its own row.
    Signature{
        "waited-in-vain",
        Act::wait,
        0,
        0,
        Act::wait,
        "resource {kind}/{namespace}/{name} not ready. status: {status:word}\ntimed out waiting for the condition\n"
        "context deadline exceeded\nnot ready. status:",
        {},
        "helm waited in vain for {kind|the release's objects} {name|}",
        "the diagnosis of the objects tells why"},
};

}  // namespace

std::span<const Signature> helm_signatures() { return k_rows; }

}  // namespace sentimark::kube
