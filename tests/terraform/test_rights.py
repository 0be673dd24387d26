"""Who may do what: services, the pipeline and people, in the cluster, in Azure and in the state; and the outputs that name them."""
import json
import pathlib
import sys

import jsonschema
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import CONTRACT, ENVIRONMENTS, ROOT, everything, needs_schema, other_stack, plain  # noqa: E402

pytestmark = needs_schema
each = pytest.mark.parametrize("environment", ENVIRONMENTS)


@each
def test_identities_are_federated_to_exactly_their_service_account(environment):
    """X-17: renaming a namespace or a ServiceAccount on one side turns this red."""
    made = everything()[environment]
    issuer = made.one("azurerm_kubernetes_cluster")["oidc_issuer_url"]
    owners = {values["id"]: values["name"] for _, values in made.of("azurerm_user_assigned_identity")}
    found = {(owners[values["user_assigned_identity_id"]].removeprefix(f"id-sentimark-{environment}-weu-"), values["subject"])
             for _, values in made.of("azurerm_federated_identity_credential", "service_identities") if values["issuer"] == issuer}
    assert found == {(name, f"system:serviceaccount:{CONTRACT['services'][name]['namespace']}:{name}")
                     for name, state in CONTRACT["environments"][environment]["services"].items() if state != "none"}


@each
def test_services_hold_the_data_roles_that_they_need_and_no_other(environment):
    """IA-10, X-17."""
    made = everything()[environment]
    roles = {"vault": {"Key Vault Secrets User"}, "lake": {"Storage Blob Data Contributor"}, "database": set(), "redis": set(),
             "events-send": {"Azure Event Hubs Data Sender"}, "events-receive": {"Azure Event Hubs Data Receiver", "Storage Blob Data Contributor"}}
    events = CONTRACT["environments"][environment]["events"]
    redis = {address.split('["')[1].rstrip('"]') for address, _ in made.of("azurerm_managed_redis_access_policy_assignment")}
    for name, state in CONTRACT["environments"][environment]["services"].items():
        needs = CONTRACT["services"][name]["needs"] if state != "none" else []
        wanted = {role for need in needs if events or not need.startswith("events") for role in roles[need]}
        held = {values["role_definition_name"] for _, values in made.of("azurerm_role_assignment", f'service_identities["{name}"]')}
        assert held == wanted, name
        assert (name in redis) == ("redis" in needs), name


@each
def test_the_scaler_reads_and_no_more(environment):
    """X-17, IA-15: KEDA's operator has an identity of its own where there are events."""
    made = everything()[environment]
    held = sorted(values["role_definition_name"] for _, values in made.of("azurerm_role_assignment", "scaler_identity"))
    assert held == (["Azure Event Hubs Data Receiver", "Storage Blob Data Reader"] if CONTRACT["environments"][environment]["events"] else [])
    consumers = {values["scope"] for address, values in made.of("azurerm_role_assignment") if 'this["checkpoints"]' in address}
    assert consumers == {values["id"] for _, values in made.of("azurerm_storage_container", '["checkpoints"]')}


@each
def test_outputs_are_the_contract(environment):
    """X-17: the output `contract` has the schema's form; mocked answers stand where Azure alone knows."""
    schema_ = json.loads((ROOT / "contract/stack-outputs.schema.json").read_text(encoding="utf-8"))
    for name in ("uuid", "id", "host", "url"):
        # The mocked provider answers eight letters and digits for what Azure would decide.
        schema_["$defs"][name] = {"anyOf": [schema_["$defs"][name], {"type": "string", "pattern": "^[a-z0-9]{8}$"}]}
    document = everything()[environment].outputs["contract"]
    jsonschema.validate(document, schema_)
    assert (document["environment"], document["namespaces"]) == (environment, sorted(CONTRACT["namespaces"]))
    assert set(document["services"]) == {name for name, state in CONTRACT["environments"][environment]["services"].items() if state != "none"}
    assert (document["events"] is not None) == CONTRACT["environments"][environment]["events"]
    endpoints = next(values["address_prefixes"][0] for _, values in everything()[environment].of("azurerm_subnet", '["endpoints"]'))
    assert document["network"] == {"private_endpoints": endpoints, "gateway_link": f"pls-sentimark-{environment}-weu"}
    clients = {values["name"]: values["client_id"] for _, values in everything()[environment].of("azurerm_user_assigned_identity")}
    if document["events"]:
        assert document["events"]["scaler_client_id"] == clients[f"id-sentimark-{environment}-weu-scaler"]
    for name, service in document["services"].items():
        assert service["client_id"] == clients[f"id-sentimark-{environment}-weu-{name}"]
        assert service["namespace"] == CONTRACT["services"][name]["namespace"] and service["service_account"] == name


