"""What src/net's client sends and what it makes of answers, well-meaning and hostile, and of a stop."""
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Client, answering, get, is_error, post  # noqa: E402


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


def alone(server):
    """A request in which no timer of curl's comes due: neither of two addresses, nor of speed, nor of time."""
    return {"url": f"https://127.0.0.1:{server.port}/", "method": "POST", "timeoutMs": 600_000}


def test_a_stop_ends_a_hanging_transfer(serve, tmp_path, ours):
    reached = threading.Event()

    def behave(server, connection):
        server.read(connection)
        reached.set()
        server.over.wait(60)
    server = serve(behave)
    client = Client(tmp_path, {"file": ours.file}, alone(server), post(server), stallMs=0)
    client.stop(reached)
    first, second = client.answers()
    assert is_error(first, "interrupted", "lost") and is_error(second, "interrupted", "connect")
    assert len(server.requests) == 1


def test_a_stop_ends_a_hanging_connect(serve, tmp_path, ours):
    reached = threading.Event()
    server = serve(lambda server, connection: (reached.set(), server.over.wait(60)), None)
    client = Client(tmp_path, {"file": ours.file}, alone(server), connectTimeoutMs=600_000, stallMs=0)
    client.stop(reached)
    assert is_error(client.answers()[0], "interrupted", "connect")
