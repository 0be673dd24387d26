"""Microsoft's JavaScript SDKs judge the emulator: what they accept is what it may claim to be."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from emulator_client import microsoft_sdk, running  # noqa: E402


def test_microsofts_clients_run_a_command_and_read_its_result(tmp_path):
    with running(tmp_path) as client:
        answer = microsoft_sdk(client, "cat hello.txt; exit 3", {"hello.txt": "hello\n"})
        posts = [row for row in client.journal() if row["operation"] == "runCommand"]
    cluster = answer["cluster"]
    assert answer["power"] == "Running" and cluster["privateFqdn"].endswith(".azmk8s.io") and cluster["identity"]["type"] == "SystemAssigned"
    assert cluster["apiServerAccessProfile"]["disableRunCommand"] is False and cluster["agentPoolProfiles"][0]["nodeTaints"] == []
    assert (answer["result"]["exitCode"], answer["result"]["logs"], answer["result"]["provisioningState"]) == (3, "hello\n", "Succeeded")
    assert len(posts) == 1


def test_microsofts_client_starts_a_stopped_cluster(tmp_path):
    with running(tmp_path, "--time-scale", "60", config={"powerState": "Stopped", "startSeconds": 60}) as client:
        answer = microsoft_sdk(client, "exit 0", {"hello.txt": "hello\n"}, JUDGE_START="1")
        [start] = [row for row in client.journal() if row["operation"] == "startCluster"]
    assert start["status"] == 202 and answer["power"] == "Running" and answer["result"]["exitCode"] == 0
