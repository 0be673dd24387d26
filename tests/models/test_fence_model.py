"""The Promela model of the fence, searched to its end by spin: every order of steps, every crash of a holder.

What the model assumes and leaves out stands at its head; docs/protocols/fence.md names the same states.
"""
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module", autouse=True)
def spin():
    done = subprocess.run([ROOT / "scripts/lib/apt", "spin"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def search(folder, *defines):
    """(errors, states, the broken assertion)"""
    subprocess.run(["spin", *defines, "-a", HERE / "fence.pml"], cwd=folder, check=True, capture_output=True, text=True)
    subprocess.run(["gcc", "-O2", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"], cwd=folder, check=True, capture_output=True, text=True)
    told = subprocess.run(["./pan", "-m100000", "-E"], cwd=folder, capture_output=True, text=True).stdout
    assert "max search depth too small" not in told, told
    broken = re.search(r"assertion violated (.*) \(at depth", told)
    return int(re.search(r"errors: (\d+)", told)[1]), int(re.search(r"(\d+) states, stored", told)[1]), broken and broken[1]


@pytest.mark.parametrize("clocks", [1, 2])
@pytest.mark.parametrize("cast", [1, 2, 3, 4, 5, 6])
def test_no_order_and_no_crash_breaks_the_fence(tmp_path, cast, clocks):
    errors, states, broken = search(tmp_path, f"-DCAST={cast}", f"-DB_ORDER={clocks}")
    assert (errors, broken) == (0, None) and states > 5_000


FAULTS = [("NO_HOLDER_CHECK", 1, "upgraded"), ("NO_POD_PROOF", 1, "holder"), ("EARLIER_FORGOTTEN", 1, "refused"), ("REFUSAL_UNWRITTEN", 1, "refused"), ("ORDER_IGNORED", 1, "newest"),
          ("STOP_FORGOTTEN", 5, "stopped"), ("STOP_BEFORE_BEGIN_FORGOTTEN", 6, "stopped"), ("STOP_ROBS", 5, "")]


@pytest.mark.parametrize("fault, cast, promise", FAULTS, ids=[fault for fault, _, _ in FAULTS])
def test_a_fault_in_the_model_is_found(tmp_path, fault, cast, promise):
    errors, _, broken = search(tmp_path, f"-DCAST={cast}", f"-DB_ORDER={2 if fault == 'ORDER_IGNORED' else 1}", f"-DFAULT_{fault}")
    assert errors == 1 and promise in broken
