"""Every fault at every stage of one deploy: an upgrade to an image that does not exist, which ends with the last good revision.

Whatever goes wrong on the way: the exit code and the cause are right, the release stands in a named state, no try starts helm twice, and the next deploy
makes exactly one new revision. The last test prints the cells. Here each kind of fault meets a stage where it means something; scripts/soak plays all of
each at all.

Rows: HS-04 (fault matrix), HE-04 (each fault its code and cause), HE-05 (recovery), B-07 (exit codes are distinct).
"""
import collections
import itertools
import os
import secrets

import pytest

from lab import GATED, MAJOR, agents, until
from tools import tools

BESIDE = 8
Cell = collections.namedtuple("Cell", "stage kind where ends causes")

NO_IMAGE = "does not exist in the registry"
NO_ANSWER = "etcdserver: request timed out"
# Of Azure's operations, the call that belongs to the stage: the first command goes from the fence to the evidence, the second rolls back.
AZURE = {"token": "operation=token", "cluster read": "operation=getCluster", "transfer": "operation=runCommand", "helm": "operation=commandResult",
         "rollback": "operation=runCommand,nth=2"}
PASSING = ["429,retryAfter=1", "500", "503,retryAfter=1", "504-before", "reset", "504-after", "reset-after"]  # each may be asked again, and is
OF_A_COMMAND = ["lost-pod", "duplicate", "truncated-log", "slow-start,seconds=2"]
# Of the cluster's tools, the words and the number of the call that belongs to the stage, counted from the upgrade's begin.
CLUSTER = {"fence": (r"kubectl\ replace*", 1), "history": (r"helm\ history*", 1), "helm": (r"helm\ upgrade*", 1), "record": (r"kubectl\ replace*", 3),
           "readiness": (r"kubectl\ get\ -f*", 2), "evidence": (r"kubectl\ get\ events*", 1), "logs": (r"kubectl\ logs*", 1), "rollback": (r"helm\ rollback*", 1),
           "verdict": (r"kubectl\ replace*", 7)}
IN_THE_CLUSTER = ["fails", "lost", "garbage"]
# Where the deploy ends otherwise than with the old revision and the image as its cause.
OTHERWISE = {
    ("history", "fails"): ("remote", [NO_ANSWER, "reading the release's history"]),
    ("history", "lost"): ("remote", [NO_ANSWER, "reading the release's history"]),
    ("history", "garbage"): ("remote", ["not valid JSON", "reading what helm printed"]),
    ("helm", "fails"): ("remote", [NO_ANSWER, "deploying release api"]),
    ("helm", "garbage"): ("remote", ["helm ended with exit code 0 and said nothing"]),
    ("rollback", "fails"): ("rollback-failed", [NO_IMAGE, "going back failed as well: " + NO_ANSWER]),
    ("rollback", "garbage"): ("rollback-failed", [NO_IMAGE, "going back failed as well: helm ended with exit code 0 and said nothing"]),
}
# What the history says then: statuses of the revisions, oldest first.
STANDS = {"rolled-back": ["superseded", "superseded", "deployed"], "remote": ["deployed"], "rollback-failed": ["superseded", "deployed"]}


def product():
    every = os.environ.get("SENTIMARK_FAULTS") == "all"
    passing = [*itertools.product(AZURE, PASSING), *itertools.product(["transfer", "rollback"], OF_A_COMMAND)]
    # The stages before the first command differ only in what is asked: there, every other fault will do.
    for number, (stage, kind) in enumerate(passing):
        if every or stage in ("transfer", "rollback") or number % 2 == 0:
            yield Cell(stage, kind, AZURE[stage], "rolled-back", [NO_IMAGE])
    for stage, kind in itertools.product(CLUSTER, IN_THE_CLUSTER):
        if every or kind != "garbage" or (stage, kind) in OTHERWISE:
            yield Cell(stage, kind, CLUSTER[stage], *OTHERWISE.get((stage, kind), ("rolled-back", [NO_IMAGE])))


CELLS = list(product())
played = {}


def name_of(cell):
    return f"{cell.stage}-{cell.kind.split(',')[0]}".replace(" ", "-")


@pytest.mark.parametrize("cell", CELLS, ids=name_of)
def test_a_fault_at_a_stage(lab, cell):
    azure = isinstance(cell.where, str)
    with tools(lab.kube.env, MAJOR, *(() if azure else (*cell.where, cell.kind))) as stand_ins:
        with lab.world(*([f"{cell.where},kind={cell.kind}"] if azure else []), more=stand_ins.words) as world, lab.here(namespace=world.namespace) as beside:
            beside.deploy(lab.chart()).ended("succeeded")
            stand_ins.arm()
            operation = secrets.token_hex(16)
            bad = lab.chart({"service.yaml": GATED.replace("sample:1.0.0", "sample:none")})
            job = world.deploy(bad, {"operation-id": operation, "on-failure": "rollback"}).ended(cell.ends)
            until(lambda: not agents(operation) or None)

            assert any(row["fault"] for row in world.client.journal()) if azure else stand_ins.met(cell.where[1]), "the fault did not happen"
            assert [cause for cause in cell.causes if cause not in job.outputs["exit-reason"]] == [], job.outputs["exit-reason"]
            assert job.outputs["exit-reason"].count(NO_IMAGE) <= 1, "a cause is told twice"
            assert len(stand_ins.tries(operation)) == (cell.stage != "history"), stand_ins.calls()
            assert [status for _, status, _ in world.history()] == STANDS[cell.ends]
            fence = world.fence()
            assert (fence["operation"], fence["holder"]["token"]) == (operation, ""), fence
            before = world.revisions()[-1]
            beside.deploy(lab.chart(), {"values-inline": "text: next"}).ended("succeeded")
            assert world.revisions()[-1] == before + 1 and world.get("configmap", "api")["data"]["text"] == "next"
            played[name_of(cell)] = cell


def test_the_matrix_is_whole(lab, capsys):
    assert set(played) == {name_of(cell) for cell in CELLS} and len(played) >= 40
    with capsys.disabled():
        print(f"\n  {'stage':<14} {'fault':<18} {'exit':<16} cause")
        for cell in CELLS:
            print(f"  {cell.stage:<14} {cell.kind.split(',')[0]:<18} {cell.ends:<16} {'; '.join(cell.causes)}")
