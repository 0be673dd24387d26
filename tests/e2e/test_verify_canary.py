"""verify canary, the real program, against two servers on loopback. RM-06.

No test here measures time: how late the program begins is not judged, and a canary is slow by far more than a busy machine is.
"""
import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree

import pytest
from loopback import answering

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "verify"
SMALL = ("--rate", "100", "--duration", "1200ms", "--warm-up", "0s", "--max-late", "100%", "--min-samples", "60", "--canary-weight", "10",
         "--latency-margin", "10000%", "--request-timeout", "50s")
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def canary(tmp_path):
    """Runs the comparison; the result as JSON, the exit code and the outputs in it."""
    def run(stable, new, *arguments):
        file, outputs = tmp_path / "t.hurl", tmp_path / "outputs"
        file.write_text("GET http://localhost:{{port}}/\nHTTP 200\n")
        outputs.write_text("")
        done = subprocess.run([VERIFY, "canary", file, "--format", "json", "--stable", f"port={stable.port}", "--canary", f"port={new.port}", *SMALL, *arguments],
                              capture_output=True, text=True, timeout=100,
                              env={"PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(outputs), "RUNNER_TEMP": str(tmp_path)})
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        return json.loads(done.stdout) | {"code": done.returncode, "err": done.stderr, "outputs": outputs.read_text()}
    return run


def output(told, name):
    lines = told["outputs"].splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith(f"{name}<<"))
    return lines[at + 1]


def slow(server, connection):
    while server.read(connection) is not None:
        server.over.wait(0.3)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_an_equal_canary_passes_and_keeps_its_weight(serve, canary, tmp_path):
    stable, new = serve(answering()), serve(answering())
    told = canary(stable, new, "--junit-file", str(tmp_path / "j.xml"))
    assert (told["code"], told["verdict"], output(told, "canary-weight")) == (0, "pass", "10"), told
    assert (told["stable"]["finished"], told["canary"]["finished"], len(stable.requests), len(new.requests)) == (60, 60, 60, 60)
    assert [one["figure"] for one in told["compared"]] == ["errors", "p50"]  # p95 needs 200 of each
    assert xml.etree.ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("failures") == "0"


def test_an_erring_canary_fails_and_gets_nothing(serve, canary):
    told = canary(serve(answering()), serve(answering(BUSY)))
    assert (told["code"], told["verdict"], told["canaryWeight"], output(told, "canary-weight")) == (7, "fail", "0", "0"), told
    assert told["reason"] == "the canary is worse than the stable release: errors", told
    assert "status 503" in next(iter(told["failureKinds"]))


def test_a_slow_canary_fails_and_a_slow_stable_release_does_not(serve, canary):
    quick, late = serve(answering()), serve(slow)
    told = canary(quick, late, "--latency-margin", "25%")
    assert (told["code"], output(told, "canary-weight")) == (7, "0") and "p50" in told["reason"], told
    told = canary(late, quick, "--latency-margin", "25%")
    assert (told["code"], told["verdict"]) == (0, "pass"), told


def test_too_few_samples_and_a_broken_stable_release_are_inconclusive(serve, canary):
    well, broken = serve(answering()), serve(answering(BUSY))
    told = canary(well, well, "--min-samples", "200")
    assert (told["code"], told["verdict"], output(told, "canary-weight")) == (30, "inconclusive", "10") and "too few arrivals: 60" in told["reason"], told
    told = canary(broken, broken)
    assert (told["code"], told["verdict"]) == (30, "inconclusive") and "the stable release itself fails" in told["reason"], told


@pytest.mark.parametrize("arguments", [("--canary-weight", "101"), ("--error-margin", "x"), ("--min-samples", "0"), ("--stable", "nothing")])
def test_wrong_inputs_are_usage_errors(tmp_path, arguments):
    file = tmp_path / "t.hurl"
    file.write_text("GET {{base}}/\n")
    given = ["--stable", "base=http://localhost:1", "--canary", "base=http://localhost:1", *arguments]
    assert subprocess.run([VERIFY, "canary", file, *given], capture_output=True, timeout=100).returncode == 2
    assert subprocess.run([VERIFY, "canary", file, "--stable", "base=http://localhost:1"], capture_output=True, timeout=100).returncode == 2
