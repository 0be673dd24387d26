"""What is lost on the way: answers, pods, runners. Helm runs once for one deploy, whatever happens, and the record in the cluster says how it ended.

Rows: HE-05 (recovery), B-02 (a re-run re-attaches or proves staleness), X-05 (a cut answer is never success), X-10 (one deploy at a time).
"""
import os
import secrets
import signal

import pytest

from lab import HOOK, SERVICE, agents, processes, until

RUN = {"GITHUB_RUN_ID": "4711", "GITHUB_REPOSITORY": "octo-org/octo-repo", "GITHUB_REPOSITORY_ID": "74", "GITHUB_JOB": "dev", "GITHUB_SERVER_URL": "https://github.example"}


def named():
    """An operation of this test alone."""
    return {"operation-id": secrets.token_hex(16)}


def helm_ran_once(world, tries=1):
    until(lambda: not agents(world.fence()["operation"]) or None)
    fence = world.fence()
    assert world.revisions() == [1] and (fence["state"], fence["revision"], fence["try"]) == ("succeeded", 1, tries), fence


@pytest.mark.parametrize("fault", ["504-after", "reset-after", "truncated-log"])
def test_a_lost_answer_is_looked_up_in_the_cluster(lab, fault):
    with lab.world(f"operation=runCommand,kind={fault}") as world:
        done = world.deploy(lab.chart()).ended("succeeded")
        assert "looking at the cluster's record" in done.err
        # The first look may come before the command has written its record: then the job is sent again, and joins it.
        assert len(world.posts()) == 2 or fault != "truncated-log" and len(world.posts()) <= 4
        helm_ran_once(world)


@pytest.mark.parametrize("fault", ["504-before", "reset", "500"])
def test_a_command_that_never_started_is_sent_again(lab, fault):
    with lab.world(f"operation=runCommand,kind={fault}") as world:
        done = world.deploy(lab.chart()).ended("succeeded")
        assert "the cluster knows nothing of it: sending it again" in done.err
        assert [status for status, _ in world.posts()][1:] == [202, 202]  # the look, and the job again
        helm_ran_once(world)


def test_a_lost_answer_in_a_real_pod(lab):
    with lab.world("operation=runCommand,kind=504-after", pods=True) as world:
        world.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        helm_ran_once(world)


def test_when_every_answer_is_lost_the_outcome_is_unknown_until_the_next_run(lab):
    with lab.world("operation=runCommand,kind=504-after,count=6") as world:
        chart, operation = lab.chart(), named()
        world.deploy(chart, operation).failed("unknown", "Azure did not tell whether the command was started", cure="run the same job again")
        assert len(world.posts()) == 6 and {status for status, _ in world.posts()} == {504}
        world.deploy(chart, operation).ended("succeeded")
        helm_ran_once(world)


@pytest.mark.parametrize("pods", [False, True], ids=["child", "pods"])
def test_one_post_that_starts_two_pods_runs_helm_once(lab, pods):
    with lab.world("operation=runCommand,kind=duplicate", pods=pods) as world:
        operation = named()
        job = world.start(lab.chart({"hook.yaml": HOOK}), operation)
        until(lambda: world.hooks() and len(agents(operation["operation-id"])) == 2)
        world.through(job).ended("succeeded")
        # The pod that Azure tells of may be the one that looks on: then a second look waits for the other.
        assert world.posts() in ([(202, "duplicate")], [(202, "duplicate"), (202, "")])
        helm_ran_once(world)


def test_a_pod_that_starts_late_is_found_by_the_next_run(lab):
    with lab.world("operation=runCommand,kind=late-pod", more=["--time-scale", "15"]) as world:
        chart, operation = lab.chart(), named()
        world.deploy(chart, operation).failed("remote", "KubernetesPerformanceError", cure="make room")
        until(lambda: world.fence() and world.fence()["state"] == "succeeded")
        world.deploy(chart, operation).ended("succeeded")
        helm_ran_once(world)


