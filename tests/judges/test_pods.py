"""Pod mode: what a runCommand does in a real cluster, seen by Microsoft's SDK, by kubectl and by Python."""
import hashlib
import json
import os
import pathlib
import re
import signal
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cluster")]
from emulator_client import AKS_SERVER, microsoft_sdk, running  # noqa: E402
from local_cluster import Cluster, clear_abandoned, cluster  # noqa: E402

NAME = f"emu{os.getpid()}"  # two runs on one machine must not take down each other's clusters


class Kube(Cluster):
    def __init__(self, name):
        super().__init__(name)
        self.pod_mode = ["--mode", "pod", "--kubeconfig", self.env["KUBECONFIG"], "--kubectl", self.env["KUBECTL"]]

    def get(self, *words):
        return json.loads(self.kubectl("get", *words, "-o", "json"))

    def names(self, kinds="pods,secrets,serviceaccounts"):
        """What stands in aks-command besides what every namespace has."""
        found = [item["metadata"]["name"] for item in self.get("-n", "aks-command", kinds)["items"]]
        bindings = [item["metadata"]["name"] for item in self.get("clusterrolebindings")["items"]]
        return sorted([name for name in found if name != "default"] + [name for name in bindings if name.startswith("aks-command-")])

    def wait(self, what, *words):
        deadline = time.monotonic() + 60
        while not what(answer := self.get(*words)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.1)
        return answer


@pytest.fixture(scope="module")
def kube():
    clear_abandoned("emu")
    try:
        cluster("up", NAME)
        running_cluster = Kube(NAME)
        if running_cluster.env["NODE_KIND"] != "real":
            pytest.skip("a real node needs root, namespaces and cgroups")
        yield running_cluster
    finally:
        cluster("down", NAME)


@pytest.fixture(scope="module")
def world(kube, tmp_path_factory):
    with running(tmp_path_factory.mktemp("pods"), *kube.pod_mode) as client:
        yield client


def last_run(client):
    return [row for row in client.journal() if row["operation"] == "runCommand"][-1]


def test_microsofts_client_runs_a_context_in_a_real_pod(kube, world):
    before = len([row for row in world.journal() if row["operation"] == "runCommand"])
    answer = microsoft_sdk(world, "cat hello.txt; kubectl get nodes -o name; exit 3", {"hello.txt": "hello\n"})
    assert answer["result"]["exitCode"] == 3 and answer["result"]["provisioningState"] == "Succeeded"
    assert answer["result"]["logs"] == f"hello\nnode/{kube.env['NODE']}\n"
    posts = [row for row in world.journal() if row["operation"] == "runCommand"]
    assert len(posts) == before + 1
    [pod] = posts[-1]["pods"]
    events = kube.get("-n", "aks-command", "events", "--field-selector", f"involvedObject.uid={pod['uid']}")["items"]
    assert {"Scheduled", "Created", "Started"} <= {event["reason"] for event in events}
    assert pod["name"] == "command-" + posts[-1]["commandId"] and pod["node"] == kube.env["NODE"]


def test_the_pod_is_as_documented_and_goes_when_its_result_was_read(kube, world):
    token = world.token()
    status, headers, _ = world.post("sleep 3; exit 7", {"a": "x"}, token)
    assert status == 202
    row = last_run(world)
    name, secret = row["pods"][0]["name"], f"command-{row['commandId']}-0"
    pod = kube.get("-n", "aks-command", "pod", name)
    assert re.fullmatch("command-[0-9a-f]{32}", name) and pod["metadata"]["annotations"]["aks.azure.com/runCommand"] == "true"
    assert pod["metadata"]["labels"]["createdBy"] == "44444444-4444-4444-8444-444444444444"
    assert pod["spec"]["serviceAccountName"] == "sa-" + row["commandId"] and "tolerations" not in json.dumps(pod["metadata"])
    [container] = pod["spec"]["containers"]
    assert container["name"] == "user-command" and container["image"] == "sentimark.local/aks-command:helm3"
    assert container["resources"] == {"requests": {"cpu": "200m", "memory": "500Mi"}, "limits": {"cpu": "500m", "memory": "1Gi"}}
    assert secret in kube.names() and "aks-command-" + row["commandId"] in kube.names()
    assert world.result(headers["Location"], token)["exitCode"] == 7
    kube.wait(lambda pods: name not in json.dumps(pods), "-n", "aks-command", "pods,secrets,serviceaccounts")
    assert not [left for left in kube.names() if row["commandId"] in left]


