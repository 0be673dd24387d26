"""verify health as a program, on objects as a cluster prints them. No cluster."""
import json
import pathlib
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "build/dev/bin/verify"
TABLE = json.loads((ROOT / "tests/data/kube/health.json").read_text(encoding="utf-8"))
NOON = "2026-01-01T12:00:00Z"


def health(text, *arguments):
    return subprocess.run([VERIFY, "health", "--file", "-", "--now", NOON, *arguments], input=text, capture_output=True, text=True, timeout=60, env={})


@pytest.mark.parametrize("write", [lambda objects: "\n".join(map(json.dumps, objects)), lambda objects: yaml.safe_dump_all(objects)], ids=["json", "yaml"])
def test_the_whole_table_as_one_stream_keeps_status_and_order(write):
    """HE-06, DV-02: objects explain one another only by owner or name, so those without either say what they say alone."""
    alone = [json.loads(json.dumps(row)) for row in TABLE if isinstance(row["object"], dict) and isinstance(row["object"].get("metadata", {}), dict) and row["object"].get("kind") not in ("Pod", "Event", "List", "EndpointSlice", "ReplicaSet", None)]
    for number, row in enumerate(alone):
        row["object"].setdefault("metadata", {})["name"] = f"it-{number}"
        row["object"]["metadata"]["namespace"] = f"space-{number}"
    done = health(write([row["object"] for row in alone]), "--format", "jsonl")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 7 and len(found) == len(alone) > 80
    differing = [(row["case"], line["status"], row["status"]) for row, line in zip(alone, found) if line["status"] != row["status"]]
    assert differing == []
    assert [line["name"] for line in found] == [f"it-{number}" for number in range(len(alone))]


def test_each_format_says_status_reason_and_message():
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "s"}, "status": {"phase": "Failed", "message": "it broke"}}
    done = health(json.dumps(pod))
    assert done.returncode == 7 and done.stdout.startswith("failed ") and "PodFailed" in done.stdout and "it broke" in done.stdout
    row = json.loads(health(json.dumps(pod), "--format", "json").stdout)["objects"][0]
    assert (row["kind"], row["name"], row["namespace"], row["status"], row["reason"]) == ("Pod", "p", "s", "failed", "PodFailed")
    assert row == json.loads(health(json.dumps(pod), "--format", "jsonl").stdout)


def test_neighbours_in_the_file_explain_a_stuck_deployment():
    """B-14: the cause stands at the pod; the file holds both, and the Deployment names it."""
    owner = lambda kind, uid: [{"kind": kind, "uid": uid, "controller": True}]
    meta = lambda name, uid, **more: {"name": name, "namespace": "s", "uid": uid, "creationTimestamp": "2026-01-01T11:00:00Z", **more}
    objects = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("d", "1", generation=1), "spec": {"replicas": 1},
         "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "unavailableReplicas": 1}},
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta("d-1", "2", ownerReferences=owner("Deployment", "1"), generation=1),
         "spec": {"replicas": 1}, "status": {"observedGeneration": 1, "replicas": 1}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta("d-1-x", "3", ownerReferences=owner("ReplicaSet", "2")), "spec": {"containers": [{"name": "c", "image": "r.io/no:1"}]},
         "status": {"phase": "Pending", "containerStatuses": [{"name": "c", "image": "r.io/no:1", "restartCount": 0,
                    "state": {"waiting": {"reason": "InvalidImageName", "message": "couldn't parse image name"}}}]}},
    ]
    done = health("\n".join(map(json.dumps, objects)), "--format", "jsonl")
    assert done.returncode == 7
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["failed"] * 3
    assert "container c" in json.loads(done.stdout.splitlines()[0])["message"]


def test_wrong_calls_have_their_own_codes(tmp_path):
    assert health("a: [\n").returncode == 3
    assert subprocess.run([VERIFY, "health"], capture_output=True, env={}).returncode == 2
    assert subprocess.run([VERIFY, "health", "--file", tmp_path / "none"], capture_output=True, env={}).returncode == 3
