"""One cluster for all of this folder, and tests that run beside each other: they mostly wait."""
import concurrent.futures
import inspect
import os
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from lab import FOLDER, Cluster, Lab, cluster  # noqa: E402

NAME = f"e2e{os.getpid()}"  # two runs on one machine must not take down each other's clusters
started = {}


@pytest.fixture(scope="package")
def lab(tmp_path_factory):
    for folder in FOLDER.glob("e2e*"):  # what a killed run left: nobody else will take it down
        owner = re.fullmatch(r"e2e(\d+)", folder.name)
        if owner and not pathlib.Path("/proc", owner[1]).exists():
            cluster("down", folder.name)
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
