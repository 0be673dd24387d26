"""The emulator held against reference behaviour of GitHub's issuer, Entra and ARM, by Python's own libraries."""
import json
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from emulator_client import AKS_SERVER, running  # noqa: E402


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("emulator")) as client:
        yield client


def test_a_command_runs_with_its_files_and_without_permission_bits(world):
    done = world.run("stat -c %a tool.sh; cat sub/data.txt; id -u; echo bad >&2; exit 3", {"tool.sh": "#!/bin/sh\n", "sub/data.txt": "hello\n"})
    assert done["provisioningState"] == "Succeeded" and done["exitCode"] == 3
    assert done["logs"] == "644\nhello\n64200\nbad\n"


def test_mime_base64_of_the_context_is_accepted(world):
    assert world.run("wc -c <big", {"big": b"x" * 5000}, mime=True)["logs"].strip() == "5000"


def test_a_command_sees_nothing_of_our_environment_and_processes(world):
    names = [line.split("=")[0] for line in world.run("env; ls -d /proc/[0-9]* | wc -l")["logs"].splitlines()]
    assert "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in names and int(names[-1]) < 8


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


def test_api_versions_are_judged(world):
    token = world.token()
    assert [world.call("GET", world.cluster_path(version=version), bearer=token)[0] for version in ("2021-02-01", "2026-04-01")] == [200, 200]
    status, _, body = world.call("GET", world.cluster_path(version="2020-01-01"), bearer=token)
    assert status == 400 and body["error"]["code"] == "InvalidApiVersionParameter" and "2025-10-01" in body["error"]["message"]


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


def test_a_large_request_is_refused_with_413(tmp_path):
    with running(tmp_path, "--context-limit", "1000") as client:
        assert client.post("true", {"big": os.urandom(2000)})[0] == 413


def test_the_journal_holds_commands_and_no_secret(tmp_path):
    with running(tmp_path, "--instant") as client:
        token = client.token()
        assert client.run("echo hello")["logs"] == "instant\n"
        client.call("GET", client.cluster_path(), bearer=token)
        rows = client.journal()
    assert [row["command"] for row in rows if row["operation"] == "runCommand"] == ["echo hello"]
    text = json.dumps(rows)
    assert token not in text and client.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] not in text and "sha256:" in text
