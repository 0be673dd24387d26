"""Microsoft's JavaScript SDKs judge the emulator: what they accept is what it may claim to be."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from emulator_client import ROOT, context, running  # noqa: E402


def modules():
    """The folder in the cache that holds the pinned packages; installed once."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("CACHE") or pathlib.Path.home() / ".cache/sentimark")
    folder = cache / "judges" / lock
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
        (folder / "complete").touch()
    return folder


def test_microsofts_clients_run_a_command_and_read_its_result(tmp_path):
    folder = modules()
    node = subprocess.run([ROOT / "scripts/lib/need", "node"], capture_output=True, text=True, check=True).stdout.strip()
    with running(tmp_path) as client:
        packed = base64.b64encode(context({"hello.txt": "hello\n"})).decode()
        env = client.env | {"PATH": os.environ["PATH"], "JUDGE_MODULES": str(folder), "JUDGE_CONTEXT": packed, "NODE_EXTRA_CA_CERTS": client.endpoint["caFile"]}
        done = subprocess.run([node, HERE / "microsoft_sdk.mjs"], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        posts = [row for row in client.journal() if row["operation"] == "runCommand"]
    assert answer["power"] == "Running"
    assert (answer["result"]["exitCode"], answer["result"]["logs"], answer["result"]["provisioningState"]) == (3, "hello\n", "Succeeded")
    assert len(posts) == 1
