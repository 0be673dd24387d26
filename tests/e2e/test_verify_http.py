"""verify http, the real program, against servers on loopback that do what servers do at their worst. DV-04, DV-05.

No test here measures time: a server that never ends would keep a run for ever, and the run is given 50 s.
"""
import gzip
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import xml.etree.ElementTree

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "net"))
from loopback import Authority, Names, answering, reset, tls  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "verify"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Told:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.result = json.loads(done.stdout) if done.stdout.startswith("{") else {}

    @property
    def entry(self):
        return self.result["files"][0]["entries"][-1]

    @property
    def why(self):
        return next(check["actual"] for check in self.entry["asserts"] if check["verdict"] == "fail")


@pytest.fixture
def verify(tmp_path):
    """Runs this .hurl text; the result as JSON unless told otherwise."""
    def run(text, *arguments, env=None, machine=(), form="json"):
        file = tmp_path / "t.hurl"
        file.write_text(text)
        done = subprocess.run([*machine, VERIFY, "http", file, "--format", form, "--request-timeout", "5s", *arguments], capture_output=True, text=True,
                              timeout=50, env={"PATH": os.environ["PATH"]} | (env or {}))
        return Told(done)
    return run


def get(server, scheme="http", host="localhost", path="/", more="HTTP 200\n"):
    return f"GET {scheme}://{host}:{server.port}{path}\n{more}"


# --- what is good -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("lowest, highest", [(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2), (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)])
def test_tls_1_2_alone_and_1_3_alone_are_spoken(ours, serve, verify, lowest, highest):
    context = tls(ours.pem)
    context.minimum_version, context.maximum_version = lowest, highest
    server = serve(answering(), context)
    told = verify(get(server, "https", more="""HTTP/1.1 200
[Asserts]
body == "ok"
version == "1.1"
ip startsWith "127."
certificate "Subject" == "CN=server"
certificate "Issuer" == "CN=throw-away CA"
certificate "Expire-Date" daysAfterNow >= 0
certificate "Serial-Number" matches /^[0-9a-f]{2}(:[0-9a-f]{2})*$/
"""), "--ca-file", ours.file)
    assert (told.code, told.result["verdict"]) == (0, "pass"), told.out + told.err


def test_rsa_chains_and_addresses_are_believed_too(ours, serve, verify, tmp_path):
    ours._openssl("genrsa", "-out", "rsa.key", "2048")
    ours._openssl("req", "-x509", "-key", "rsa.key", "-out", "rsa.pem", "-subj", "/CN=x", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1")
    both = tmp_path / "both.pem"
    both.write_bytes((ours.folder / "rsa.key").read_bytes() + (ours.folder / "rsa.pem").read_bytes())
    server = serve(answering(), tls(both))
    assert verify(get(server, "https", "127.0.0.1"), "--ca-file", str(ours.folder / "rsa.pem")).code == 0
    assert verify(get(server, "https", "localhost"), "--ca-file", str(ours.folder / "rsa.pem")).entry["code"] == "certificate-wrong-host"


def test_the_machines_own_authorities_are_believed_without_a_ca_file(ours, serve, verify):
    server = serve(answering(), tls(ours.pem))
    for env in ({"CURL_CA_BUNDLE": ours.file}, {"SSL_CERT_FILE": ours.file}, {"SSL_CERT_DIR": ours.hashed}):
        assert verify(get(server, "https"), env=env).code == 0, env
    assert verify(get(server, "https")).entry["code"] == "certificate-unknown-ca"


def shop(server, connection):
    """A little service: a login that sets a cookie and moves on, and orders for whoever brings it."""
    while (request := server.read(connection)) is not None:
        method, target, headers, body = request
        known = dict((name.lower(), value) for name, value in headers)
        if target == "/login" and body == b"user=J%20R&password=p%26w":
            connection.sendall(b"HTTP/1.1 303 See Other\r\nLocation: /me?x=1\r\nSet-Cookie: id=7; Path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n")
        elif target.startswith("/me") and known.get("cookie") == "id=7" and method == "GET":
            answer = b'{"name": "J R", "orders": [{"id": 11}, {"id": 12}], "token": "t-0123456789"}'
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(answer), answer))
        elif target == "/orders/12" and known.get("authorization") == "Bearer t-0123456789":
            packed = gzip.compress(body.upper())
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(packed), packed))
        else:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_answers_captures_cookies_and_redirects_are_judged(ours, serve, verify, tmp_path):
    server = serve(shop, tls(ours.pem))
    text = """
POST {{base}}/login
[Form]
user: J R
password: {{password}}
[Options]
location: true
HTTP 200
[Captures]
order: jsonpath "$.orders[-1].id"
token: jsonpath "$.token" redact
[Asserts]
url == "{{base}}/me?x=1"
jsonpath "$.name" == "J R"
jsonpath "$.orders" count == 2

PUT {{base}}/orders/{{order}}
Authorization: Bearer {{token}}
{"note": "for {{password}}"}
HTTP 201
[Asserts]
body == "{\\"NOTE\\": \\"FOR P&W\\"}"
"""
    arguments = ["--ca-file", ours.file, "--variable", f"base=https://localhost:{server.port}", "--json-file", str(tmp_path / "r.json")]
    told = verify(text, *arguments, env={"SENTIMARK_INPUT_SECRET": "password=p&w"})
    assert (told.code, told.result["verdict"]) == (0, "pass"), told.out + told.err
    assert [entry["calls"] for entry in told.result["files"][0]["entries"]] == [2, 1]
    wrong = verify(text.replace("FOR P&W", "FOR NOBODY").replace('== "J R"', '== "{{token}}"'), *arguments, env={"SENTIMARK_INPUT_SECRET": "password=p&w"})
    assert wrong.code == 7 and "t.hurl:14:1" in wrong.err
    assert "t-0123456789" not in wrong.out + wrong.err + (tmp_path / "r.json").read_text() and "***" in wrong.err


