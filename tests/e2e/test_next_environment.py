"""After DEV the next environment: SIT's values on a cluster of their own with three nodes in three zones, where the services have
more than one pod."""
import os

import pytest

from environment import deployed, steadily
from lab import until

NAME = f"env{os.getpid()}n"
TWICE = ("api", "auth", "data-tier", "ingest")  # the least that their values ask for is two


@pytest.fixture(scope="module")
def sit(tmp_path_factory):
    with deployed("sit", NAME, tmp_path_factory.mktemp("sit"), nodes=3) as found:
        found.deploy_all()
        yield found


def nodes_of(environment, service):
    """Where each pod that stays is."""
    pods = environment.get(environment.namespace(service), "pods", "-l", f"app.kubernetes.io/instance={service}")["items"]
    return {pod["metadata"]["name"]: pod["spec"]["nodeName"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}


def drained(environment, nodes, seconds):
    """What kubectl said, and every answer to a user that was not 200 meanwhile."""
    words = ["drain", *nodes, "--ignore-daemonsets", "--delete-emptydir-data", "--pod-selector=app.kubernetes.io/instance=api", f"--timeout={seconds}s"]
    return steadily(environment, lambda: environment.kube.kubectl(*words, check=False))


@pytest.fixture
def twice(sit):
    """Both pods of the API ready before a drain, and every node open again after it."""
    until(lambda: len(sit.pods("api")) == 2, 60)
    yield sit.pods("api")
    sit.kube.kubectl("uncordon", *sit.kube.env["NODES"].split(","))
    until(lambda: len(sit.pods("api")) == 2, 60)


def test_every_service_becomes_ready_and_answers_through_the_gateway(sit):
    for service in TWICE:
        assert until(lambda each=service: len(sit.pods(each)) == 2, 60), service
    status, body = until(lambda: (answer := sit.ask("/v1/score?text=gain"))[0] == 200 and answer, 60)
    assert '"score":1' in body
    assert sit.ask("/v1/events")[0] == 405  # ingest's own path, which takes POST alone


@pytest.mark.parametrize("service", TWICE)
def test_two_pods_of_a_service_never_share_a_node_or_a_zone(sit, service):
    # AD-02
    until(lambda: len(sit.pods(service)) == 2, 60)
    zones = {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in sit.get("default", "nodes")["items"]}
    assert len(set(zones.values())) == 3
    found = nodes_of(sit, service)
    assert len({zones[node] for node in found.values()}) == len(found) == 2, found


def test_drained_nodes_hand_their_pods_over_one_by_one(sit, twice):
    # both nodes of the API at once. The second goes only when the first has its successor, elsewhere.
    old = sorted(set(nodes_of(sit, "api").values()))
    said, bad = drained(sit, old, 60)
    assert all(f"node/{node} drained" in said for node in old) and bad == []
    now = nodes_of(sit, "api")
    assert not set(now) & set(twice) and set(now.values()) == set(sit.kube.env["NODES"].split(",")) - set(old)


def test_a_drain_keeps_the_budget_and_drops_no_request(sit, twice):
    # no node takes what is evicted, so the budget must hold the last pod back for as long as the drain goes on.
    nodes = sit.kube.env["NODES"].split(",")
    home = nodes_of(sit, "api")
    said, bad = drained(sit, nodes, 12)
    assert "evicting" in said and bad == []
    assert len(left := sit.pods("api")) == 1 and left[0] in twice and f"node/{home[left[0]]} drained" not in said
