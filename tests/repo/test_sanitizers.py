"""Every test program once more under the address and undefined behaviour sanitizers (preset asan)."""
import os
import pathlib
import subprocess

import pytest

BIN = pathlib.Path(__file__).resolve().parents[2] / "build/asan/bin"
PROGRAMS = sorted(path.name for pattern in ("unit_*", "fuzz_*", "sim") for path in BIN.glob(pattern) if os.access(path, os.X_OK))


def run(program, *arguments, **more):
    env = {name: value for name, value in os.environ.items() if not name.endswith("SAN_OPTIONS")} | more
    return subprocess.run([BIN / program, *arguments], env=env, capture_output=True, text=True, errors="replace", check=False)


def test_there_are_such_programs():
    assert len(PROGRAMS) > 20 and "sim" in PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_test_program_finds_no_misuse_of_memory(program, tmp_path, monkeypatch):
    """Of the simulator a few hundred seeds and no planted faults: a sanitizer sees the same code in each."""
    monkeypatch.chdir(tmp_path)
    done = run(program, *(["--gtest_filter=Simulation.*"] if program == "sim" else []), SENTIMARK_SIM_SEEDS="300")
    assert done.returncode == 0, (done.stdout + done.stderr)[-20000:]
