"""Every rule that refuses a value, with a value that it refuses: by the schema, and by the template where the schema is switched off."""
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from rendering import CHARTS, DIGEST, MAJORS, render  # noqa: E402

IDENTITY = {"environment": "sit", "clientId": "aaaaaaaa-0000-4000-8000-000000000001", "tenantId": "11111111-1111-4111-8111-111111111111",
            "namespace": "apps", "serviceAccount": "demo"}
HOME = {"environment": "sit", "identity": IDENTITY, "image": {"digest": DIGEST}, "network": {"enabled": True}}
TRIGGER = {"host": "evhns-x.servicebus.windows.net", "hub": "market-events", "consumerGroup": "c", "threshold": 64, "account": "stx", "container": "checkpoints"}
ROUTE = {"enabled": True}
HPA = {"type": "hpa", "minReplicas": 2, "maxReplicas": 4}
KEDA = {"type": "keda", "minReplicas": 0, "maxReplicas": 4, "clientId": "aaaaaaaa-0000-4000-8000-000000000099", "triggers": [TRIGGER]}

# rule, key that the refusal names, values, whether the schema refuses too
REFUSED = [
    ("one-owner-of-replicas", "replicas", {"replicas": 3, "autoscaling": HPA}, False),
    ("one-owner-of-replicas", "replicas", HOME | {"replicas": 3, "autoscaling": KEDA}, False),
    ("only-servers-scale", "autoscaling.type", {"kind": "CronJob", "autoscaling": HPA}, False),
    ("autoscaling-range", "autoscaling.minReplicas", {"autoscaling": HPA | {"minReplicas": 5}}, False),
    ("autoscaling-range", "autoscaling.minReplicas", {"autoscaling": HPA | {"minReplicas": 0}}, False),
    ("keda-needs-a-trigger", "autoscaling.triggers", HOME | {"autoscaling": KEDA | {"triggers": []}}, False),
    ("drains-are-possible", "disruption.maxUnavailable", {"disruption": {"maxUnavailable": 0}}, True),
    ("drains-are-possible", "disruption.maxUnavailable", {"disruption": {"maxUnavailable": "0%"}}, True),
    ("critical-never-zero", "critical", HOME | {"critical": True, "autoscaling": KEDA}, True),  # RM-10
    ("critical-never-zero", "critical", {"critical": True, "replicas": 0}, True),
    ("critical-not-on-spot", "spot.enabled", {"critical": True, "spot": {"enabled": True}}, False),  # HE-07
    ("singleton-not-on-spot", "spot.enabled", {"replicas": 1, "spot": {"enabled": True}}, False),  # HE-07
    ("only-servers-serve", "route.enabled", {"kind": "Job", "route": ROUTE}, False),
    ("gone-in-30-seconds", "terminationGracePeriodSeconds", {"terminationGracePeriodSeconds": 31}, True),
    ("time-to-drain", "preStopSeconds", {"preStopSeconds": 20, "terminationGracePeriodSeconds": 20}, False),
    ("canary-needs-weights", "canary.enabled", {"canary": {"enabled": True, "weight": 10, "image": {"tag": "2"}}}, False),  # RM-05
    ("canary-needs-weights", "canary.enabled", {"route": ROUTE | {"kind": "Ingress"}, "canary": {"enabled": True}}, False),
    ("canary-needs-weights", "kind", {"kind": "StatefulSet", "route": ROUTE, "canary": {"enabled": True}}, False),
    ("canary-weight", "canary.weight", {"route": ROUTE, "canary": {"enabled": True, "weight": 101}}, True),  # RM-05
    ("volumes-of-statefulsets", "persistence.enabled", {"persistence": {"enabled": True}}, False),
    ("expand-before-contract", "migration.contract", {"migration": {"enabled": True, "expand": 4, "contract": 4}}, False),
    ("lock-before-timeout", "migration.lockTimeoutSeconds", {"migration": {"enabled": True, "expand": 1, "timeoutSeconds": 60}}, False),
    ("no-test-data-in-production", "testData", {"environment": "prod", "kind": "CronJob", "testData": True}, True),  # SIT-06
    ("image-by-digest", "image.digest", {"environment": "sit", "network": {"enabled": True}}, False),
    ("fixed-image", "image.tag", {"image": {"tag": "latest"}}, True),
    ("network-policy-everywhere", "network.enabled", {"environment": "sit", "image": {"digest": DIGEST}}, False),
    ("identity-is-whole", "identity", HOME | {"identity": IDENTITY | {"tenantId": ""}}, False),
    ("identity-of-this-release", "identity.namespace", HOME | {"identity": IDENTITY | {"namespace": "elsewhere"}}, False),
    ("identity-of-this-release", "identity.serviceAccount", HOME | {"identity": IDENTITY | {"serviceAccount": "other"}}, False),
    ("identity-of-this-release", "identity.environment", HOME | {"identity": IDENTITY | {"environment": "prod"}}, False),
    ("sign-in-needs-an-identity", "secrets.objects", {"secrets": {"vault": "kv-x", "objects": [{"name": "key"}]}}, False),
    ("sign-in-needs-an-identity", "autoscaling.clientId", {"autoscaling": KEDA | {"clientId": ""}}, False),
    ("sign-in-needs-an-identity", "secrets.vault", HOME | {"secrets": {"objects": [{"name": "key"}]}}, False),
    ("placeholders-filled", "priorityClassName", {"priorityClassName": "${services.api.client_id}"}, True),
    ("no-secret-in-values", "env.DATABASE_PASSWORD", {"env": {"DATABASE_PASSWORD": "hunter2hunter2"}}, False),  # SA-03
    ("no-secret-in-values", "env.ApiKey", {"env": {"ApiKey": "x"}}, False),
    ("no-secret-in-values", "env.EVENTS_CONNECTION_STRING", {"env": {"EVENTS_CONNECTION_STRING": "x"}}, False),
    ("pod-level-keys", "podSecurityContext.runAsNonRoot", {"podSecurityContext": {"runAsNonRoot": True}}, True),  # SC-01
    ("ids-above-10000", "containerSecurityContext.runAsUser", {"containerSecurityContext": {"runAsUser": 0}}, True),
    ("locked-container", "containerSecurityContext.capabilities", {"containerSecurityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}, True),
]


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("rule, key, values, by_schema", REFUSED, ids=[f"{rule}:{key}:{number}" for number, (rule, key, _, _) in enumerate(REFUSED)])
def test_a_forbidden_value_is_refused_by_name_and_rule(major, rule, key, values, by_schema):
    # X-07, SIT-06, SA-03 and others: each of REFUSED says which row it serves.
    done = render(major, CHARTS / "service", [values], options=("--skip-schema-validation",))
    assert done.returncode != 0
    assert re.search(rf"refused: {re.escape(key)} = .*: rule {rule}: \S", done.stderr), done.stderr
    assert "hunter2" not in done.stderr
    # With the schema in force Helm stops there, or else at the very same rule.
    plain = render(major, CHARTS / "service", [values])
    assert plain.returncode != 0
    if by_schema:
        assert "specifications of the schema" in plain.stderr and (key.split(".")[0] in plain.stderr or rule in plain.stderr)
    else:
        assert plain.stderr == done.stderr


# Each of the values above one step away from the border, so that no rule refuses more than it says.
ACCEPTED = [
    {"autoscaling": HPA}, HOME | {"autoscaling": KEDA}, {"replicas": 3}, {"disruption": {"maxUnavailable": "1%"}}, {"critical": True, "replicas": 1},
    {"replicas": 2, "spot": {"enabled": True}}, {"replicas": 0, "spot": {"enabled": True}}, {"terminationGracePeriodSeconds": 30},
    {"route": ROUTE, "canary": {"enabled": True, "weight": 100, "image": {"tag": "2"}}}, {"kind": "StatefulSet", "persistence": {"enabled": True}},
    {"migration": {"enabled": True, "expand": 4, "contract": 3}}, {"environment": "uat", "kind": "CronJob", "testData": True} | {k: HOME[k] for k in ("image", "network")},
    HOME, HOME | {"secrets": {"vault": "kv-x", "objects": [{"name": "key"}]}}, {"env": {"API_KEY_FILE": "/mnt/secrets/key", "TOKEN_SECONDS": "60"}},
    {"config": {"files": {"run.sh": "echo ${HOME}"}}},
]


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("values", ACCEPTED, ids=range(len(ACCEPTED)))
def test_a_value_on_the_right_side_renders(major, values):
    assert render(major, CHARTS / "service", [values]).objects()


def test_every_rule_of_the_library_has_an_example():
    text = "".join(path.read_text(encoding="utf-8") for path in (CHARTS / "sentimark-lib/templates").glob("*.tpl"))
    rules = set(re.findall(r'"sentimark-lib\.refuse" \(list "([a-z0-9-]+)"', text))
    assert len(rules) >= 24
    assert rules == {rule for rule, _, _, _ in REFUSED}
    documented = (CHARTS.parent / "docs/charts.md").read_text(encoding="utf-8")
    assert {rule for rule in rules if f"`{rule}`" not in documented} == set()
