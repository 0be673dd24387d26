"""src/net's client against real TLS servers on loopback, well-meaning and hostile. The servers are Python's ssl and nghttpd."""
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Authority, Client, Server, answering, reset, tls, tunnelling  # noqa: E402


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("ca"))
    authority.pem = authority.server()
    return authority


@pytest.fixture
def serve(ours):
    """Starts servers that end with the test; TLS with a good certificate unless told otherwise."""
    servers = []

    def start(behave, context="good"):
        servers.append(Server(behave, tls(ours.pem) if context == "good" else context))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def send(ours, tmp_path):
    """Answers of our client to these requests; believes `ours` by its bundle unless told otherwise."""
    def run(*requests, trust=None, env=None, **options):
        return Client(tmp_path, {"file": ours.file} if trust is None else trust, *requests, env=env, **options).answers()
    return run


def get(server, path="/", **more):
    return {"url": f"https://localhost:{server.port}{path}"} | more


def post(server, path="/", body="{}", **more):
    return get(server, path, method="POST", body=body, **more)


def is_error(answer, kind, code):
    assert (answer.get("kind"), answer.get("code")) == (kind, code), answer
    return True


# What is sent and what comes back


def test_request_and_response_arrive_as_they_are(serve, send):
    server = serve(answering(b"HTTP/1.1 201 Created\r\nX-One: 1\r\nx-empty:\r\nX-One: 2\r\nContent-Length: 5\r\n\r\n\x00\xc3\xa9\r\n"))
    [answer] = send(get(server, "/a/b?c=d%20e", method="PUT", body="caf\u00e9\0\r\n", headers=[["X-Empty", ""], ["Accept", "x/y"]]))
    assert answer["status"] == 201 and answer["body"] == "\0\u00e9\r\n"
    assert answer["headers"] == [["X-One", "1"], ["x-empty", ""], ["X-One", "2"], ["Content-Length", "5"]]
    [(method, target, headers, body)] = server.requests
    assert (method, target, body) == ("PUT", "/a/b?c=d%20e", "caf\u00e9\0\r\n".encode())
    assert sorted(headers) == sorted([("Host", f"localhost:{server.port}"), ("User-Agent", "test/1"), ("X-Empty", ""), ("Accept", "x/y"), ("Content-Length", str(len(body)))])


@pytest.mark.parametrize("method, length", [("GET", None), ("DELETE", None), ("POST", "0"), ("PATCH", "0")])
def test_a_request_without_body_says_so_as_its_method_must(serve, send, method, length):
    server = serve(answering())
    [answer] = send(get(server, method=method))
    assert answer["status"] == 200
    assert dict(server.requests[0][2]).get("Content-Length") == length and server.requests[0][0] == method


