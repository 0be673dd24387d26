"""All services of an environment, deployed by our own action with their real values on a cluster of their own."""
import concurrent.futures
import json
import os
import subprocess

import pytest
import yaml

from connections import OPEN, Table, entering, leaving, taken_away
from environment import FOREIGN, deployed, merged, refused_overlay, steadily
from lab import until

NAME = f"env{os.getpid()}"


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    with deployed("dev", NAME + "d", tmp_path_factory.mktemp("dev")) as found:
        found.deploy_all()
        yield found


@pytest.fixture(scope="module")
def table(dev):
    found = Table(dev)
    for service in OPEN:
        found.pod(service)
    return found


def test_every_service_becomes_ready_and_answers_through_the_gateway(dev):
    # DP-04: without its secrets no pod starts.
    assert dev.pods("api") and dev.pods("auth") and dev.pods("data-tier")
    status, body = until(lambda: (answer := dev.ask("/v1/score?text=gain"))[0] == 200 and answer, 60)
    assert '"score":1' in body
    # The certificate is the vault's: another authority is not believed, and so is no other name.
    assert dev.ask("/readyz", host="other.sentimark.test")[0] == 0


def test_what_is_deployed_are_the_values_of_git_and_the_digest(dev):
    # read back from helm, not from what we meant to send.
    for service in dev.services:
        kept = json.loads(dev.kube.run("HELM4", "--namespace", dev.namespace(service), "get", "values", service, "-o", "json"))
        assert kept.pop("image") == dev.values(service)[0]["image"] | {"digest": dev.digests[service]}
        expected = merged(*dev.values(service))
        del expected["image"]
        assert kept == expected, service


@pytest.mark.parametrize("overlay", [{"replicas": 1}, {"image": {"tag": "1.0.0"}}, {"network": {"enabled": False}}, {"image": {"digest": "latest"}}])
def test_an_overlay_that_names_anything_else_is_refused(overlay):
    assert refused_overlay(overlay) and not refused_overlay({"image": {"digest": "sha256:" + "0" * 64}})


@pytest.mark.parametrize("service", OPEN)
def test_connections_are_open_to_who_needs_them_and_to_nobody_else(table, service):
    assert table.row(service) == OPEN[service]


def test_every_allow_that_is_taken_away_is_missed(table):
    services = [service for service in OPEN if service != "stranger"]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        lost = dict(zip(services, pool.map(lambda service: taken_away(table, service, leaving), services)))
    for service in services:
        assert set().union(*(columns for _, columns in lost[service])) == OPEN[service], lost[service]
    # And at the other end, one service after the other: callers are shared.
    assert taken_away(table, "auth", entering) == [("api", {"auth"})]
    assert taken_away(table, "data-tier", entering) == [(caller, {"data-tier"}) for caller in ("api", "sentiment-worker", "test-data-generator")]


def from_the_gateway(policy):
    """The API's allow for the gateway, alone of its callers."""
    callers = policy["spec"]["ingress"][0]["from"]
    callers[:] = [each for each in callers if "gateway.networking.k8s.io/gateway-name" not in each.get("podSelector", {}).get("matchLabels", {})]


@pytest.mark.parametrize("name, allow", [
    ("api", from_the_gateway), ("gateway", lambda policy: policy["spec"]["ingress"].pop(0)), ("gateway", lambda policy: policy["spec"]["egress"].pop(0)),
    ("gateway", lambda policy: policy["spec"]["egress"].pop(1)),
], ids=["gateway-to-api", "users-to-gateway", "gateway-to-dns", "gateway-to-services"])
def test_every_allow_on_the_way_of_users_is_missed(dev, name, allow):
    until(lambda: dev.ask("/v1/score?text=gain")[0] == 200, 60)
    with dev.changed("sentimark-web", "networkpolicy", name, allow):
        until(lambda: dev.ask("/v1/score?text=gain")[0] != 200, 60)
    until(lambda: dev.ask("/v1/score?text=gain")[0] == 200, 60)


