"""The local cluster is a real one: containers run, log, answer by name, fail to be pulled; and nothing of it stays behind."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "scripts" / "cluster"
FOLDER = pathlib.Path(os.environ.get("SENTIMARK_CLUSTERS", "/var/lib/sentimark/clusters"))
# Named by this run, so that two runs on one machine do not take down each other's clusters.
FIRST, SECOND = f"t{os.getpid()}a", f"t{os.getpid()}b"
SAMPLE = {"name": "sample", "image": "sentimark.local/sample:1.0.0", "imagePullPolicy": "Never",
          "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 1}}
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: small\nversion: 0.1.0\n",
    "templates/deployment.yaml": json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "{{ .Release.Name }}"},
        "spec": {"selector": {"matchLabels": {"app": "{{ .Release.Name }}"}},
                 "template": {"metadata": {"labels": {"app": "{{ .Release.Name }}"}}, "spec": {"containers": [SAMPLE]}}}}),
}


def cluster(*arguments, check=True):
    done = subprocess.run([CLUSTER, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=3600)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


class Cluster:
    """A running cluster, seen through the files that `up` promises."""

    def __init__(self, name):
        self.folder = FOLDER / name
        self.env = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())

    def run(self, tool, *arguments, check=True, data=None):
        done = subprocess.run([self.env[tool], *arguments], input=data, capture_output=True, text=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": self.env["KUBECONFIG"]})
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kubectl(self, *arguments, **options):
        return self.run("KUBECTL", *arguments, **options)

    def pod(self, name, container, **spec):
        container = {"name": "main", "imagePullPolicy": "Never", **container}
        self.kubectl("apply", "-f", "-", data=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"containers": [container], "restartPolicy": "Never", "terminationGracePeriodSeconds": 1, **spec}}))

    def result(self, name):
        """Log and exit code of a pod that ends."""
        self.kubectl("wait", f"pod/{name}", "--for=jsonpath={.status.containerStatuses[0].state.terminated}", "--timeout=60s")
        code = self.kubectl("get", "pod", name, "-o", "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")
        return self.kubectl("logs", name), int(code)


def traces(name, env):
    """Everything on this machine that still speaks of the cluster."""
    found = [str(path) for path in (FOLDER / name, pathlib.Path("/var/run/netns") / env["NETNS"]) if path.exists()]
    found += [line for line in pathlib.Path("/proc/mounts").read_text().splitlines() if f"{FOLDER / name}/" in line]
    found += [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{env['NETNS']}")]
    found += [str(path) for path in pathlib.Path("/var/lib/cni/results").glob(f"{env['NETNS']}-*")]
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"{FOLDER / name}/".encode() in path.read_bytes():
                found.append(path.read_bytes().replace(b"\0", b" ").decode()[:200])
        except OSError:
            pass  # ended while we looked
    addresses = subprocess.run(["ip", "-o", "-4", "addr"], capture_output=True, text=True, check=True).stdout
    if f" {env['REGISTRY'].split(':')[0]}/" in addresses:
        found.append("veth " + env["REGISTRY"])
    return found


@pytest.fixture(scope="module")
def first():
    if os.geteuid() != 0:
        pytest.skip("a real node needs root")
    for folder in FOLDER.glob("t*[ab]"):  # what a killed run left: nobody else will take it down
        owner = re.fullmatch(r"t(\d+)[ab]", folder.name)
        if owner and not pathlib.Path("/proc", owner[1]).exists():
            cluster("down", folder.name)
    try:
        cluster("up", FIRST)
        yield Cluster(FIRST)
    finally:
        cluster("down", FIRST)


def test_up_again_finds_it_up(first):
    assert "already" in cluster("up", FIRST).stderr
    assert "Ready" in cluster("status", FIRST).stdout


def test_status_of_a_cluster_that_is_not_there_fails():
    assert cluster("status", f"t{os.getpid()}c", check=False).returncode == 1


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


def test_a_killed_up_is_recovered_beside_another_cluster_and_down_leaves_nothing(first):
    up = subprocess.Popen([CLUSTER, "up", SECOND], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, start_new_session=True)
    # Half way: the control plane has begun, the node has not.
    while not (FOLDER / SECOND / "pids" / "kube-apiserver").exists():
        assert up.poll() is None, "up ended before it could be killed"
        time.sleep(0.05)
    os.killpg(up.pid, signal.SIGKILL)
    up.wait()
    try:
        cluster("up", SECOND)
        second = Cluster(SECOND)
        assert second.env["API"] != first.env["API"]
        assert second.kubectl("get", "node", "-o", "name") != first.kubectl("get", "node", "-o", "name")
        second.kubectl("create", "namespace", "only-here")
        assert "only-here" not in first.kubectl("get", "namespace", "-o", "name")
        running = "\n".join(traces(SECOND, second.env))
        for kind in ("/var/run/netns/", "/netns/cni-", "/var/lib/cni/results/", "kube-apiserver", "veth", "/sys/fs/cgroup/"):
            assert kind in running, f"the look for traces must see a running cluster's {kind}"
    finally:
        cluster("down", SECOND)
    assert traces(SECOND, second.env) == []
    assert "Ready" in cluster("status", FIRST).stdout
