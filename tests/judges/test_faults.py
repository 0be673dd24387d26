"""Every fault of docs/emulator.md, in child mode; those that only a cluster can show are in test_pods.py."""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from emulator_client import PROGRAM, ROOT, running  # noqa: E402


def posts(client):
    return [row for row in client.journal() if row["operation"] == "runCommand"]


def world(tmp_path, *faults, more=(), config=None):
    return running(tmp_path, *[word for fault in faults for word in ("--fault", fault)], *more, config=config)


def test_every_documented_kind_has_a_test():
    text = (ROOT / "docs/emulator.md").read_text(encoding="utf-8").split("## Faults")[1].split("##")[0]
    kinds = [kind for row in re.findall(r"^\| (`[^|]+`) \|", text, re.M) for kind in re.findall("`([^`]+)`", row)]
    sources = "".join((HERE / name).read_text(encoding="utf-8") for name in ("test_faults.py", "test_pods.py"))
    assert len(kinds) == 19 and not [kind for kind in kinds if f"kind={kind}" not in sources]


@pytest.mark.parametrize("fault, status, code, wait", [
    ("kind=429,retryAfter=7", 429, "TooManyRequests", "7"), ("kind=500", 500, "InternalServerError", None),
    ("kind=503,retryAfter=2", 503, "ServerTimeout", "2"), ("kind=504-before", 504, "GatewayTimeout", None)], ids=["429", "500", "503", "504"])
def test_an_answer_instead_of_acting(tmp_path, fault, status, code, wait):
    with world(tmp_path, "operation=runCommand," + fault) as client:
        got, headers, body = client.post("true")
        assert (got, body["error"]["code"], headers["Retry-After"]) == (status, code, wait)
        assert "commandId" not in posts(client)[0]
        assert client.run("echo next")["logs"] == "next\n"


