"""docs/requirements.md: every row is there, and what it calls proved is a test that exists and names the row."""
import functools
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MISSION = ROOT.parent / "shared" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.*) \| (.*?) \|$", re.MULTILINE)
ENTRY = re.compile(r"^(TF|CH|WF|ARM|POD|LOG|GH|HTTP|UT|SH|JV|DOC) (open|`[^`]+`(?:, `[^`]+`)*)$")


def rows():
    return {row: (what, proof) for row, what, proof in ROW.findall((ROOT / "docs/requirements.md").read_text(encoding="utf-8"))}


def named_tests():
    return {(row, name) for row, (_, proof) in rows().items() for name in re.findall(r"`([^`]+)`", proof)}


@functools.cache
def sources():
    """name of a test -> text of the file that holds it, for both kinds of tests."""
    found = {}
    for path in (ROOT / "tests").rglob("*_test.cpp"):
        text = path.read_text(encoding="utf-8")
        for suite, name in re.findall(r"TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", text):
            found[f"{suite}.{name}"] = text
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^\s*def test_(\w+)\(", text, re.MULTILINE):
            found[f"{path.stem.removeprefix('test_')}.{name}"] = text
    return found


def test_every_row_of_the_mission_stands_here_unchanged():
    if not MISSION.exists():
        pytest.skip("the mission's own table is not part of a clone")
    mission = re.findall(r"^\| ([A-Z]+-\d+) \| (.*) \| .* \| .* \|$", MISSION.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(mission) > 200
    here = rows()
    assert [(row, what) for row, what in mission] == [(row, here[row][0]) for row, _ in mission if row in here]


def test_each_entry_is_open_or_names_tests():
    assert [row for row, (_, proof) in rows().items() for entry in proof.split(" · ") if not ENTRY.match(entry)] == []


def test_named_tests_exist_and_name_their_row():
    wrong = [(row, name) for row, name in named_tests() if not re.search(rf"\b{row}\b", sources().get(name, ""))]
    assert wrong == []


def test_the_list_command_knows_every_named_test():
    listed = set(subprocess.run([ROOT / "scripts/test", "--list"], capture_output=True, text=True, check=True).stdout.split())
    assert {name for _, name in named_tests()} <= {re.sub(r"\[.*", "", name) for name in listed}
    assert "requirements.the_list_command_knows_every_named_test" in listed
