"""verify health of a release on a real cluster, by both ways in: rows DV-02, DV-03, DV-06, HE-06, B-14, B-15, B-19; SC-01 to SC-07 as drift."""
import contextlib
import json
import os
import pathlib
import signal

import pytest

from lab import BIN, GATED, SERVICE, processes, until

BESIDE = 3
WAYS = pytest.mark.parametrize("way", ["local", "child-helm3", "pod-helm4"])
ACCESS = ("release", "namespace", "transport", "kubeconfig", "kubectl", "helm", "client-id", "tenant-id", "subscription-id", "resource-group", "cluster",
          "authority-host", "arm-endpoint")


def place_of(lab, way):
    return lab.here() if way == "local" else lab.world(pods=way.startswith("pod"), major=way[-1])


def start(place, inputs=None):
    given = {name: value for name, value in place.inputs.items() if name in ACCESS}
    return place.job().start(given | {"timeout": "60s", "format": "json"} | (inputs or {}), ["health"], program=BIN / "verify")


def health(place, inputs=None):
    job = start(place, inputs).finish()
    return job, json.loads(job.out)


def versions(place):
    """resourceVersion of everything in the namespace that only a writer changes; the kubelet and controllers write statuses of others."""
    kinds = "configmaps,secrets,services,serviceaccounts,deployments,replicasets,roles,rolebindings"
    return {(item["kind"], item["metadata"]["name"]): item["metadata"]["resourceVersion"] for item in place.get(kinds)["items"]}


@WAYS
def test_a_release_is_judged_where_it_runs_and_nothing_is_written(lab, way):
    with place_of(lab, way) as place:
        place.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        before = versions(place)
        job, told = health(place, {"soak": "5s"})
        assert job.code == 0, job.err + job.out
        assert told["verdict"] in ("pass", "warn") and told["revision"] == "1" and told["drift"] == [] and told["moved"] == []
        assert {(row["kind"], row["status"]) for row in told["objects"]} >= {("Deployment", "current"), ("Service", "current")}
        assert versions(place) == before
        job, told = health(place, {"release": "nobody"})
        assert job.code == 7 and "helm knows no release nobody" in job.log


def test_doom_is_named_at_once_and_what_is_on_its_way_is_inconclusive(lab):
    with lab.here() as place:
        place.deploy(SERVICE, {"values": lab.values(image={"tag": "1.0.o"}), "on-failure": "keep"}).ended("failed-kept")
        job, told = health(place, {"timeout": "10m"})
        assert (job.code, told["verdict"]) == (7, "fail") and "does not exist in the registry" in job.outputs["exit-reason"]
    with lab.here() as place:
        gated = lab.chart({"gated.yaml": GATED})
        place.deploy(gated, {"timeout": "5s", "on-failure": "keep"})
        job, told = health(place, {"timeout": "3s"})
        assert (job.code, told["verdict"]) == (30, "inconclusive") and "Deployment" in job.outputs["exit-reason"]
        waiting = start(place, {"timeout": "5m"})
        place.open_gate()
        assert waiting.finish().code == 0, waiting.err + waiting.out


def watched(place, tool="kubectl"):
    """kubectl, and the file where each call of it is noted."""
    folder = place.lab.folder()
    noted, script = folder / "calls", folder / tool
    noted.write_text("")
    script.write_text(f'#!/bin/sh\necho "$*" >>{noted}\nexec {place.inputs["kubectl"]} "$@"\n')
    script.chmod(0o755)
    return str(script), lambda: noted.read_text().splitlines()


def reader(place):
    """A kubeconfig of somebody who may look at this namespace and change nothing, not even see a node."""
    kubectl = lambda *words: place.kube.kubectl("-n", place.namespace, *words)  # noqa: E731
    kubectl("create", "serviceaccount", "reader")
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=*.*")
    kubectl("create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={place.namespace}:reader")
    config = json.loads(place.kube.kubectl("config", "view", "--raw", "-o", "json"))
    config["users"] = [{"name": user["name"], "user": {"token": kubectl("create", "token", "reader").strip()}} for user in config["users"]]
    file = place.lab.folder() / "reader.json"
    file.write_text(json.dumps(config))
    return str(file)


