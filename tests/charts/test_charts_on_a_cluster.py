"""The charts on a real control plane: admission, quotas, rights and upgrades are Kubernetes' own; the node is a fake, so nothing runs."""
import os
import pathlib
import sys

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cluster")]
from fleet import ENVIRONMENTS, RELEASE, everything, outputs, values  # noqa: E402
from kube_schemas import definitions  # noqa: E402
from local_cluster import Cluster, cluster, name  # noqa: E402
from rendering import CHARTS, ROOT  # noqa: E402

NAME = name("e")
RELEASED = next((ROOT / "tests/charts/released").glob("service-*.tgz"))
FIRST = ("Namespace", "PriorityClass", "ServiceAccount")


@pytest.fixture(scope="module")
def running():
    os.environ["SENTIMARK_CLUSTER_FAKE"] = "1"
    try:
        cluster("up", NAME)
    finally:
        del os.environ["SENTIMARK_CLUSTER_FAKE"]
    try:
        found = Cluster(NAME)
        found.kubectl("apply", "--server-side", "-f", "-", data="\n---\n".join(definitions()))
        found.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        yield found
    finally:
        cluster("down", NAME)


def apply(running, documents, *options):
    """Applies and fails on a warning too: that is how the API server tells that pods would be refused."""
    return running.kubectl("apply", "--server-side", "--force-conflicts", "--warnings-as-errors", *options, "-f", "-", data=yaml.safe_dump_all(documents))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_object_is_admitted(running, environment):
    # SA-05: into namespaces that enforce the restricted standard, under their quotas and limits.
    documents = everything(environment)
    early = [each for each in documents if each["kind"] in FIRST]
    late = [each for each in documents if each["kind"] not in FIRST]
    apply(running, sorted(early, key=lambda each: FIRST.index(each["kind"])))
    try:
        # Whole admission, and nothing that the next environment would find there.
        assert apply(running, late, "--dry-run=server").count("serverside-applied") == len(late)
    finally:
        running.kubectl("delete", "--ignore-not-found", "-f", "-", data=yaml.safe_dump_all([each for each in early if each["kind"] == "ServiceAccount"]))


def test_a_pod_that_is_not_locked_down_is_refused(running):
    # SA-05
    documents = everything("sit")
    apply(running, [each for each in documents if each["kind"] == "Namespace"])
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "loose", "namespace": "sentimark-web"}, "spec": {"containers": [{"name": "x", "image": "x"}]}}
    assert "created" not in running.kubectl("create", "-f", "-", data=yaml.safe_dump(pod), check=False)
    assert "loose" not in running.kubectl("--namespace", "sentimark-web", "get", "pods", "-o", "name")


@pytest.mark.parametrize("tool", ["HELM3", "HELM4"])
def test_the_released_chart_is_upgraded_scaled_and_taken_back(running, tool):
    # what the API server lets be changed. Whether pods become ready is not this node's to say.
    def helm(*arguments):
        return running.run(tool, *arguments, "--namespace", tool.lower())
    helm("install", "demo", str(RELEASED), "--create-namespace")
    for more in ([], ["--set", "autoscaling.type=hpa"]):
        helm("upgrade", "demo", str(CHARTS / "service"), *more)
    helm("rollback", "demo", "1")
    helm("upgrade", "demo", str(CHARTS / "service"), "--set", "kind=Job,args[0]=x")
    assert running.kubectl("--namespace", tool.lower(), "get", "deployments", "-o", "name") == ""
    assert [each["revision"] for each in yaml.safe_load(helm("history", "demo", "--output", "yaml"))] == [1, 2, 3, 4, 5]
    helm("uninstall", "demo")


@pytest.mark.parametrize("tool", ["HELM3", "HELM4"])
def test_the_deployers_role_is_enough_and_no_more(running, tool, tmp_path):
    # SA-06: as the identity of the outputs, with nothing but the Role of charts/platform.
    documents = everything("sit")
    for kinds in (("Namespace", "PriorityClass"), ("Role", "RoleBinding", "LimitRange", "ResourceQuota", "NetworkPolicy")):
        apply(running, [each for each in documents if each["kind"] in kinds and each["metadata"]["labels"]["app.kubernetes.io/name"] == "platform"])
    me = outputs("sit")["deployers"]["deploy"]["object_id"]
    files = []
    for number, text in enumerate([*values("api", "sit"), yaml.safe_dump(RELEASE)]):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, encoding="utf-8")
        files += ["--values", str(file)]
    where = ["--namespace", "sentimark-web", "--kube-as-user", me]
    for _ in range(2):
        running.run(tool, "upgrade", "--install", "api", str(CHARTS / "service"), *files, *where)
    running.run(tool, "rollback", "api", "1", *where)
    running.run(tool, "uninstall", "api", *where)
    def can(*question):
        return running.kubectl("auth", "can-i", *question, "--as", me, check=False).strip().splitlines()[-1]
    assert can("create", "deployments.apps", "--namespace", "sentimark-web") == "yes"
    for question in (["create", "rolebindings", "--namespace", "sentimark-web"], ["get", "secrets", "--namespace", "kube-system"], ["create", "namespaces"],
                     ["create", "pods", "--subresource=exec", "--namespace", "sentimark-web"]):
        assert can(*question) == "no", question
