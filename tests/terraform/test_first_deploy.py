"""X-19: docs/operations/first-deploy.md from its first command to its last: Terraform with a mocked provider, every other program for real."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import textwrap

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import ROOT, copy_of, make, needs_schema, terraform  # noqa: E402
from test_managed import NAMED, form  # noqa: E402
from test_rights import form_of_outputs  # noqa: E402

PAGE = (ROOT / "docs/operations/first-deploy.md").read_text(encoding="utf-8")
BLOCKS = [(kind, textwrap.dedent(text)) for kind, text in re.findall(r"^ *```(hcl|sh)\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)]
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
# What the page asks of az beside what stands in terraform/exceptions.yaml: to look at the state, and to break a dead lease.
OF_THE_STATE = {"az storage blob lease break", "az storage blob list"}
ORDER = ["bootstrap", "global", "region", "charts/platform", "runners inside the network", "edge", "services"]


class Person:
    """Follows the page in a tree of its own."""

    def __init__(self, tree, data):
        self.tree, self.data, self.made, self.hosted, self.applied = tree, data, {}, None, {}

    def write(self, text):
        """A block of HCL names its file in its first line."""
        file = self.tree / text.splitlines()[0].removeprefix("# ")
        assert file.parent.is_dir(), file
        file.write_text(text, encoding="utf-8")

    def do(self, command):
        words = shlex.split(command)
        if words[0] == "export":
            if words[1].startswith("TF_VAR_hosted_runners="):
                self.hosted = words[1].split("=")[1]
        elif words[0] == "terraform":
            self.terraform(words[1].removeprefix("-chdir=terraform/stacks/"), *words[2:])
        elif words[0] == "az":
            assert " ".join(words).split(" --")[0] in OF_THE_STATE or form(command) in {form(one["set"]) for one in NAMED}, command
        else:
            path = f"{ROOT / 'build/dev/bin'}:{os.environ['PATH']}"
            done = subprocess.run(["sh", "-c", command], cwd=self.tree, capture_output=True, text=True, timeout=120, env={"PATH": path, "HOME": "/nonexistent"})
            assert done.returncode == 0, command + done.stdout + done.stderr

    def terraform(self, stack, verb, *arguments):
        folder = self.tree / "terraform/stacks" / stack
        if verb == "init":
            # Only a backend that stands in a file here can be asked for its state.
            here = ["-backend=false"] if not (folder / "first_override.tf").exists() else []
            done = terraform(self.tree, stack, "init", "-input=false", "-no-color", *here, data=self.data / stack)
            assert done.returncode == 0, done.stdout + done.stderr
        elif verb in ("apply", "plan"):
            assert (self.data / stack).exists(), f"{stack} was not initialised"
            files = [argument for argument in arguments if argument.startswith("-var-file=")]
            assert len(files) == len(arguments) and all((folder / file.removeprefix("-var-file=")).exists() for file in files), arguments
            declared = self.hosted and 'variable "hosted_runners"' in "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.tf"))
            asked = (stack, *files, self.hosted if declared else None)
            if asked not in self.applied:
                (folder / "tests/page.tftest.hcl").write_text('mock_provider "azurerm" {\n  source = "../../mocks"\n}\n\nrun "page" {\n  command = apply\n}\n', encoding="utf-8")
                self.applied[asked] = make(self.tree, stack, *files, *(["-var", f"hosted_runners={self.hosted}"] if declared else []), made_by="page", data=self.data / stack)
            self.made[stack] = self.applied[asked]
        elif verb == "output":
            assert arguments[0] == "-json"
            document = self.made[stack].outputs[arguments[1]]
            if arguments[2:]:
                # Azure's own answers are mocked: the example stands for them once the form is seen to be the same.
                jsonschema.validate(document, form_of_outputs())
                assert arguments[2] == ">"
                shutil.copy(ROOT / "contract/example-outputs.json", self.tree / arguments[3])
        else:
            usage = subprocess.run(["terraform", verb, "-help"], capture_output=True, text=True, timeout=60).stdout
            assert all(argument in usage for argument in arguments if argument.startswith("-")), usage


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    tree = copy_of(ROOT, tmp_path_factory.mktemp("page"))
    (tree / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/fill-values", tree / "scripts")
    (tree / "charts").symlink_to(ROOT / "charts")
    return Person(tree, tmp_path_factory.mktemp("data"))


@needs_schema
def test_every_command_of_the_page_runs(person):
    """X-19: in the page's own order, each with what the ones before it left behind."""
    for kind, text in BLOCKS:
        if kind == "hcl":
            person.write(text)
        else:
            for line in text.splitlines():
                person.do(line)
    assert set(person.made) == {"bootstrap", "global", "region", "edge"}
    # What the move from hosted runners leaves: a certificate, and a state account without a public address.
    assert person.made["region"].of("azurerm_key_vault_certificate") and person.made["bootstrap"].one("azurerm_storage_account")["public_network_access_enabled"] is False


def test_the_order_is_the_one_that_works():
    """X-19: bootstrap, global, region, charts/platform, edge, services."""
    assert re.findall(r"^## \d+\. (.*)$", PAGE, re.MULTILINE) == ORDER
    assert len(COMMANDS) > 25


def test_every_state_has_a_key_of_its_own():
    """X-19: one container for each environment, one key for each stack and region."""
    pairs = re.findall(r'container_name=(\w+)" -backend-config="key=([\w-]+)\.tfstate"', PAGE)
    assert pairs == [("shared", "bootstrap"), ("shared", "global"), ("dev", "region-westeurope"), ("dev", "edge")]
    assert all("use_azuread_auth = true" in file.read_text(encoding="utf-8") for file in (ROOT / "terraform/stacks").glob("*/provider.tf"))


def test_a_lock_can_be_told_and_broken():
    """X-19: the blob's lease: whose it is, when it may be broken, and how, with an ID and without."""
    page = PAGE[PAGE.index("## When a state is locked"):]
    for word in ("Error acquiring the state lock", "`Who`", "-lock=false", "force-unlock", "az storage blob lease break", "--auth-mode login", "90 days"):
        assert word in page, word


@needs_schema
@pytest.mark.parametrize("command", ["terraform -chdir=terraform/stacks/edge apply -var-file=no-such.tfvars", "terraform -chdir=terraform/stacks/region force-unlock -no-such-flag x",
                                     "az group create --name x", "scripts/fill-values --no-such-flag"])
def test_a_command_that_does_not_work_is_seen(command, tmp_path):
    """X-19."""
    (tmp_path / "terraform/stacks/edge").mkdir(parents=True)
    (tmp_path / "edge").mkdir()
    with pytest.raises(AssertionError):
        Person(tmp_path, tmp_path).do(command)
