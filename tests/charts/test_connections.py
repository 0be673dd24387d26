"""Who may connect to whom, worked out from the rendered policies of a whole cluster: both ends must agree."""
import copy
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from fleet import CONTRACT, ENVIRONMENTS, everything, outputs  # noqa: E402
from judge import labels_of, matches, namespace_of, workloads  # noqa: E402
from rendering import containers_of  # noqa: E402

STORES = {"database": 5432, "redis": 10000, "events": 5671}


def policies(documents, namespace, labels):
    return [each["spec"] for each in documents if each["kind"] == "NetworkPolicy" and namespace_of(each) == namespace and matches(each["spec"]["podSelector"], labels)]


def peers(rules, side, port, namespace, labels, own):
    """Whether one of the rules lets a pod through. A peer without a namespace means that of the policy."""
    for rule in rules:
        if port not in [each["port"] for each in rule.get("ports", [{"port": port}])]:
            continue
        for peer in rule.get(side, []):
            there = {"kubernetes.io/metadata.name": namespace, "app.kubernetes.io/part-of": "sentimark"}
            if "ipBlock" not in peer and (matches(peer["namespaceSelector"], there) if "namespaceSelector" in peer else namespace == own) and matches(peer.get("podSelector"), labels):
                return True
    return False


def ends(documents):
    """service -> (namespace, labels of its pods), without hooks and tests."""
    found = {}
    for each in workloads(documents):
        name = labels_of(each)["app.kubernetes.io/instance"].removesuffix("-hook")
        found.setdefault(name, (namespace_of(each), labels_of(each)))
    return found


def allowed(documents):
    """(from, to) pairs by the policy of the caller, and by that of the called."""
    leaving, entering = set(), set()
    found = ends(documents)
    for source, (namespace, labels) in found.items():
        for target, (other, others) in found.items():
            if source == target:
                continue
            if any(peers(spec.get("egress", []), "to", 8080, other, others, namespace) for spec in policies(documents, namespace, labels)):
                leaving.add((source, target))
            if any(peers(spec.get("ingress", []), "from", 8080, namespace, labels, other) for spec in policies(documents, other, others)):
                entering.add((source, target))
    return leaving, entering


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_both_ends_agree(environment):
    leaving, entering = allowed(everything(environment))
    assert leaving == entering
    expected = {("api", "auth"), ("api", "data-tier"), ("sentiment-worker", "data-tier"), ("test-data-generator", "data-tier")}
    assert leaving == {pair for pair in expected if pair[0] in ends(everything(environment))}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_whoever_is_told_an_address_may_connect_to_it(environment):
    documents = everything(environment)
    leaving, _ = allowed(documents)
    told = set()
    for each in workloads(documents):
        source = labels_of(each)["app.kubernetes.io/instance"].removesuffix("-hook")
        text = " ".join([variable["value"] for container in containers_of(each) for variable in container.get("env", [])] +
                        [argument for container in containers_of(each) for argument in container.get("args", []) if argument.startswith("--post")])
        for target, namespace in re.findall(r"http://([a-z-]+)\.(sentimark-[a-z]+)", text):
            assert CONTRACT["services"][target]["namespace"] == namespace
            told.add((source, target))
    assert told == leaving


@pytest.mark.parametrize("store", sorted(STORES))
def test_a_store_is_open_to_who_needs_it_and_to_nobody_else(store):
    documents, block = everything("prod"), outputs("prod")["network"]["private_endpoints"]
    needs = {"events": {"events-send", "events-receive"}}.get(store, {store})
    for service, (namespace, labels) in ends(documents).items():
        open_to = any(STORES[store] in [port["port"] for port in rule.get("ports", [])] and {"ipBlock": {"cidr": block}} in rule.get("to", [])
                      for spec in policies(documents, namespace, labels) for rule in spec.get("egress", []))
        assert open_to == bool(needs & set(CONTRACT["services"][service]["needs"])), service


@pytest.mark.parametrize("service, to", [("data-tier", "ingress"), ("sentiment-worker", "egress")])
def test_one_end_alone_is_seen(service, to):
    documents = copy.deepcopy(everything("sit"))
    policy = next(each for each in documents if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == service)
    policy["spec"][to] = []
    leaving, entering = allowed(documents)
    assert leaving != entering
