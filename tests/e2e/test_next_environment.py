"""After DEV the next environment: SIT's values (or UAT's or PROD's, for scripts/soak) on a cluster of their own with three nodes in
three zones, where the services have more than one pod."""
import os

import pytest

from environment import deployed, steadily
from lab import until

ENVIRONMENT = os.environ.get("SENTIMARK_TEST_ENVIRONMENT", "sit")
NAME = f"env{os.getpid()}n"
SEVERAL = ("api", "auth", "data-tier", "ingest")  # the least that their values ask for is two or three


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with deployed(ENVIRONMENT, NAME, tmp_path_factory.mktemp(ENVIRONMENT), nodes=3) as found:
        found.deploy_all()
        yield found


def whole(environment, service):
    """Its pods, once there are as many as its scaler keeps at least."""
    least = environment.get(environment.namespace(service), "horizontalpodautoscaler", service)["spec"]["minReplicas"]
    assert least >= 2
    return until(lambda: len(found := environment.pods(service)) == least and found, 120)


def nodes_of(environment, service):
    """Where each pod that stays is."""
    pods = environment.get(environment.namespace(service), "pods", "-l", f"app.kubernetes.io/instance={service}")["items"]
    return {pod["metadata"]["name"]: pod["spec"]["nodeName"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}


def drained(environment, nodes, seconds):
    """What kubectl said, and every answer to a user that was not 200 meanwhile."""
    words = ["drain", *nodes, "--ignore-daemonsets", "--delete-emptydir-data", "--pod-selector=app.kubernetes.io/instance=api", f"--timeout={seconds}s"]
    return steadily(environment, lambda: environment.kube.kubectl(*words, check=False))


@pytest.fixture
def home(here):
    """Pod -> node of the whole API before a drain; after it every node is open again."""
    whole(here, "api")
    yield nodes_of(here, "api")
    here.kube.kubectl("uncordon", *here.kube.env["NODES"].split(","))
    whole(here, "api")


def test_every_service_becomes_ready_and_answers_through_the_gateway(here):
    for service in SEVERAL:
        assert whole(here, service)
    status, body = until(lambda: (answer := here.ask("/v1/score?text=gain"))[0] == 200 and answer, 60)
    assert '"score":1' in body
    assert here.ask("/v1/events")[0] == 405  # ingest's own path, which takes POST alone


@pytest.mark.parametrize("service", SEVERAL)
def test_the_pods_of_a_service_share_no_node_and_no_zone(here, service):
    pods = whole(here, service)
    zones = {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in here.get("default", "nodes")["items"]}
    found = nodes_of(here, service)
    assert len(set(zones.values())) == 3 and len({zones[node] for node in found.values()}) == len(found) == len(pods), found


def test_drained_nodes_hand_their_pods_over_one_by_one(here, home):
    # two nodes of the API at once. A pod goes only when the one before it has its successor, elsewhere.
    old = sorted(set(home.values()))[:2]
    said, bad = drained(here, old, 100)
    assert all(f"node/{node} drained" in said for node in old) and bad == []
    now = nodes_of(here, "api")
    assert not {pod for pod, node in home.items() if node in old} & set(now) and set(now.values()) == set(here.kube.env["NODES"].split(",")) - set(old)


def test_a_drain_keeps_the_budget_and_drops_no_request(here, home):
    # no node takes what is evicted, so the budget must hold all but one pod back for as long as the drain goes on.
    said, bad = drained(here, here.kube.env["NODES"].split(","), 12)
    assert "evicting" in said and bad == []
    assert len(left := here.pods("api")) == len(home) - 1 and set(left) <= set(home)
    assert not [pod for pod in left if f"node/{home[pod]} drained" in said]
