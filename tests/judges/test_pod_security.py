"""B-12: our Pod Security verdicts against Kubernetes' own admission plug-in, word for word."""
import collections
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "build/dev/bin/verify"
JUDGE = ROOT / "build/dev/bin/judge_pod_security"
SEED = "20260101"


@pytest.fixture(scope="module")
def plug_in():
    """The folder with the plug-in as a program and what it says of its fixtures."""
    return pathlib.Path(subprocess.run([ROOT / "tests/judges/setup"], capture_output=True, text=True, check=True).stdout.strip())


def judged(lines):
    done = subprocess.run([JUDGE], input=lines, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def test_every_fixture_of_every_level_and_minor_gets_the_same_words(plug_in):
    lines = (plug_in / "fixtures.jsonl").read_text(encoding="utf-8")
    assert lines.count("\n") > 4_500
    for level in ("baseline", "restricted"):
        for minor in range(38):
            assert f'"level":"{level}","minor":{minor},' in lines
    assert " 0 differ" in judged(lines)


def test_random_pods_in_every_kind_get_the_same_words(plug_in):
    lines = subprocess.run([plug_in / "podsecurity", "/nowhere", "20000", SEED], capture_output=True, text=True, check=True).stdout
    assert lines.count("\n") == 20_000
    assert '"says":[]' in lines and " 0 differ" in judged(lines)


def test_the_judge_sees_a_wrong_word(plug_in):
    line = '{"object":{"kind":"Pod","spec":{"hostPID":true}},"level":"baseline","minor":30,"says":["host namespaces (hostIPC=true)"]}\n'
    done = subprocess.run([JUDGE], input=line, capture_output=True, text=True)
    assert done.returncode == 1 and "1 differ" in done.stdout


def test_the_command_says_the_same_of_every_fixture(plug_in):
    """B-12: verify manifests on streams of all fixtures of a level and a minor: which object fails, and in which words."""
    groups = collections.defaultdict(list)
    for line in (plug_in / "fixtures.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        groups[row["level"], row["minor"]].append(row)
    assert len(groups) == 2 * 38
    for (level, minor), rows in groups.items():
        text = "\n".join(json.dumps(row["object"]) for row in rows)
        done = subprocess.run([VERIFY, "manifests", "--rules", "pss", "--pss-level", level, "--kube-version", f"1.{minor}", "--format", "jsonl", "-"],
                              input=text, capture_output=True, text=True)
        said = collections.defaultdict(list)
        for line in map(json.loads, done.stdout.splitlines()):
            said[line["line"]] += [line["message"]] if line["verdict"] == "fail" else []
        assert done.returncode == (7 if any(row["says"] for row in rows) else 0)
        assert [said[number] for number in range(1, len(rows) + 1)] == [row["says"] for row in rows], (level, minor)
