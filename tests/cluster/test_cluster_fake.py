"""Without a real node: the control plane is real, pods become ready by themselves, and everybody is told."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from local_cluster import FOLDER, Cluster, cluster, holds, name  # noqa: E402

NAME = name("b")


@pytest.fixture(scope="module")
def fake():
    os.environ["SENTIMARK_CLUSTER_FAKE"] = "1"
    try:
        said = cluster("up", NAME).stderr
    finally:
        del os.environ["SENTIMARK_CLUSTER_FAKE"]
    try:
        yield Cluster(NAME), said
    finally:
        cluster("down", NAME)


def test_it_says_loudly_that_the_node_is_a_fake(fake):
    running, said = fake
    assert "FAKE" in said and "no container runs" in said
    assert running.env["NODE_KIND"] == "fake" and running.env["NETNS"] == running.env["REGISTRY"] == ""
    status = cluster("status", NAME)
    assert "Ready (fake)" in status.stdout and "FAKE" in status.stderr


def test_a_deployment_becomes_available(fake):
    running, _ = fake
    running.kubectl("create", "deployment", "web", "--image=registry.invalid/web:1", "--replicas=3")
    running.kubectl("wait", "deployment/web", "--for=condition=Available", "--timeout=60s")
    assert running.kubectl("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}") == "3"
    running.kubectl("delete", "deployment", "web", "--wait")
    running.kubectl("wait", "pod", "-l", "app=web", "--for=delete", "--timeout=60s")


@pytest.mark.parametrize("tool", ["HELM3", "HELM4"])
def test_helm_installs_and_waits(fake, tool):
    running, _ = fake
    chart = pathlib.Path(__file__).resolve().parents[2] / "charts" / "service"
    running.run(tool, "install", tool.lower(), str(chart), "--wait", "--timeout", "60s")
    assert "deployed" in running.run(tool, "status", tool.lower())


def test_admission_is_the_real_one(fake):
    running, _ = fake
    running.kubectl("create", "namespace", "strict")
    running.kubectl("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted")
    running.kubectl("-n", "strict", "run", "x", "--image=registry.invalid/x:1", check=False)
    assert running.kubectl("-n", "strict", "get", "pods", "-o", "name") == ""


def test_down_ends_every_process(fake):
    pids = [int(path.read_text().split()[0]) for path in (FOLDER / NAME / "pids").glob("*")]
    assert len(pids) == 5
    cluster("down", NAME)
    assert not (FOLDER / NAME).exists()
    inside = f"{FOLDER / NAME}/".encode()
    assert [path for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if holds(path, inside)] == []