def test_a_reset_comes_before_anything_happened(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=reset,nth=2") as client:
        client.run("true")
        with pytest.raises(OSError):
            client.post("true")
        assert [row["status"] for row in posts(client)] == [202, 0] and "commandId" not in posts(client)[1]


@pytest.mark.parametrize("fault", ["kind=504-after", "kind=reset-after"], ids=["504", "reset"])
def test_a_lost_answer_hides_a_command_that_runs(tmp_path, fault):
    with world(tmp_path, "operation=runCommand," + fault) as client:
        token = client.token()
        try:
            assert client.post("echo ran", token=token)[0] == 504
        except OSError:
            assert fault == "kind=reset-after"
        [post] = posts(client)
        assert client.result(client.cluster_path("/commandResults/" + post["commandId"]), token)["logs"] == "ran\n"


def test_faults_meet_other_operations_too(tmp_path):
    with world(tmp_path, "operation=oidcToken,kind=500", "operation=getCluster,kind=429,count=2") as client:
        assert client.call("GET", client.env["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=x", bearer=client.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])[0] == 500
        token = client.token()
        assert [client.call("GET", client.cluster_path(), bearer=token)[0] for _ in range(3)] == [429, 429, 200]


def test_an_expired_token_is_refused_by_arm(tmp_path):
    with world(tmp_path, "operation=token,kind=expired-token") as client:
        assert client.post("true")[2]["error"]["code"] == "ExpiredAuthenticationToken"


def test_an_expired_assertion_is_refused_by_entra(tmp_path):
    with world(tmp_path, "operation=oidcToken,kind=expired-assertion") as client:
        assert client.token_answer()[2]["error_codes"] == [700024]
        assert client.token_answer()[0] == 200


def test_denials_name_the_policy(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=policy-denial", "operation=runCommand,kind=gatekeeper-denial,nth=2") as client:
        status, _, body = client.post("true")
        assert (status, body["error"]["code"], body["error"]["additionalInfo"][0]["type"]) == (403, "RequestDisallowedByPolicy", "PolicyViolation")
        assert "policyAssignments/" in body["error"]["additionalInfo"][0]["info"]["policyAssignmentId"]
        status, _, body = client.post("true")
        assert (status, body["error"]["code"]) == (400, "KubernetesOperationError") and "validation.gatekeeper.sh" in body["error"]["message"]


def test_a_slow_start_is_late_or_too_late(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=slow-start,seconds=20", "operation=runCommand,kind=slow-start,nth=2,seconds=31", more=["--time-scale", "40"]) as client:
        token, before = client.token(), time.time()
        status, headers, _ = client.post("date +%s.%N", token=token)
        assert status == 202 and float(client.result(headers["Location"], token)["logs"]) >= before + 0.5
        status, _, body = client.post("true", token=token)
        assert (status, body["error"]["code"]) == (400, "KubernetesPerformanceError")


def test_a_lost_pod_is_a_failed_result(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=lost-pod,count=2", more=["--time-scale", "10"]) as client:
        assert client.run("echo begun; sleep 600") == {"provisioningState": "Failed", "reason": "PodLost"}
        assert client.run("true")["provisioningState"] == "Failed"


def test_a_log_is_cut_and_nothing_says_so(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=truncated-log,bytes=3", "operation=runCommand,kind=truncated-log,nth=2") as client:
        assert [client.run("printf abcdefgh")["logs"], client.run("printf abcdefgh")["logs"]] == ["abc", "abcd"]


def test_a_flipped_byte_is_one_byte_of_one_file(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=flip-byte,file=a") as client:
        assert client.run("cat a b", {"a": "000", "b": "000"})["logs"] == "010000"


def test_nothing_of_the_context_can_be_executed(tmp_path):
    with world(tmp_path, "operation=runCommand,kind=no-exec") as client:
        script = {"tool": "#!/bin/sh\necho ran\n"}
        refused, ran = client.run("chmod 0700 tool && exec ./tool", script), client.run("chmod 0700 tool && exec ./tool", script)
        assert refused["exitCode"] == 126 and "Permission denied" in refused["logs"] and ran["logs"] == "ran\n"


def test_a_stale_poll_repeats_an_older_state(tmp_path):
    with world(tmp_path, "operation=commandResult,kind=stale-result,nth=2", more=["--instant"]) as client:
        token = client.token()
        location = client.post("true", token=token)[1]["Location"]
        answers = [client.call("GET", location, bearer=token) for _ in range(3)]
        assert [status for status, _, _ in answers] == [200, 202, 200]
        assert answers[1][2]["properties"]["provisioningState"] == "Running" and answers[1][1]["Location"] == location


def test_a_command_has_a_run_time(tmp_path):
    with world(tmp_path, more=["--time-scale", "100"], config={"commandSeconds": 50}) as client:
        assert client.run("sleep 600") == {"provisioningState": "Failed", "reason": "DeadlineExceeded"}


def test_faults_come_from_a_file_or_the_configuration(tmp_path):
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"operation": "runCommand", "kind": "429", "retryAfter": 9}, {"operation": "runCommand", "kind": "500", "nth": 2}]))
    with world(tmp_path, str(file), config={"faults": [{"operation": "getCluster", "kind": "503"}]}) as client:
        token = client.token()
        assert [client.post("true", token=token)[0] for _ in range(2)] == [429, 500]
        assert client.call("GET", client.cluster_path(), bearer=token)[0] == 503


@pytest.mark.parametrize("fault, word", [
    ("operation=runCommand,kind=earthquake", "earthquake"), ("operation=teapot,kind=429", "teapot"), ("kind=429", "operation"),
    ("operation=getCluster,kind=lost-pod", "runCommand"), ("operation=runCommand,kind=429,often=2", "often"), ("missing-file", "missing-file")], ids=["kind", "operation", "no-operation", "pairing", "member", "file"])
def test_a_wrong_fault_ends_the_start(tmp_path, fault, word):
    done = subprocess.run([PROGRAM, "serve", "--state", tmp_path, "--fault", fault], capture_output=True, text=True, timeout=30, env={"PATH": os.environ["PATH"]})
    assert done.returncode in (2, 3) and word in done.stderr and not (tmp_path / "endpoint.json").exists()