@each
def test_role_sets_hold_no_wildcard_and_no_more_than_they_say(environment):
    """SA-06, SI-06."""
    made = everything()[environment]
    sets = {values["name"].rsplit(" ", 1)[0]: sorted(values["permissions"][0]["actions"]) for _, values in made.of("azurerm_role_definition")}
    cluster = "Microsoft.ContainerService/managedClusters/"
    assert sets.pop("Sentimark run command") == sorted(cluster + right for right in ("read", "runCommand/action", "commandResults/read", "listClusterUserCredential/action"))
    asleep = CONTRACT["environments"][environment]["power"] is not None
    assert sets == ({"Sentimark power": sorted(cluster + right for right in ("read", "start/action", "stop/action"))} if asleep else {})
    # Standing rights of people: none. Every assignment but the eligible ones is for an identity.
    assert {values["principal_type"] for _, values in made.of("azurerm_role_assignment")} == {"ServicePrincipal"}
    contributors = [address for address, values in made.of("azurerm_role_assignment") if values["role_definition_name"] in ("Owner", "Contributor", "User Access Administrator")]
    assert contributors == ([] if environment in ("dev", "sit") else ["module.backup[0].azurerm_role_assignment.cluster_snapshots"])
    assert all("*" not in leaf for _, values in made.of("azurerm_role_definition") for _, leaf in plain(values) if isinstance(leaf, str))


@each
def test_deploy_may_write_in_the_named_namespaces_only(environment):
    """SA-06."""
    made = everything()[environment]
    cluster = made.one("azurerm_kubernetes_cluster")["id"]
    writer = {values["scope"] for _, values in made.of("azurerm_role_assignment") if values["role_definition_name"] == "Azure Kubernetes Service RBAC Writer"}
    assert writer == {f"{cluster}/namespaces/{name}" for name in CONTRACT["namespaces"]}


@each
def test_both_forms_of_the_subject_are_trusted_letter_by_letter(environment):
    """X-08: classic and immutable, the case kept; at most 20 credentials on an identity."""
    made = everything()[environment]
    subjects = {}
    for _, values in made.of("azurerm_federated_identity_credential", "pipeline_identities"):
        subjects.setdefault(values["user_assigned_identity_id"], set()).add(values["subject"])
    environments = {environment, f"{environment}-platform"} | ({f"{environment}-power"} if CONTRACT["environments"][environment]["power"] else set())
    assert sorted(map(sorted, subjects.values())) == sorted(
        sorted([f"repo:Example-Org/Sentimark:environment:{name}", f"repo:Example-Org@101/Sentimark@202:environment:{name}"]) for name in environments)
    assert all(len(found) <= 20 for found in subjects.values())


def test_the_state_account_is_the_first_thing_and_a_safe_one():
    """X-19: versions, soft delete, lock, Entra only, a container for each environment."""
    made = other_stack("bootstrap")
    account = made.one("azurerm_storage_account")
    blob = account["blob_properties"][0]
    assert (account["shared_access_key_enabled"], account["default_to_oauth_authentication"], account["min_tls_version"], account["account_replication_type"]) == (False, True, "TLS1_2", "GZRS")
    assert (blob["versioning_enabled"], blob["delete_retention_policy"][0]["days"], blob["container_delete_retention_policy"][0]["days"]) == (True, 90, 90)
    lock = made.one("azurerm_management_lock")
    assert (lock["scope"], lock["lock_level"]) == (account["id"], "CanNotDelete")
    containers = made.of("azurerm_storage_container")
    assert {values["name"] for _, values in containers} == {*ENVIRONMENTS, "shared"}
    assert {values["container_access_type"] for _, values in containers} == {"private"}


def test_plan_reads_and_apply_writes_each_in_its_own_environment():
    """X-19, X-08."""
    made = other_stack("bootstrap")
    containers = {values["id"]: values["name"] for _, values in made.of("azurerm_storage_container")}
    people = {values["principal_id"]: values["name"].removeprefix("id-sentimark-") for _, values in made.of("azurerm_user_assigned_identity")}
    state = {(people[values["principal_id"]], containers[values["scope"]], values["role_definition_name"]) for _, values in made.of("azurerm_role_assignment", ".state[")}
    assert state == {pair for name in ENVIRONMENTS for pair in ((f"{name}-plan", name, "Storage Blob Data Reader"), (f"{name}-apply", name, "Storage Blob Data Contributor"))}
    wide = {(people[values["principal_id"]], values["role_definition_name"]) for _, values in made.of("azurerm_role_assignment", ".subscription[")}
    assert wide == {pair for name in ENVIRONMENTS for pair in ((f"{name}-plan", "Reader"), (f"{name}-apply", "Contributor"))}
    scopes = {people[values["principal_id"]]: values["scope"] for _, values in made.of("azurerm_role_assignment", ".subscription[")}
    assert len(set(scopes.values())) == len(ENVIRONMENTS)
    givers = made.of("azurerm_role_assignment", ".apply_roles[")
    assert {people[values["principal_id"]] for _, values in givers} == {f"{name}-apply" for name in ENVIRONMENTS}
    # Owner, User Access Administrator and Role Based Access Control Administrator cannot be given on.
    assert all(guid in values["condition"] for _, values in givers for guid in ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"))
    credentials = [values["subject"] for _, values in made.of("azurerm_federated_identity_credential")]
    assert len(set(credentials)) == len(credentials) == 4 * len(ENVIRONMENTS)
