"""An authority, servers that end with the test, and our client to send with."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from loopback import Client, authority, serving, tls  # noqa: E402


@pytest.fixture(scope="session")
def ours(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def serve(ours):
    """Starts servers that end with the test; TLS with a good certificate unless told otherwise."""
    with serving() as start:
        yield lambda behave, context="good": start(behave, tls(ours.pem) if context == "good" else context)


@pytest.fixture
def send(ours, tmp_path):
    """Answers of our client to these requests; believes `ours` by its bundle unless told otherwise."""
    def run(*requests, trust=None, **options):
        return Client(tmp_path, {"file": ours.file} if trust is None else trust, *requests, **options).answers()
    return run