def test_a_connection_is_used_again(serve, verify):
    server = serve(answering())
    assert verify(get(server) + get(server, path="/b")).code == 0
    assert server.connections == 1 and [request[1] for request in server.requests] == ["/", "/b"]


def test_names_are_found_as_the_machine_finds_them(serve, verify, tmp_path):
    server = serve(answering())
    names = Names(tmp_path, {"api.test": "127.0.0.1"})
    try:
        names.hosts.write_text("127.0.0.1 here.test\n")
        for host in ("api.test", "here.test"):
            assert verify(get(server, host=host), machine=names.machine()).code == 0, host
        told = verify(get(server, host="none.test"), machine=names.machine())
        assert told.entry["code"] == "name" and "cannot find an address for none.test" in told.why
    finally:
        names.close()


# --- what is not ------------------------------------------------------------------------------------------------------

def silent(server, connection):
    server.read(connection)
    server.over.wait()


def resets(server, connection):
    server.read(connection)
    reset(connection)


def says(raw):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(raw)
    return behave


def drips(head, drop):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(head)
        while not server.over.wait(0.05):
            connection.sendall(drop)
    return behave


def pours(head, more):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(head)
        while not server.over.is_set():
            connection.sendall(more)
    return behave


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("behave, code", [
    (silent, "timeout"),
    (resets, "reset"),
    (says(b""), "truncated"),
    (says(b"HTTP/1.1 200 OK\r\nContent-Le"), "truncated"),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"), "truncated"),
    (says(CHUNKED + b"5\r\nhel"), "truncated"),
    (says(b"SSH-2.0-OpenSSH_9\r\n"), "not-http"),
    (says(bytes(range(1, 200)) * 50), "not-http"),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"), "bad-message"),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "bad-message"),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n"), "too-large"),
    (says(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64\0\4\0\0\xff\xff\0\5\0\0\x40\0"), "http2-only"),
    (drips(b"", b"H"), "not-http"),
    (drips(b"HTTP/1.1 200 OK\r\n", b"a"), "timeout"),
    (drips(b"HTTP/1.1 200 OK\r\n\r\n", b"a"), "timeout"),
    (drips(CHUNKED, b"1\r\na\r\n"), "timeout"),
    (pours(b"HTTP/1.1 200 OK\r\n", b"A: " + b"a" * 4000 + b"\r\n"), "too-large"),
    (pours(b"HTTP/1.1 200 OK\r\n", b"a" * 65536), "too-large"),
    (pours(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65536), "too-large"),
    (pours(CHUNKED, b"1000\r\n" + b"a" * 4096 + b"\r\n"), "too-large"),
    (pours(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "bad-message"),
    (says(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"), "redirects"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_server_at_its_worst_has_a_name_and_an_end(serve, verify, behave, code):
    server = serve(behave)
    told = verify(get(server, more="[Options]\nlocation: true\nHTTP 200\n"), "--request-timeout", "2s")
    assert told.code == 7 and told.result["verdict"] == "fail", told.err
    assert told.entry["code"] == code, told.why
    assert told.entry["asserts"][0]["line"] == 1


def test_what_is_poured_out_without_end_does_not_fill_the_memory(serve, tmp_path):
    file = tmp_path / "t.hurl"
    server = serve(pours(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65536))
    file.write_text(get(server))
    child = subprocess.Popen([VERIFY, "http", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 7
    assert usage.ru_maxrss < 250_000  # KiB: the body's limit of 64 MiB, doubled once while it grew


def test_nobody_there(verify):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = verify(f"GET http://127.0.0.1:{port}/\n")
    assert told.entry["code"] == "refused" and f"127.0.0.1 port {port}" in told.why


def test_the_time_of_the_whole_run_ends_endless_retries(serve, verify):
    server = serve(answering(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))
    told = verify(get(server, more="[Options]\nretry: -1\nretry-interval: 50\nHTTP 200\n"), "--timeout", "1s")
    assert told.code == 7 and told.entry["calls"] > 1 and told.entry["status"] == 503


@pytest.mark.parametrize("name, how, code", [
    ("expired", {"start": "20200101000000Z", "end": "20200201000000Z"}, "certificate-expired"),
    ("future", {"start": "20990101000000Z", "end": "21000101000000Z"}, "certificate-not-yet-valid"),
    ("other", {"names": "DNS:other.example"}, "certificate-wrong-host"),
    ("part", {"names": "DNS:*.localhost,DNS:localhost.example"}, "certificate-wrong-host"),
])
def test_a_wrong_certificate_has_a_name(ours, serve, verify, name, how, code):
    server = serve(answering(), tls(ours.server(name, **{"names": "DNS:localhost"} | how)))
    told = verify(get(server, "https"), "--ca-file", ours.file)
    assert (told.code, told.entry["code"]) == (7, code), told.why
    assert "the certificate of localhost" in told.why and server.requests == []


def test_an_unknown_authority_and_a_certificate_signed_by_itself_have_names(ours, serve, verify, tmp_path):
    other = Authority(tmp_path / "other")
    server = serve(answering(), tls(other.server()))
    assert verify(get(server, "https"), "--ca-file", ours.file).entry["code"] == "certificate-unknown-ca"
    lonely = tmp_path / "lonely.pem"
    lonely.write_bytes((other.folder / "ca.key").read_bytes() + (other.folder / "ca.pem").read_bytes())
    server = serve(answering(), tls(lonely))
    assert verify(get(server, "https"), "--ca-file", ours.file).entry["code"] == "certificate-self-signed"


def test_insecure_needs_leave_and_makes_the_verdict_warn_at_best(ours, serve, verify, tmp_path):
    server = serve(answering(), tls(ours.server("old", start="20200101000000Z", end="20200201000000Z")))
    text = get(server, "https", more="[Options]\ninsecure: true\nHTTP 200\n")
    refused = verify(text)
    assert refused.code == 3 and "t.hurl:3:11: the option insecure is not allowed here" in refused.err and server.connections == 0
    output = tmp_path / "output"
    allowed = verify(text, "--allow-insecure-tls", env={"GITHUB_OUTPUT": str(output)})
    assert (allowed.code, allowed.result["verdict"]) == (0, "warn"), allowed.err
    assert re.search(r"^warnings<<.*\n1\n", output.read_text(), re.MULTILINE)
    failing = verify(text.replace("HTTP 200", "HTTP 201"), "--allow-insecure-tls")
    assert (failing.code, failing.result["verdict"]) == (7, "fail")
    assert verify(get(server, "https"), "--allow-insecure-tls").entry["code"].startswith("certificate-")


def alert(number):
    def behave(server, connection):
        connection.recv(65536)
        connection.sendall(bytes([0x15, 3, 3, 0, 2, 2, number]))
        server.over.wait()
    return behave


def hangs(server, connection):
    connection.recv(65536)
    server.over.wait()


def refuses(server, connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def leaves(server, connection):
    connection.recv(65536)


@pytest.mark.parametrize("behave, code", [(alert(120), "http2-only"), (alert(70), "tls-version"), (alert(40), "tls"), (hangs, "timeout"), (refuses, "tls"), (leaves, "reset")])
def test_a_handshake_that_fails_has_a_name(ours, serve, verify, behave, code):
    told = verify(get(serve(behave), "https"), "--ca-file", ours.file, "--request-timeout", "2s")
    assert told.entry["code"] == code, told.why


def test_a_server_of_http_2_alone_and_one_of_old_tls_have_names(ours, serve, verify):
    context = tls(ours.pem)
    context.set_alpn_protocols(["h2"])
    server = serve(says(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64\0\4\0\0\xff\xff\0\5\0\0\x40\0"), context)
    assert verify(get(server, "https"), "--ca-file", ours.file).entry["code"] == "http2-only"
    server = serve(answering(), tls(ours.pem, ssl.TLSVersion.TLSv1_1))
    assert verify(get(server, "https"), "--ca-file", ours.file).entry["code"] == "tls-version"


def test_a_tls_answer_without_farewell_may_be_half_of_it(ours, serve, verify):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\npart of")
        os.close(connection.detach())
    told = verify(get(serve(behave, tls(ours.pem)), "https"), "--ca-file", ours.file)
    assert told.entry["code"] == "reset" and "farewell" in told.why


# --- how it is told ---------------------------------------------------------------------------------------------------

def test_in_actions_a_failure_is_an_annotation_at_its_line(serve, verify, tmp_path):
    server = serve(answering())
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output")}
    told = verify(get(server, more='HTTP 200\n[Asserts]\nbody == "::error::x"\n'), env=env, form="text")
    assert f"::error file={tmp_path}/t.hurl,line=4,col=1,title=verify::body == \"::error::x\": actual string \"ok\"" in told.err
    assert (tmp_path / "summary").read_text().startswith("## ❌ HTTP checks: fail")
    assert "verdict<<" in (tmp_path / "output").read_text()
    assert told.out.endswith("verdict: fail\n")


def test_reports_are_what_their_readers_expect(serve, tmp_path):
    server = serve(answering())
    good, bad = tmp_path / "good.hurl", tmp_path / "bad & <worse>.hurl"
    good.write_text(get(server))
    bad.write_text(get(server, more="HTTP 201\n"))
    unreachable = tmp_path / "none.hurl"
    unreachable.write_text("GET http://127.0.0.1:1/\n")
    junit, tap = tmp_path / "j.xml", tmp_path / "t.tap"
    done = subprocess.run([VERIFY, "http", good, bad, unreachable, "--junit-file", junit, "--tap-file", tap], capture_output=True, timeout=50)
    assert done.returncode == 7
    suite = xml.etree.ElementTree.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert [(case.get("name"), [child.tag for child in case]) for case in suite] == [(str(good), []), (str(bad), ["failure"]), (str(unreachable), ["error"])]
    lines = tap.read_text().splitlines()
    assert lines[:4] == ["TAP version 13", "1..3", f"ok 1 - {good}", f"not ok 2 - {bad}"]


def test_a_stop_ends_the_run(serve, tmp_path):
    file = tmp_path / "t.hurl"
    server = serve(silent)
    file.write_text(get(server))
    child = subprocess.Popen([VERIFY, "http", file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not server.requests:
        os.sched_yield()
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=50)
    assert child.returncode == 130, told
