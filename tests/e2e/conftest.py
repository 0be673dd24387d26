"""One cluster for all of this folder, and tests that run beside each other: they mostly wait."""
import concurrent.futures
import inspect
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "net")]
from lab import Cluster, Lab, clear_abandoned, cluster  # noqa: E402
from loopback import authority, serving  # noqa: E402

NAME = f"e2e{os.getpid()}"  # two runs on one machine must not take down each other's clusters
started = {}


@pytest.fixture(scope="package")
def lab(tmp_path_factory):
    clear_abandoned("e2e")
    given = os.environ.get("SENTIMARK_E2E_CLUSTER")  # one that is up already, for work on these tests
    try:
        if not given:
            cluster("up", NAME)
        kube = Cluster(given or NAME)
        if kube.env["NODE_KIND"] != "real":
            pytest.skip("a real node needs root, namespaces and cgroups")
        yield Lab(kube, tmp_path_factory.mktemp("e2e"))
    finally:
        if not given:
            cluster("down", NAME)


@pytest.fixture(scope="package")
def ours(tmp_path_factory):
    """A certificate authority that only we believe."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def serve():
    with serving() as start:
        yield start


def parameters(item):
    return item.callspec.params if hasattr(item, "callspec") else {}


def may_run_beside(item):
    """Tests that share nothing but the lab. One that asks for another fixture as well has the machine for itself."""
    return set(inspect.signature(item.function).parameters) - set(parameters(item)) == {"lab"}


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not may_run_beside(pyfuncitem):
        return None
    if pyfuncitem.nodeid not in started:
        lab, pool = pyfuncitem.funcargs["lab"], concurrent.futures.ThreadPoolExecutor(getattr(pyfuncitem.module, "BESIDE", 8))
        for item in pyfuncitem.session.items:
            if item.module is pyfuncitem.module and may_run_beside(item):
                started[item.nodeid] = pool.submit(item.obj, lab=lab, **parameters(item))
        pool.shutdown(wait=False)
    started[pyfuncitem.nodeid].result()
    return True
