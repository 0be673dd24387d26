"""After DEV the next environment: SIT's values on a cluster of their own, where the services have more than one pod."""
import os

import pytest

from environment import deployed, steadily
from lab import until

NAME = f"env{os.getpid()}n"
TWICE = ("api", "auth", "data-tier", "ingest")  # the least that their values ask for is two


@pytest.fixture(scope="module")
def sit(tmp_path_factory):
    with deployed("sit", NAME, tmp_path_factory.mktemp("sit")) as found:
        found.deploy_all()
        yield found


def test_every_service_becomes_ready_and_answers_through_the_gateway(sit):
    for service in TWICE:
        assert until(lambda each=service: len(sit.pods(each)) == 2, 60), service
    status, body = until(lambda: (answer := sit.ask("/v1/score?text=gain"))[0] == 200 and answer, 60)
    assert '"score":1' in body
    assert sit.ask("/v1/events")[0] == 405  # ingest's own path, which takes POST alone


def test_a_drain_keeps_the_budget_and_drops_no_request(sit):
    # no other node takes what is evicted, so the budget must hold the last pod back for as long as the drain goes on.
    until(lambda: len(sit.pods("api")) == 2, 60)
    before, node = sit.pods("api"), sit.kube.env["NODE"]
    words = ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--pod-selector=app.kubernetes.io/instance=api", "--timeout=12s"]
    try:
        said, bad = steadily(sit, lambda: sit.kube.kubectl(*words, check=False))
        assert "evicting" in said and f"{node} drained" not in said
        assert bad == [] and len(left := sit.pods("api")) == 1 and left[0] in before
    finally:
        sit.kube.kubectl("uncordon", node)
    assert until(lambda: len(sit.pods("api")) == 2, 60)