def test_a_large_context_arrives_in_pieces_and_whole(kube, world):
    big = os.urandom(1_900_000)
    token = world.token()
    status, headers, _ = world.post("sha256sum big sub/small | cut -c1-64; stat -c %a big; ./run.sh 2>&1", {"big": big, "sub/small": b"s", "run.sh": "#!/bin/sh\n"}, token)
    assert status == 202
    command = last_run(world)["commandId"]
    pieces = [item for item in kube.get("-n", "aks-command", "secrets")["items"] if command in item["metadata"]["name"]]
    assert len(pieces) == 3 and all(len(item["data"]["data"]) <= 700 * 1024 * 4 // 3 + 4 for item in pieces)
    done = world.result(headers["Location"], token)
    assert done["logs"].splitlines()[:3] == [hashlib.sha256(big).hexdigest(), hashlib.sha256(b"s").hexdigest(), "644"]
    assert done["exitCode"] == 126 and "Permission denied" in done["logs"]


def test_a_command_is_not_expanded_on_its_way(world):
    assert world.run("echo $((20+2)) '$(HOME)' \"$(echo 'a  b')\" $$")["logs"] == "22 $(HOME) a  b 1\n"


def test_the_log_of_a_pod_is_cut_silently_after_512_kb(world):
    done = world.run("head -c 700000 /dev/zero | tr '\\0' x")
    assert len(done["logs"]) == 512 * 1024 and done["exitCode"] == 0


def test_the_image_chooses_helms_major(kube, tmp_path):
    with running(tmp_path, *kube.pod_mode, "--image", "sentimark.local/aks-command:helm4") as client:
        assert client.run("helm version --short")["logs"].startswith("v4.")


def test_on_an_aad_cluster_the_pod_has_the_identity_of_its_token(kube, tmp_path):
    oid, group = "55555555-5555-4555-8555-555555555555", "66666666-6666-4666-8666-666666666666"
    with running(tmp_path, *kube.pod_mode, config={"aad": True, "objectId": oid, "groups": [group]}) as client:
        assert client.post("true")[2]["error"]["code"] == "MissingAADClusterToken"
        token = client.token(scope=AKS_SERVER + "/.default")
        who = json.loads(client.run("kubectl auth whoami -o json; ls /var/run/secrets/kubernetes.io 2>/dev/null", clusterToken=token)["logs"])
        assert who["status"]["userInfo"]["username"] == oid and group in who["status"]["userInfo"]["groups"]
        refused = client.run("kubectl get nodes", clusterToken=token)
        assert refused["exitCode"] == 1 and f'User "{oid}" cannot list resource "nodes"' in refused["logs"]
        kube.kubectl("create", "clusterrolebinding", "of-the-group", "--clusterrole=cluster-admin", f"--group={group}")
        assert client.run("kubectl get nodes -o name", clusterToken=token)["logs"] == f"node/{kube.env['NODE']}\n"


def test_an_image_that_cannot_be_pulled_is_named_in_the_result(kube, tmp_path):
    with running(tmp_path, *kube.pod_mode, "--image", kube.env["REGISTRY"] + "/nothing:1") as client:
        assert client.run("true") == {"provisioningState": "Failed", "reason": "ImagePullBackoff"}


def test_a_pod_that_nobody_can_schedule_breaks_the_30_s_rule(kube, tmp_path):
    kube.kubectl("taint", "node", kube.env["NODE"], "kubernetes.azure.com/scalesetpriority=spot:NoSchedule")
    try:
        with running(tmp_path, *kube.pod_mode, "--time-scale", "10") as client:
            status, _, body = client.post("true")
            assert (status, body["error"]["code"]) == (400, "KubernetesPerformanceError")
            assert "did not start within 30s" in body["error"]["message"]
            uid = last_run(client)["pods"][0]["uid"]
            events = kube.get("-n", "aks-command", "events", "--field-selector", f"involvedObject.uid={uid}")["items"]
            assert any("untolerated taint" in event["message"] for event in events)
            kube.wait(lambda pods: not pods["items"], "-n", "aks-command", "pods")
    finally:
        kube.kubectl("taint", "node", kube.env["NODE"], "kubernetes.azure.com/scalesetpriority-")


def test_admission_and_quota_refuse_with_their_own_words(kube, world):
    kube.kubectl("create", "quota", "none", "-n", "aks-command", "--hard=requests.memory=100Mi")
    try:
        kube.wait(lambda quota: quota.get("status", {}).get("hard"), "-n", "aks-command", "quota", "none")
        status, _, body = world.post("true")
        assert (status, body["error"]["code"]) == (400, "KubernetesOperationError") and "exceeded quota: none" in body["error"]["message"]
        left = kube.names("secrets,serviceaccounts")
        assert not [name for name in left if last_run(world)["commandId"] and last_run(world)["commandId"] in name]
    finally:
        kube.kubectl("delete", "quota", "none", "-n", "aks-command")
    kube.kubectl("label", "namespace", "aks-command", "pod-security.kubernetes.io/enforce=restricted")
    try:
        assert "violates PodSecurity" in world.post("true")[2]["error"]["message"]
    finally:
        kube.kubectl("label", "namespace", "aks-command", "pod-security.kubernetes.io/enforce-")


def test_the_namespace_comes_back(kube, world):
    kube.kubectl("delete", "namespace", "aks-command")
    assert world.run("echo again")["logs"] == "again\n"


def test_the_end_and_the_next_start_leave_nothing_behind(kube, tmp_path):
    with running(tmp_path, *kube.pod_mode) as client:
        assert client.post("sleep 600", {"a": "x"})[0] == 202
        command = last_run(client)["commandId"]
        assert len([name for name in kube.names() if command in name]) == 4
    assert not [name for name in kube.names() if command in name]
    with pytest.raises(AssertionError):  # the helper's own: it ends no longer by itself
        with running(tmp_path, *kube.pod_mode) as client:
            assert client.post("sleep 600", {"a": "x"})[0] == 202
            command = last_run(client)["commandId"]
            os.kill(int((client.state / "pid").read_text()), signal.SIGKILL)
    assert len([name for name in kube.names() if command in name]) == 4
    (tmp_path / "state" / "endpoint.json").unlink()
    with running(tmp_path, *kube.pod_mode):
        assert not [name for name in kube.names() if command in name]


def fault(kind, **more):
    return ["--fault", f"operation=runCommand,kind={kind}" + "".join(f",{name}={value}" for name, value in more.items())]


MARK = "kubectl create -f mark.json -o name"


def mark(name):
    """A context whose command leaves one ConfigMap for each time that it runs."""
    return {"mark.json": json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": name + "-", "namespace": "default"}})}


def marks(kube, name):
    return [item for item in kube.get("configmaps")["items"] if item["metadata"]["name"].startswith(name + "-")]


def test_a_lost_pod_was_told_to_leave_first(kube, tmp_path):  # kind=lost-pod
    with running(tmp_path, *kube.pod_mode, *fault("lost-pod", seconds=1)) as client:
        done = client.run(f"trap '{MARK}; exit' TERM; while :; do sleep 0.1; done", mark("left"))
        assert done == {"provisioningState": "Failed", "reason": "PodLost"}
        kube.wait(lambda _: marks(kube, "left"), "namespaces")
        kube.wait(lambda pods: not pods["items"], "-n", "aks-command", "pods")


def test_one_post_may_start_two_pods(kube, tmp_path):  # kind=duplicate
    with running(tmp_path, *kube.pod_mode, *fault("duplicate")) as client:
        assert client.run(MARK, mark("twice"))["exitCode"] == 0
        kube.wait(lambda _: len(marks(kube, "twice")) == 2, "namespaces")
        [post] = [row for row in client.journal() if row["operation"] == "runCommand"]
        assert len({pod["name"] for pod in post["pods"]}) == 2


def test_a_late_pod_runs_after_its_refusal(kube, tmp_path):  # kind=late-pod
    with running(tmp_path, *kube.pod_mode, *fault("late-pod"), "--time-scale", "15") as client:
        status, _, body = client.post(MARK, mark("late"))
        assert (status, body["error"]["code"]) == (400, "KubernetesPerformanceError") and not marks(kube, "late")
        kube.wait(lambda _: marks(kube, "late"), "namespaces")


def test_a_slow_start_is_a_pod_that_is_not_scheduled_yet(kube, tmp_path):  # kind=slow-start
    with running(tmp_path, *kube.pod_mode, *fault("slow-start", seconds=10), *fault("slow-start", nth=2, seconds=90), "--time-scale", "5") as client:
        assert client.run("echo came")["logs"] == "came\n"
        status, _, body = client.post("true")
        assert (status, body["error"]["code"]) == (400, "KubernetesPerformanceError")
        assert "node" not in last_run(client)["pods"][0] or last_run(client)["pods"][0]["node"] is None


def test_nothing_of_a_pods_context_can_be_executed(kube, tmp_path):  # kind=no-exec
    with running(tmp_path, *kube.pod_mode, *fault("no-exec")) as client:
        script = {"tool": "#!/bin/sh\necho ran\n"}
        refused, ran = client.run("chmod 0700 tool && exec ./tool", script), client.run("chmod 0700 tool && exec ./tool", script)
        assert refused["exitCode"] == 126 and "Permission denied" in refused["logs"] and ran["logs"] == "ran\n"


def test_a_flipped_byte_reaches_the_pod(kube, tmp_path):  # kind=flip-byte
    with running(tmp_path, *kube.pod_mode, *fault("flip-byte", file="a")) as client:
        assert client.run("cat a b", {"a": "000", "b": "000"})["logs"] == "010000"


def test_a_pod_has_a_run_time(kube, tmp_path):
    with running(tmp_path, *kube.pod_mode, config={"commandSeconds": 2}) as client:
        assert client.run("trap exit TERM; while :; do sleep 0.1; done") == {"provisioningState": "Failed", "reason": "DeadlineExceeded"}


@pytest.mark.parametrize("major", ["3", "4"])
def test_a_child_command_deploys_with_real_helm(kube, tmp_path, major):
    tools = ["--kubeconfig", kube.env["KUBECONFIG"], "--kubectl", kube.env["KUBECTL"], "--helm", kube.env["HELM" + major]]
    chart = {"chart/Chart.yaml": "apiVersion: v2\nname: small\nversion: 0.1.0\n",
             "chart/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {a: b}\n"}
    with running(tmp_path, *tools) as client:
        done = client.run(f"helm version --short && helm install by-child{major} chart && kubectl get configmap by-child{major} -o 'jsonpath={{.data.a}}'", chart)
        assert done["exitCode"] == 0 and done["logs"].startswith(f"v{major}.") and done["logs"].endswith("b")
    assert [item["data"] for item in kube.get("configmaps")["items"] if item["metadata"]["name"] == f"by-child{major}"] == [{"a": "b"}]
