"""verify restore, the real program, against a service on loopback that is away and comes back. X-12."""
import datetime
import json
import os
import pathlib
import subprocess

import pytest
from loopback import answering

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "verify"


def moment(before=0):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=before)).strftime("%Y-%m-%dT%H:%M:%SZ")


def away_then(marker, looks):
    """A service that is broken at first, then empty, then restored."""
    seen = []

    def answer(_):
        seen.append(True)
        if len(seen) <= looks:
            return b"HTTP/1.1 503 Gone\r\nContent-Length: 0\r\n\r\n"
        body = json.dumps({"marker": marker} if len(seen) > looks + 1 else {}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    return answering(answer)


@pytest.fixture
def restore(tmp_path):
    def run(server, incident, markers, *arguments):
        file = tmp_path / "marker.hurl"
        file.write_text(f"GET http://localhost:{server.port}/\nHTTP 200\n[Captures]\nmarker: jsonpath \"$.marker\"\n")
        given = [word for marker in markers for word in ("--marker", marker)]
        done = subprocess.run([VERIFY, "restore", file, "--format", "json", "--incident", incident, *given, *arguments], capture_output=True, text=True,
                              timeout=100, env={"PATH": os.environ["PATH"]})
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        return json.loads(done.stdout) | {"code": done.returncode, "err": done.stderr}
    return run


def test_a_drill_is_measured_against_its_markers(serve, restore):
    markers = [moment(3900) + " a1", moment(3660) + " b2", moment(3610) + " c3"]
    incident = moment(3600)
    told = restore(serve(away_then("b2", looks=1)), incident, markers, "--max-rto", "2h", "--max-rpo", "5m")
    assert (told["code"], told["verdict"], told["marker"], told["looks"]) == (0, "pass", "b2", 3), told
    assert told["rpoSeconds"] == pytest.approx(60, abs=2) and 3600 <= told["rtoSeconds"] < 7200, told
    assert "1 newer marker lost" in told["findings"][1]["message"], told


def test_each_limit_that_is_exceeded_fails(serve, restore):
    markers = [moment(4200) + " old"]
    told = restore(serve(away_then("old", looks=0)), moment(3600), markers, "--max-rto", "30m", "--max-rpo", "5m")
    assert (told["code"], [one["verdict"] for one in told["findings"]]) == (7, ["fail", "fail"]), told


def test_data_of_another_drill_are_no_restore(serve, restore):
    told = restore(serve(away_then("other", looks=0)), moment(60), [moment(90) + " ours"])
    assert told["code"] == 7 and told["rpoSeconds"] is None and told["findings"][1]["rule"] == "MARKER", told


def test_a_service_that_stays_away_is_inconclusive_until_its_limit_is_passed(serve, restore):
    server = serve(away_then("x", looks=10**6))
    assert restore(server, moment(60), [moment(90) + " x"], "--timeout", "1500ms")["code"] == 30
    assert restore(server, moment(60), [moment(90) + " x"], "--timeout", "1500ms", "--max-rto", "30s")["code"] == 7
