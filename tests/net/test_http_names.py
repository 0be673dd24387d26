"""Names are resolved by c-ares alone, from the machine's own files: what a static program must be able to do anywhere."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Names, answering, is_error, tls  # noqa: E402


@pytest.fixture
def names(tmp_path, request):
    if os.geteuid() != 0:
        pytest.skip("a DNS server must listen on port 53: needs root")
    known = Names(tmp_path, {"arm.example": "127.0.0.1"}, silent=getattr(request, "param", False))
    yield known
    known.close()


@pytest.fixture
def server(serve, ours):
    return serve(answering(), tls(ours.server("named", names="DNS:arm.example,DNS:hosts.example")))


def test_a_name_is_found_by_dns(names, server, send):
    [answer] = send({"url": f"https://arm.example:{server.port}/"}, machine=names.machine())
    assert answer["status"] == 200 and "arm.example" in names.asked


def test_a_name_is_found_in_the_hosts_file_without_dns(names, server, send):
    names.hosts.write_text("127.0.0.1 hosts.example\n")
    [answer] = send({"url": f"https://hosts.example:{server.port}/"}, machine=names.machine())
    assert answer["status"] == 200 and names.asked == []


def test_a_name_that_nobody_knows_was_sent_nothing(names, send):
    [answer] = send({"url": "https://nowhere.example/", "method": "POST"}, machine=names.machine())
    assert is_error(answer, "network", "connect") and "resolve" in answer["what"] and "private endpoint" in answer["cure"]
    assert "nowhere.example" in names.asked


@pytest.mark.parametrize("names", [True], indirect=True)
def test_a_silent_dns_server_is_a_connect_timeout(names, send):
    [answer] = send({"url": "https://arm.example/", "method": "POST"}, machine=names.machine(), connectTimeoutMs=500)
    assert is_error(answer, "timeout", "connect")