def test_head_has_no_body(serve, send):
    [answer] = send(get(serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")), method="HEAD"))
    assert answer["status"] == 200 and answer["body"] == ""


def test_a_redirect_is_an_answer_and_not_followed(serve, send):
    elsewhere = serve(answering())
    server = serve(answering(f"HTTP/1.1 302 Found\r\nLocation: https://localhost:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n".encode()))
    [answer] = send(get(server, headers=[["Authorization", "Bearer x"]]))
    assert answer["status"] == 302 and elsewhere.connections == 0 and len(server.requests) == 1


def test_interim_answers_and_trailers_are_left_out(serve, send):
    server = serve(answering(b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Real: 1\r\n\r\n"
                             b"2\r\nok\r\n0\r\nX-Late: 1\r\n\r\n"))
    [answer] = send(get(server))
    assert answer["status"] == 200 and answer["body"] == "ok"
    assert [name for name, _ in answer["headers"]] == ["Transfer-Encoding", "X-Real"]


def test_connections_are_kept_for_gets_and_fresh_for_what_acts(serve, send):
    server = serve(answering())
    assert [answer["status"] for answer in send(get(server), get(server), get(server))] == [200] * 3
    assert server.connections == 1
    assert [answer["status"] for answer in send(get(server), post(server), get(server))] == [200] * 3
    assert server.connections == 3


def test_a_kept_connection_that_was_closed_costs_a_get_no_error(serve, send):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # and closes without having said so
    server = serve(behave)
    assert [answer["status"] for answer in send(get(server), get(server), post(server))] == [200] * 3


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


# Never received, perhaps received


def test_a_refused_port_is_connect(send):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    [answer] = send({"url": f"https://localhost:{port}/"})
    assert is_error(answer, "network", "connect") and str(port) in answer["what"] and "firewall" in answer["cure"]


def test_a_name_that_is_none_is_connect(send):
    [answer] = send({"url": "https://" + "a" * 64 + ".invalid/"})  # too long a label: no DNS server is asked
    assert is_error(answer, "network", "connect") and "resolve" in answer["what"] and "DNS" in answer["cure"]


def test_a_server_without_tls_is_connect(serve, send):
    server = serve(lambda server, connection: (connection.recv(100), connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")), None)
    [answer] = send(post(server))
    assert is_error(answer, "network", "connect")


def test_silence_before_tls_is_a_connect_timeout(serve, send):
    server = serve(lambda server, connection: server.over.wait(30), None)
    [answer] = send(post(server, timeoutMs=600_000), connectTimeoutMs=300)
    assert is_error(answer, "timeout", "connect") and server.requests == []


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_request_that_was_read_and_not_answered_is_lost(serve, send, how):
    def behave(server, connection):
        server.read(connection)
        if how == "reset":
            reset(connection)
    server = serve(behave)
    for request in (post(server), post(server, body=""), get(server)):
        server.requests.clear()
        [answer] = send(request)
        assert is_error(answer, "network", "lost") and "received" in answer["cure"]
        assert len(server.requests) == 1


@pytest.mark.parametrize("body", ["{}", ""])
def test_what_acts_is_never_sent_twice_even_after_a_kept_connection(serve, send, body):
    def behave(server, connection):
        while (request := server.read(connection)) is not None and request[0] == "GET":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    server = serve(behave)
    answers = send(get(server), post(server, body=body))
    assert answers[0]["status"] == 200 and is_error(answers[1], "network", "lost")
    assert [request[0] for request in server.requests] == ["GET", "POST"]


@pytest.mark.parametrize("sent", [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                                  b"HTTP/1.1 200 O"], ids=["length", "chunked", "head"])
@pytest.mark.parametrize("how", ["reset", "close"])
def test_an_answer_that_breaks_off_is_lost(serve, send, sent, how):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(sent)
        if how == "reset":
            reset(connection)
    [answer] = send(get(serve(behave)))
    assert is_error(answer, "network", "lost")


def test_a_reset_in_the_middle_of_a_large_request_is_lost_and_kills_nobody(serve, send):
    def behave(server, connection):
        connection.recv(1000)
        reset(connection)
    server = serve(behave)
    for answer in send(*[post(server, bodyBytes=30_000_000)] * 3):
        assert is_error(answer, "network", "lost")


def test_an_early_answer_to_a_large_request_is_read(serve, send):
    def behave(server, connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        while connection.recv(65536):
            pass
    [answer] = send(post(serve(behave), bodyBytes=3_000_000))
    assert answer["status"] == 413


# Hostile answers


@pytest.mark.parametrize("raw", [b"SSH-2.0-x\r\n\r\n", b"hello", b"\x00\x01\x02\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n",
                                 b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                                 b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
                                 b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
def test_garbage_is_an_error_and_no_answer(serve, send, raw):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(raw)
    [answer] = send(get(serve(behave)))
    assert is_error(answer, "network", "lost")


@pytest.mark.parametrize("head", ["Content-Length: 1001", "Content-Length: 99999999999", "Transfer-Encoding: chunked", "Connection: close"])
def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(serve, send, head):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        block = b"x" * 1001
        connection.sendall(b"3e9\r\n" + block + b"\r\n" if "chunked" in head else block)
        while "Length: 1001" not in head:
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n" if "chunked" in head else b"x" * 65536)
    server = serve(behave)
    assert is_error(send(get(server, limit=1000))[0], "remote", "too-large")
    if "Length: 1001" in head:
        assert len(send(get(server, limit=1001))[0]["body"]) == 1001


@pytest.mark.parametrize("line", [b"X-Long: " + b"x" * 70_000 + b"\r\n", b"X: y\r\n" * 12_000, b"HTTP/1.1 100 Continue\r\n\r\n" * 3_000], ids=["long", "many", "interim"])
def test_headers_over_the_limit_are_refused(serve, send, line):
    def behave(server, connection):
        server.read(connection)
        connection.sendall(b"" if line.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n")
        connection.sendall(line)
        server.over.wait(30)
    [answer] = send(get(serve(behave)))
    assert is_error(answer, "remote", "too-large") and "headers" in answer["what"]


def test_headers_under_the_limit_are_taken(serve, send):
    server = serve(answering(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"))
    assert send(get(server))[0]["status"] == 200


def drip(server, connection):
    server.read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not server.over.wait(0.02):
        connection.sendall(b"x")


def silence(server, connection):
    server.read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx")
    server.over.wait(60)


@pytest.mark.parametrize("behave", [drip, silence])
def test_the_whole_exchange_has_a_time_limit(serve, send, behave):
    [answer] = send(post(serve(behave), timeoutMs=700))
    assert is_error(answer, "timeout", "lost")


def test_a_stalled_answer_ends_before_the_time_limit(serve, send):
    [answer] = send(get(serve(silence), timeoutMs=600_000), stallMs=1000)
    assert is_error(answer, "timeout", "lost") and "too slow" in answer["what"]


# A stop


def test_a_stop_ends_a_hanging_transfer(serve, tmp_path, ours):
    def behave(server, connection):
        server.read(connection)
        client.stop()
        server.over.wait(60)
    server = serve(behave)
    client = Client(tmp_path, {"file": ours.file}, post(server, timeoutMs=600_000), post(server), stallMs=0)  # no timer of curl's wakes it
    first, second = client.answers()
    assert is_error(first, "interrupted", "lost") and is_error(second, "interrupted", "connect")
    assert len(server.requests) == 1


def test_a_stop_ends_a_hanging_connect(serve, tmp_path, ours):
    server = serve(lambda server, connection: (client.stop(), server.over.wait(60)), None)
    client = Client(tmp_path, {"file": ours.file}, post(server, timeoutMs=600_000), connectTimeoutMs=600_000, stallMs=0)
    assert is_error(client.answers()[0], "interrupted", "connect")


# Proxies


def test_a_proxy_of_the_environment_is_used_for_all_but_its_exceptions(serve, send):
    server = serve(answering())
    proxy = serve(tunnelling(server.port), None)
    through = {"HTTPS_PROXY": f"http://user:secret@127.0.0.1:{proxy.port}", "NO_PROXY": "127.0.0.1"}
    request = {"url": f"https://localhost:{server.port}/", "headers": [["Authorization", "Bearer canary"]]}
    [answer] = send(request, env=through)
    assert answer["status"] == 200 and proxy.requests[0][:2] == ("CONNECT", f"localhost:{server.port}")
    assert "canary" not in str(proxy.requests) and not any("Proxy-Authorization" in str(request) for request in server.requests)
    assert send({"url": f"https://127.0.0.1:{server.port}/"}, env=through)[0]["status"] == 200
    assert proxy.connections == 1


@pytest.mark.parametrize("refusal", [b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                                     b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n", b"nonsense"])
def test_a_proxy_that_refuses_is_named_and_the_request_was_not_sent(serve, send, refusal):
    proxy = serve(tunnelling(0, refusal), None)
    [answer] = send({"url": "https://arm.invalid/x?canary", "method": "POST", "body": "canary"}, env={"https_proxy": f"http://user:canary@127.0.0.1:{proxy.port}"})
    assert is_error(answer, "network", "connect")
    assert f"http://127.0.0.1:{proxy.port}" in answer["what"] and f"http://127.0.0.1:{proxy.port}" in answer["cure"] and "NO_PROXY" in answer["cure"]
    assert "canary" not in str(answer)


def test_a_proxy_that_is_not_there_is_named(send):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for proxy in (f"http://127.0.0.1:{port}", "http://" + "a" * 64 + ".invalid:1"):
        [answer] = send({"url": "https://arm.invalid/"}, env={"ALL_PROXY": proxy})
        assert is_error(answer, "network", "connect") and proxy in answer["cure"]


def test_a_proxy_that_inspects_is_named_beside_the_trust(serve, send, tmp_path):
    other = Authority(tmp_path / "other")
    inspector = serve(answering(), tls(other.server()))
    proxy = serve(tunnelling(inspector.port), None)
    [answer] = send({"url": "https://localhost/"}, env={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
    assert is_error(answer, "network", "connect") and str(proxy.port) in answer["what"] and "SSL_CERT_FILE" in answer["cure"]


# What may not be sent


def test_http_is_for_this_machine_alone_and_past_every_proxy(serve, send):
    server = serve(answering(), None)
    env = {"http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}
    for host in ("127.0.0.1", "localhost"):
        assert send({"url": f"http://{host}:{server.port}/"}, env=env)[0]["status"] == 200
    for host in ("10.0.0.1", "127.0.0.1.example", "example", "169.254.169.253", "[::2]", "localhost.example", "1.127.0.0.1"):
        assert is_error(send({"url": f"http://{host}:{server.port}/"})[0], "usage", "")


@pytest.mark.parametrize("request_", [
    {"url": "ftp://localhost/"}, {"url": "file:///etc/passwd"}, {"url": "localhost"}, {"url": ""}, {"url": "https://"},
    {"url": "https://user:canary@localhost/"}, {"url": "https://localhost/\r\nX: canary"}, {"url": "https://local host/"},
    {"method": "GET /x"}, {"method": ""}, {"method": "GET\r\nX:"},
    {"headers": [["X", "a\r\nY: canary"]]}, {"headers": [["X", "a\nb"]]}, {"headers": [["X\r\nY", "a"]]}, {"headers": [["X Y", "a"]]},
    {"headers": [["", "a"]]}, {"headers": [["X:", "a"]]}, {"headers": [["X", "a\0b"]]},
])
def test_what_would_forge_a_request_is_refused_and_nothing_leaves(serve, send, request_):
    server = serve(answering())
    [answer] = send(get(server) | request_)
    assert is_error(answer, "usage", "") and "canary" not in str(answer) and server.connections == 0


def test_errors_show_no_query(serve, send):
    server = serve(lambda server, connection: server.read(connection))
    [answer] = send(get(server, "/path?sig=canary#canary"))
    assert is_error(answer, "network", "lost") and f"GET https://localhost:{server.port}/path:" in answer["what"] and "canary" not in str(answer)


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
