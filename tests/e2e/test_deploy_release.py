"""The released programs do the same job as the everyday build: the static one of this machine, and the aarch64 one under qemu.

Rows: B-01 (one static binary), HE-01.
"""
import shutil

import pytest

from lab import ROOT


@pytest.mark.parametrize("preset", ["release", "release-aarch64"])
def test_a_released_program_deploys(lab, preset):
    starter = [shutil.which("qemu-aarch64-static")] if preset == "release-aarch64" else []
    program = ROOT / "build" / preset / "bin" / "helm-private-deploy"
    with lab.world() as world:
        job = world.job(wrapper=starter).start(world.inputs | {"chart": str(lab.chart())}, program=program).finish()
        assert job.ended("succeeded").outputs["revision"] == "1"
        assert world.revisions() == [1] and len(world.posts()) == 1
