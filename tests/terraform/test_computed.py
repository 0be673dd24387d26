"""What no single argument shows: ranges, addresses, vCPUs, names, tags, rights, and how environments compare."""
import ipaddress
import itertools
import json
import pathlib
import re
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import must  # noqa: E402
from offline import CONTRACT, ENVIRONMENTS, ROOT, everything, needs_schema, other_stack, plain, schema  # noqa: E402

HERE = pathlib.Path(__file__).parent
ALLOWED = yaml.safe_load((HERE / "allowed-values.yaml").read_text(encoding="utf-8"))
NAMING = yaml.safe_load((ROOT / "contract/naming.yaml").read_text(encoding="utf-8"))
pytestmark = needs_schema
each = pytest.mark.parametrize("environment", ENVIRONMENTS)


def pools(made):
    """(name, vm size, least, most, largest surge) of every pool."""
    cluster = made.one("azurerm_kubernetes_cluster")["default_node_pool"][0]
    yield "system", cluster, cluster["upgrade_settings"][0]["max_surge"]
    for _, pool in made.of("azurerm_kubernetes_cluster_node_pool"):
        yield pool["name"], pool, pool["upgrade_settings"][0]["max_surge"] if pool["upgrade_settings"] else "0%"


def most_nodes(pool, surge):
    return pool["max_count"] + -(-pool["max_count"] * int(surge.rstrip("%")) // 100)


def every_value_allowed(made):
    for kind, rules in ALLOWED["values"].items():
        for path, rule in rules.items():
            for address, values in made.of(kind):
                found = flat(must.read(values, path))
                for value in found:
                    ok = value in rule["allow"] if "allow" in rule else value is None or rule["range"][0] <= value <= rule["range"][1]
                    # What nobody set, Azure decides: the mocked provider answers a random word or 0 there.
                    ok = ok or attribute(kind, path).get("computed") and re.fullmatch("0|[a-z0-9]{8}", str(value))
                    if value != must.ABSENT and not ok:
                        yield f"{address}: {path} = {value!r}"


def attribute(kind, path):
    """What the provider's schema says of the argument at this path."""
    block = schema()["resource_schemas"][kind]["block"]
    for part in path.split("."):
        if part in block.get("block_types", {}):
            block = block["block_types"][part]["block"]
        elif part != "*":
            return block.get("attributes", {}).get(part, {})
    return {}


def flat(value):
    return [leaf for item in value for leaf in flat(item)] if isinstance(value, list) else [value]


@each
def test_values_are_among_those_that_azure_knows(environment):
    """IA-04."""
    assert list(every_value_allowed(everything()[environment])) == []
    for name, pool, _ in pools(everything()[environment]):
        assert pool["vm_size"] in ALLOWED["vm_sizes"], name


@pytest.mark.parametrize("stack", ["bootstrap", "global", "edge"])
def test_values_of_the_other_stacks_too(stack):
    assert list(every_value_allowed(other_stack(stack))) == []


def test_every_allowed_value_has_a_source_and_every_rule_a_resource():
    made = [*everything().values(), *map(other_stack, ("bootstrap", "global", "edge"))]
    assert all(rule["source"] for rules in ALLOWED["values"].values() for rule in rules.values())
    assert [kind for kind in ALLOWED["values"] if not any(one.of(kind) for one in made)] == []


@each
def test_subnets_lie_in_the_network_and_do_not_overlap(environment):
    """IP-05."""
    made = everything()[environment]
    network = ipaddress.ip_network(made.one("azurerm_virtual_network")["address_space"][0])
    subnets = [ipaddress.ip_network(values["address_prefixes"][0]) for _, values in made.of("azurerm_subnet")]
    assert len(subnets) == 7 and all(subnet.subnet_of(network) for subnet in subnets)
    assert [pair for pair in itertools.combinations(subnets, 2) if pair[0].overlaps(pair[1])] == []


def test_networks_of_environments_do_not_overlap():
    """IP-05: environments may be peered one day; two of the same addresses never can."""
    networks = {name: ipaddress.ip_network(made.one("azurerm_virtual_network")["address_space"][0]) for name, made in everything().items()}
    assert [pair for pair in itertools.combinations(networks, 2) if networks[pair[0]].overlaps(networks[pair[1]])] == []


@each
def test_addresses_suffice_for_every_node_and_its_surge(environment):
    """X-26: overlay pods take none of the network's addresses, so nodes and their surge are all there is; Azure keeps five."""
    made = everything()[environment]
    nodes = next(values for address, values in made.of("azurerm_subnet", '["nodes"]'))
    room = ipaddress.ip_network(nodes["address_prefixes"][0]).num_addresses - 5
    wanted = sum(most_nodes(pool, surge) for _, pool, surge in pools(made))
    assert wanted <= room
    profile = made.one("azurerm_kubernetes_cluster")["network_profile"][0]
    # Each node of an overlay takes a /24 of the pods' range.
    assert wanted <= 2 ** (24 - ipaddress.ip_network(profile["pod_cidr"]).prefixlen)
    assert ipaddress.ip_address(profile["dns_service_ip"]) in ipaddress.ip_network(profile["service_cidr"])


@each
def test_vcpus_stay_within_the_quota(environment):
    """X-26: regular and spot vCPUs are two quotas of a region."""
    quota = CONTRACT["environments"][environment]["vcpu_quota"]
    used = {"regular": 0, "spot": 0}
    for _, pool, surge in pools(everything()[environment]):
        used["spot" if pool.get("priority") == "Spot" else "regular"] += most_nodes(pool, surge) * ALLOWED["vm_sizes"][pool["vm_size"]]["vcpus"]
    assert used["regular"] <= quota["regular"] and used["spot"] <= quota["spot"], used


@each
def test_pools_have_the_bounds_of_the_contract(environment):
    """CN-06, IP-06: what charts count on is what the autoscaler may do."""
    assert {name: [pool["min_count"], pool["max_count"]] for name, pool, _ in pools(everything()[environment])} == CONTRACT["environments"][environment]["nodes"]


def test_sizes_keep_their_order():
    """DEV-03, SIT-03: bounds of a bigger environment are never smaller."""
    order = ["small", "medium", "large"]
    ranked = sorted(CONTRACT["environments"].values(), key=lambda environment: order.index(environment["size"]))
    for smaller, larger in itertools.pairwise(ranked):
        if smaller["size"] != larger["size"]:
            assert all(smaller["nodes"][pool][1] <= larger["nodes"][pool][1] for pool in smaller["nodes"])
    assert all(most <= 3 for name, (_, most) in CONTRACT["environments"]["dev"]["nodes"].items())


@each
def test_spot_arguments_stand_on_spot_pools_only(environment):
    """IP-07."""
    for name, pool, _ in pools(everything()[environment]):
        spot = pool.get("priority") == "Spot"
        assert (pool.get("eviction_policy") is not None) == (pool.get("spot_max_price") not in (None, 0)) == spot, name
        assert any("scalesetpriority=spot" in taint for taint in pool.get("node_taints") or []) == spot, name


@each
def test_names_fit_their_types(environment):
    """X-31: every name that contract/naming.yaml makes, in the real plan."""
    types = {"azurerm_resource_group": "resource_group", "azurerm_virtual_network": "virtual_network", "azurerm_firewall": "firewall", "azurerm_kubernetes_cluster": "cluster",
             "azurerm_key_vault": "vault", "azurerm_postgresql_flexible_server": "database", "azurerm_managed_redis": "redis", "azurerm_eventhub_namespace": "events",
             "azurerm_storage_account": "storage", "azurerm_user_assigned_identity": "identity", "azurerm_log_analytics_workspace": "workspace", "azurerm_dashboard_grafana": "grafana",
             "azurerm_monitor_workspace": "monitor_workspace", "azurerm_data_protection_backup_vault": "backup_vault", "azurerm_bastion_host": "bastion",
             "azurerm_container_app_environment": "container_app_environment", "azurerm_container_app_job": "container_app_job",
             "azurerm_monitor_data_collection_endpoint": "data_collection_endpoint", "azurerm_monitor_data_collection_rule": "data_collection_rule"}
    seen = 0
    for kind, type_ in types.items():
        rule = NAMING["types"][type_]
        names = [values["name"] for _, values in everything()[environment].of(kind)]
        assert len(set(names)) == len(names), kind
        for name in names:
            seen += 1
            assert rule["length"][0] <= len(name) <= rule["length"][1], name
            assert re.fullmatch(rule["pattern"], name), name
            assert "--" not in name, name
    assert seen > 20


def test_names_that_the_world_shares_differ_between_environments():
    """X-31."""
    kinds = ("azurerm_key_vault", "azurerm_postgresql_flexible_server", "azurerm_managed_redis", "azurerm_eventhub_namespace", "azurerm_storage_account")
    names = [values["name"] for made in everything().values() for kind in kinds for _, values in made.of(kind)]
    assert len(set(names)) == len(names) > 20


def without_tags(made, environment):
    wanted = set(NAMING["tags"]["mandatory"]) | (set(NAMING["tags"]["with_ttl"]) if CONTRACT["environments"][environment]["ttl_days"] else set())
    return [address for address, _, values in made.resources if "tags" in values and not wanted <= set(values["tags"] or {})]


@each
def test_everything_that_can_bear_tags_bears_the_mandatory_ones(environment):
    """X-31, DEV-05."""
    made = everything()[environment]
    assert without_tags(made, environment) == []
    assert sum("tags" in values for _, _, values in made.resources) > 40


def test_a_missing_tag_is_seen():
    """X-31."""
    made = everything()["dev"]
    assert without_tags(made.but("azurerm_key_vault", tags={"product": "sentimark"}), "dev") == ["module.vault.azurerm_key_vault.this"]


def like(environment, value):
    """A value without what must differ: the environment's name, its hash, its addresses, and the mocked provider's random words."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"[a-z0-9]{8}", value):  # a random word may hold an environment's name
        return "<word>"
    number = ipaddress.ip_network(everything()[environment].one("azurerm_virtual_network")["address_space"][0]).network_address.packed[1]
    value = value.replace(CONTRACT["environments"][environment]["purpose"], "<purpose>").replace(f"10.{number}.", "10.<n>.")
    value = re.sub(rf"(?<![a-z]){environment}|(?<=sentimark){environment}", "<environment>", value)
    value = re.sub(r"(<environment>-?weu-?)[0-9a-f]{4}\b", r"\1<hash>", value)
    return re.sub(r"\b[a-z0-9]{8}\b", "<word>", value)


def test_uat_is_production_but_for_what_is_listed():
    """UAT-03, UAT-06."""
    listed = yaml.safe_load((HERE / "uat-differs.yaml").read_text(encoding="utf-8"))
    uat, prod = ({address.replace(name, "<environment>"): (kind, values) for address, kind, values in everything()[name].resources} for name in ("uat", "prod"))
    missing = set(prod) - set(uat)
    assert set(uat) - set(prod) == set()
    assert [address for address in missing if not any(part in address for part in listed["resources_of_prod_only"])] == []
    assert [part for part in listed["resources_of_prod_only"] if not any(part in address for address in missing)] == []
    differs = {}
    for address in set(prod) & set(uat):
        one, two = {}, {}
        for name, target, source in (("prod", one, prod), ("uat", two, uat)):
            for path, value in plain(source[address][1]):
                target.setdefault(path, set()).add(like(name, value))
        for path in set(one) | set(two):
            # Where one of them says nothing, the mocked provider's word stands for it.
            said = attribute(prod[address][0], path)
            if one.get(path) != two.get(path) and (said.get("optional") or said.get("required")):
                differs.setdefault(prod[address][0], set()).add(path)
    assert differs == {kind: set(paths) for kind, paths in listed["arguments"].items()}


def test_uat_scales_like_production():
    """UAT-06: at least half of production's largest."""
    uat, prod = (CONTRACT["environments"][name]["nodes"] for name in ("uat", "prod"))
    assert all(2 * uat[pool][1] >= prod[pool][1] and uat[pool][0] == prod[pool][0] for pool in prod)


@each
def test_every_subnet_has_a_security_group(environment):
    """IP-09: but those where Azure forbids one (firewall) or demands its own set (bastion)."""
    made = everything()[environment]
    bound = {values["subnet_id"] for _, values in made.of("azurerm_subnet_network_security_group_association")}
    free = [values["name"] for _, values in made.of("azurerm_subnet") if values["id"] not in bound]
    assert sorted(free) == ["AzureBastionSubnet", "AzureFirewallSubnet"]


@each
def test_nothing_is_let_in_from_anywhere(environment):
    """SI-05."""
    rules = [values for _, values in everything()[environment].of("azurerm_network_security_rule")]
    wide = {"*", "0.0.0.0/0", "Internet", "::/0", "VirtualNetwork"}
    assert [rule["name"] for rule in rules if rule["access"] == "Allow" and (rule["source_address_prefix"] in wide or rule.get("source_address_prefixes"))] == []
    groups = {rule["network_security_group_name"] for rule in rules}
    assert groups == {rule["network_security_group_name"] for rule in rules if rule["access"] == "Deny" and rule["source_address_prefix"] == "*"}


@each
def test_every_way_out_of_the_nodes_passes_the_firewall(environment):
    """IP-10."""
    made = everything()[environment]
    nodes = next(values["id"] for _, values in made.of("azurerm_subnet", '["nodes"]'))
    table = made.one("azurerm_route_table")
    runners = made.one("azurerm_subnet", ".runners")["id"]
    assert {values["subnet_id"]: values["route_table_id"] for _, values in made.of("azurerm_subnet_route_table_association")} == {nodes: table["id"], runners: table["id"]}
    route = made.one("azurerm_route")
    assert (route["route_table_name"], route["next_hop_in_ip_address"]) == (table["name"], made.one("azurerm_firewall")["ip_configuration"][0]["private_ip_address"])


STORES = {"azurerm_key_vault": "privatelink.vaultcore.azure.net", "azurerm_postgresql_flexible_server": "privatelink.postgres.database.azure.com",
          "azurerm_managed_redis": "privatelink.redis.azure.net", "azurerm_eventhub_namespace": "privatelink.servicebus.windows.net",
          "azurerm_storage_account": "privatelink.blob.core.windows.net", "azurerm_dashboard_grafana": "privatelink.grafana.azure.com"}


@each
def test_every_store_has_a_private_endpoint_and_its_name(environment):
    """SI-02, SI-03, SI-04."""
    made = everything()[environment]
    zones = {values["id"]: values["name"] for _, values in made.of("azurerm_private_dns_zone")}
    linked = {values["private_dns_zone_name"] for _, values in made.of("azurerm_private_dns_zone_virtual_network_link")}
    reached = {(values["private_service_connection"][0]["private_connection_resource_id"], zones[values["private_dns_zone_group"][0]["private_dns_zone_ids"][0]])
               for _, values in made.of("azurerm_private_endpoint")}
    assert set(zones.values()) == linked
    missing = [address for kind, zone in STORES.items() for address, values in made.of(kind) if (values["id"], zone) not in reached]
    assert missing == []
    assert any(zone == "privatelink.azurecr.io" for _, zone in reached)


def public_ways(made):
    return [address for address, _, values in made.resources for path, value in plain(values)
            if path.split(".")[-1] in ("public_network_access_enabled", "public_network_access") and value in (True, "Enabled")]


INGESTION = "module.logs_ingestion.azurerm_monitor_data_collection_endpoint.this"


@each
def test_nothing_has_a_public_way_in(environment):
    """SI-01: public addresses belong to the firewall's way out and the bastion; ingestion of logs is named as the one exception."""
    made = everything()[environment]
    assert public_ways(made) == [INGESTION]
    addresses = {address.split(".")[1].split("[")[0] for address, _ in made.of("azurerm_public_ip")}
    assert addresses <= {"firewall", "operators"}


@pytest.mark.parametrize("kind, opened", [("azurerm_key_vault", {"public_network_access_enabled": True}), ("azurerm_managed_redis", {"public_network_access": "Enabled"}),
                                          ("azurerm_postgresql_flexible_server", {"public_network_access_enabled": True})])
def test_a_public_endpoint_is_seen(kind, opened):
    """SI-01, SI-03, SI-04."""
    made = everything()["prod"]
    assert set(public_ways(made.but(kind, **opened))) == {INGESTION, *(address for address, _ in made.of(kind))}


@each
def test_image_policy_spares_the_commands_own_namespace(environment):
    """X-04."""
    for _, values in everything()[environment].of("azurerm_resource_policy_assignment"):
        assert "aks-command" in json.loads(values["parameters"])["excludedNamespaces"]["value"]
    assert "aks-command" in everything()[environment].one("azurerm_kubernetes_cluster_deployment_safeguard")["excluded_namespaces"]


@each
def test_tables_and_streams_are_those_of_the_contract(environment):
    """LG-02: a column that a stream lacks is dropped in silence, so all three lists are one."""
    made = everything()[environment]
    contract = yaml.safe_load((ROOT / "contract/log-tables.yaml").read_text(encoding="utf-8"))
    tables = {values["name"]: {column["name"]: column["type"] for column in values["column"]} for _, values in made.of("azurerm_log_analytics_workspace_table_custom_log")}
    rule = made.one("azurerm_monitor_data_collection_rule", "logs_ingestion")
    streams = {stream["stream_name"]: {column["name"]: column["type"] for column in stream["column"]} for stream in rule["stream_declaration"]}
    for name, own in contract["tables"].items():
        wanted = contract["common"] | own
        assert tables[f"{name}_CL"] == wanted
        assert streams[f"Custom-{name}"] == {column: "datetime" if kind == "dateTime" else kind for column, kind in wanted.items()}
    assert len(tables) == len(streams) == len(contract["tables"])
    assert sorted(everything()[environment].outputs["contract"]["logs"]["streams"]) == sorted(streams)



@each
def test_everything_that_has_a_log_sends_it(environment):
    """PRD-06, IP-12."""
    made = everything()[environment]
    sent = {values["target_resource_id"] for _, values in made.of("azurerm_monitor_diagnostic_setting")}
    kinds = ["azurerm_kubernetes_cluster", "azurerm_virtual_network", "azurerm_firewall", "azurerm_key_vault", "azurerm_application_insights", "azurerm_log_analytics_workspace",
             "azurerm_dashboard_grafana", "azurerm_data_protection_backup_vault", "azurerm_bastion_host", "azurerm_container_app_environment"]
    silent = [address for kind in kinds for address, values in made.of(kind) if values["id"] not in sent]
    silent += [address for kind in ("azurerm_postgresql_flexible_server", "azurerm_eventhub_namespace") for address, values in made.of(kind)
               if values["id"] not in sent and "replica" not in address and '"copy"' not in address]
    silent += [address for address, values in made.of("azurerm_storage_account") if f"{values['id']}/blobServices/default" not in sent]
    silent += [address for address, values in made.of("azurerm_managed_redis", '"primary"') if f"{values['id']}/databases/default" not in sent]
    assert silent == []
    assert "/subscriptions/22222222-2222-4222-8222-222222222222" in sent
    cluster = next(values for _, values in made.of("azurerm_monitor_diagnostic_setting", '["cluster"]'))
    assert len(cluster["enabled_log"]) == 11


def test_the_registry_is_one_and_everybody_pulls_from_it():
    """IA-09, SI-02, PRD-05."""
    registry = other_stack("global").one("azurerm_container_registry")
    for argument, value in {"sku": "Premium", "admin_enabled": False, "anonymous_pull_enabled": False, "public_network_access_enabled": False,
                            "zone_redundancy_enabled": True, "data_endpoint_enabled": True, "retention_policy_in_days": 30, "network_rule_bypass_option": "None"}.items():
        assert registry[argument] == value, argument
    pairs = {CONTRACT["regions"][region]["pair"] for environment in CONTRACT["environments"].values() for region in environment["regions"]}
    assert {replica["location"] for replica in registry["georeplications"]} >= pairs - {registry["location"]}
    assert all(replica["zone_redundancy_enabled"] for replica in registry["georeplications"])
    for made in everything().values():
        pull = next(values for _, values in made.of("azurerm_role_assignment", ".kubelet_pull"))
        kubelet = next(values for _, values in made.of("azurerm_user_assigned_identity", ".kubelet"))
        assert pull["principal_id"] == kubelet["principal_id"] and pull["scope"].endswith("/registries/crexample")


def test_the_front_door_is_the_only_public_entrance_and_prevents():
    """RM-04, RM-03."""
    made = other_stack("edge")
    assert made.one("azurerm_cdn_frontdoor_firewall_policy")["mode"] == "Prevention"
    assert {rule["type"] for rule in made.one("azurerm_cdn_frontdoor_firewall_policy")["managed_rule"]} == {"Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet"}
    origin = made.one("azurerm_cdn_frontdoor_origin")
    assert (origin["priority"], origin["certificate_name_check_enabled"]) == (1, True)
    assert origin["private_link"][0]["private_link_target_id"].endswith(f"/privateLinkServices/pls-sentimark-{ENVIRONMENTS[-1]}-weu")
    route = made.one("azurerm_cdn_frontdoor_route")
    assert (route["https_redirect_enabled"], route["forwarding_protocol"]) == (True, "HttpsOnly")
    policy = made.one("azurerm_cdn_frontdoor_security_policy")["security_policies"][0]["firewall"][0]
    assert policy["association"][0]["domain"][0]["cdn_frontdoor_domain_id"] == made.one("azurerm_cdn_frontdoor_endpoint")["id"]
