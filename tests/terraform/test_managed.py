"""All of Azure is made by Terraform: no command of ours makes any of it, and every environment is made of the same stacks. Rows: IP-01, CN-01."""
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hcl  # noqa: E402
from offline import CONTRACT, ENVIRONMENTS, ROOT, everything, needs_schema  # noqa: E402

EXCEPTIONS = yaml.safe_load((ROOT / "terraform/exceptions.yaml").read_text(encoding="utf-8"))
# What makes, changes or takes away something of Azure's: the CLI, PowerShell, REST by hand, templates of another language.
MAKES = re.compile(r"\baz (?:[a-z][a-z0-9-]* )+(?:create|update|set|add|delete|remove|assign|import|start|stop|approve|enable|disable|attach|purge)\b[^\n|;&]*"
                   r"|\baz rest\b[^\n]*-(?:-method|m) (?:put|post|patch|delete)\b|\b(?:New|Set|Update|Remove|Add)-Az\w+|\baz deployment \w+ create\b|\bpulumi up\b", re.IGNORECASE)
# For teams who bring a cluster that Terraform of this repository did not make.
ELSEWHERE = {"docs/getting-started.md", "docs/transports.md", "docs/deploying.md"}


def form(command):
    """A command without its own words: what it does and which flags it has."""
    return command.split(" --")[0].strip(), frozenset(re.findall(r"--[a-z-]+", command))


NAMED = [*EXCEPTIONS["exceptions"], *EXCEPTIONS["once"]]


def made_by_hand(text):
    return [found[0] for found in MAKES.finditer(text) if form(found[0]) not in {form(one["set"]) for one in NAMED}]


def ours():
    """Everything that a person or a workflow runs or reads as an instruction."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in names if not name.startswith(("src/", "tests/", "terraform/exceptions.yaml")) and name not in ELSEWHERE]


def test_no_command_of_ours_makes_what_terraform_should():
    """IP-01, CN-01: scripts, actions, workflows, charts and the pages of operations."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8", errors="replace") for name in ours() if (ROOT / name).is_file()}
    assert [(name, found) for name, text in texts.items() for found in made_by_hand(text)] == []
    assert [name for name in texts if name.endswith((".bicep", ".arm.json")) or "schema.management.azure.com" in texts[name]] == []
    assert len(texts) > 100


@pytest.mark.parametrize("line", ["az aks create --name x", "      run: az group create -n x", "az aks nodepool update --name x", "az keyvault secret set --name x", "az role assignment create --role Owner",
                                  "New-AzResourceGroup -Name x", "az rest --method put --url x", "az deployment group create -f x", "az aks update --resource-group x --name x --enable-managed-identity"])
def test_a_command_that_makes_something_is_seen(line):
    """IP-01, CN-01."""
    assert len(made_by_hand(line)) == 1


@pytest.mark.parametrize("line", ["az aks command invoke --name x --command 'helm list'", "az resource show --ids x", "az account get-access-token", "terraform apply", "kubectl create namespace x"])
def test_a_command_that_only_looks_is_not(line):
    assert made_by_hand(line) == []


def test_every_exception_is_in_use_and_says_why():
    """IP-01: what azurerm cannot do is named, has one command, and one that reads the truth for the drift check."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    for one in NAMED:
        assert all(one.get(key) for key in ("name", "reason", "when", "set", "read", "expect", "source")), one["name"]
        assert one["read"].startswith("az ") and not MAKES.search(one["read"]), one["name"]
        assert form(one["set"]) in {form(found[0]) for found in MAKES.finditer(pages)}, f"no page says when to run {one['name']}"


def arguments(text):
    return {".".join(path) for path, _, _, _ in hcl.arguments(text) if len(path) == 1}


def test_every_tfvars_says_all_that_the_stack_asks():
    """IP-01, CN-01, X-28: an environment differs from another in its tfvars and in nothing else, so none of them leaves anything to a default but what its absence says."""
    source = (ROOT / "terraform/stacks/region/variables.tf").read_text(encoding="utf-8")
    variables = dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', source, re.MULTILINE | re.DOTALL))
    needed = {name for name, body in variables.items() if not re.search(r"^  default ", body, re.MULTILINE)}
    for name in ENVIRONMENTS:
        for region in CONTRACT["environments"][name]["regions"]:
            said = arguments((ROOT / "terraform/environments" / name / f"{region}.tfvars").read_text(encoding="utf-8"))
            assert needed - said == OUTSIDE, f"{name}/{region}"
            assert said <= set(variables), f"{name}/{region}"


# Names people and other stacks' outputs: not in git.
OUTSIDE = {"tenant", "shared"}


@needs_schema
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_all_that_the_contract_promises_is_made(environment):
    """IP-01, CN-01, IA-04: each line of environments.yaml has its resources in what Terraform makes."""
    contract, made = CONTRACT["environments"][environment], everything()[environment]
    assert {values["name"].rsplit(f"{environment}-weu-", 1)[1] for _, values in made.of("azurerm_user_assigned_identity", "service_identities")} == {
        name for name, state in contract["services"].items() if state != "none"}
    assert {values["name"] for _, values in made.of("azurerm_eventhub")} == (set(CONTRACT["hubs"]) if contract["events"] else set())
    assert len(made.of("azurerm_kubernetes_cluster_node_pool")) + 1 == len(contract["nodes"])
    assert made.one("azurerm_log_analytics_workspace")["retention_in_days"] == contract["logs_days"]
    assert bool(made.of("azurerm_role_definition", ".power")) == (contract["power"] is not None)
    assert made.outputs["contract"]["namespaces"] == sorted(CONTRACT["namespaces"])
    assert {values["tags"]["managed-by"] for _, _, values in made.resources if "tags" in values} == {"terraform"}
