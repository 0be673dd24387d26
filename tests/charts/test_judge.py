"""Our own rules can fail: one object of a clean cluster is spoilt at a time, and the rule that should see it does."""
import copy
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import judge as judge_module  # noqa: E402
from fleet import everything  # noqa: E402
from judge import judge  # noqa: E402
from rendering import pod_of  # noqa: E402


def get(documents, kind, name):
    return next(each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name)


def main(documents, kind="Deployment", name="api"):
    return pod_of(get(documents, kind, name))["spec"]["containers"][0]


def spec(documents, kind, name):
    return get(documents, kind, name)["spec"]


def pod(documents, name="api"):
    return pod_of(get(documents, "Deployment", name))["spec"]


SPOILT = {
    "pod-level-keys": lambda d: pod(d)["securityContext"].update(runAsUser=10001),
    "locked-container": lambda d: main(d)["securityContext"].update(readOnlyRootFilesystem=False),
    "image-by-digest": lambda d: main(d).update(image="x/api:latest"),
    "stated-resources": lambda d: main(d)["resources"]["requests"].update(cpu="50m"),
    "secrets-as-files": lambda d: main(d)["env"].append({"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}),
    "three-probes": lambda d: main(d).pop("startupProbe"),
    "spread": lambda d: pod(d).pop("topologySpreadConstraints"),
    "one-scaler": lambda d: d.append({"kind": "ScaledObject", "metadata": {"name": "second", "namespace": "sentimark-web"}, "spec": {"scaleTargetRef": {"name": "api"}, "minReplicaCount": 2}}),
    "one-owner-of-replicas": lambda d: spec(d, "Deployment", "api").update(replicas=3),
    "drains-are-possible": lambda d: spec(d, "PodDisruptionBudget", "api").update(maxUnavailable=0),
    "spot-with-fallback": lambda d: pod(d, "ingest").pop("affinity"),
    "gone-in-30-seconds": lambda d: pod(d, "ingest").update(terminationGracePeriodSeconds=60),
    "critical-not-on-spot": lambda d: pod(d, "ingest").update(priorityClassName="sentimark-critical"),
    "own-account": lambda d: pod(d).update(serviceAccountName="default"),
    "identity-is-whole": lambda d: spec(d, "SecretProviderClass", "api")["parameters"].update(clientID="bbbbbbbb-0000-4000-8000-000000000009"),
    "secrets-of-this-namespace": lambda d: get(d, "SecretProviderClass", "api")["metadata"].update(namespace="sentimark-data"),
    "one-workload-behind-a-service": lambda d: spec(d, "Service", "api").update(selector={"app.kubernetes.io/name": "service"}),
    "selectors-apart": lambda d: spec(d, "Deployment", "api").update(selector={"matchLabels": {"app.kubernetes.io/name": "service"}}),
    "canary-weight": lambda d: spec(d, "HTTPRoute", "api")["rules"][0]["backendRefs"][0].update(weight=90),
    "route-to-a-service": lambda d: spec(d, "HTTPRoute", "api")["rules"][0]["backendRefs"][0].update(name="web"),
    "route-from-a-gateway": lambda d: spec(d, "HTTPRoute", "api")["parentRefs"][0].update(namespace="gateways"),
    "network-policy-everywhere": lambda d: spec(d, "NetworkPolicy", "api").update(podSelector={"matchLabels": {"a": "b"}}),
    "no-secret-in-values": lambda d: d.append({"kind": "Secret", "metadata": {"name": "x", "namespace": "y"}, "data": {"a": "Yg=="}}),
    "no-wildcard-right": lambda d: get(d, "Role", "sentimark-deployer")["rules"][0].update(resources=["*"]),
    "no-right-on-rights": lambda d: get(d, "Role", "sentimark-deployer")["rules"][0].update(verbs=["bind"]),
    "restricted-namespace": lambda d: get(d, "Namespace", "sentimark-web")["metadata"]["labels"].update({"pod-security.kubernetes.io/enforce": "baseline"}),
}


@pytest.mark.parametrize("rule", sorted(SPOILT))
def test_a_spoilt_object_is_found(rule):
    documents = copy.deepcopy(everything("sit"))
    assert judge(documents) == []
    SPOILT[rule](documents)
    assert [line for line in judge(documents) if line.startswith(rule + " ")], judge(documents)


@pytest.mark.parametrize("budget, pods, expected", [
    ({"minAvailable": 2}, 2, True), ({"minAvailable": 1}, 2, False), ({"minAvailable": "100%"}, 3, True), ({"minAvailable": "50%"}, 2, False),
    ({"minAvailable": "51%"}, 2, True), ({"maxUnavailable": "10%"}, 2, False), ({"maxUnavailable": 0}, 0, False), ({"maxUnavailable": 0}, 1, True),
])
def test_a_budget_that_blocks_every_drain_is_known(budget, pods, expected):
    assert bool(list(judge_module.blocked(budget, pods))) is expected


def test_every_rule_has_a_spoilt_object():
    text = pathlib.Path(judge_module.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'yield "([a-z0-9-]+)"|yield from \(\("([a-z0-9-]+)"', text))
    assert {first or second for first, second in rules} == set(SPOILT)
