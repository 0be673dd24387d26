"""`down` leaves nothing on the machine: after a whole life, after an `up` that was killed at any point, and from versions before."""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from local_cluster import CLUSTER, FOLDER, Cluster, clear_abandoned, cluster, name, shim_sockets, traces  # noqa: E402

NAME = name("c")
RESULTS = pathlib.Path("/var/lib/cni/results")


@pytest.fixture(autouse=True)
def ours():
    if os.geteuid() != 0:
        pytest.skip("a real node needs root")
    clear_abandoned("t")
    yield
    cluster("down", NAME)


def number():
    return (FOLDER / NAME / "number").read_text().split()[0]


def up_killed_at(point, story):
    """`up` and all that shares its process group end at once when the file is there. What it started elsewhere goes on."""
    with story.open("wb") as said:
        up = subprocess.Popen([CLUSTER, "up", NAME, "2"], stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    while not point.exists():
        assert up.poll() is None, f"up ended before {point} was there: {story.read_text()}"
        time.sleep(0.01)
    os.killpg(up.pid, signal.SIGKILL)
    up.wait()


def test_up_recovers_from_a_killed_up_and_down_leaves_nothing_of_the_whole_life(tmp_path):
    up_killed_at(FOLDER / NAME / "pids" / "kube-apiserver", tmp_path / "story")
    cluster("up", NAME, "2")
    assert "Ready" in cluster("status", NAME).stdout
    which, running = number(), Cluster(NAME)
    for node in running.env["NODES"].split(","):
        running.pod(node, {"image": "sentimark.local/sample:1.0.0"}, nodeName=node)
    running.kubectl("wait", "pod", "--all", "--for=condition=Ready", "--timeout=60s")
    seen, sockets = "\n".join(traces(NAME, which)), shim_sockets(FOLDER / NAME)
    for kind in ("/var/run/netns/", "/netns/cni-", "/var/lib/cni/results/", "kube-apiserver", "containerd-shim", f"sentimark{which}@",
                 "/sys/fs/cgroup/", "/run/containerd/runc/", "/var/log/containers/"):
        assert kind in seen, f"the look for traces must see a running cluster's {kind}"
    assert len(sockets) >= 3  # one for each pod, that of cluster DNS among them
    cluster("down", NAME)
    assert traces(NAME, which) == []
    assert not any(socket.exists() for socket in sockets)


@pytest.mark.parametrize("point", ["number", "netns", "pids/containerd", "pids/kubelet"])
def test_down_after_an_up_that_was_killed(point, tmp_path):
    up_killed_at(pathlib.Path("/var/run/netns", f"sentimark-{NAME}") if point == "netns" else FOLDER / NAME / point, tmp_path / "story")
    which = number()
    # The kill may have come between a start and its note.
    shutil.rmtree(FOLDER / NAME / "pids", ignore_errors=True)
    cluster("down", NAME)
    assert traces(NAME, which) == []


def leave_behind(folder):
    """What earlier versions left of a pod: a network namespace and two results, of which only one names the cluster's folder."""
    container, network = uuid.uuid4().hex * 2, f"cni-{uuid.uuid4()}"
    subprocess.run(["ip", "netns", "add", network], check=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    config = base64.b64encode(json.dumps({"plugins": [{"ipam": {"dataDir": f"{folder}/cni-data"}}]}).encode()).decode()
    files = [RESULTS / f"sentimark-{container}-eth0", RESULTS / f"cni-loopback-{container}-lo"]
    for file, settings in zip(files, (config, base64.b64encode(b"{}").decode())):
        file.write_text(json.dumps({"containerId": container, "config": settings, "result": {"interfaces": [{"sandbox": f"/var/run/netns/{network}"}]}},
                                   separators=(",", ":")))
    return [*files, pathlib.Path("/var/run/netns", network)]


def test_what_earlier_versions_left_is_cleared_and_nothing_else():
    (FOLDER / NAME).mkdir(parents=True)
    orphans, living, foreign = leave_behind(FOLDER / "gone"), leave_behind(FOLDER / NAME), leave_behind("/srv/somebody/else")
    try:
        cluster("down", name("d"))
        assert [path for path in orphans if path.exists()] == []
        assert [path for path in living + foreign if not path.exists()] == []
    finally:
        for path in orphans + living + foreign:
            if path.parent == RESULTS:
                path.unlink(missing_ok=True)
            elif path.exists():
                subprocess.run(["ip", "netns", "del", path.name], check=True)
