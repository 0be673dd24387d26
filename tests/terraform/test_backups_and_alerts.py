"""Every store is saved or exempt with a reason; every alert has a severity, an owner, a runbook and reaches somebody."""
import pathlib
import re
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import must  # noqa: E402
from offline import CONTRACT, ENVIRONMENTS, ROOT, copy_of, environment_of, everything, needs_schema  # noqa: E402

STORES = yaml.safe_load((ROOT / "terraform/backups.yaml").read_text(encoding="utf-8"))["stores"]
ALERTS = yaml.safe_load((ROOT / "terraform/modules/alerts/alerts.yaml").read_text(encoding="utf-8"))["alerts"]
STATEFUL = re.compile(r"azurerm_(postgresql_flexible_server|managed_redis|eventhub_namespace|storage_account|key_vault|kubernetes_cluster|log_analytics_workspace|monitor_workspace|application_insights)$")
# What the platform's plan asks for, in alerts.yaml's names.
DEMANDED = {"run-command-outside-pipeline", "node-not-ready", "pod-crash-loop", "autoscaler-at-its-maximum", "spot-evictions", "backup-failed", "log-ship-silence",
            "certificate-expiry", "backup-age", "database-failover", "database-storage", "events-throttled", "events-lag", "node-image-age", "vault-forbidden"}
pytestmark = needs_schema
each = pytest.mark.parametrize("environment", ENVIRONMENTS)


def lines_for(address, kind, environment):
    found = [line for line in STORES if line["store"] == kind or line["store"].startswith(f"{kind}.") and address.endswith(line["store"])]
    return [line for line in found if environment in line.get("environments", ENVIRONMENTS)]


def unsaved(made, environment):
    """What stands in no line of the table, and lines that do not hold."""
    for address, kind, values in made.resources:
        if STATEFUL.match(kind) and "replica" not in address and '"copy"' not in address:
            lines = lines_for(address, kind, environment)
            if not lines:
                yield f"{address} stands in no line of terraform/backups.yaml"
            for line in (line for line in lines if "exemption" not in line):
                if "argument" in line and must.read(values, line["argument"]) in (must.ABSENT, None, 0, False):
                    yield f"{address}: {line['argument']} is off"
                if "by" in line and not made.of(line["by"]):
                    yield f"{address}: there is no {line['by']}"


@each
def test_every_store_is_saved_or_exempt(environment):
    """DR-02, DR-01."""
    assert list(unsaved(everything()[environment], environment)) == []


def test_every_line_of_the_backup_table_says_all_or_why_not():
    """DR-02."""
    assert [line for line in STORES if len(line.get("exemption", "")) <= 20 and any(line.get(key) is None for key in ("mechanism", "rpo", "rto", "restore", "test"))] == []


def test_a_store_that_nothing_saves_is_seen():
    """DR-02."""
    made = everything()["prod"]
    more = made.but("")
    more.resources.append(("azurerm_storage_account.new", "azurerm_storage_account", {}))
    assert list(unsaved(more, "prod")) == ["azurerm_storage_account.new stands in no line of terraform/backups.yaml"]
    assert list(unsaved(made.but("azurerm_key_vault", purge_protection_enabled=False), "prod")) == ["module.vault.azurerm_key_vault.this: purge_protection_enabled is off"]


def test_no_line_of_the_backup_table_is_about_nothing():
    """DR-02."""
    for line in STORES:
        for environment in line.get("environments", ENVIRONMENTS):
            assert any(line in lines_for(address, kind, environment) for address, kind, _ in everything()[environment].resources), line


def test_the_seven_rights_of_the_cluster_backup_are_given_before_it_starts():
    """DR-01: without one of them the first backup fails hours later."""
    made = everything()["prod"]
    vault = made.one("azurerm_data_protection_backup_vault")
    given = sorted(values["role_definition_name"] for _, values in made.of("azurerm_role_assignment", ".vault["))
    assert given == sorted(["Reader", "Reader", "Reader", "Disk Snapshot Contributor", "Data Operator for Managed Disks", "Storage Blob Data Reader",
                            "PostgreSQL Flexible Server Long Term Retention Backup Role"])
    assert {values["principal_id"] for _, values in made.of("azurerm_role_assignment", ".vault[")} == {vault["identity"][0]["principal_id"]}
    source = (ROOT / "terraform/modules/backup/main.tf").read_text(encoding="utf-8")
    instance = source[source.index('resource "azurerm_data_protection_backup_instance_kubernetes_cluster"'):]
    assert all(f"azurerm_{name}" in instance.split("depends_on")[1].split("]")[0] for name in (
        "role_assignment.vault", "role_assignment.extension", "role_assignment.cluster_snapshots", "kubernetes_cluster_trusted_access_role_binding.backup"))


