"""The sources themselves: formatted, valid under the provider's whole schema, without deprecated arguments, literals or secrets; a new
environment or region costs one tfvars."""
import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hcl  # noqa: E402
from offline import CONTRACT, ROOT, SCHEMA, copy_of, make, needs_schema, schema, terraform  # noqa: E402

SOURCES = sorted((ROOT / "terraform").rglob("*.tf"))
STACKS = sorted(folder.name for folder in (ROOT / "terraform/stacks").iterdir())


def test_sources_are_formatted():
    """CP-07."""
    done = subprocess.run(["terraform", "fmt", "-check", "-recursive", "-diff", ROOT / "terraform"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


@needs_schema
@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_is_valid_under_the_whole_schema(stack):
    """IP-01, IA-04: a misspelt resource, argument or block of a stack or of its modules is found here."""
    done = terraform(ROOT, stack, "validate", "-no-color", whole_schema=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_used_by_a_stack():
    named = set(re.findall(r'source\s+= "\.\./(?:\.\./modules/)?(\w+)"', "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)))
    assert named == {folder.name for folder in (ROOT / "terraform/modules").iterdir()}


def test_stacks_are_the_four_in_their_order():
    """X-19: bootstrap, global, region, edge; docs/infrastructure.md tells them in this order."""
    assert STACKS == sorted(["bootstrap", "global", "region", "edge"])
    told = re.findall(r"^### \d+\. (\w+)", (ROOT / "docs/infrastructure.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in told if name in STACKS] == ["bootstrap", "global", "region", "edge"]


def deprecated(kind, section, path):
    block = schema()[section].get(kind, {}).get("block", {})
    for part in path:
        if part in block.get("block_types", {}):
            block = block["block_types"][part]["block"]
            if block.get("deprecated"):
                return True
        elif part in block.get("attributes", {}):
            return bool(block["attributes"][part].get("deprecated"))
    return False


def deprecated_in(text):
    kinds = {"resource": "resource_schemas", "data": "data_source_schemas"}
    return [f"{labels[0]}: {'.'.join(path[1:])}" for path, labels, _, _ in hcl.arguments(text) if path[0] in kinds and deprecated(labels[0], kinds[path[0]], path[1:])]


@needs_schema
def test_no_argument_is_deprecated():
    """`terraform validate` with a stored schema says nothing of these."""
    assert [f"{file.relative_to(ROOT)}: {found}" for file in SOURCES for found in deprecated_in(file.read_text(encoding="utf-8"))] == []


@needs_schema
@pytest.mark.parametrize("argument, block", [
    ("enable_rbac_authorization", 'resource "azurerm_key_vault" "x" {\n  enable_rbac_authorization = true\n}\n'),
    ("namespace_name", 'resource "azurerm_eventhub" "x" {\n  namespace_name = "x"\n}\n'),
    ("parent_id", 'resource "azurerm_federated_identity_credential" "x" {\n  parent_id = "x"\n}\n'),
    ("metric.category", 'resource "azurerm_monitor_diagnostic_setting" "x" {\n  metric {\n    category = "x"\n  }\n}\n'),
])
def test_the_walker_sees_a_deprecated_argument(argument, block):
    assert len(deprecated_in(block)) == 1 and argument in deprecated_in(block)[0]


# What may not be valid in both majors of the provider stands in one file each, so that the move to the next changes one file.
ONE_FILE = {"georeplications": "modules/registry/main.tf", "internet_ingestion_enabled": None, "service_endpoints": None}


@pytest.mark.parametrize("argument, file", ONE_FILE.items())
def test_what_the_next_major_renames_stands_in_one_file_or_nowhere(argument, file):
    holders = [str(one.relative_to(ROOT / "terraform")) for one in SOURCES if re.search(rf"\b{argument}\b", one.read_text(encoding="utf-8"))]
    assert holders == ([file] if file else [])


def test_the_provider_is_the_one_of_the_stored_schema():
    """The version constraint, and the schema that everything is checked against, are of one minor."""
    pins = {pin for file in SOURCES for pin in re.findall(r'source\s+= "hashicorp/azurerm"\n\s+version = "([^"]+)"', file.read_text(encoding="utf-8"))}
    assert pins == {">= 4.79, < 5.0"}
    assert "4.79" in SCHEMA.name


def test_no_other_provider_is_named():
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    assert set(re.findall(r'source\s+= "([\w-]+/[\w-]+)"', text)) == {"hashicorp/azurerm"}
    assert set(re.findall(r'^(?:resource|data) "(\w+?)_', text, re.MULTILINE)) == {"azurerm"}


def test_hosted_runners_never_wait_for_a_private_data_plane():
    for stack in STACKS:
        provider = (ROOT / "terraform/stacks" / stack / "provider.tf").read_text(encoding="utf-8")
        assert "data_plane_available = false" in provider and 'resource_provider_registrations = "none"' in provider
        assert "use_azuread_auth = true" in provider and "use_oidc         = true" in provider


def literals_in(text):
    """'line: text' of each string that holds a region or an environment of the contract."""
    words = set(CONTRACT["regions"]) | {region["short"] for region in CONTRACT["regions"].values()} | set(CONTRACT["environments"])
    pattern = re.compile(r'"[^"]*(?<![a-z])(' + "|".join(sorted(words)) + r')(?![a-z])[^"]*"')
    return [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(re.sub(r"#.*", "", line))]


def test_no_source_names_a_region_or_an_environment():
    """DR-04, X-28: they are inputs."""
    assert [f"{file.relative_to(ROOT)}:{hit}" for file in SOURCES for hit in literals_in(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("planted", ['location = "westeurope"', 'name = "vnet-weu"', 'count = var.environment == "prod" ? 1 : 0'])
def test_a_literal_region_or_environment_is_seen(planted):
    """DR-04, X-28."""
    text = (ROOT / "terraform/modules/network/main.tf").read_text(encoding="utf-8")
    assert len(literals_in(f"{text}{planted}\n")) == 1


SECRET = re.compile(r"(?i)(AccountKey=|SharedAccessKey=|-----BEGIN [A-Z ]*PRIVATE KEY|(?:password|secret|token|key)\s*[=:]\s*\"[^\"\s]{8,}\"|eyJ[A-Za-z0-9_-]{20,}\.|ghp_[A-Za-z0-9]{20,}|[a-z0-9]{3}8Q~[A-Za-z0-9_.~-]{30,})")


def secrets_in(text):
    return [match[0] for match in SECRET.finditer(text)]


def test_no_secret_stands_in_tfvars_or_sources():
    """SA-03."""
    files = [*SOURCES, *(ROOT / "terraform").rglob("*.tfvars"), *(ROOT / "contract").iterdir()]
    assert [(str(file.relative_to(ROOT)), found) for file in files for found in secrets_in(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("planted", ['password = "hunter2hunter2"', 'conn = "Endpoint=sb://x;SharedAccessKey=abc="', "-----BEGIN RSA PRIVATE KEY-----",
                                     'admin_token: "0123456789abcdef"', "DefaultEndpointsProtocol=https;AccountKey=abc"])
def test_a_planted_secret_is_found(planted):
    """SA-03."""
    text = (ROOT / "terraform/environments/dev/westeurope.tfvars").read_text(encoding="utf-8")
    assert secrets_in(text) == [] and len(secrets_in(text + planted)) == 1


def test_every_tfvars_is_of_the_contract_and_every_region_of_the_contract_has_one():
    """X-28, IA-04: the list of environments is written once."""
    have = {(file.parent.name, file.stem) for file in (ROOT / "terraform/environments").rglob("*.tfvars")}
    assert have == {(name, region) for name, environment in CONTRACT["environments"].items() for region in environment["regions"]}
    for name, region in have:
        text = (ROOT / "terraform/environments" / name / f"{region}.tfvars").read_text(encoding="utf-8")
        assert re.search(rf'^environment = "{name}"$', text, re.MULTILINE) and re.search(rf'^region      = "{region}"$', text, re.MULTILINE)


def with_contract(tree, change):
    file = tree / "contract/environments.yaml"
    contract = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(contract)
    file.write_text(yaml.safe_dump(contract), encoding="utf-8")


@needs_schema
def test_a_new_environment_costs_its_entry_and_one_tfvars(tmp_path):
    """X-28: `perf`, copied from SIT; no source is touched."""
    tree = copy_of(ROOT, tmp_path)
    with_contract(tree, lambda contract: contract["environments"].update(perf=contract["environments"]["sit"] | {"purpose": "load"}))
    text = (tree / "terraform/environments/sit/westeurope.tfvars").read_text(encoding="utf-8")
    (tree / "terraform/environments/perf").mkdir()
    (tree / "terraform/environments/perf/westeurope.tfvars").write_text(text.replace('environment = "sit"', 'environment = "perf"').replace("10.20.", "10.60."), encoding="utf-8")
    document = make(tree, "region", "-var-file=../../environments/perf/westeurope.tfvars")
    assert document.outputs["contract"]["environment"] == "perf"
    assert document.one("azurerm_kubernetes_cluster")["name"] == "aks-sentimark-perf-weu"
    assert document.one("azurerm_resource_group", "azurerm_resource_group.this")["tags"]["purpose"] == "load"


@needs_schema
def test_a_second_region_costs_one_tfvars(tmp_path):
    """DR-04, RM-03: production in its pair as well."""
    tree = copy_of(ROOT, tmp_path)
    with_contract(tree, lambda contract: contract["environments"]["prod"]["regions"].append("northeurope"))
    text = (tree / "terraform/environments/prod/westeurope.tfvars").read_text(encoding="utf-8")
    (tree / "terraform/environments/prod/northeurope.tfvars").write_text(text.replace('region      = "westeurope"', 'region      = "northeurope"').replace("10.40.", "10.50."), encoding="utf-8")
    made = make(tree, "region", "-var-file=../../environments/prod/northeurope.tfvars")
    assert made.outputs["contract"]["region"] == "northeurope"
    assert made.one("azurerm_kubernetes_cluster")["location"] == "northeurope"
    # The copies go to the pair's pair.
    assert made.one("azurerm_postgresql_flexible_server", ".replica")["location"] == "westeurope"
    assert "privatelink.northeurope.azmk8s.io" in {values["name"] for _, values in made.of("azurerm_private_dns_zone")}
    names = {values["name"] for _, values in made.of("azurerm_user_assigned_identity")}
    assert all("-neu" in name for name in names)
    edge = make(tree, "edge", "-var", "environment=prod", "-var", "region=westeurope", "-var", "origins=" + json.dumps(
        {region: {"host": f"{region}.example.com", "node_group": "nodes", "priority": number} for number, region in enumerate(("westeurope", "northeurope"), 1)}))
    assert sorted((values["name"], values["priority"]) for _, values in edge.of("azurerm_cdn_frontdoor_origin")) == [("northeurope", 2), ("westeurope", 1)]


# The one thing that azurerm cannot set.
@needs_schema
def test_the_one_exception_is_still_one():
    """The day azurerm can turn the managed Gateway API on, this is red and terraform/exceptions.yaml goes away."""
    exceptions = yaml.safe_load((ROOT / "terraform/exceptions.yaml").read_text(encoding="utf-8"))["exceptions"]
    assert [one["name"] for one in exceptions] == ["managed-gateway-api"]
    assert all(one.get(key) for one in exceptions for key in ("reason", "when", "set", "read", "expect", "source"))
    cluster = schema()["resource_schemas"]["azurerm_kubernetes_cluster"]["block"]
    words = [*cluster["attributes"], *cluster["block_types"], *cluster["block_types"]["web_app_routing"]["block"]["attributes"], *cluster["block_types"]["network_profile"]["block"]["attributes"]]
    assert [word for word in words if "gateway_api" in word] == []
