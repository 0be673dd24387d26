"""X-18, X-22: runners inside the network take one job each; what needs a private data plane waits until jobs run on them."""
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import ENVIRONMENTS, ROOT, environment_of, everything, needs_schema, other_stack  # noqa: E402

pytestmark = needs_schema
each = pytest.mark.parametrize("environment", ENVIRONMENTS)


@each
def test_a_runner_is_started_for_one_job_and_fetches_all_it_needs(environment):
    """X-18: ephemeral, private, by a GitHub App whose key only the vault and the runner hold."""
    made = everything()[environment]
    job, label = made.one("azurerm_container_app_job"), f"sentimark-{environment}-weu"
    rule = job["event_trigger_config"][0]["scale"][0]["rules"][0]
    container = job["template"][0]["container"][0]
    said = {one["name"]: one["value"] for one in container["env"]}
    assert (rule["metadata"]["labels"], said["LABELS"], made.outputs["contract"]["runner_label"]) == (label, label, label)
    assert (said["EPHEMERAL"], rule["metadata"]["targetWorkflowQueueLength"]) == ("true", "1")
    # The key is nowhere but in the vault.
    (secret,) = job["secret"]
    assert secret["value"] in (None, "") and secret["key_vault_secret_id"].endswith("secrets/runner-app-key")
    assert rule["authentication"][0]["secret_name"] == secret["name"] == next(one["secret_name"] for one in container["env"] if one["name"] == "APP_PRIVATE_KEY")
    vault = made.one("azurerm_key_vault")["id"]
    held = {(values["role_definition_name"], values["scope"].split("/")[-1] if vault in values["scope"] else "registry") for _, values in made.of("azurerm_role_assignment", "module.runners")}
    assert held == {("AcrPull", "registry"), ("Key Vault Secrets User", "runner-app-key")}
    # It stands in a subnet of its own and reaches the stores.
    place = made.one("azurerm_subnet", ".runners")
    assert made.one("azurerm_container_app_environment")["infrastructure_subnet_id"] == place["id"]
    doors = [values for _, values in made.of("azurerm_network_security_rule") if values["source_address_prefix"] == place["address_prefixes"][0] and values["name"] == "from-runners"]
    assert {values["network_security_group_name"] for values in doors} == {"nsg-endpoints", "nsg-runners"}


def test_a_label_of_githubs_own_runners_is_enough():
    """X-18: then nothing is made, and the contract names the label."""
    made = environment_of(ROOT, "dev", "-var", "runners=" + json.dumps({"most": 1, "hosted_label": "joined-to-our-network"}))
    assert [address for address, _, _ in made.resources if address.startswith("module.runners")] == []
    assert made.outputs["contract"]["runner_label"] == "joined-to-our-network"
    assert made.one("azurerm_key_vault_certificate")["name"] == "gateway-tls"


def test_one_variable_moves_from_hosted_runners():
    """X-18, X-22: on hosted runners the state account has a public address and nothing is made that needs a private data plane; then neither."""
    made = environment_of(ROOT, "dev", "-var", "hosted_runners=true")
    assert made.of("azurerm_key_vault_certificate") == [] and made.outputs["contract"]["runner_label"] is None
    assert len(made.of("azurerm_container_app_job")) == 1
    assert other_stack("bootstrap").one("azurerm_storage_account")["public_network_access_enabled"] is True
    names = {file.parent.name for file in (ROOT / "terraform/stacks").glob("*/*.tf") if 'variable "hosted_runners"' in file.read_text(encoding="utf-8")}
    assert names == {"bootstrap", "region"}


@each
def test_the_gateways_certificate_is_the_one_that_the_charts_mount(environment):
    """X-22: renewed by its issuer before the vault tells of an expiry; apply makes it, plan looks."""
    made = everything()[environment]
    certificate = made.one("azurerm_key_vault_certificate")
    mounted = {line.split(": ")[1] for file in (ROOT / "charts/values").glob("*/base.yaml") for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("  certificate: ")}
    assert mounted == {certificate["name"]}
    policy = certificate["certificate_policy"][0]
    assert policy["x509_certificate_properties"][0]["subject_alternative_names"][0]["dns_names"] == [f"{environment}.sentimark.example.com"]
    assert policy["lifetime_action"][0]["trigger"][0]["days_before_expiry"] > 30
    given = {values["role_definition_name"]: values["principal_id"][-1] for _, values in made.of("azurerm_role_assignment", "module.certificate")}
    assert given == {"Key Vault Certificates Officer": "2", "Key Vault Reader": "1"}
