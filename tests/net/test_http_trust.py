"""Whom src/net's client believes, and that it speaks HTTP/2 where that is offered."""
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Authority, answering, get, is_error, tls  # noqa: E402


# Whom we believe


def test_a_hashed_folder_is_believed_as_the_bundle_is(serve, send, ours):
    server = serve(answering())
    for trust in ({"file": ours.file}, {"folder": ours.hashed}, {"file": ours.file, "folder": "/nowhere"}, {"file": ours.file, "folder": ours.hashed}):
        assert send(get(server), trust=trust)[0]["status"] == 200


def test_an_unknown_authority_is_refused_and_the_cure_names_what_was_believed(serve, send, tmp_path):
    other = Authority(tmp_path / "other")
    server = serve(answering())
    [answer] = send(get(server), trust={"file": other.file})
    assert is_error(answer, "network", "connect")
    assert "issuer" in answer["what"] and f"file {other.file}" in answer["cure"] and "SSL_CERT_FILE" in answer["cure"]
    [answer] = send(get(server), trust={"folder": other.hashed})
    assert is_error(answer, "network", "connect") and f"folder {other.hashed}" in answer["cure"]
    [answer] = send(get(server), trust={})
    assert is_error(answer, "network", "connect") and "ca-certificates" in answer["cure"]
    assert server.requests == []


def test_a_missing_bundle_is_named(serve, send):
    server = serve(answering())
    [answer] = send(get(server), trust={"file": "/nowhere/ca.pem"})
    assert is_error(answer, "network", "connect") and "/nowhere/ca.pem" in answer["cure"] and "CURL_CA_BUNDLE" in answer["cure"]
    assert server.requests == []


def test_a_self_signed_server_is_refused(serve, send, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "k.pem",
                    "-out", "c.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], cwd=tmp_path, check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "k.pem").read_bytes() + (tmp_path / "c.pem").read_bytes())
    server = serve(answering(), tls(str(both)))
    [answer] = send(get(server))
    assert is_error(answer, "network", "connect") and "SSL_CERT_FILE" in answer["cure"] and server.requests == []


@pytest.mark.parametrize("changes, cause, cure", [
    ({"names": "DNS:other.example"}, "hostname 'localhost'", "another name"),
    ({"start": "20200101000000Z", "end": "20200102000000Z"}, "expired", "clock"),
    ({"start": "20900101000000Z", "end": "20910102000000Z"}, "not yet valid", "clock"),
], ids=["name", "expired", "future"])
def test_a_certificate_that_does_not_fit_is_refused(serve, send, ours, changes, cause, cure):
    server = serve(answering(), tls(ours.server("odd", **changes)))
    [answer] = send(get(server))
    assert is_error(answer, "network", "connect") and cause in answer["what"] and cure in answer["cure"] and server.requests == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("highest, status", [(ssl.TLSVersion.TLSv1_1, None), (ssl.TLSVersion.TLSv1_2, 200), (ssl.TLSVersion.TLSv1_3, 200)])
def test_tls_is_1_2_at_least(serve, send, ours, highest, status):
    server = serve(answering(), tls(ours.pem, highest))
    [answer] = send(get(server))
    assert answer.get("status") == status
    if status is None:
        assert is_error(answer, "network", "connect") and "TLS 1.2" in answer["cure"] and server.requests == []


# HTTP/2


@pytest.fixture
def nghttpd(ours, tmp_path):
    program = shutil.which("nghttpd")
    assert program, "nghttpd is missing: scripts/test installs it (Debian: nghttp2-server)"
    (tmp_path / "file").write_bytes(b"two")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = open(tmp_path / "log", "wb")
    child = subprocess.Popen([program, "-v", "--echo-upload", "-a", "127.0.0.1", "-d", tmp_path, str(port),
                              str(ours.folder / "server.key"), str(ours.folder / "server.pem")], stdout=log, stderr=log)
    while child.poll() is None:  # until it listens
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            os.sched_yield()
    yield port, tmp_path / "log"
    child.kill()
    child.wait()
    log.close()


def test_http_2_where_it_is_offered(nghttpd, send):
    port, log = nghttpd  # speaks nothing but HTTP/2
    url = f"https://localhost:{port}/file"
    first, second, third = send({"url": url}, {"url": url}, {"url": url, "method": "POST", "bodyBytes": 500_000, "headers": [["Content-Type", "x/y"]]})
    assert (first["status"], first["body"], second["status"]) == (200, "two", 200)
    assert third["status"] == 200 and len(third["body"]) == 500_000
    said = log.read_text(errors="replace")
    assert said.count("The negotiated protocol: h2") == 2  # one kept connection for both GETs, a fresh one for the POST
