"""What was never received is told from what perhaps was, and the latter is never sent twice."""
import pathlib
import socket
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import answering, get, is_error, post, reset  # noqa: E402


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