def test_an_identity_that_may_only_read_is_enough(lab):
    with lab.here() as place:
        place.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        kubectl, calls = watched(place)
        job, told = health(place, {"kubeconfig": reader(place), "kubectl": kubectl, "soak": "3s"})
        assert job.code == 0 and told["verdict"] in ("pass", "warn"), job.err + job.out
        assert len(calls()) > 3 and {" ".join(call.split()[:2]) if call.startswith("patch") else call.split()[0] for call in calls()} == {"get", "patch --local"}


def crash(place, pod):
    """Ends what runs in the pod on this very machine, as a crash would."""
    uid = place.get("pod", pod)["metadata"]["uid"].replace("-", "_")
    for number in processes(lambda words: True):
        with contextlib.suppress(OSError):
            group = pathlib.Path(f"/proc/{number}/cgroup").read_text(encoding="utf-8").replace("-", "_")
            if uid in group and pathlib.Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip() != "pause":
                os.kill(number, signal.SIGKILL)


def test_a_restart_within_the_soak_is_named_with_its_counts(lab):
    with lab.here() as place:
        place.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        kubectl, calls = watched(place)
        job = start(place, {"soak": "10m", "kubectl": kubectl})
        until(lambda: len([call for call in calls() if call.startswith("get -f")]) > 1)  # it has soaked from the first look on
        [pod] = place.get("pods", "-l", "app.kubernetes.io/instance=api")["items"]
        name, container = pod["metadata"]["name"], pod["spec"]["containers"][0]["name"]
        crash(place, name)
        job.finish()
        told = json.loads(job.out)
        assert (job.code, told["verdict"]) == (7, "fail"), job.err + job.out
        moved = next(row for row in told["moved"] if row["breaks"])
        assert moved["pod"] == name, told["moved"]
        if "container" in moved:  # the lost readiness may show first
            assert (moved["container"], moved["restartsBefore"], moved["restartsAfter"]) == (container, 0, 1) and "exit code 137" in moved["lastState"]
        assert name in job.outputs["exit-reason"]


def test_each_corner_of_the_drift_triangle_is_held_against_the_others(lab):
    with lab.here() as place:
        values = lab.values()
        place.deploy(SERVICE, {"values": values}).ended("succeeded")
        job, told = health(place, {"chart": str(SERVICE), "values": values})
        assert job.code == 0 and told["drift"] == [], job.err + job.out
        # Chart and values mean another image now.
        job, told = health(place, {"chart": str(SERVICE), "values": lab.values(image={"tag": "1.1.0"})})
        [row] = [one for one in told["drift"] if one["field"].endswith(" image")]
        assert job.code == 7 and row["intended"].endswith('1.1.0"') and row["manifest"].endswith('1.0.0"') and row["live"].endswith('1.0.0"')
        # Somebody loosened the live object by hand.
        name = place.get("deployments")["items"][0]["metadata"]["name"]
        container = place.get("deployment", name)["spec"]["template"]["spec"]["containers"][0]["name"]
        patch = {"spec": {"template": {"spec": {"containers": [{"name": container, "securityContext": {"readOnlyRootFilesystem": False}}]}}}}
        place.kube.kubectl("-n", place.namespace, "patch", "deployment", name, "-p", json.dumps(patch))
        job, told = health(place)
        assert (job.code, told["verdict"]) == (7, "fail")
        assert [(one["field"], one["manifest"], one["live"], one["verdict"]) for one in told["drift"]] == [
            (f"container {container} securityContext.readOnlyRootFilesystem", "true", "false", "fail")]
        job, told = health(place, {"drift": "off"})
        assert job.code == 0 and told["drift"] == []
