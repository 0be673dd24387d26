"""A job that is cancelled: the program ends in time, says how things stand, and the next run goes on from there, or begins anew where it was told
to stop what runs in the cluster.

The runner waits 7.5 s after SIGINT and 2.5 s after SIGTERM (actions/runner src/Runner.Sdk/ProcessInvoker.cs). A busy machine may need longer for
anything, so what is proved here is that nothing was waited for: the rollout, the answer, the time to ask again are still to come when the program ends.
Rows: B-02 (the next run re-attaches), B-24.
"""
import contextlib
import os
import secrets
import signal

import pytest

from lab import GATED, HOOK, agents, processes, until

either = pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM], ids=lambda which: which.name)


def named():
    return {"operation-id": secrets.token_hex(16)}


def detached(job, operation):
    job.failed("interrupted", "told to stop", cure="run the same job again: it goes on where this one left")
    assert operation["operation-id"] in job.told and job.outputs["operation-id"] == operation["operation-id"]
    return job


@either
def test_behind_azure_the_release_goes_on_and_is_joined(lab, which):
    with lab.world(pods=True) as world:
        chart, operation = lab.chart({"deployment.yaml": GATED}), named()
        job = world.start(chart, operation)
        until(lambda: world.fence() and world.fence()["state"] == "watching")
        detached(job.signal(which), operation)
        assert world.fence()["state"] == "watching" and world.image() == []  # it was in the middle
        world.open_gate()
        world.deploy(chart, operation).ended("succeeded")
        assert world.revisions() == [1] and world.image() == [lab.kube.env["REGISTRY"] + "/sample:1.0.0"]
        assert (world.fence()["operation"], world.fence()["try"]) == (operation["operation-id"], 1)


def test_the_next_run_joins_while_helm_is_still_at_work(lab):
    with lab.world() as world:
        chart, operation = lab.chart({"hook.yaml": HOOK}), named()
        job = world.start(chart, operation)
        until(world.hooks)
        detached(job.signal(signal.SIGINT), operation)
        assert world.fence()["state"] == "running" and world.hooks()
        assert world.through(world.start(chart, operation)).ended("succeeded").outputs["revision"] == "1"
        assert world.revisions() == [1] and world.fence()["try"] == 1


@either
def test_a_signal_while_azure_has_not_answered(lab, which):
    """The POST is on its way: the command will run. Nobody waits for it, and the next run finds it."""
    with lab.world("operation=runCommand,kind=slow-start,seconds=29") as world:
        chart, operation = lab.chart(), named()
        job = world.start(chart, operation)
        until(lambda: world.rows("getCluster"))
        detached(job.signal(which), operation)
        assert world.rows("runCommand") == []  # Azure has not answered yet
        world.deploy(chart, operation).ended("succeeded")
        assert world.revisions() == [1]


@either
def test_a_signal_while_waiting_to_ask_again(lab, which):
    with lab.world("operation=getCluster,kind=429,retryAfter=50,count=9") as world:
        inputs = named()
        job = world.start(lab.chart(), inputs)
        until(lambda: world.rows("getCluster"))
        job.signal(which).ended("interrupted")
        assert world.rows("runCommand") == [] and world.fence() is None


def test_on_this_machine_helm_is_ended_and_the_record_says_so(lab):
    with lab.here() as place:
        chart, operation = lab.chart({"hook.yaml": HOOK}), named()
        job = place.start(chart, operation)
        until(place.hooks)
        job.signal(signal.SIGINT).failed("interrupted", "helm was stopped", cure="run the same job again")
        assert place.fence()["state"] == "interrupted" and place.fence()["holder"]["token"] == ""
        place.through(place.start(chart, operation)).ended("succeeded")
        assert place.fence()["try"] == 2 and place.history()[-1][1] == "deployed"


def stopping():
    return named() | {"on-cancel": "stop"}


def helms(world):
    """Helm processes of this machine that work on the release, those in pods among them."""
    return processes(lambda words: b"upgrade" in words and world.namespace.encode() in words)


def stopped(job, operation):
    job.failed("interrupted", "told to stop", operation["operation-id"], cure="run the same job again")
    return job


def begins_again(world, chart, operation, last):
    """The next run: the next try, and exactly one new revision."""
    before = world.revisions()
    world.through(world.start(chart, operation)).ended("succeeded")
    assert len(world.revisions()) == len(before) + 1 and world.history()[-1][1] == "deployed"
    assert (world.fence()["try"], world.fence()["state"], world.fence()["stop"]) == (last + 1, "succeeded", False)


@pytest.mark.parametrize("which, pods", [(signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)], ids=["SIGINT", "SIGTERM", "SIGINT-pod"])
def test_a_stop_ends_helm_in_the_cluster(lab, which, pods):
    with lab.world(pods=pods) as world:
        chart, operation = lab.chart({"hook.yaml": HOOK}), stopping()
        job = world.start(chart, operation)
        until(world.hooks)
        assert helms(world) and world.fence()["holder"]["token"]
        stopped(job.signal(which), operation)
        until(lambda: world.fence()["state"] == "interrupted")
        until(lambda: not agents(operation["operation-id"]))
        assert helms(world) == [] and world.fence()["holder"]["token"] == ""
        begins_again(world, chart, operation, 1)


def test_a_stop_ends_a_rollout_that_is_only_watched(lab):
    """Helm had done its work: the next try does not run it again."""
    with lab.world() as world:
        chart, operation = lab.chart({"deployment.yaml": GATED}), stopping()
        job = world.start(chart, operation)
        until(lambda: world.fence() and world.fence()["state"] == "watching")
        stopped(job.signal(signal.SIGINT), operation)
        until(lambda: world.fence()["state"] == "interrupted")
        assert world.revisions() == [1] and world.image() == []
        again = world.start(chart, operation)
        until(lambda: world.fence()["try"] == 2)
        world.open_gate()
        again.finish().ended("succeeded")
        assert (world.fence()["try"], world.fence()["stop"]) == (2, False) and world.revisions() == [1]


def lets_go_until_watched(place):
    """Each hook that waits: the one of the first try may still be there."""
    for hook in place.hooks():
        with contextlib.suppress(ProcessLookupError):
            os.kill(hook, signal.SIGTERM)
    return place.fence()["state"] == "watching"


def test_a_stop_on_this_machine_ends_helm_and_what_is_only_watched(lab):
    with lab.here() as place:
        chart, operation = lab.chart({"hook.yaml": HOOK, "deployment.yaml": GATED}), stopping()
        job = place.start(chart, operation)
        until(place.hooks)
        stopped(job.signal(signal.SIGINT), operation)
        assert place.fence()["state"] == "interrupted" and helms(place) == []
        again = place.start(chart, operation)
        until(lambda: lets_go_until_watched(place))
        stopped(again.signal(signal.SIGINT), operation)
        assert (place.fence()["state"], place.fence()["try"]) == ("interrupted", 2)


def test_a_second_signal_changes_nothing(lab):
    with lab.world() as world:
        chart, operation = lab.chart({"hook.yaml": HOOK}), named()
        job = world.start(chart, operation)
        until(world.hooks)
        job.process.send_signal(signal.SIGINT)
        detached(job.signal(signal.SIGTERM), operation)
        assert world.fence()["state"] == "running"
        world.through(world.start(chart, operation)).ended("succeeded")
        assert world.revisions() == [1]
