"""The charts on a real control plane: admission, quotas, rights and upgrades are Kubernetes' own; the node is a fake, so nothing runs."""
import os
import pathlib
import subprocess
import sys
import time

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cluster")]
from fleet import ENVIRONMENTS, RELEASE, everything, outputs, values  # noqa: E402
from kube_schemas import definitions  # noqa: E402
from local_cluster import Cluster, cluster, name  # noqa: E402
from rendering import CHARTS, ROOT, render  # noqa: E402

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


INJECTOR = "rev.namespace.sidecar-injector.istio.io"
MESH = {"environment": "dev", "namespaces": {"mesh-apps": {"purpose": "x", "quota": {"cpu": "1", "memory": "1Gi", "pods": 5}}}}


@pytest.fixture(scope="module")
def injector(running):
    """Istio's own webhook of revision asm-1-26, as istiod registers it, but for the labels alone: who it is asked for, the API server
    decides. Nobody answers it, so that a pod which it is asked for is refused."""
    webhook = {"name": INJECTOR, "clientConfig": {"url": "https://127.0.0.1:1/inject"}, "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": ["v1"],
               "timeoutSeconds": 5, "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
               "namespaceSelector": {"matchExpressions": [{"key": "istio.io/rev", "operator": "In", "values": ["asm-1-26"]}, {"key": "istio-injection", "operator": "DoesNotExist"}]}}
    made = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": {"name": "istio-sidecar-injector-asm-1-26"}, "webhooks": [webhook]}
    running.kubectl("apply", "-f", "-", data=yaml.safe_dump(made))
    yield
    running.kubectl("delete", "-f", "-", data=yaml.safe_dump(made))


@pytest.mark.parametrize("revision, asked", [("asm-1-26", True), ("asm-1-25", False), ("", False)])
def test_the_mesh_is_asked_for_pods_exactly_where_its_revision_stands(running, injector, revision, asked):
    # RM-07: a wrong label and none are as quiet as each other in life: no sidecar and no error.
    done = render("helm4", CHARTS / "platform", [MESH | {"mesh": {"revision": revision}}], release="platform", namespace="kube-system")
    apply(running, [done.one("Namespace")])
    service = render("helm4", CHARTS / "service", [{}], namespace="mesh-apps")
    template = service.one("Deployment")["spec"]["template"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe", "namespace": "mesh-apps"}, "spec": template["spec"]}
    apply(running, [service.one("ServiceAccount")], "--namespace", "mesh-apps")

    def answer():
        done = subprocess.run([running.env["KUBECTL"], "--kubeconfig", running.env["KUBECONFIG"], "create", "--dry-run=server", "--output=name", "--filename=-"],
                              input=yaml.safe_dump(pod), capture_output=True, text=True, timeout=120)
        return done.stdout.strip() or done.stderr
    # The chain of admission hears of a new webhook or label a moment later.
    deadline = time.monotonic() + 60
    while (INJECTOR in (said := answer())) != asked or not asked and said != "pod/probe":
        assert time.monotonic() < deadline, said
        time.sleep(0.2)
    labels = yaml.safe_load(running.kubectl("get", "namespace", "mesh-apps", "-o", "yaml"))["metadata"]["labels"]
    assert labels.get("istio.io/rev", "") == revision and "istio-injection" not in labels


def test_a_route_for_callers_inside_the_mesh_is_admitted(running):
    # RM-07: by the Gateway API's own definition, as it is really kept; a port that cannot be is not.
    values = {"route": {"enabled": True, "mesh": True}, "canary": {"enabled": True, "weight": 20, "image": {"tag": "2"}}}
    done = render("helm4", CHARTS / "service", [values], namespace="default")
    route = done.one("HTTPRoute")
    apply(running, [*[each for each in done.objects() if each["kind"] == "Service"], route])
    kept = yaml.safe_load(running.kubectl("get", "httproute", route["metadata"]["name"], "-o", "yaml"))["spec"]
    assert {"group": "", "kind": "Service", "name": "demo", "port": 80} in kept["parentRefs"] and [each["weight"] for each in kept["rules"][0]["backendRefs"]] == [80, 20]
    next(each for each in route["spec"]["parentRefs"] if each["kind"] == "Service")["port"] = 0
    assert "configured" not in running.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", data=yaml.safe_dump(route), check=False)


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
