"""kill -9 at every step of an upgrade: of the agent before and after each call it makes, of the program after each of its requests, of command pods.

A run after it converges to exactly one new revision, with the new content, and no try starts helm twice.

Rows: HE-05 (recovery), B-02 (a re-run re-attaches or proves staleness), X-10 (one deploy at a time).
"""
import os
import pathlib
import secrets
import signal
import time

import pytest

from lab import GATED, HOOK, MAJOR, agents, until
from tools import tools

BESIDE = 12  # they mostly wait: that a holder is dead takes half a minute to prove
# The calls of an upgrade as the agent makes them, by their words and their number among those with the same words.
CALLS = {"namespace": (r"kubectl\ get\ namespace*", 1), "read": (r"kubectl\ get\ configmap*", 1), "claim": (r"kubectl\ replace*", 1), "version": (r"helm\ version*", 1),
         "history": (r"helm\ history*", 1), "look before": (r"kubectl\ get\ -f*", 1), "good": (r"kubectl\ replace*", 2), "upgrade": (r"helm\ upgrade*", 1),
         "history after": (r"helm\ history*", 2), "record": (r"kubectl\ replace*", 3), "manifest": (r"helm\ get\ manifest*", 2), "objects": (r"kubectl\ get\ -f*", 2),
         "pods": (r"kubectl\ get\ pods*", 2), "verdict": (r"kubectl\ replace*", 4)}


def converged(world, operation, text):
    """Exactly one revision is deployed, it is new, and it holds what was asked for."""
    until(lambda: not agents(operation) or None)
    history, fence = world.history(), world.fence()
    assert [status for _, status, _ in history].count("deployed") == 1 and history[-1][1] == "deployed" and history[-1][0] > 1, history
    assert sum(status != "failed" for _, status, _ in history) == 2, history
    assert (fence["operation"], fence["state"], fence["revision"]) == (operation, "succeeded", history[-1][0]), fence
    assert world.get("configmap", "api")["data"]["text"] == text


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_an_agent_that_is_killed_at_a_call(lab, call, when):
    with tools(lab.kube.env, MAJOR, *CALLS[call], "waits " + when) as stand_ins:
        with lab.world(more=stand_ins.words) as world, lab.here(namespace=world.namespace) as beside:
            chart, operation = lab.chart(), secrets.token_hex(16)
            beside.deploy(chart).ended("succeeded")
            stand_ins.arm()
            inputs = {"operation-id": operation, "values-inline": "text: b", "timeout": "3m"}
            job = world.start(chart, inputs)
            until(lambda: stand_ins.met(CALLS[call][1], done=when == "after"))
            assert kill_agents(operation)
            if job.finish().code != 0:
                job = world.deploy(chart, inputs)  # the same job once more, as somebody does who reads a red one
            job.ended("succeeded")
            tries = stand_ins.tries(operation)
            assert len(set(tries)) == len(tries) > 0, tries
            converged(world, operation, "b")


@pytest.mark.parametrize("requests", range(1, 10))
def test_a_program_that_is_killed_after_a_request(lab, requests):
    with tools(lab.kube.env, MAJOR) as stand_ins:
        with lab.world(more=stand_ins.words) as world, lab.here(namespace=world.namespace) as beside:
            chart, operation = lab.chart(), secrets.token_hex(16)
            beside.deploy(chart).ended("succeeded")
            stand_ins.arm()
            inputs = {"operation-id": operation, "values-inline": "text: b", "timeout": "3m"}
            job = world.start(chart, inputs)
            until(lambda: len(world.client.journal()) >= requests or job.process.poll() is not None)
            job.process.kill()
            job.finish()
            world.deploy(chart, inputs).ended("succeeded")
            tries = stand_ins.tries(operation)
            assert len(set(tries)) == len(tries) > 0, tries
            converged(world, operation, "b")


MOMENTS = {"posted": lambda world, operation: world.posts(), "started": lambda world, operation: agents(operation),
           "claimed": lambda world, operation: (world.fence() or {}).get("operation") == operation,
           "hook": lambda world, operation: world.hooks(),
           "rollout": lambda world, operation: (world.fence() or {}).get("state") == "watching",
           "looking": lambda world, operation: len(world.posts()) > 1 and agents(operation)}


@pytest.mark.parametrize("means", ["pod", "agent"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_killed_in_a_real_pod(lab, moment, means):
    with lab.world(pods=True) as world, lab.here(namespace=world.namespace) as beside:
        operation = secrets.token_hex(16)
        beside.deploy(lab.chart()).ended("succeeded")
        extra = {"hook.yaml": HOOK} if moment == "hook" else {"service.yaml": GATED} if moment in ("rollout", "looking") else {}
        chart, inputs = lab.chart(extra), {"operation-id": operation, "values-inline": "text: b", "timeout": "4m"}
        job = world.start(chart, inputs)
        until(lambda: MOMENTS[moment](world, operation) or job.process.poll() is not None)
        killed = kill_pods(lab, world, operation) if means == "pod" else kill_agents(operation)
        deadline = time.monotonic() + 300
        while job.process.poll() is None and time.monotonic() < deadline:
            let_go(world, extra)
        job.finish(1)
        if job.code != 0:
            job = world.start(chart, inputs)
            while job.process.poll() is None:
                let_go(world, extra)
            job.finish(1)
        job.ended("succeeded")
        assert killed or moment == "posted"
        converged(world, operation, "b")


def kill_agents(operation):
    found = agents(operation)
    for agent in found:
        os.kill(agent, signal.SIGKILL)
    return found


def kill_pods(lab, world, operation):
    """The command pod goes without a word to it, as when its node is taken away."""
    names = {pod["name"] for row in world.rows("runCommand") for pod in row.get("pods") or []}
    for agent in agents(operation):  # of a call that is not answered yet; a pod's host name is its own
        variables = pathlib.Path(f"/proc/{agent}/environ").read_text(encoding="utf-8").split("\0")
        names |= {text.removeprefix("HOSTNAME=") for text in variables if text.startswith("HOSTNAME=")}
    for name in names:
        lab.kube.kubectl("-n", "aks-command", "delete", "pod", name, "--force", "--grace-period=0", "--ignore-not-found")
    return names


def let_go(world, extra):
    """Lets end what the test made wait: the hook by its signal, the rollout by its gate."""
    if "hook.yaml" in extra:
        for hook in world.hooks():
            os.kill(hook, signal.SIGTERM)
    if "service.yaml" in extra and world.get("pods", "-l", "app.kubernetes.io/instance=api")["items"]:
        world.open_gate()
    time.sleep(0.5)
