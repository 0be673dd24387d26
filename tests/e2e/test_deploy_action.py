"""The actions with the real program in bin-dir, run as the runner runs them, and the program's own tables against what users read.

That docs/inputs.md says what each action.yml says is tested with the actions.
"""
import json
import re
import subprocess

import pytest
import yaml

from lab import BIN, PROGRAM, ROOT
from action_file import ACTIONS, OURS_ALONE, Run, program_of

every_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda file: str(file.relative_to(ROOT).parent))
every_deploy = pytest.mark.parametrize("action", [file for file in ACTIONS if program_of(file) == PROGRAM.name], ids=lambda file: str(file.relative_to(ROOT).parent))


def ask(*words, program=PROGRAM):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True, env={}).stdout


@every_deploy
def test_the_action_deploys(lab, action):
    with lab.world() as world:
        folder = lab.folder()
        (folder / "temp").mkdir()
        (folder / "summary").touch()
        machine = world.env | {"RUNNER_TEMP": str(folder / "temp"), "GITHUB_STEP_SUMMARY": str(folder / "summary"), "GITHUB_RUN_ID": "5", "GITHUB_REPOSITORY": "octo-org/octo-repo"}
        inputs = world.inputs | {"chart": str(lab.chart()), "bin-dir": str(BIN), "allow-unlocked": "true"}
        done = Run(action, inputs, folder, machine=machine)
        assert done.code == 0, done.printed
        assert (done.outputs["status"], done.outputs["revision"], done.outputs["release"]) == ("succeeded", "1", "api") and world.revisions() == [1]
        assert set(done.outputs) == set(json.loads(ask("--describe-inputs"))["outputs"]) and world.fence()["operation"] == done.outputs["operation-id"]
        assert (folder / "summary").read_text() == open(done.outputs["summary-file"], encoding="utf-8").read() != ""
        commands = [line.split("::")[1].split(" ")[0] for line in done.commands()]
        assert set(commands) == {"notice", "add-mask"} and commands.count("notice") == 1  # the notice: nothing vouches for a build of one's own
        again = Run(action, inputs | {"values-inline": "text: [1"}, folder, machine=machine)
        assert again.code == 3 and again.outputs["status"] == "config" and again.outputs["exit-reason"].startswith("config: values-inline:1:")
        assert len([line for line in again.commands() if line.startswith("::error title=helm-private-deploy::values-inline:1:")]) == 1


@every_action
def test_the_actions_inputs_and_outputs_are_the_programs(action):
    described, file = json.loads(ask("--describe-inputs", program=BIN / program_of(action))), yaml.safe_load(action.read_text(encoding="utf-8"))
    assert described["name"] == program_of(action)
    inputs = {name: {key: value if key == "required" else str(value) for key, value in row.items()} for name, row in file["inputs"].items() if name not in OURS_ALONE}
    assert inputs == described["inputs"] and list(inputs) == list(described["inputs"])
    assert {name: {"description": row["description"]} for name, row in file["outputs"].items()} == described["outputs"]
    assert OURS_ALONE <= set(file["inputs"]) and not OURS_ALONE & set(described["inputs"])


def test_the_exit_codes_of_help_are_those_of_the_document():
    helped = re.findall(r"^  (\d+) +(\S+)  +(.+)$", ask("--help").split("\nexit codes:\n")[1], re.M)
    documented = re.findall(r"^\| (\d+) \| `([^`]+)` \| (.+) \|$", (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8"), re.M)
    assert helped == documented and len(helped) > 15


def test_help_and_version_need_nothing(tmp_path):
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, env={}, cwd=tmp_path)
    assert done.returncode == 0 and re.match(r"helm-private-deploy \d+\.\d+\.\d+", done.stdout) and done.stderr == ""
    assert "--dry-run" in ask("--help") and "SENTIMARK_INPUT_NAME" in ask("--help")
    assert list(tmp_path.iterdir()) == []
