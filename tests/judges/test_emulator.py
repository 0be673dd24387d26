"""The emulator held against reference behaviour of GitHub's issuer, Entra and ARM, by Python's own libraries."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from emulator_client import AKS_SERVER, PROGRAM, ROOT, running  # noqa: E402


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("emulator")) as client:
        yield client


def test_a_command_runs_with_its_files_and_without_permission_bits(world):
    done = world.run("stat -c %a tool.sh; cat sub/data.txt; id -u; echo bad >&2; exit 3", {"tool.sh": "#!/bin/sh\n", "sub/data.txt": "hello\n"})
    assert done["provisioningState"] == "Succeeded" and done["exitCode"] == 3
    assert done["logs"] == "644\nhello\n64200\nbad\n"


def test_programs_of_commands_at_the_same_time_can_be_executed(world):
    """A process that is made while another's program is still written must not hold it open: it could not be executed (ETXTBSY)."""
    token, program = world.token(), pathlib.Path("/bin/true").read_bytes()
    files = {f"tool-{number}": program for number in range(40)}
    command = "chmod 0700 tool-*; for tool in ./tool-*; do $tool || exit 1; done; sleep 1; echo ran"
    def run(_):
        status, headers, body = world.post(command, files, token)
        assert status == 202, body
        return world.result(headers["Location"], token)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert {told["logs"] for told in pool.map(run, range(40))} == {"ran\n"}


def test_mime_base64_of_the_context_is_accepted(world):
    assert world.run("wc -c <big", {"big": b"x" * 5000}, mime=True)["logs"].strip() == "5000"


def test_a_command_sees_nothing_of_our_environment_and_processes(world):
    names = [line.split("=")[0] for line in world.run("env; ls -d /proc/[0-9]* | wc -l")["logs"].splitlines()]
    assert "HOSTNAME" in names and "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in names and int(names[-1]) < 8


def test_the_log_is_cut_silently_after_512_kb(world):
    done = world.run("head -c 600000 /dev/zero | tr '\\0' x")
    assert len(done["logs"]) == 512 * 1024 and done["exitCode"] == 0


def test_a_hostile_entry_is_refused(world):
    status, _, body = world.post("true", {"../evil": "x"})
    assert status == 400 and "unsafe entry" in body["error"]["message"]