def test_a_pod_that_starts_late_leaves_a_newer_deploy_alone(lab):
    """X-10: its operation was never in the record, and its job is still good for minutes when it starts."""
    with lab.world("operation=runCommand,kind=late-pod,seconds=900", more=["--time-scale", "15"]) as world:
        chart, late = lab.chart(), named() | {"values-inline": "text: old", "timeout": "5m"}
        world.deploy(chart, late).failed("remote", "KubernetesPerformanceError", cure="make room")
        world.deploy(chart, {"values-inline": "text: new"}).ended("succeeded")
        newer = world.fence()
        assert newer["operation"] != late["operation-id"] and not agents(late["operation-id"])
        until(lambda: agents(late["operation-id"]))
        until(lambda: not agents(late["operation-id"]) or None)
        assert world.get("configmap", "api")["data"]["text"] == "new" and world.revisions() == [1] and world.fence() == newer
        # Whoever runs that job again means it: what it knows now comes after the newer one.
        world.deploy(chart, late).ended("succeeded")
        assert world.get("configmap", "api")["data"]["text"] == "old" and world.revisions() == [1, 2]


def test_an_agent_that_is_killed_is_proved_dead_before_helm_runs_again(lab):
    with lab.world() as world:
        job = world.start(lab.chart({"hook.yaml": HOOK}), {"timeout": "5m"})
        until(world.hooks)
        for agent in agents(world.fence()["operation"]):
            os.kill(agent, signal.SIGKILL)
        world.through(job).ended("succeeded")
        fence = world.fence()
        assert fence["state"] == "succeeded" and fence["try"] == 2 and any(line.endswith("/1 abandoned") for line in fence["earlier"]), fence
        assert world.get("configmap", "api")["data"]["text"] == "a" and world.history()[-1][1] == "deployed"


def test_a_helm_that_is_killed_locks_nobody_out(lab):
    """As for want of memory, where the kernel takes the largest process and leaves the agent: helm's own lock stays, and the next try takes it off."""
    with lab.world() as world:
        chart, operation = lab.chart({"hook.yaml": HOOK}), named()
        job = world.start(chart, operation)
        until(world.hooks)
        for helm in processes(lambda words: b"upgrade" in words and world.namespace.encode() in words):
            os.kill(helm, signal.SIGKILL)
        job.finish().failed("failed-kept", "helm was killed before its end", cure="memory")
        fence = world.fence()
        assert (fence["state"], fence["halfWay"]) == ("failed", True) and world.history()[-1][1] == "pending-install"
        world.through(world.start(chart, operation)).ended("succeeded")
        fence = world.fence()
        assert (fence["state"], fence["try"], fence["halfWay"]) == ("succeeded", 2, False) and world.history()[-1][1] == "deployed"


def test_a_pod_that_is_evicted_says_so_and_the_next_try_follows(lab):
    with lab.world(pods=True) as world:
        job = world.start(lab.chart({"hook.yaml": HOOK}), {"timeout": "5m"})
        until(world.hooks)
        lab.kube.kubectl("-n", "aks-command", "delete", "pod", world.fence()["holder"]["pod"], "--wait=false")
        until(lambda: world.fence()["state"] != "running")
        world.through(job).ended("succeeded")
        fence = world.fence()
        assert fence["state"] == "succeeded" and fence["try"] == 2 and any(line.endswith("/1 interrupted") for line in fence["earlier"]), fence
        assert world.history()[-1][1] == "deployed"


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_pod_may_be_lost_at_any_moment(lab, seconds):
    with lab.world(f"operation=runCommand,kind=lost-pod,seconds={seconds}") as world:
        world.deploy(lab.chart(), {"timeout": "2m"}).ended("succeeded")
        assert world.fence()["state"] == "succeeded" and world.history()[-1][1] == "deployed"


@pytest.mark.parametrize("faults, more", [
    (["operation=runCommand,kind=slow-start,seconds=20"], ["--time-scale", "10"]), (["operation=commandResult,kind=stale-result,nth=2"], []), (["operation=commandResult,kind=500"], []),
    (["operation=getCluster,kind=503", "operation=token,kind=500", "operation=oidcToken,kind=504-before"], [])], ids=["slow-start", "stale-result", "poll", "reads"])
