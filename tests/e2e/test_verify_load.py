"""verify load, the real program, against servers on loopback at their best and at their worst. DV-07, DV-08, B-16, B-18.

No test here measures time: how late the program begins is not judged (--max-late 100%), for the machine may be busy.
"""
import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "net"))
from loopback import Authority, Server, answering, reset, tls  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "verify"
SMALL = ("--rate", "40", "--duration", "3s", "--warm-up", "0s", "--max-late", "100%", "--threshold", "errors<1%", "--request-timeout", "2s")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("ca"))
    authority.pem = authority.server()
    return authority


@pytest.fixture
def serve():
    servers = []

    def start(behave, context=None):
        servers.append(Server(behave, context))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def load(tmp_path):
    """Runs this .hurl text as load; the result as JSON, and the exit code in it."""
    def run(text, *arguments, form="json", env=None):
        file = tmp_path / "t.hurl"
        file.write_text(text)
        done = subprocess.run([VERIFY, "load", file, "--format", form, *SMALL, *arguments], capture_output=True, text=True, timeout=100,
                              env={"PATH": os.environ["PATH"]} | (env or {}))
        if form != "json" or not done.stdout.startswith("{"):
            return done
        return json.loads(done.stdout) | {"code": done.returncode, "err": done.stderr}
    return run


def get(server, scheme="http"):
    return f"GET {scheme}://localhost:{server.port}/\nHTTP 200\n"


def test_every_arrival_of_the_plan_is_made_over_kept_connections(serve, load):
    told = load(get(serve(answering())))
    assert (told["code"], told["verdict"]) == (0, "pass"), told
    assert told["arrivals"] == {"intended": 120, "started": 120, "finished": 120, "failed": 0}
    assert told["latency"]["count"] == 120 and told["latency"]["p99_us"] is None  # 1,000 are needed for it


def test_tls_is_verified_under_load_as_well(ours, serve, load):
    server = serve(answering(), tls(ours.pem))
    assert load(get(server, "https"), "--ca-file", ours.file)["verdict"] == "pass"
    told = load(get(server, "https"))
    assert (told["code"], list(told["failures"])) == (7, ["certificate-unknown-ca"]), told


def dripping(server, connection):
    while server.read(connection) is not None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmore")
        server.read(connection)


def garbage(server, connection):
    server.read(connection)
    connection.sendall(b"\x00\x01 nothing of HTTP\r\n\r\n")


@pytest.mark.parametrize("behave, kind", [(dripping, "timeout"), (garbage, "not-http"), (reset, "reset")])
def test_what_servers_do_at_their_worst_is_counted_by_name(serve, load, behave, kind):
    told = load(get(serve(behave)))
    assert (told["code"], told["verdict"]) == (7, "fail"), told
    assert set(told["failures"]) == {kind}


def test_nobody_listening_is_counted_too(serve, load):
    server = serve(answering())
    text = get(server)
    server.close()
    assert set(load(text)["failures"]) == {"refused"}


def test_a_baseline_is_compared_with_and_reports_are_written(serve, load, tmp_path):
    server = serve(answering())
    first = load(get(server), "--json-file", str(tmp_path / "before.json"), "--junit-file", str(tmp_path / "j.xml"))
    assert first["verdict"] == "pass"
    assert xml.etree.ElementTree.parse(tmp_path / "j.xml").getroot()[0].get("failures") == "0"
    told = load(get(server), "--baseline-file", str(tmp_path / "before.json"))
    assert told["baseline"]["low"] <= told["baseline"]["high"], told
    (tmp_path / "before.json").write_text("{}")
    assert load(get(server), "--baseline-file", str(tmp_path / "before.json")).returncode == 3


def test_the_plan_is_printed_and_nothing_sent(serve, load):
    server = serve(answering())
    told = load(get(server), "--dry-run", "--stages", "0-10 2s", "--stages", "10 3s", form="text")
    assert told.returncode == 0 and "40 arrivals" in told.stdout, told.stdout + told.stderr


@pytest.mark.parametrize("arguments", [("--rate", "x"), ("--stages", "10"), ("--threshold", "p(95)~3"), ("--max-late", "-1"), ("--timeout", "2s"),
                                       ("--users", "2", "--threshold", "rate>=0.95"), ("--request-timeout", "2m")])
def test_wrong_inputs_are_usage_errors(serve, load, arguments):
    assert load("GET http://localhost:1/\n", *arguments).returncode == 2


def test_the_summary_says_how_many_requests_stand_behind_a_figure(serve, load, tmp_path):
    summary = tmp_path / "summary.md"
    load(get(serve(answering())), env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text()
    assert "Load: pass" in text and "needs 1000 requests" in text and "█" in text
