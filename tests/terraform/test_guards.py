"""Bad input that Terraform refuses: each guard has a failing example in a tftest file, and each example runs here.

Rows: X-03 (only tainted pools), IP-05 (overlapping ranges), X-08 (twenty credentials), X-31 (names), X-28 (unknown environment), SI-06, RM-03, PRD-07, SA-05.
"""
import json
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import ROOT, Refused, copy_of, environment_of, needs_schema, terraform, tfvars  # noqa: E402

FILES = sorted((ROOT / "terraform").rglob("tests/guards.tftest.hcl"))
pytestmark = needs_schema


def folder(file):
    return "/".join(file.relative_to(ROOT / "terraform").parts[:2])


@pytest.mark.parametrize("place", [folder(file) for file in FILES])
def test_every_bad_example_is_refused_and_every_good_one_is_not(place):
    variables = [f"-var-file={tfvars('dev')}"] if place.startswith("stacks/") else []
    done = terraform(ROOT, place, "test", "-json", "-filter=tests/guards.tftest.hcl", *variables)
    runs = [message["test_run"] for line in done.stdout.splitlines() if (message := json.loads(line) if line.startswith("{") else {}).get("type") == "test_run"]
    ended = {run["run"]: run["status"] for run in runs if run.get("progress") == "complete"}
    wanted = re.findall(r'^run "(\w+)"', (ROOT / "terraform" / place / "tests/guards.tftest.hcl").read_text(encoding="utf-8"), re.MULTILINE)
    assert ended == dict.fromkeys(wanted, "pass"), done.stdout[-3000:]


def test_every_validation_and_precondition_has_a_failing_example():
    """A guard that no example trips may as well not be there."""
    bare = []
    for file in sorted((ROOT / "terraform").rglob("*.tf")):
        text = file.read_text(encoding="utf-8")
        guards = [f"var.{name}" for name, body in re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL) if "validation {" in body]
        guards += [f"{kind}.{name}" for kind, name, body in re.findall(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL) if "precondition {" in body]
        guards += [f"output.{name}" for name, body in re.findall(r'^output "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL) if "precondition {" in body]
        examples = "\n".join(one.read_text(encoding="utf-8") for one in file.parent.glob("tests/*.tftest.hcl"))
        expected = re.findall(r"expect_failures = \[(.*?)\]", examples)
        bare += [f"{file.relative_to(ROOT)}: {guard}" for guard in guards if not any(guard in one for one in expected)]
    assert bare == []


@pytest.mark.parametrize("place, old, new, says", [
    ("terraform/environments/dev/westeurope.tfvars", 'pods = "192.168.0.0/16"', 'pods = "10.10.8.0/21"', "overlap"),
    ("terraform/environments/dev/westeurope.tfvars", 'environment = "dev"', 'environment = "qa"', "environments.yaml"),
    ("terraform/environments/uat/westeurope.tfvars", "bounds = [3, 8], spot = false", "bounds = [3, 8], spot = true", "tainted"),
], ids=["overlap", "unknown-environment", "tainted-only"])
def test_a_bad_tfvars_is_refused_in_words_that_help(place, old, new, says, tmp_path):
    tree = copy_of(ROOT, tmp_path)
    text = (tree / place).read_text(encoding="utf-8")
    assert old in text
    (tree / place).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Refused, match=says):
        environment_of(tree, place.split("/")[2])
