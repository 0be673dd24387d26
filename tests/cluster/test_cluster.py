"""The local cluster is a real one: containers run, log, answer by name, fail to be pulled."""
import json
import pathlib
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from local_cluster import Cluster, clear_abandoned, cluster, name  # noqa: E402

FIRST, SECOND = name("a"), name("b")
SAMPLE = {"name": "sample", "image": "sentimark.local/sample:1.0.0", "imagePullPolicy": "Never",
          "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 1}}
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: small\nversion: 0.1.0\n",
    "templates/deployment.yaml": json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "{{ .Release.Name }}"},
        "spec": {"selector": {"matchLabels": {"app": "{{ .Release.Name }}"}},
                 "template": {"metadata": {"labels": {"app": "{{ .Release.Name }}"}}, "spec": {"containers": [SAMPLE]}}}}),
}


@pytest.fixture(scope="module")
def first():
    clear_abandoned("t")
    try:
        cluster("up", FIRST)
        running = Cluster(FIRST)
        if running.env["NODE_KIND"] != "real":
            pytest.skip("a real node needs root, namespaces and cgroups")
        yield running
    finally:
        cluster("down", FIRST)


def test_up_again_finds_it_up(first):
    assert "already" in cluster("up", FIRST).stderr
    assert "Ready" in cluster("status", FIRST).stdout


def test_status_of_a_cluster_that_is_not_there_fails():
    assert cluster("status", name("d"), check=False).returncode == 1


def test_a_bad_name_is_a_usage_error():
    assert cluster("up", "../etc", check=False).returncode == 2


def test_a_command_pod_runs_logs_and_keeps_its_exit_code(first):
    for major in ("3", "4"):
        name = f"command{major}"
        first.pod(name, {"image": f"sentimark.local/aks-command:helm{major}", "args": [
            "-c", "set -e; cd /tmp; kubectl version; helm version --short; echo '{\"a\":7}' | jq .a; echo x | base64 | base64 -d; uname; exit 3"]})
        log, code = first.result(name)
        assert code == 3 and f"v{major}." in log and "Server Version: v1.35.8" in log and "\n7\n" in log, log


def test_exec_enters_a_running_container(first):
    first.pod("shell", {"image": "sentimark.local/aks-command:helm3", "args": ["-c", "exec sleep 600"]})
    first.kubectl("wait", "pod/shell", "--for=condition=Ready", "--timeout=60s")
    assert first.kubectl("exec", "shell", "--", "sh", "-c", "echo inside $((6*7))").strip() == "inside 42"


def test_a_service_is_reached_by_its_name(first):
    first.pod("sample", {**SAMPLE, "securityContext": {"readOnlyRootFilesystem": True, "runAsUser": 12345}})
    first.kubectl("expose", "pod", "sample", "--port=80", "--target-port=8080")
    first.kubectl("wait", "pod/sample", "--for=condition=Ready", "--timeout=60s")
    first.pod("caller", {"image": "sentimark.local/aks-command:helm3", "args": [
        "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do kubectl --server http://sample.default.svc.cluster.local get --raw /version && exit 0; sleep 1; done; exit 1"]})
    log, code = first.result("caller")
    assert code == 0 and "1.0.0" in log, log


def test_a_crash_at_start_is_a_crash(first):
    first.pod("crash", {**SAMPLE, "env": [{"name": "CRASH", "value": "1"}]})
    log, code = first.result("crash")
    assert code == 3 and "CRASH=1" in log


def test_the_registry_serves_a_tag_and_says_not_found_for_another(first):
    registry = first.env["REGISTRY"]
    first.pod("pulled", {"image": f"{registry}/sample:1.1.0", "imagePullPolicy": "Always"})
    first.kubectl("wait", "pod/pulled", "--for=condition=Ready", "--timeout=60s")
    first.pod("missing", {"image": f"{registry}/sample:9.9.9", "imagePullPolicy": "Always"})
    first.kubectl("wait", "pod/missing", "--for=jsonpath={.status.containerStatuses[0].state.waiting.message}", "--timeout=60s")
    deadline = time.monotonic() + 60
    while "not found" not in (events := first.kubectl("get", "events", "--field-selector", "involvedObject.name=missing")):
        assert time.monotonic() < deadline, events
        time.sleep(0.2)


def test_both_helm_majors_install_and_wait(first, tmp_path):
    for name, text in CHART.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for tool in ("HELM3", "HELM4"):
        first.run(tool, "install", tool.lower(), str(tmp_path), "--wait", "--timeout", "60s")
        assert json.loads(first.run(tool, "status", tool.lower(), "-o", "json"))["info"]["status"] == "deployed"


def test_pod_security_is_enforced(first):
    first.kubectl("create", "namespace", "strict")
    first.kubectl("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted")
    refused = subprocess.run([first.env["KUBECTL"], "--kubeconfig", first.env["KUBECONFIG"], "-n", "strict", "run", "x",
                              "--image=sentimark.local/sample:1.0.0"], capture_output=True, text=True)
    assert refused.returncode != 0 and "violates PodSecurity" in refused.stderr


@pytest.mark.parametrize("nodes", ["0", "4", "two"])
def test_a_number_of_nodes_that_cannot_be_is_a_usage_error(nodes):
    assert cluster("up", name("d"), nodes, check=False).returncode == 2


def test_two_clusters_stand_side_by_side(first):
    """And the second has three nodes, each in a zone of its own."""
    try:
        cluster("up", SECOND, "3")
        second = Cluster(SECOND)
        assert cluster("up", SECOND, "1", check=False).returncode == 2
        nodes = second.env["NODES"].split(",")
        found = {node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in json.loads(second.kubectl("get", "nodes", "-o", "json"))["items"]}
        assert sorted(found) == sorted(nodes) and sorted(found.values()) == ["westeurope-1", "westeurope-2", "westeurope-3"]
        # Each has a kubelet and a runtime that answer for it, and its pods reach those of the others.
        for number, node in enumerate(nodes):
            second.pod(f"on{number}", {**SAMPLE}, nodeName=node)
        second.kubectl("wait", "pod", "--all", "--for=condition=Ready", "--timeout=60s")
        places = [json.loads(second.kubectl("get", "pod", f"on{number}", "-o", "json"))["status"]["podIP"] for number in range(3)]
        for number in range(3):
            second.kubectl("logs", f"on{number}")
            second.kubectl("exec", f"on{number}", "--", "/sample", "connect", "tcp", f"{places[number - 1]}:8080")
        assert second.env["API"] != first.env["API"]
        assert second.kubectl("get", "node", "-o", "name") != first.kubectl("get", "node", "-o", "name")
        second.kubectl("create", "namespace", "only-here")
        assert "only-here" not in first.kubectl("get", "namespace", "-o", "name")
    finally:
        cluster("down", SECOND)
    assert "Ready" in cluster("status", FIRST).stdout
