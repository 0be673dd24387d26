"""Microsoft's JavaScript SDKs judge the emulator: what they accept is what it may claim to be."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from emulator_client import microsoft_sdk, running  # noqa: E402


def test_microsofts_clients_run_a_command_and_read_its_result(tmp_path):
    with running(tmp_path) as client:
        answer = microsoft_sdk(client, "cat hello.txt; exit 3", {"hello.txt": "hello\n"})
        posts = [row for row in client.journal() if row["operation"] == "runCommand"]
    assert answer["power"] == "Running"
    assert (answer["result"]["exitCode"], answer["result"]["logs"], answer["result"]["provisioningState"]) == (3, "hello\n", "Succeeded")
    assert len(posts) == 1
