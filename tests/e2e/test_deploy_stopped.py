"""A job that is cancelled: the program ends in time, says how things stand, and the next run goes on from there.

Rows: B-24 (SIGINT, then SIGTERM: the runner waits 7.5 s and 2.5 s), B-02 (the next run re-attaches).
"""
import secrets
import signal

import pytest

from lab import HOOK, SERVICE, until

# As actions/runner does it: src/Runner.Sdk/ProcessInvoker.cs.
PATIENCE = {signal.SIGINT: 7, signal.SIGTERM: 2}
either = pytest.mark.parametrize("which", list(PATIENCE), ids=lambda which: which.name)


def named():
    return {"operation-id": secrets.token_hex(16)}


def detached(job, operation):
    job.failed("interrupted", "told to stop", cure="run the same job again: it goes on where this one left")
    assert operation["operation-id"] in job.told and job.outputs["operation-id"] == operation["operation-id"]
    return job


@either
def test_behind_azure_the_release_goes_on_and_is_joined(lab, which):
    with lab.world(pods=True) as world:
        inputs = {"values": lab.values(env={"READY_AFTER_SECONDS": "8"})} | named()
        job = world.start(SERVICE, inputs)
        until(lambda: world.fence() and world.fence()["state"] == "watching")
        detached(job.signal(which, PATIENCE[which]), inputs)
        assert world.image() == []  # it was in the middle
        until(lambda: world.fence()["state"] == "succeeded")
        assert world.image() == [lab.kube.env["REGISTRY"] + "/sample:1.0.0"]
        world.deploy(SERVICE, inputs).ended("succeeded")
        assert world.revisions() == [1] and world.fence()["operation"] == inputs["operation-id"]


def test_the_next_run_joins_while_helm_is_still_at_work(lab):
    with lab.world() as world:
        chart, inputs = lab.chart({"hook.yaml": HOOK}), {"values-inline": "seconds: 10"} | named()
        job = world.start(chart, inputs)
        until(lambda: world.fence() and world.fence()["state"] == "running")
        detached(job.signal(signal.SIGINT, PATIENCE[signal.SIGINT]), inputs)
        assert world.fence()["state"] == "running"
        assert world.deploy(chart, inputs).ended("succeeded").outputs["revision"] == "1"
        assert world.revisions() == [1] and world.fence()["try"] == 1


@either
def test_a_signal_while_azure_has_not_answered(lab, which):
    """The POST is on its way: the command will run. Nobody waits for it, and the next run finds it."""
    with lab.world("operation=runCommand,kind=slow-start,seconds=12") as world:
        chart, inputs = lab.chart(), named()
        job = world.start(chart, inputs)
        until(lambda: world.rows("getCluster"))
        detached(job.signal(which, PATIENCE[which]), inputs)
        world.deploy(chart, inputs).ended("succeeded")
        assert world.revisions() == [1]


@either
def test_a_signal_while_waiting_to_ask_again(lab, which):
    with lab.world("operation=getCluster,kind=429,retryAfter=50,count=9") as world:
        inputs = named()
        job = world.start(lab.chart(), inputs)
        until(lambda: world.rows("getCluster"))
        job.signal(which, PATIENCE[which]).ended("interrupted")
        assert world.rows("runCommand") == [] and world.fence() is None


def test_on_this_machine_helm_is_ended_and_the_record_says_so(lab):
    with lab.here() as place:
        chart, inputs = lab.chart({"hook.yaml": HOOK}), {"values-inline": "seconds: 20"} | named()
        job = place.start(chart, inputs)
        until(lambda: place.fence() and place.fence()["state"] == "running" and "pending-install" in str(place.history()))
        job.signal(signal.SIGINT, PATIENCE[signal.SIGINT]).failed("interrupted", "helm was stopped", cure="run the same job again")
        assert place.fence()["state"] == "interrupted" and place.fence()["holder"]["token"] == ""
        place.deploy(chart, inputs | {"values-inline": "seconds: 1"}).ended("succeeded")
        assert place.history()[-1][1] == "deployed"


def test_a_second_signal_changes_nothing(lab):
    with lab.world() as world:
        chart, inputs = lab.chart({"hook.yaml": HOOK}), {"values-inline": "seconds: 5"} | named()
        job = world.start(chart, inputs)
        until(lambda: world.fence() and world.fence()["state"] == "running")
        job.process.send_signal(signal.SIGINT)
        detached(job.signal(signal.SIGTERM, PATIENCE[signal.SIGTERM]), inputs)
        world.deploy(chart, inputs).ended("succeeded")
        assert world.revisions() == [1]