def test_what_may_be_asked_again_is(lab, faults, more):
    with lab.world(*faults, more=more) as world:
        world.deploy(lab.chart()).ended("succeeded")
        assert len(world.posts()) == 1 and {row["fault"] for row in world.client.journal()} >= {fault.split("kind=")[1].split(",")[0] for fault in faults}
        helm_ran_once(world)


def test_a_refusal_for_the_moment_is_waited_for(lab):
    with lab.world("operation=runCommand,kind=429,retryAfter=2", "operation=getCluster,kind=429,retryAfter=1") as world:
        world.deploy(lab.chart()).ended("succeeded")
        assert world.posts() == [(429, "429"), (202, "")]
        first, second = world.rows("runCommand")
        assert second["time"][:19] >= first["time"][:19] and second["bodySha256"] == first["bodySha256"]
        helm_ran_once(world)


def test_an_access_token_that_is_over_is_replaced_once(lab):
    with lab.world("operation=token,kind=expired-token") as world:
        world.deploy(lab.chart()).ended("succeeded")
        assert len(world.rows("token")) == 2 and [row["status"] for row in world.rows("getCluster")] == [401, 200]
    with lab.world("operation=token,kind=expired-token,count=9") as world:
        world.deploy(lab.chart()).failed("auth", "ExpiredAuthenticationToken", cure="clock")
        assert len(world.rows("token")) == 2


def test_more_output_than_azure_keeps(lab):
    """X-05: a chart's notes of 700 kB; the verdict does not drown in them."""
    with lab.world(pods=True) as world:
        world.deploy(lab.chart({"NOTES.txt": "x" * 700_000})).ended("succeeded")
        assert len(world.posts()) == 1
        helm_ran_once(world)


@pytest.mark.parametrize("moment", ["read", "posted", "running", "succeeded"])
def test_a_runner_that_dies_is_joined_by_the_next(lab, moment):
    with lab.world() as world:
        chart = lab.chart({"hook.yaml": HOOK})
        first = world.start(chart, env=RUN)
        until(lambda: world.rows("getCluster") if moment == "read" else world.posts() if moment == "posted" else world.hooks())
        if moment == "succeeded":
            world.through(first)
        else:
            os.kill(first.process.pid, signal.SIGKILL)
            first.finish()
        second = world.through(world.start(chart, env=RUN | {"GITHUB_RUN_ATTEMPT": "2"})).ended("succeeded")
        assert second.outputs["revision"] == "1" and world.fence()["operation"] == second.outputs["operation-id"]
        helm_ran_once(world)
        # And once more, when all is over: nothing is done again.
        world.deploy(chart, env=RUN | {"GITHUB_RUN_ATTEMPT": "3"}).ended("succeeded")
        helm_ran_once(world)


def test_two_deploys_of_one_release_never_mix(lab):
    with lab.world() as world:
        chart, later = lab.chart({"hook.yaml": HOOK}), {"inputs": {"values-inline": "text: b"}, "env": RUN | {"GITHUB_RUN_ID": "4712"}}
        first = world.start(chart, env=RUN)
        until(world.hooks)
        refused = world.deploy(chart, **later)
        refused.failed("refused", "release api is being deployed by https://github.example/octo-org/octo-repo/actions/runs/4711", cure="wait for that run to end")
        assert world.through(first).ended("succeeded").outputs["revision"] == "1"
        helm_ran_once(world)
        world.through(world.start(chart, **later)).ended("succeeded")
        assert world.revisions() == [1, 2]


def test_the_same_run_deploys_twice_at_the_same_time(lab):
    with lab.world() as world:
        chart = lab.chart({"hook.yaml": HOOK})
        both = [world.start(chart, env=RUN) for _ in range(2)]
        until(world.hooks)
        for job in both:
            assert world.through(job).ended("succeeded").outputs["revision"] == "1"
        helm_ran_once(world)