def conditions(environment):
    contract = CONTRACT["environments"][environment]
    made = everything()[environment]
    held = {"always"} | ({"events"} if contract["events"] else set()) | ({"power"} if contract["power"] else set())
    held |= {"backup"} if made.of("azurerm_data_protection_backup_vault") else set()
    held |= {"full_monitoring"} if made.of("azurerm_monitor_workspace") else set()
    return held | ({"copies"} if made.of("azurerm_postgresql_flexible_server", ".replica") else set())


def planned(made):
    """name -> severity, runbook, owner and action groups of every alert that was made."""
    found = {}
    for _, values in made.of("azurerm_monitor_scheduled_query_rules_alert_v2"):
        found[values["name"]] = (values["severity"], values["action"][0]["custom_properties"], values["action"][0]["action_groups"])
    for _, values in made.of("azurerm_monitor_metric_alert"):
        found[values["name"]] = (values["severity"], values["action"][0]["webhook_properties"], [action["action_group_id"] for action in values["action"]])
    for _, values in made.of("azurerm_monitor_alert_prometheus_rule_group"):
        for rule in values["rule"]:
            found[rule["alert"]] = (rule["severity"], {"runbook": rule["annotations"]["runbook"], "owner": rule["labels"]["owner"]}, [action["action_group_id"] for action in rule["action"]])
    return found


@each
def test_every_alert_of_the_list_is_there_and_reaches_somebody(environment):
    """PRD-07, X-25, DP-08."""
    made = everything()[environment]
    group = made.one("azurerm_monitor_action_group")["id"]
    wanted = {name: (alert["severity"], {"runbook": alert["runbook"], "owner": alert["owner"]}, [group]) for name, alert in ALERTS.items() if alert["when"] in conditions(environment)}
    assert planned(made) == wanted


def test_production_has_every_alert_that_the_plan_demands():
    """PRD-07."""
    assert DEMANDED - set(planned(everything()["prod"])) == set()


def test_alerts_have_a_severity_an_owner_and_a_runbook():
    """X-25."""
    for name, alert in ALERTS.items():
        assert alert["severity"] in (0, 1, 2, 3) and alert["owner"] in ("platform", "services", "security"), name
        assert re.fullmatch(r"[a-z][a-z0-9-]+", alert["runbook"]) and len(alert["text"]) > 10, name


@each
def test_the_alert_on_run_command_spares_exactly_the_pipeline(environment):
    """PRD-07, SE: the identities that hold the role, and no other."""
    made = everything()[environment]
    holders = {values["principal_id"] for _, values in made.of("azurerm_role_assignment", "cluster_access.azurerm_role_assignment.command[")}
    query = next(values["criteria"][0]["query"] for _, values in made.of("azurerm_monitor_scheduled_query_rules_alert_v2") if values["name"] == "run-command-outside-pipeline")
    assert set(re.findall(r"'([^']+)'", query.split("!in")[1])) == holders and len(holders) == 2
    assert "runCommand/action" in query


def test_a_dropped_alert_is_seen(tmp_path):
    """PRD-07: take one away and the list is no longer what is demanded."""
    tree = copy_of(ROOT, tmp_path)
    file = tree / "terraform/modules/alerts/alerts.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[:text.index("  certificate-expiry:")] + text[text.index("  vault-forbidden:"):], encoding="utf-8")
    assert DEMANDED - set(planned(environment_of(tree, "prod"))) == {"certificate-expiry"}


def test_queries_read_the_tables_that_records_go_to():
    """PRD-07: where every log goes to a table of its own, the common table stays empty and an alert on it silent."""
    for made in everything().values():
        assert {values["log_analytics_destination_type"] for _, values in made.of("azurerm_monitor_diagnostic_setting")} == {"Dedicated"}
    assert [name for name, alert in ALERTS.items() if "AzureDiagnostics" in alert.get("query", "")] == []
