"""An action.yml read and run as the runner does it: GitHub's parser and evaluator, then `sh -e` on the step's script."""
import functools
import json
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ACTIONS = [ROOT / "action.yml", *sorted(ROOT.glob("actions/*/action.yml"))]
OURS_ALONE = {"bin-dir", "allow-unlocked"}  # inputs of run.sh, not of a program


def program_of(file):
    return "helm-private-deploy" if file.parent == ROOT else file.parent.name


@functools.cache
def tools():
    """Places of the pinned tools, installed by the first who asks."""
    done = subprocess.run([HERE / "setup"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


@functools.cache
def node():
    return subprocess.run([ROOT / "scripts/lib/need", "node"], capture_output=True, text=True, check=True).stdout.strip()


def github(question, **data):
    """What GitHub's own code answers, see github.mjs."""
    done = subprocess.run([node(), "--import", HERE / "json_imports.mjs", HERE / "github.mjs", question], input=json.dumps(data),
                          capture_output=True, text=True, env={"PATH": os.environ["PATH"], "ACTION_MODULES": tools()["modules"]})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def evaluate(file, inputs, outputs=None):
    """The action as data with its expressions evaluated. `outputs` are those of the step."""
    text = file.read_text(encoding="utf-8")
    [step] = re.findall(r"^    - id: (.+)$", text, re.MULTILINE)
    return github("evaluate", text=text, contexts={"inputs": inputs, "steps": {step: {"outputs": outputs or {}}}})


def parse_outputs(text):
    """GITHUB_OUTPUT as the runner reads it; only the delimiter form is ours."""
    lines, found = text.splitlines(), {}
    while lines:
        name, delimiter = lines.pop(0).split("<<", 1)
        end = lines.index(delimiter)
        found[name], lines = "\n".join(lines[:end]), lines[end + 1:]
    return found


@functools.cache
def declared(file):
    """The inputs of an action and their defaults."""
    return {name: str(row.get("default") or "") for name, row in evaluate(file, {})["inputs"].items()}


class Run:
    """One step run in a clean environment: process id, code, what it printed, its outputs, and the action's outputs."""

    def __init__(self, file, inputs, folder, machine=None, home=ROOT):
        self.file, self.given = file, declared(file) | inputs
        [step] = evaluate(file, self.given)["runs"]["steps"]
        script, output = folder / "step.sh", folder / "output"
        script.write_text(step["run"] + "\n", encoding="utf-8")
        output.write_text("")
        workspace = folder / "workspace"
        workspace.mkdir(exist_ok=True)
        # What the runner sets, and nothing else; INPUT_* are not set for the steps of a composite action.
        env = {"PATH": "/usr/bin:/bin", "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace), "GITHUB_OUTPUT": str(output),
               "GITHUB_ACTION_PATH": str(home / file.parent.relative_to(ROOT))} | (machine or {}) | step["env"]
        step = subprocess.Popen(["sh", "-e", script], env=env, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.pid, self.printed = step.pid, step.communicate(timeout=60)[0].decode(errors="replace")
        self.code = step.returncode
        self.step_outputs = parse_outputs(output.read_text(encoding="utf-8"))

    @functools.cached_property
    def outputs(self):
        return {name: row["value"] for name, row in evaluate(self.file, self.given, self.step_outputs)["outputs"].items()}

    def commands(self):
        """Workflow commands that the runner would obey."""
        return [line for line in self.printed.splitlines() if line.lstrip().startswith("::") or "##[" in line]