def test_the_issuer_needs_its_bearer(world):
    assert world.call("GET", world.env["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=x", bearer="wrong")[0] == 401
    assert oct((world.state / "env").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("change, code", [
    ({"tenant": "00000000-0000-4000-8000-000000000000"}, 90002),
    ({"client_id": "other"}, 700016),
    ({"scope": "https://elsewhere.example/.default"}, 500011),
    ({"client_secret": "wrong"}, 7000215),
], ids=["tenant", "client", "resource", "secret"])
def test_entra_refuses_with_its_code(world, change, code):
    status, _, body = world.token_answer(**change)
    assert status in (400, 401) and body["error_codes"] == [code] and f"AADSTS{code}:" in body["error_description"]


def test_a_forged_assertion_is_refused(world):
    head, payload, signature = world.assertion().split(".")
    forged = ".".join([head, payload, ("A" if signature[0] != "A" else "B") + signature[1:]])
    assert world.token_answer(client_assertion=forged)[2]["error_codes"] == [700027]


@pytest.mark.parametrize("subject, code", [("repo:octo-org/octo-repo:environment:prod", 700213), ("repo:Octo-Org/octo-repo:environment:dev", 7002138)], ids=["subject", "case"])
def test_a_subject_must_match_with_its_case(tmp_path, subject, code):
    with running(tmp_path, config={"federatedCredentials": [{"subject": subject, "audience": "api://AzureADTokenExchange"}]}) as client:
        assert client.token_answer()[2]["error_codes"] == [code]


def test_the_immutable_subject_carries_ids(tmp_path):
    with running(tmp_path, config={"immutableSubject": True}) as client:
        assert client.endpoint["subject"] == "repo:octo-org@65/octo-repo@74:environment:dev"
        assert client.token_answer()[0] == 200


def test_arm_verifies_bearer_and_audience(world):
    path = world.cluster_path()
    codes = [world.call("GET", path, bearer=bearer)[2]["error"]["code"] for bearer in (None, "a.b.c", world.token(scope=AKS_SERVER + "/.default"))]
    assert codes == ["AuthenticationFailed", "InvalidAuthenticationToken", "InvalidAuthenticationTokenAudience"]


def test_api_versions_are_judged_by_resource_type(world):
    token = world.token()
    assert [world.call("GET", world.cluster_path(version=version), bearer=token)[0] for version in ("2021-02-01", "2026-04-01")] == [200, 200]
    for version, code in (("2020-01-01", "NoRegisteredProviderFound"), ("2019-11-01", "NoRegisteredProviderFound"), ("2025-10-02-preview", "InvalidApiVersionParameter"), ("newest", "InvalidApiVersionParameter")):
        status, _, body = world.call("GET", world.cluster_path(version=version), bearer=token)
        assert (status, body["error"]["code"]) == (400, code) and "2025-10-01" in body["error"]["message"] and version in body["error"]["message"]
    assert world.call("GET", "/subscriptions?api-version=2019-11-01", bearer=token)[0] == 200
    status, _, body = world.call("GET", "/subscriptions?api-version=2025-10-01", bearer=token)
    assert (status, body["error"]["code"]) == (400, "InvalidApiVersionParameter") and "2022-12-01" in body["error"]["message"]
    assert world.call("GET", world.cluster_path().split("?")[0], bearer=token)[2]["error"]["code"] == "MissingApiVersionParameter"


def test_the_cluster_says_what_clients_read(tmp_path):
    changes = {"provisioningState": "Updating", "apiServerAccessProfile": {"authorizedIPRanges": ["10.0.0.0/8"]}}
    with running(tmp_path, config={"aad": True, "disableRunCommand": True, "clusterProperties": changes}) as client:
        cluster = client.call("GET", client.cluster_path(), bearer=client.token())[2]
    found = cluster["properties"]
    assert found["provisioningState"] == "Updating" and found["powerState"] == {"code": "Running"} and found["privateFQDN"].endswith(".azmk8s.io")
    access = found["apiServerAccessProfile"]
    assert access["disableRunCommand"] and access["enablePrivateCluster"] and access["authorizedIPRanges"] == ["10.0.0.0/8"]
    assert found["aadProfile"]["managed"] and found["aadProfile"]["tenantID"] == cluster["identity"]["tenantId"] and found["agentPoolProfiles"][0]["nodeTaints"] == []


READ, RUN, RESULT = (f"Microsoft.ContainerService/managedClusters/{tail}" for tail in ("read", "runcommand/action", "commandResults/read"))


def test_a_right_holds_at_its_scope_and_below(tmp_path):
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/RG-Demo"
    roles = [{"scope": group, "actions": ["*/read"], "notActions": [RESULT]}, {"scope": group + "-other", "actions": ["*"]},
             {"scope": group + "/providers/Microsoft.ContainerService/managedClusters/aks-demo", "actions": [RUN.upper()]}]
    with running(tmp_path, "--instant", config={"roleAssignments": roles}) as client:
        token, cluster = client.token(), client.cluster_path().split("?")[0]
        assert client.call("GET", client.cluster_path(), bearer=token)[0] == 200
        status, headers, _ = client.post("true", token=token)
        assert status == 202
        status, _, body = client.call("GET", headers["Location"], bearer=token)
        result = headers["Location"].removeprefix(client.url).split("?")[0]
        assert status == 403 and body["error"] == {"code": "AuthorizationFailed", "message":
            f"The client '{client.endpoint['clientId']}' with object id '44444444-4444-4444-8444-444444444444' does not have authorization to perform action "
            f"'{RESULT}' over scope '{result}' or the scope is invalid. If access was recently granted, please refresh your credentials."}
        assert client.call("GET", client.cluster_path().replace("rg-demo", "rg-demo-other"), bearer=token)[0] == 404
        elsewhere = client.call("GET", client.cluster_path().replace("rg-demo", "rg-elsewhere"), bearer=token)
        assert elsewhere[0] == 403 and READ in elsewhere[2]["error"]["message"]
    with running(tmp_path / "second", config={"actions": [READ]}) as client:
        message = client.post("true")[2]["error"]["message"]
        assert f"'{RUN}' over scope '{cluster}'" in message


@pytest.mark.parametrize("config, word", [({"colour": 1}, "colour"), ({"aad": "yes"}, "boolean"), ({"mode": "ship"}, "ship"), ("[", "byte 1")], ids=["unknown", "type", "mode", "syntax"])
def test_a_wrong_configuration_ends_the_start(tmp_path, config, word):
    (tmp_path / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    done = subprocess.run([PROGRAM, "serve", "--state", tmp_path, "--config", tmp_path / "config.json"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 3 and word in done.stderr, done.stderr


@pytest.mark.parametrize("words, word", [([], "verb"), (["fly"], "fly"), (["serve"], "--state"), (["serve", "--state", "x", "--speed", "1"], "--speed"),
                                         (["serve", "--state"], "no value"), (["serve", "--state", "x", "--listen", "0.0.0.0:1"], "--listen"),
                                         (["serve", "--state", "x", "--mode", "pod"], "--kubeconfig"), (["serve", "--state", "x", "--time-scale", "fast"], "--time-scale")])
def test_a_wrong_command_line_is_a_usage_error(tmp_path, words, word):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=30, cwd=tmp_path)
    assert done.returncode == 2 and word in done.stderr and not done.stdout


def test_help_names_every_flag_and_version_the_libraries():
    text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True, timeout=30).stdout
    page = (ROOT / "docs/emulator.md").read_text(encoding="utf-8")
    flags = set(re.findall(r"^  (--[a-z-]+)", text, re.M)) - {"--help"}
    assert len(flags) == 12 and not [flag for flag in flags if flag not in page]
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    assert re.match(r"sentimark-emulator \d+\.\d+\.\d+\n", version) and "OpenSSL 3" in version and "libzip 1" in version and "cpp-httplib 0" in version


def test_unknown_places_have_their_codes(world):
    token, end = world.token(), world.endpoint
    for old, code in ((end["subscriptionId"], "SubscriptionNotFound"), (end["resourceGroup"], "ResourceGroupNotFound"), (end["cluster"], "ResourceNotFound")):
        status, _, body = world.call("GET", world.cluster_path().replace(old, "nowhere"), bearer=token)
        assert (status, body["error"]["code"]) == (404, code)


@pytest.mark.parametrize("config, status, code", [
    ({"actions": ["Microsoft.ContainerService/managedClusters/read"]}, 403, "AuthorizationFailed"),
    ({"powerState": "Stopped"}, 409, "OperationNotAllowed"),
    ({"disableRunCommand": True}, 400, "BadRequest"),
    ({"aad": True}, 400, "MissingAADClusterToken"),
], ids=["role", "stopped", "disabled", "aad"])
def test_run_command_is_refused(tmp_path, config, status, code):
    with running(tmp_path, config=config) as client:
        answer = client.post("true")
        assert (answer[0], answer[2]["error"]["code"]) == (status, code)


def test_an_aad_cluster_accepts_a_cluster_token(tmp_path):
    with running(tmp_path, config={"aad": True}) as client:
        assert client.run("echo ok", clusterToken=client.token(scope=AKS_SERVER + "/.default"))["logs"] == "ok\n"


def test_the_providers_bucket_is_for_the_whole_subscription(tmp_path):
    with running(tmp_path, "--instant", "--time-scale", "0.01", config={"throttle": True}) as client:
        token = client.token()
        location = client.post("true", token=token)[1]["Location"]
        assert [client.call("GET", location, bearer=token)[0] for _ in range(59)] == [200] * 59
        status, headers, body = client.post("true", token=token)
        assert (status, body["error"]["code"]) == (429, "Throttled") and int(headers["Retry-After"]) >= 1
        assert client.call("GET", client.cluster_path(), bearer=token)[0] == 200


def test_a_large_request_is_refused_with_413(tmp_path):
    with running(tmp_path, "--context-limit", "1000") as client:
        assert client.post("true", {"big": os.urandom(2000)})[0] == 413


def test_the_journal_holds_commands_and_no_secret(tmp_path):
    with running(tmp_path, "--instant") as client:
        token = client.token()
        assert client.run("echo hello")["logs"] == "instant\n"
        status, headers, _ = client.post("echo hello", token=token)
        assert (status, headers["Retry-After"]) == (202, "0")
        client.call("GET", client.cluster_path(), bearer=token)
        rows = client.journal()
    assert [row["command"] for row in rows if row["operation"] == "runCommand"] == ["echo hello", "echo hello"]
    assert [(row["commandId"], row["state"]) for row in rows if row["operation"] == "commandResult"] == [
        ([row["commandId"] for row in rows if row["operation"] == "runCommand"][0], "Succeeded")]
    text = json.dumps(rows)
    assert token not in text and client.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] not in text and "sha256:" in text


READER, HOST = "66666666-6666-4666-8666-666666666666", "kv-demo.vault.azure.net"
VAULT = "https://vault.azure.net/.default"


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    roles = [{"objectId": "44444444-4444-4444-8444-444444444444", "role": "Key Vault Secrets Officer"}, {"objectId": READER, "role": "Key Vault Secrets User", "secret": "s07"}]
    subject = {"issuer": "", "subject": "repo:octo-org/octo-repo:environment:dev", "audience": "api://AzureADTokenExchange"}
    config = {"identities": [{"clientId": READER, "objectId": READER, "federatedCredentials": [subject]}],
              "vaults": {"kv-demo": {"secrets": {f"s{number:02}": f"value {number}" for number in range(30)}, "roleAssignments": roles}}}
    with running(tmp_path_factory.mktemp("vault"), config=config) as client:
        yield client


def test_the_vault_challenges_who_has_no_token_for_it(vault):
    for bearer in (None, vault.token()):  # the second is ARM's
        status, headers, _ = vault.vault("GET", HOST, "/secrets/s07?api-version=7.4", bearer=bearer)
        assert status == 401 and f'/{vault.endpoint["tenantId"]}", resource="https://vault.azure.net"' in headers["WWW-Authenticate"]


def test_a_secret_is_read_set_and_its_versions_stay(vault):
    token = vault.token(scope=VAULT)
    first = vault.vault("GET", HOST, "/secrets/S07?api-version=7.4", bearer=token)[2]
    assert first["value"] == "value 7" and first["attributes"]["enabled"]
    assert vault.vault("PUT", HOST, "/secrets/s07?api-version=7.4", {"value": "rotated"}, token)[0] == 200
    assert vault.vault("GET", HOST, "/secrets/s07?api-version=7.4", bearer=token)[2]["value"] == "rotated"
    assert vault.vault("GET", HOST, first["id"].removeprefix(f"https://{HOST}") + "?api-version=7.4", bearer=token)[2]["value"] == "value 7"
    assert len(vault.vault("GET", HOST, "/secrets/s07/versions?api-version=7.4", bearer=token)[2]["value"]) == 2
    assert vault.vault("PUT", HOST, "/secrets/s08?api-version=7.4", {"value": 7}, token)[0] == 400


def test_secrets_are_listed_page_by_page_and_without_their_values(vault):
    token, at, found = vault.token(scope=VAULT), "/secrets?api-version=7.4", []
    while at:
        page = vault.vault("GET", HOST, at, bearer=token)[2]
        assert len(page["value"]) <= 25 and not any("value" in each for each in page["value"])
        found += [each["id"].rsplit("/", 1)[1] for each in page["value"]]
        at = (page["nextLink"] or "").removeprefix(f"https://{HOST}")
    assert found == [f"s{number:02}" for number in range(30)]


@pytest.mark.parametrize("method, host, path, status, code", [
    ("GET", HOST, "/secrets/s08?api-version=7.4", 403, "Forbidden"), ("PUT", HOST, "/secrets/s07?api-version=7.4", 403, "Forbidden"),
    ("GET", HOST, "/secrets?api-version=7.4", 403, "Forbidden"), ("GET", HOST, "/secrets/s07?api-version=2016-10-01", 400, "BadParameter"),
    ("GET", "kv-other.vault.azure.net", "/secrets/s07?api-version=7.4", 404, "VaultNotFound"),
])
def test_the_vault_refuses_by_role_and_by_scope(vault, method, host, path, status, code):
    answer = vault.vault(method, host, path, {"value": "x"} if method == "PUT" else None, vault.token(scope=VAULT, client_id=READER))
    assert (answer[0], answer[2]["error"]["code"]) == (status, code)
    assert code != "Forbidden" or answer[2]["error"]["innererror"]["code"] == "ForbiddenByRbac"


def test_a_missing_secret_and_a_workload_at_arm_are_refused(vault):
    assert vault.vault("GET", HOST, "/secrets/none?api-version=7.4", bearer=vault.token(scope=VAULT))[2]["error"]["code"] == "SecretNotFound"
    status, _, body = vault.call("GET", vault.cluster_path(), bearer=vault.token(client_id=READER))
    assert (status, body["error"]["code"]) == (403, "AuthorizationFailed") and READER in body["error"]["message"]
