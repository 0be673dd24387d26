"""Who may do what: services, the pipeline and people, in the cluster, in Azure and in the state; and the outputs that name them."""
import json
import pathlib
import sys

import jsonschema
import pytest
import yaml

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "charts")]
import fleet  # noqa: E402
import rendering  # noqa: E402
from offline import CONTRACT, ENVIRONMENTS, ROOT, copy_of, environment_of, everything, needs_schema, other_stack, plain  # noqa: E402
from test_platform_chart import RESOURCES, WRITE, templated_kinds  # noqa: E402

# What Azure's own role grants on a namespace, by API group.
WRITER = yaml.safe_load(pathlib.Path(__file__).with_name("azure-writer-role.yaml").read_text(encoding="utf-8"))["writes"]
pytestmark = needs_schema
each = pytest.mark.parametrize("environment", ENVIRONMENTS)


def federated(made, environment):
    """(identity's last word, subject) of the services' credentials for this environment's own cluster."""
    issuer = made.one("azurerm_kubernetes_cluster")["oidc_issuer_url"]
    owners = {values["id"]: values["name"] for _, values in made.of("azurerm_user_assigned_identity")}
    return {(owners[values["user_assigned_identity_id"]].removeprefix(f"id-sentimark-{environment}-weu-"), values["subject"])
            for _, values in made.of("azurerm_federated_identity_credential", "service_identities") if values["issuer"] == issuer}


def accounts(environment):
    """The same as the contract has it, which the charts render."""
    return {(name, f"system:serviceaccount:{CONTRACT['services'][name]['namespace']}:{name}")
            for name, state in CONTRACT["environments"][environment]["services"].items() if state != "none"}


@each
def test_identities_are_federated_to_exactly_their_service_account(environment):
    """X-17: renaming a namespace or a ServiceAccount on one side turns this red."""
    assert federated(everything()[environment], environment) == accounts(environment)


