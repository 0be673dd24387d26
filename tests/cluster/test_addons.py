"""The add-ons' own Go tests, each as a test of this suite: rules of nftables from policies, routes and weights, secret classes."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from local_cluster import ROOT  # noqa: E402

ADDONS = ROOT / "tests/cluster/addons"
NAMES = sorted(name for file in ADDONS.glob("*_test.go") for name in re.findall(r"^func (Test\w+)\(t ", file.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def results():
    """name -> (how it ended, what it printed)."""
    go = subprocess.run([ROOT / "scripts/lib/need", "go"], capture_output=True, text=True, check=True).stdout.strip()
    done = subprocess.run([go, "test", "-trimpath", "-vet=off", "-json", "./..."], cwd=ADDONS, env=os.environ | {"CGO_ENABLED": "0"}, capture_output=True, text=True, timeout=1800)
    ends, texts = {}, {}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        name = event.get("Test", "").split("/")[0]
        texts[name] = texts.get(name, "") + event.get("Output", "")
        if event["Action"] in ("pass", "fail", "skip") and event.get("Test", "") == name:
            ends[name] = event["Action"]
    return ends, texts, done.stderr


def test_every_go_test_is_known_here(results):
    assert set(results[0]) - {""} == set(NAMES) and len(NAMES) >= 10, results[1].get("", "") + results[2]


@pytest.mark.parametrize("name", NAMES)
def test_a_go_test_passes(results, name):
    assert results[0].get(name) == "pass", results[1].get(name, "") + results[1].get("", "") + results[2]