def test_a_right_that_the_deployer_lacks_is_named(dev):
    # SA-06: a command has the rights of charts/platform's Role, so that one less is felt, at the upgrade and on the way back.
    def less(role):
        role["rules"] = [rule for rule in role["rules"] if rule["apiGroups"] != ["networking.k8s.io"]]
    with dev.changed("sentimark-web", "role", "sentimark-deployer", less):
        done = dev.deploy("auth", yaml.safe_dump({"env": {"LACKS": "a right"}}))
    who = dev.document["deployers"]["deploy"]["object_id"]
    assert done.code == 22 and f'"auth" is forbidden: User "{who}" cannot get resource "networkpolicies" in API group' in done.outputs["exit-reason"], done.err
    assert "bind a role with that verb and resource to the identity" in done.told
    dev.deploy("auth").ended("succeeded")


def test_a_rotated_secret_reaches_the_pod_without_a_dropped_request(dev):
    #
    def mounted():
        return {each["name"]: each["fingerprint"] for each in json.loads(dev.ask("/v1/secrets")[1])}
    before, pods = mounted(), dev.pods("api")
    def rotate():
        dev.set_secret("api-signing-key", "second value")
        return until(lambda: (now := mounted())["api-signing-key"] != before["api-signing-key"] and now, 60)
    after, bad = steadily(dev, rotate)
    assert bad == [] and dev.pods("api") == pods
    assert {name for name in after if after[name] != before[name]} == {"api-signing-key"}


def test_a_rotated_certificate_reaches_the_gateway_without_a_dropped_request(dev):
    #
    def serial():
        said = subprocess.run(["openssl", "s_client", "-connect", dev.way(), "-servername", dev.host], input="", capture_output=True, text=True, timeout=30).stdout
        return subprocess.run(["openssl", "x509", "-noout", "-serial"], input=said, capture_output=True, text=True, check=True).stdout
    before = serial()
    def rotate():
        dev.rotate_certificate()
        return until(lambda: serial() != before, 60)
    # Two certificates are good while one replaces the other: the client believes both.
    assert steadily(dev, rotate)[1] == []


def test_a_secret_that_is_missing_or_forbidden_is_refused(dev):
    # DP-04: asked with a token of the service's own account.
    for name, code in (("no-such-secret", "SecretNotFound"), ("auth-client-secret", "")):
        assert dev.read_secret("data-tier", name)[1] == code
    status, code = dev.read_secret("test-data-generator", "auth-client-secret")
    assert (status, code) == (403, "Forbidden")


def test_a_deploy_that_gets_no_secret_names_it_its_vault_and_why(dev):
    # DP-04, B-04: the kubelet's events alone tell; the old pods serve on, and the way back is verified.
    before = dev.pods("auth") + dev.pods("data-tier")
    faults = {"auth": {"objects": [{"name": "no-such-secret"}]}, "data-tier": {"vault": FOREIGN}}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = dict(zip(faults, pool.map(lambda service: dev.deploy(service, yaml.safe_dump({"secrets": faults[service]})), faults)))
    vault, [name] = dev.document["vault"]["name"], [each["name"] for each in dev.values("data-tier")[0]["secrets"]["objects"]]
    done["auth"].failed("rolled-back", f"asks for a secret no-such-secret that the key vault {vault} does not have", cure="SecretProviderClass")
    done["data-tier"].failed("rolled-back", f"the key vault {FOREIGN} refuses the secret {name} to the identity of pod data-tier-", cure="Key Vault Secrets User")
    assert dev.pods("auth") + dev.pods("data-tier") == before


def test_a_failed_migration_leaves_the_old_version_serving(dev):
    #
    values = yaml.safe_dump({"env": {"FAULT_MIGRATION": "fail"}, "migration": {"expand": 3}})
    before = dev.pods("api") + dev.pods("data-tier")
    done, bad = steadily(dev, lambda: dev.deploy("migrations", values))
    assert done.code in (20, 21) and "migrations-expand" in done.err, done.err
    assert bad == [] and dev.pods("api") + dev.pods("data-tier") == before
