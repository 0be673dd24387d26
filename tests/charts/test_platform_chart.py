"""charts/platform: what a cluster holds before its services come."""
import pathlib
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fleet  # noqa: E402
from fleet import CONTRACT, ENVIRONMENTS, everything, outputs  # noqa: E402
from judge import workloads  # noqa: E402
from rendering import CHARTS, MAJORS, pod_of, render  # noqa: E402

NAMESPACE = {"purpose": "x", "quota": {"cpu": "1", "memory": "1Gi", "pods": 5}}


def platform(environment, kind):
    return [each for each in fleet.fleet()["helm4", "platform", environment] if each["kind"] == kind]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_namespace_enforces_restricted(environment):
    # SA-05: in all environments, and every namespace of the list.
    found = {each["metadata"]["name"]: each["metadata"]["labels"] for each in platform(environment, "Namespace")}
    assert set(found) == set(CONTRACT["namespaces"]) == set(outputs(environment)["namespaces"])
    for labels in found.values():
        assert [labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")] == ["restricted"] * 3
        assert labels["pod-security.kubernetes.io/enforce-version"].startswith("v1.")


@pytest.mark.parametrize("major", MAJORS)
def test_no_value_loosens_a_namespace(major):
    # SA-05
    for namespaces in ({"apps": NAMESPACE | {"level": "baseline"}}, {"kube-system": NAMESPACE}, {"aks-command": NAMESPACE}, {"default": NAMESPACE}):
        done = render(major, CHARTS / "platform", [{"environment": "dev", "namespaces": namespaces}])
        assert done.returncode != 0 and list(namespaces)[0] in done.stderr


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_namespaces_deny_by_default_and_are_bounded(environment):
    for name in CONTRACT["namespaces"]:
        own = [each for each in fleet.fleet()["helm4", "platform", environment] if each["metadata"].get("namespace") == name]
        (deny,) = [each["spec"] for each in own if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == "default-deny"]
        assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        assert {each["kind"] for each in own} >= {"LimitRange", "ResourceQuota"}


def test_only_the_gateways_namespace_may_have_a_load_balancer():
    found = {each["metadata"]["namespace"]: each["spec"]["hard"]["services.loadbalancers"] for each in platform("prod", "ResourceQuota")}
    assert {name for name, most in found.items() if most != "0"} == {"sentimark-web"}


# kind -> group and resource, as the API server names them.
RESOURCES = {
    "ConfigMap": ("", "configmaps"), "Pod": ("", "pods"), "Service": ("", "services"), "ServiceAccount": ("", "serviceaccounts"), "Deployment": ("apps", "deployments"),
    "StatefulSet": ("apps", "statefulsets"), "Job": ("batch", "jobs"), "CronJob": ("batch", "cronjobs"), "HorizontalPodAutoscaler": ("autoscaling", "horizontalpodautoscalers"),
    "PodDisruptionBudget": ("policy", "poddisruptionbudgets"), "NetworkPolicy": ("networking.k8s.io", "networkpolicies"), "Ingress": ("networking.k8s.io", "ingresses"),
    "HTTPRoute": ("gateway.networking.k8s.io", "httproutes"), "SecretProviderClass": ("secrets-store.csi.x-k8s.io", "secretproviderclasses"),
    "ScaledObject": ("keda.sh", "scaledobjects"), "TriggerAuthentication": ("keda.sh", "triggerauthentications"),
    "PodMonitor": ("azmonitoring.coreos.com", "podmonitors"), "ServiceMonitor": ("azmonitoring.coreos.com", "servicemonitors"), "PrometheusRule": ("monitoring.coreos.com", "prometheusrules"),
}
WRITE = {"get", "list", "watch", "create", "update", "patch", "delete"}


def templated_kinds():
    """Every kind that a template of the service chart can render, read from the templates themselves."""
    found = set()
    for path in (CHARTS / "service/templates").rglob("*.yaml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("kind: "):
                kind = line.removeprefix("kind: ")
                found |= {"PodMonitor", "ServiceMonitor"} if kind.startswith("{{") else {kind}
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_deployers_may_write_what_the_services_are_made_of_and_no_more(environment):
    # SA-06: computed from the templates; Helm's own releases are Secrets.
    needed = {RESOURCES[kind] for kind in templated_kinds()} | {("", "secrets")}
    assert {RESOURCES[each["kind"]] for each in everything(environment) if each["metadata"]["namespace"].startswith("sentimark-")
            and each["metadata"]["labels"]["app.kubernetes.io/name"] == "service"} <= needed
    roles = [each for each in platform(environment, "Role") if each["metadata"]["name"] == "sentimark-deployer"]
    assert {each["metadata"]["namespace"] for each in roles} == set(CONTRACT["namespaces"])
    for role in roles:
        granted = {(group, resource) for rule in role["rules"] if WRITE <= set(rule["verbs"]) for group in rule["apiGroups"] for resource in rule["resources"]}
        # The second group is that of a Prometheus in the cluster, which the chart offers too.
        assert granted == needed | {("monitoring.coreos.com", "podmonitors"), ("monitoring.coreos.com", "servicemonitors")}
        rest = [rule for rule in role["rules"] if not WRITE <= set(rule["verbs"])]
        assert all(set(rule["verbs"]) == {"get", "list", "watch"} for rule in rest)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_rights_have_no_wildcard_and_go_to_the_deployer_alone(environment):
    # SA-06
    for each in platform(environment, "Role"):
        assert "*" not in str(each["rules"])
    bindings = platform(environment, "RoleBinding")
    assert bindings and {subject["name"] for each in bindings for subject in each["subjects"]} == {outputs(environment)["deployers"]["deploy"]["object_id"]}
    assert not [each for each in fleet.fleet()["helm4", "platform", environment] if each["kind"].startswith("ClusterRole")]


@pytest.mark.parametrize("major", MAJORS)
def test_readers_see_no_secrets_and_change_nothing(major):
    # SA-06
    done = render(major, CHARTS / "platform", [{"environment": "dev", "namespaces": {"apps": NAMESPACE}, "readers": ["aaaaaaaa-0000-4000-8000-000000000001"]}])
    rules = done.one("Role", "sentimark-reader")["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "secrets" not in [resource for rule in rules for resource in rule["resources"]]
    assert "sentimark-deployer" not in done.stdout


def test_priorities_and_the_expander_draw_interruptible_pods_to_spot_nodes():
    classes = {each["metadata"]["name"]: each for each in platform("prod", "PriorityClass")}
    order = sorted(classes, key=lambda name: classes[name]["value"])
    assert order == ["sentimark-interruptible", "sentimark-standard", "sentimark-critical"]
    assert classes["sentimark-interruptible"]["preemptionPolicy"] == "Never" and not any(each["globalDefault"] for each in classes.values())
    used = {pod_of(each)["spec"]["priorityClassName"] for each in workloads(everything("prod"))}
    assert used == set(classes)
    (expander,) = platform("prod", "ConfigMap")
    assert (expander["metadata"]["namespace"], expander["metadata"]["name"]) == ("kube-system", "cluster-autoscaler-priority-expander")
    priorities = yaml.safe_load(expander["data"]["priorities"])
    assert priorities[50] == [".*spot.*"] and max(priorities) == 50 and priorities[10] == [".*"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_gateway_is_private_and_ends_tls(environment):
    (gateway,) = platform(environment, "Gateway")
    annotations = gateway["spec"]["infrastructure"]["annotations"]
    assert annotations["service.beta.kubernetes.io/azure-load-balancer-internal"] == "true"
    assert annotations["service.beta.kubernetes.io/azure-load-balancer-ipv4"] == outputs(environment)["cluster"]["gateway_ip"]
    assert annotations["service.beta.kubernetes.io/azure-pls-name"] == outputs(environment)["network"]["gateway_link"]
    (listener,) = gateway["spec"]["listeners"]
    secret = listener["tls"]["certificateRefs"][0]["name"]
    assert (listener["protocol"], listener["tls"]["mode"]) == ("HTTPS", "Terminate")
    # The Secret is the one that a service of the same namespace keeps from the vault.
    kept = [each for each in everything(environment) if each["kind"] == "SecretProviderClass" and each["metadata"]["namespace"] == gateway["metadata"]["namespace"]
            for one in each["spec"].get("secretObjects", []) if one["secretName"] == secret]
    assert len(kept) == 1


@pytest.mark.parametrize("major", MAJORS)
def test_a_gateway_outside_our_namespaces_is_refused(major):
    done = render(major, CHARTS / "platform", [{"environment": "dev", "namespaces": {"apps": NAMESPACE}, "gateway": {"enabled": True, "namespace": "other"}}])
    assert done.returncode != 0 and "gateway.namespace = other: rule gateway-in-our-namespace" in done.stderr


@pytest.mark.parametrize("major", MAJORS)
def test_a_mesh_is_named_by_its_revision(major):
    # RM-07: the revision's label; istio-injection would switch the sidecar off.
    values = {"environment": "dev", "namespaces": {"apps": NAMESPACE}}
    labels = render(major, CHARTS / "platform", [values | {"mesh": {"revision": "asm-1-26"}}]).one("Namespace")["metadata"]["labels"]
    assert labels["istio.io/rev"] == "asm-1-26" and "istio-injection" not in labels
    assert "istio.io/rev" not in render(major, CHARTS / "platform", [values]).one("Namespace")["metadata"]["labels"]
    assert render(major, CHARTS / "platform", [values | {"mesh": {"revision": "default"}}]).returncode != 0
