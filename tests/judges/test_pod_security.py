"""B-12: our Pod Security verdicts against Kubernetes' own admission plug-in, word for word."""
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
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
