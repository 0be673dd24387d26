"""Each action.yml is one plain step, says what docs/inputs.md says, and GitHub's own validator finds nothing."""
import json
import os
import re
import subprocess
import sys
import pathlib

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from action_file import ACTIONS, ROOT, github, program_of  # noqa: E402


def load(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def documented(program, kind):
    """name -> (default, meaning) or meaning, from the program's section of docs/inputs.md."""
    section = (ROOT / "docs/inputs.md").read_text(encoding="utf-8").split(f"\n## {program}\n")[1].split("\n## ")[0]
    table = section.split(f"| {kind} |")[1].split("\n\n")[0]
    return {cells[0].strip("` "): tuple(cell.strip("` ") for cell in cells[1:])
            for cells in (line.strip("|").split(" | ") for line in table.splitlines()[2:])}


@pytest.fixture(params=ACTIONS, ids=lambda file: str(file.relative_to(ROOT).parent))
def action(request):
    return request.param


def test_githubs_validator_has_nothing_to_say(action):
    text = action.read_text(encoding="utf-8")
    assert github("lint", files={"some/action.yml": text}, actions={}) == []
    # It does speak when a step lacks what GitHub asks for.
    assert github("lint", files={"some/action.yml": text.replace("shell: sh", "timeout-minutes: 3")}, actions={})


def test_an_action_is_one_step_that_becomes_the_program(action):
    [step] = load(action)["runs"]["steps"]
    way = "actions/_bin" if action.parent == ROOT else "../_bin"
    assert set(step) == {"id", "shell", "env", "run"} and step["shell"] == "sh"
    assert step["run"] == f'exec sh "$GITHUB_ACTION_PATH/{way}/run.sh" {program_of(action)}'


def test_every_input_is_handed_over_once_and_by_its_name(action):
    found = load(action)
    [step] = found["runs"]["steps"]
    assert step["env"] == {"SENTIMARK_INPUT_" + name.upper().replace("-", "_"): f"${{{{ inputs.{name} }}}}" for name in found["inputs"]}


def test_every_output_is_the_steps_own(action):
    [step] = load(action)["runs"]["steps"]
    for name, row in load(action)["outputs"].items():
        assert row["value"] == f"${{{{ steps.{step['id']}.outputs.{name} }}}}"


def test_the_page_of_inputs_says_the_same(action):
    found = load(action)
    # A required input has no default, in GitHub's eyes and in ours.
    said = {name: ("required" if row.get("required") else row["default"], row["description"]) for name, row in found["inputs"].items()}
    assert said == documented(program_of(action), "input")
    assert {name: (row["description"],) for name, row in found["outputs"].items()} == documented(program_of(action), "output")


def test_the_root_action_takes_what_its_links_take():
    chain, link = load(ACTIONS[0]), load(ROOT / "actions/helm-private-deploy/action.yml")
    assert chain["inputs"] == link["inputs"] and chain["outputs"] == link["outputs"]


def test_the_lock_has_the_form_that_its_head_describes():
    lines = [line for line in (ROOT / "actions/_bin/release.lock").read_text().splitlines() if not line.startswith("#")]
    assert re.fullmatch(r"version (unreleased|\d+\.\d+\.\d+)", lines[0]) and re.fullmatch(r"source (-|[0-9a-f]{40})", lines[1])
    assert all(re.fullmatch(r"[0-9a-f]{64} [1-9]\d* [a-z-]+-linux-(x86_64|aarch64)", line) for line in lines[2:])
    assert (lines[0] == "version unreleased") == (len(lines) == 2)
