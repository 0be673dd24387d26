"""Proxies, and what src/net's client refuses to send."""
import pathlib
import socket
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Authority, answering, get, is_error, tls, tunnelling  # noqa: E402


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
