"""Other people's judges over every rendered cluster: kubeconform (fields and types) and kube-score (habits)."""
import copy
import functools
import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import kube_schemas  # noqa: E402
from fleet import ENVIRONMENTS, everything  # noqa: E402
from rendering import tools  # noqa: E402


def key(document):
    group, _, version = document["apiVersion"].rpartition("/")
    return group, document["kind"].lower(), version


@functools.cache
def schemas():
    return kube_schemas.folder(frozenset(key(document) for name in ENVIRONMENTS for document in everything(name)))


def kubeconform(documents):
    """Complaints of kubeconform about the objects."""
    done = subprocess.run([tools()["kubeconform"], "-strict", "-output", "json", "-schema-location", f"{schemas()}/{kube_schemas.TEMPLATE}", "-"],
                          input=yaml.safe_dump_all(documents), capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return [f"{each['kind']}/{each['name']}: {each['msg']}" for each in json.loads(done.stdout)["resources"] if each["status"] != "statusValid"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_kubeconform_knows_every_field(environment):
    assert kubeconform(everything(environment)) == []


@pytest.mark.parametrize("kind, spoil", [
    ("Deployment", lambda spec: spec.update(replicaCount=2)), ("HTTPRoute", lambda spec: spec["rules"][0].update(backends=[])),
    ("SecretProviderClass", lambda spec: spec.update(provider=1)), ("ScaledObject", lambda spec: spec.update(minReplicas=1)),
    ("PodMonitor", lambda spec: spec.pop("selector")), ("HorizontalPodAutoscaler", lambda spec: spec.update(maxReplicas="4")),
])
def test_kubeconform_finds_a_wrong_field(kind, spoil):
    documents = copy.deepcopy(everything("sit"))
    spoil(next(each for each in documents if each["kind"] == kind)["spec"])
    found = kubeconform(documents)
    assert len(found) == 1 and found[0].startswith(f"{kind}/"), found


def kube_score(documents):
    """check -> set of kind/name that fail it."""
    done = subprocess.run([tools()["kube-score"], "score", "--output-format", "json", "--kubernetes-version", "v1.35", "-"],
                          input=yaml.safe_dump_all(documents), capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    found = {}
    for each in json.loads(done.stdout):
        for check in each["checks"]:
            if not check["skipped"] and check["grade"] < 7:
                found.setdefault(check["check"]["id"], set()).add(f"{each['type_meta']['kind']}/{each['object_meta']['name']}")
    return found


# Where kube-score and we differ, and why we stand by it: check -> (which objects, reason).
DIFFERENCES = {
    "container-ephemeral-storage-request-and-limit": (r"(Deployment|Job|CronJob|Pod)/.*", "The root file system is read-only and the volume of /tmp has a limit of its own."),
    "container-image-pull-policy": (r"(Deployment|Job|CronJob|Pod)/.*", "Images are named by digest: what a node holds under that name is the same bytes."),
    "deployment-has-host-podantiaffinity": (r"Deployment/.*", "Topology spread constraints over nodes and zones do it, and still allow more pods than nodes."),
    "deployment-replicas": (r"Deployment/(ingest|sentiment-worker)", "Idle where there are no events, and from zero or one on by KEDA elsewhere."),
    "horizontalpodautoscaler-replicas": (r"HorizontalPodAutoscaler/(api|auth|data-tier)", "DEV runs one pod of each, to be cheap."),
    "networkpolicy-targets-pod": (r"NetworkPolicy/gateway", "The gateway's pods are made by its controller, inside the cluster."),
}


@functools.cache
def scores():
    return {environment: kube_score(everything(environment)) for environment in ENVIRONMENTS}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_kube_score_differs_only_where_we_say_why(environment):
    unexplained = {(check, name) for check, names in scores()[environment].items() for name in names
                   if check not in DIFFERENCES or not re.fullmatch(DIFFERENCES[check][0], name)}
    assert unexplained == set()


def test_every_difference_is_still_one():
    assert set(DIFFERENCES) == {check for found in scores().values() for check in found}
    assert "horizontalpodautoscaler-replicas" not in scores()["prod"]


@pytest.mark.parametrize("check, kind, spoil", [
    ("container-resources", "Deployment", lambda spec: spec["template"]["spec"]["containers"][0].pop("resources")),
    ("pod-probes-identical", "Deployment", lambda spec: spec["template"]["spec"]["containers"][0].update(readinessProbe=spec["template"]["spec"]["containers"][0]["livenessProbe"])),
    ("container-security-context-readonlyrootfilesystem", "Deployment", lambda spec: spec["template"]["spec"]["containers"][0]["securityContext"].pop("readOnlyRootFilesystem")),
    ("service-targets-pod", "Service", lambda spec: spec.update(selector={"a": "b"})),
])
def test_kube_score_finds_what_is_spoilt(check, kind, spoil):
    documents = copy.deepcopy(everything("sit"))
    target = next(each for each in documents if each["kind"] == kind)
    spoil(target["spec"])
    assert f"{kind}/{target['metadata']['name']}" in kube_score(documents).get(check, set())
