"""Other people's linters over our workflows, actions and every workflow that a page shows to users."""
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from action_file import ACTIONS, ROOT, github, tools  # noqa: E402

PAGES = sorted(page for pattern in ("README.md", "actions/*/README.md", "docs/**/*.md") for page in ROOT.glob(pattern))
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.y*ml"))
ZIZMOR = pathlib.Path(sys.executable).parent / "zizmor"


def shown(page):
    """The workflows in a page. What a user fills in is filled in: his organisation, a commit, its version."""
    for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if re.search(r"^jobs:$", block, re.MULTILINE):
            yield block.replace("<sha>", "5e" * 20).replace("vX.Y.Z", "v1.2.3")


def examples():
    return {f"{page.relative_to(ROOT)}#{number}": text for page in PAGES for number, text in enumerate(shown(page), 1)}


@pytest.fixture
def workflows(tmp_path):
    """All of them as files of a repository of their own."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for file in WORKFLOWS:
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    for name, text in examples().items():
        (folder / (re.sub(r"\W", "-", name) + ".yml")).write_text(text, encoding="utf-8")
    return folder


def run(*arguments, **options):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, **options)
    return done.returncode, done.stdout + done.stderr


# Of other people's actions the validator is told only the inputs that we show.
FOREIGN = {"actions/checkout": "name: Checkout\ndescription: of v7.0.1\ninputs:\n  persist-credentials:\n    description: x\n"}


def metadata():
    return FOREIGN | {"/".join(["OWNER/REPOSITORY", *file.parent.relative_to(ROOT).parts]): file.read_text(encoding="utf-8") for file in ACTIONS}


def test_each_action_is_shown_in_use():
    used = {use.split("@")[0] for text in examples().values() for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]
            if (use := step.get("uses"))}
    assert set(metadata()) == used


def test_examples_pin_by_commit():
    uses = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert uses and [line for line in uses if not re.search(r"@([0-9a-f]{40} # v\d+\.\d+\.\d+|<sha> # vX\.Y\.Z)$", line)] == []


def test_githubs_validator_accepts_every_workflow(workflows):
    files = {f".github/workflows/{file.name}": file.read_text(encoding="utf-8") for file in workflows.iterdir()}
    assert github("lint", files=files, actions=metadata()) == []


def test_githubs_validator_knows_our_inputs():
    # It reads our own action.yml: a wrong or a missing input in an example is found.
    planted = {}
    for name, text in examples().items():
        planted[f".github/workflows/{name}-wrong.yml"] = text.replace("          release:", "          relaese:")
        if "/helm-private-deploy@" in text or "OWNER/REPOSITORY@" in text:  # of verify no input is required
            planted[f".github/workflows/{name}-missing.yml"] = re.sub(r"          release: .*\n", "", text)
        assert text not in planted.values()
    found = github("lint", files=planted, actions=metadata())
    assert {line.split(":")[0] for line in found} == set(planted)


def test_actionlint_finds_nothing(workflows):
    files = sorted(workflows.iterdir())
    assert run(tools()["actionlint"], "-no-color", *files, cwd=workflows.parent.parent) == (0, "")
    files[0].write_text(files[0].read_text().replace("runs-on:", "run-on:"))
    assert run(tools()["actionlint"], "-no-color", *files, cwd=workflows.parent.parent)[0] == 1


def zizmor(*paths):
    return run(ZIZMOR, "--offline", "--no-progress", "--no-config", "--format=plain", *paths)


def test_zizmor_finds_nothing(workflows, tmp_path):
    # Its default persona: what a maintainer should mend, without matters of taste.
    code, said = zizmor(tmp_path, *ACTIONS)
    assert code == 0 and "No findings to report" in said, said
    planted = tmp_path / "planted" / "action.yml"
    planted.parent.mkdir()
    planted.write_text(ACTIONS[0].read_text().replace("run: exec", "run: echo ${{ inputs.chart }}; exec"))
    assert "template-injection" in zizmor(planted)[1]


def test_run_sh_is_posix_sh():
    script = ROOT / "actions/_bin/run.sh"
    assert run("shellcheck", "--shell=sh", "--severity=style", script) == (0, "")
    assert run("dash", "-n", script) == (0, "") and script.read_bytes().startswith(b"#!/bin/sh\n")
