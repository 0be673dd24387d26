"""What the release presets promise of every program: static, small, alone in its root, and telling what it is."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from programs import NAMES, PRESETS, ROOT, every, path_of  # noqa: E402

# verify speaks TLS in two ways (as its caller's client and as ours) and carries the agent for both architectures.
MAX_BYTES = {"verify": 7_000_000}
MAX_BYTES_USUALLY = 6_000_000


def output_of(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120, **options).stdout


def test_there_is_a_program_to_release():
    assert NAMES


@pytest.mark.parametrize("preset, name", every())
def test_it_is_static_and_small(preset, name):
    program = path_of(preset, name)
    assert "statically linked" in output_of("file", "-b", program) and "stripped" in output_of("file", "-b", program)
    assert not re.search("INTERP|DYNAMIC|NEEDED", output_of("readelf", "--wide", "--program-headers", "--dynamic", program))
    assert program.stat().st_size <= MAX_BYTES.get(name, MAX_BYTES_USUALLY)


@pytest.mark.parametrize("preset, name", every())
def test_its_stack_and_data_are_not_executable(preset, name):
    segments = re.findall(r"^  (LOAD|GNU_STACK|GNU_RELRO) .* ([R ][W ][E ]) +0x", output_of("readelf", "--wide", "--program-headers", path_of(preset, name)), re.MULTILINE)
    assert {kind for kind, _ in segments} == {"LOAD", "GNU_STACK", "GNU_RELRO"}
    assert [flags for _, flags in segments if "W" in flags and "E" in flags] == []


@pytest.mark.parametrize("preset, name", every())
def test_nothing_of_the_building_machine_is_in_it(preset, name):
    data = path_of(preset, name).read_bytes()
    cache = os.environ.get("SENTIMARK_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for trace in (str(ROOT), str(pathlib.Path(cache).resolve()), str(pathlib.Path.home()) + "/", os.uname().nodename):
        assert len(trace) < 4 or trace.encode() not in data, trace
    built = re.findall(rb"built on: ([ -~]*)", data)
    assert built in ([], [b"Tue Jan  1 00:00:00 1980 UTC"])


@pytest.mark.parametrize("preset, name", every())
def test_glibc_resolves_no_name_in_it(preset, name):
    """A resolver of a static glibc would load these at run time."""
    assert b"libnss_" not in path_of(preset, name).read_bytes()


@pytest.mark.parametrize("preset, name", every())
def test_it_runs_in_a_root_that_holds_nothing_else(preset, name, tmp_path):
    command = ["/program", "--version"]
    shutil.copy(path_of(preset, name), tmp_path / "program")
    for starter in PRESETS[preset]:
        shutil.copy(shutil.which(starter), tmp_path / "starter")  # itself static
        command = ["/starter", *command]
    enter = ["chroot"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot"]
    assert f"{name} " in output_of(*enter, tmp_path, *command, env={"PATH": os.environ["PATH"]})


@pytest.mark.parametrize("preset, name", every())
def test_version_names_the_commit_and_every_dependency(preset, name):
    told = output_of(*PRESETS[preset], path_of(preset, name), "--version")
    version = re.search(r"project\(sentimark VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)
    commit = output_of("git", "rev-parse", "HEAD", cwd=ROOT).strip()
    if output_of("git", "status", "--porcelain", cwd=ROOT):
        commit += "-dirty"
    assert told.startswith(f"{name} {version} (commit {commit})\n"), f"built from another commit: cmake --build --preset {preset}"
    rows = re.findall(r"^([a-z]\S*) (\S+) ", (ROOT / "deps.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 5
    for dependency, its in rows:
        assert re.search(rf"^\s*{re.escape(dependency)} {re.escape(its)}$", told, re.MULTILINE), dependency
