"""status, history, rollback, uninstall and resume on a real cluster, by real helm: rows DR-05, B-02, X-10, HE-05."""
import json

import pytest

from lab import SERVICE

WAYS = pytest.mark.parametrize("major, pods", [("3", False), ("4", True)], ids=["helm3-beside", "helm4-in-pods"])
BESIDE = 3


def order(place, verb, inputs=None):
    return place.job().start({name: value for name, value in place.inputs.items() if name != "create-namespace"} | (inputs or {}), [verb]).finish()


@WAYS
def test_a_release_is_looked_at_rolled_back_and_removed(lab, major, pods):
    with lab.world(pods=pods, major=major) as world:
        chart = lab.chart()
        assert "helm knows no such release" in order(world, "status").out
        for number, text in enumerate("abc", start=1):
            world.deploy(chart, {"values-inline": f"text: {text}"}).ended("succeeded")
            assert world.get("configmap", "api")["data"] == {"text": text} and world.revisions()[-1] == number
        before = world.fence()
        status = order(world, "status")
        assert "helm says deployed at revision 3" in status.out and "verified healthy, revision 3" in status.out and status.outputs["revision"] == "3"
        listed = order(world, "history").out.splitlines()
        assert [line.split()[:3] for line in listed[1:]] == [["1", "superseded", "yes"], ["2", "superseded", "yes"], ["3", "deployed", "yes"]]
        assert world.fence() == before  # neither changed anything
        back = order(world, "rollback").ended("succeeded")
        records = [json.loads(line) for line in open(back.outputs["log-file"], encoding="utf-8")]
        assert [(one["Stream"], one["Outcome"]) for one in records] == [("PipelineEvent", ""), ("PipelineEvent", "success"), ("DeploymentRollback", "success")]
        assert {one["Attributes"].get("operation") for one in records[1:]} == {back.outputs["operation-id"]}
        assert "back at what revision 2 was, and healthy at revision 4" in back.out and world.get("configmap", "api")["data"] == {"text": "b"}
        assert world.history()[-1][1:] == ("deployed", "Rollback to 2")
        order(world, "rollback", {"revision": "1"}).ended("succeeded")
        assert world.get("configmap", "api")["data"] == {"text": "a"} and world.fence()["state"] == "succeeded"
        # What was verified at revision 1 is known again: the same deploy needs no helm.
        again = world.deploy(chart, {"values-inline": "text: a"}).ended("succeeded")
        assert "unchanged" in again.out and world.revisions() == [1, 2, 3, 4, 5]
        held = world.fence()
        order(world, "rollback", {"revision": "9"}).failed("refused", "revision 9 of api cannot be rolled back to", "5 deployed", cure="name one of these")
        assert world.fence() == held  # refused before anything was begun
        gone = order(world, "uninstall").ended("succeeded")
        assert "api is removed" in gone.out and world.history() == [] and world.fence()["state"] == "uninstalled" and world.fence()["good"] == []
        assert "was not there" in order(world, "uninstall").ended("succeeded").out
        order(world, "rollback").failed("refused", "there is no release api to roll back", cure="status")
        assert world.deploy(chart).ended("succeeded").outputs["revision"] == "1"


def test_a_rollback_goes_past_a_bad_revision_and_one_to_a_bad_revision_is_kept(lab):
    with lab.world() as world:
        world.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        world.deploy(SERVICE, {"values": lab.values(image={"tag": "1.0.o"}), "on-failure": "keep"}).failed("failed-kept", "does not exist in the registry", cure="check")
        assert [row.split()[2] for row in order(world, "history").out.splitlines()[1:]] == ["yes", "-"]
        order(world, "rollback").ended("succeeded")
        assert world.history()[-1] == (3, "deployed", "Rollback to 1")
        order(world, "rollback", {"revision": "2"}).failed("failed-kept", "does not exist in the registry", cure="")
        assert world.revisions() == [1, 2, 3, 4]  # nothing was undone by itself
        order(world, "rollback").ended("succeeded")
        assert world.history()[-1] == (5, "deployed", "Rollback to 3")


def test_nothing_to_roll_back_to_is_said_so(lab):
    with lab.here() as place:
        place.deploy(lab.chart()).ended("succeeded")
        order(place, "rollback").failed("refused", "no revision of api below 1 is verified", "1 deployed", cure="know to be good")


def test_resume_stays_until_the_verdict_and_force_frees_a_dead_hold(lab):
    with lab.world() as world:
        order(world, "resume").failed("refused", "no record of release api", cure="deploy")
        world.deploy(lab.chart()).ended("succeeded")
        assert "healthy at revision 1" in order(world, "resume").ended("succeeded").out
        # A holder that nobody can look at: outside of the cluster, and gone.
        record = world.fence() | {"operation": "f" * 32, "state": "running", "holder": {"token": "x", "namespace": "", "pod": "", "uid": ""}}
        name = "sentimark-" + world.release
        world.kube.kubectl("-n", world.namespace, "patch", "configmap", name, "--type=merge", "-p", json.dumps({"data": {"record": json.dumps(record)}}))
        world.deploy(lab.chart(), {"values-inline": "text: z"}).failed("refused", "is being deployed by", cure="wait for that run")
        freed = order(world, "resume", {"force": "true"}).ended("succeeded")
        assert "Nobody holds the release now" in freed.out
        assert world.fence()["state"] == "abandoned" and "taken away by force" in world.fence()["cause"]
        done = world.deploy(lab.chart(), {"values-inline": "text: z"}).ended("succeeded")
        assert done.outputs["revision"] == "2" and any("abandoned" in line for line in world.fence()["earlier"])