def test_what_terraform_alone_renames_is_seen(tmp_path):
    """X-17: an output, a ServiceAccount."""
    tree = copy_of(ROOT, tmp_path)
    for file, old, new in (("outputs.tf", "gateway_link = local", "gateway_name = local"), ("identities.tf", "service_account = each.key", 'service_account = "${each.key}-app"')):
        text = (tree / "terraform/stacks/region" / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (tree / "terraform/stacks/region" / file).write_text(text.replace(old, new), encoding="utf-8")
    made = environment_of(tree, "dev")
    with pytest.raises(jsonschema.ValidationError, match="gateway_link"):
        jsonschema.validate(made.outputs["contract"], form_of_outputs())
    assert not federated(made, "dev") & accounts("dev")


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


def form_of_outputs():
    """The schema of the contract; the mocked provider answers eight letters and digits for what Azure would decide."""
    form = json.loads((ROOT / "contract/stack-outputs.schema.json").read_text(encoding="utf-8"))
    for name in ("uuid", "id", "host", "url"):
        form["$defs"][name] = {"anyOf": [form["$defs"][name], {"type": "string", "pattern": "^[a-z0-9]{8}$"}]}
    return form


@each
def test_outputs_are_the_contract(environment):
    """X-17: the output `contract` has the schema's form; mocked answers stand where Azure alone knows."""
    document = everything()[environment].outputs["contract"]
    jsonschema.validate(document, form_of_outputs())
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


def wildcards(made):
    return [address for address, values in made.of("azurerm_role_definition") for _, leaf in plain(values) if isinstance(leaf, str) and "*" in leaf]


def test_a_wildcard_in_a_role_is_seen():
    """SA-06."""
    bad = everything()["sit"].but("azurerm_role_definition", permissions=[{"actions": ["Microsoft.ContainerService/managedClusters/*"]}])
    assert wildcards(bad) == ["module.cluster_access.azurerm_role_definition.command"]


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
    assert wildcards(made) == []


def written_by_deploy(made):
    """The namespaces where Terraform gives `deploy` Azure's role."""
    cluster = made.one("azurerm_kubernetes_cluster")["id"]
    deploy = next(values["principal_id"] for _, values in made.of("azurerm_user_assigned_identity") if values["name"].endswith("-deploy"))
    scopes = {values["scope"] for _, values in made.of("azurerm_role_assignment") if values["role_definition_name"] == "Azure Kubernetes Service RBAC Writer" and values["principal_id"] == deploy}
    assert all(scope.startswith(f"{cluster}/namespaces/") for scope in scopes), scopes
    return {scope.rsplit("/", 1)[1] for scope in scopes}


@each
def test_deploy_may_write_in_the_named_namespaces_only(environment):
    """SA-06."""
    assert written_by_deploy(everything()[environment]) == set(CONTRACT["namespaces"])


def bound_by_chart(environment):
    """namespace -> (group, resource) of all that the Role of charts/platform lets `deploy` write."""
    rendered = rendering.render(**fleet.job("helm4", "platform", environment)).objects()
    return {role["metadata"]["namespace"]: {(group, resource) for rule in role["rules"] if WRITE <= set(rule["verbs"]) for group in rule["apiGroups"] for resource in rule["resources"]}
            for role in rendered if (role["kind"], role["metadata"]["name"]) == ("Role", "sentimark-deployer")}


def unmet(needed, azure, bound):
    """What a deploy must write and may not. Groups that Azure's role knows are Terraform's to grant, all others the chart's."""
    return [f"{resource}.{group} in {namespace}" for namespace in sorted(CONTRACT["namespaces"]) for group, resource in sorted(needed)
            if not (namespace in azure and resource in WRITER[group] if group in WRITER else (group, resource) in bound.get(namespace, set()))]


NEEDED = {RESOURCES[kind] for kind in templated_kinds()} | {("", "secrets")}  # Helm keeps its releases in Secrets.


@each
def test_what_the_charts_need_is_granted(environment):
    """SA-06, X-17: computed from the templates, compared with Terraform's assignments and the Role beside them."""
    assert unmet(NEEDED, written_by_deploy(everything()[environment]), bound_by_chart(environment)) == []
    # charts/platform also makes what belongs to no namespace.
    platform = next(values for _, values in everything()[environment].of("azurerm_role_assignment", "cluster_access.azurerm_role_assignment.platform"))
    assert (platform["role_definition_name"], platform["scope"]) == ("Azure Kubernetes Service RBAC Cluster Admin", everything()[environment].one("azurerm_kubernetes_cluster")["id"])


@pytest.mark.parametrize("more, lost, wanted", [
    ({("rbac.authorization.k8s.io", "roles")}, set(), {"roles.rbac.authorization.k8s.io in sentimark-data"}),
    ({("", "persistentvolumes")}, set(), {"persistentvolumes. in sentimark-web"}),
    (set(), {"sentimark-events"}, {"deployments.apps in sentimark-events", "secrets. in sentimark-events"}),
], ids=["a-custom-kind", "a-kind-azure-keeps", "a-namespace-that-terraform-drops"])
def test_a_right_that_is_missing_is_seen(more, lost, wanted):
    """SA-06, X-17."""
    found = unmet(NEEDED | more, written_by_deploy(everything()["prod"]) - lost, bound_by_chart("prod"))
    assert wanted <= set(found) and all(any(namespace in one for namespace in lost or CONTRACT["namespaces"]) for one in found)


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


def test_apply_may_connect_to_what_environments_share():
    """X-19: the registry and the state lie in other subscriptions; without these rights an environment's first apply ends there."""
    bootstrap, shared = other_stack("bootstrap"), other_stack("global")
    registry = shared.one("azurerm_container_registry")["id"]
    assert sorted(action for made in (bootstrap, shared) for _, values in made.of("azurerm_role_definition") for action in values["permissions"][0]["actions"]) == [
        "Microsoft.ContainerRegistry/registries/privateEndpointConnectionsApproval/action", "Microsoft.ContainerRegistry/registries/read",
        "Microsoft.Storage/storageAccounts/PrivateEndpointConnectionsApproval/action", "Microsoft.Storage/storageAccounts/read"]
    jobs = {job: {f"{name}-{job}" for name in ENVIRONMENTS} for job in ("plan", "apply")}
    for kind, who in ((".connect[", "apply"), (".give_pull[", "apply"), (".look[", "plan")):
        given = [values for _, values in shared.of("azurerm_role_assignment", kind)]
        assert {values["principal_id"] for values in given} == jobs[who] and {values["scope"] for values in given} == {registry}, kind
    # What apply may give on is the right to pull, and may take away no other.
    assert all(values["condition"].count("7f951dda-4ed3-4680-a7ca-43fe172d538d") == 2 and "roleAssignments/delete" in values["condition"] for _, values in shared.of("azurerm_role_assignment", ".give_pull["))
    account = bootstrap.one("azurerm_storage_account")["id"]
    assert [values["scope"] for _, values in bootstrap.of("azurerm_role_assignment", ".connect[")] == [account] * len(ENVIRONMENTS)
    assert bootstrap.one("azurerm_role_assignment", ".owners")["principal_type"] == "Group"


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
