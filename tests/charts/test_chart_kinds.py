"""What charts/service renders beside a plain Deployment: each kind of workload, each way in, each way to scale, hooks and tests."""
import pathlib
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rendering  # noqa: E402
from judge import judge, matches  # noqa: E402
from rendering import CHARTS, DIGEST, MAJORS, containers_of, pod_of  # noqa: E402
from test_chart_guards import HOME, HPA, KEDA, TRIGGER  # noqa: E402

OTHER = "sha256:" + "7a" * 32
VAULT = {"vault": "kv-x", "objects": [{"name": "signing-key"}, {"name": "ca", "type": "cert", "file": "ca.pem"}]}


@pytest.fixture(params=MAJORS)
def render(request):
    def run(values):
        done = rendering.render(request.param, CHARTS / "service", [values])
        documents = [each | {"metadata": {"namespace": "apps"} | each["metadata"]} for each in done.objects()]
        # Whatever a test asks for, our own rules hold.
        assert [line for line in judge(documents) if not line.startswith(("image-by-digest", "network-policy-everywhere", "route-from-a-gateway"))] == []
        done.found = documents
        return done
    return run


def kinds(done):
    return sorted(each["kind"] for each in done.found)


def test_a_statefulset_has_names_and_volumes_of_its_own(render):
    done = render({"kind": "StatefulSet", "persistence": {"enabled": True}})
    assert kinds(done) == ["PodDisruptionBudget", "Service", "Service", "ServiceAccount", "StatefulSet"]
    workload, pods = done.one("StatefulSet"), done.one("Service", "demo-pods")
    assert workload["spec"]["serviceName"] == "demo-pods" and pods["spec"]["clusterIP"] == "None"
    assert [claim["metadata"]["name"] for claim in workload["spec"]["volumeClaimTemplates"]] == ["data"]
    assert {"name": "data", "mountPath": "/data"} in containers_of(workload)[0]["volumeMounts"]


def test_a_job_is_named_by_its_content(render):
    names = [render({"kind": "Job", "args": [argument]}).one("Job")["metadata"]["name"] for argument in ("a", "b", "a")]
    assert names[0] == names[2] != names[1] and names[0].startswith("demo-")


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_what_ends_has_no_service_no_probes_and_a_deadline(render, kind):
    done = render({"kind": kind})
    assert kinds(done) == sorted([kind, "ServiceAccount"])
    spec = done.one(kind)["spec"] if kind == "Job" else done.one(kind)["spec"]["jobTemplate"]["spec"]
    assert spec["activeDeadlineSeconds"] == 900 and spec["template"]["spec"]["restartPolicy"] == "Never"
    assert not {"readinessProbe", "ports", "lifecycle"} & set(spec["template"]["spec"]["containers"][0])


def test_a_cronjob_never_overlaps_itself(render):
    spec = render({"kind": "CronJob", "job": {"schedule": "30 4 * * 1-5"}}).one("CronJob")["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("30 4 * * 1-5", "Etc/UTC", "Forbid")


def test_an_hpa_owns_the_replicas(render):
    # X-07
    done = render({"autoscaling": HPA})
    assert "replicas" not in done.one("Deployment")["spec"]
    spec = done.one("HorizontalPodAutoscaler")["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "demo"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 4)


def test_keda_scales_by_events_without_replicas(render):
    # RM-09, X-07
    done = render(HOME | {"autoscaling": KEDA})
    assert "replicas" not in done.one("Deployment")["spec"] and "HorizontalPodAutoscaler" not in kinds(done)
    spec = done.one("ScaledObject")["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (0, 4) and spec["scaleTargetRef"]["name"] == "demo"
    (trigger,) = spec["triggers"]
    assert trigger["metadata"]["eventHubNamespace"] == "evhns-x" and trigger["metadata"]["eventHubName"] == TRIGGER["hub"]
    # Values of the metadata are texts; a number would be refused by the API server.
    assert {type(value) for value in trigger["metadata"].values()} == {str}
    authentication = done.one("TriggerAuthentication", trigger["authenticationRef"]["name"])
    assert authentication["spec"]["podIdentity"] == {"provider": "azure-workload", "identityId": KEDA["clientId"]}


def test_without_a_scaler_the_replicas_are_stated(render):
    # X-07
    assert render({"replicas": 5}).one("Deployment")["spec"]["replicas"] == 5
    assert render({}).one("Deployment")["spec"]["replicas"] == 2


def test_spot_pods_prefer_spot_nodes_and_fall_back(render):
    # HE-07
    spec = pod_of(render({"spot": {"enabled": True}, "replicas": 3}).one("Deployment"))["spec"]
    assert [each["value"] for each in spec["tolerations"]] == ["spot"]
    affinity = spec["affinity"]["nodeAffinity"]
    assert list(affinity) == ["preferredDuringSchedulingIgnoredDuringExecution"]
    assert affinity["preferredDuringSchedulingIgnoredDuringExecution"][0]["preference"]["matchExpressions"][0]["values"] == ["spot"]
    assert spec["terminationGracePeriodSeconds"] <= 30
    plain = pod_of(render({}).one("Deployment"))["spec"]
    assert "affinity" not in plain and "tolerations" not in plain


@pytest.mark.parametrize("weight", [0, 10, 100])
def test_a_canary_is_a_pair_whose_weights_add_up(render, weight):
    # RM-05
    done = render({"route": {"enabled": True}, "autoscaling": HPA, "image": {"digest": DIGEST}, "canary": {"enabled": True, "weight": weight, "image": {"digest": OTHER}}})
    stable, canary = done.one("Deployment", "demo"), done.one("Deployment", "demo-canary")
    assert containers_of(stable)[0]["image"].endswith(DIGEST) and containers_of(canary)[0]["image"].endswith(OTHER)
    backends = done.one("HTTPRoute")["spec"]["rules"][0]["backendRefs"]
    assert {each["name"]: each["weight"] for each in backends} == {"demo": 100 - weight, "demo-canary": weight}
    for name, own, other in (("demo", stable, canary), ("demo-canary", canary, stable)):
        selector = {"matchLabels": done.one("Service", name)["spec"]["selector"]}
        assert matches(selector, pod_of(own)["metadata"]["labels"]) and not matches(selector, pod_of(other)["metadata"]["labels"])
    assert done.one("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] == "demo"


def test_a_route_names_its_gateway_and_its_paths(render):
    spec = render({"route": {"enabled": True, "host": "api.dev.internal", "gateway": {"name": "edge", "namespace": "web"}, "paths": ["/v1", "/v2"]}}).one("HTTPRoute")["spec"]
    assert spec["hostnames"] == ["api.dev.internal"]
    assert [(parent["kind"], parent["namespace"], parent["name"]) for parent in spec["parentRefs"]] == [("Gateway", "web", "edge")]
    assert [match["path"]["value"] for match in spec["rules"][0]["matches"]] == ["/v1", "/v2"]


def test_in_a_mesh_the_route_holds_for_callers_inside_too(render):
    # RM-07
    done = render({"route": {"enabled": True, "mesh": True}, "canary": {"enabled": True, "weight": 20, "image": {"tag": "2"}}})
    parents = done.one("HTTPRoute")["spec"]["parentRefs"]
    assert {"group": "", "kind": "Service", "name": "demo", "port": 80} in parents and len(parents) == 2
    assert [each["weight"] for each in done.one("HTTPRoute")["spec"]["rules"][0]["backendRefs"]] == [80, 20]


def test_an_ingress_comes_only_when_asked(render):
    done = render(HOME | {"route": {"enabled": True, "kind": "Ingress", "host": "api.dev.internal"}, "secrets": VAULT,
                          "tls": {"certificate": "edge-cert", "secretName": "edge-tls"}})
    assert "HTTPRoute" not in kinds(done)
    spec = done.one("Ingress")["spec"]
    assert spec["tls"] == [{"hosts": ["api.dev.internal"], "secretName": "edge-tls"}]
    assert spec["rules"][0]["http"]["paths"][0]["backend"]["service"] == {"name": "demo", "port": {"name": "http"}}
    assert not {"Ingress", "HTTPRoute"} & set(kinds(render({})))


def test_secrets_are_files_of_the_vault(render):
    # AD-04
    done = render(HOME | {"secrets": VAULT})
    spec = done.one("SecretProviderClass")["spec"]
    objects = [yaml.safe_load(text) for text in yaml.safe_load(spec["parameters"]["objects"])["array"]]
    assert objects == [{"objectName": "signing-key", "objectType": "secret", "objectAlias": "signing-key"},
                       {"objectName": "ca", "objectType": "cert", "objectAlias": "ca.pem"}]
    assert "secretObjects" not in spec
    mounts = {mount["mountPath"]: mount for mount in containers_of(done.one("Deployment"))[0]["volumeMounts"]}
    assert mounts["/mnt/secrets"]["readOnly"] is True


def test_the_gateways_certificate_is_kept_from_the_vault(render):
    done = render(HOME | {"secrets": VAULT, "tls": {"certificate": "edge-cert", "secretName": "edge-tls"}})
    (kept,) = done.one("SecretProviderClass")["spec"]["secretObjects"]
    assert (kept["secretName"], kept["type"]) == ("edge-tls", "kubernetes.io/tls")
    assert {each["key"]: each["objectName"] for each in kept["data"]} == {"tls.key": "edge-cert", "tls.crt": "edge-cert"}


def test_a_changed_setting_rolls_the_pods_and_a_changed_chart_version_does_not(render):
    annotations = [pod_of(render({"config": {"files": {"a.yaml": text}}}).one("Deployment"))["metadata"]["annotations"]["checksum/config"] for text in ("1", "2")]
    assert annotations[0] != annotations[1]
    assert "helm.sh/chart" not in pod_of(render({}).one("Deployment"))["metadata"]["labels"]


def test_an_immutable_setting_has_a_name_for_each_content(render):
    found = [render({"config": {"immutable": True, "files": {"a.yaml": text}}}) for text in ("1", "2")]
    names = [done.one("ConfigMap")["metadata"]["name"] for done in found]
    assert names[0] != names[1] and all(done.one("ConfigMap")["immutable"] for done in found)
    volumes = [volume["configMap"]["name"] for done in found for volume in pod_of(done.one("Deployment"))["spec"]["volumes"] if "configMap" in volume]
    assert volumes == names


def hooks(done):
    return {each["metadata"]["name"]: each["metadata"]["annotations"] for each in done.found if "helm.sh/hook" in each["metadata"].get("annotations", {})}


def test_expand_goes_before_the_new_version_and_contract_after(render):
    done = render({"migration": {"enabled": True, "expand": 12, "contract": 11, "args": ["migrate"], "image": {"tag": "2.0.0"}}})
    found = hooks(done)
    assert found["demo-expand"]["helm.sh/hook"] == "post-install,pre-upgrade"
    assert found["demo-contract"]["helm.sh/hook"] == "post-install,post-upgrade"
    assert int(found["demo-expand"]["helm.sh/hook-weight"]) < int(found["demo-contract"]["helm.sh/hook-weight"])
    # Failed once is failed: a second run would not know what the first one did. The Job stays for its logs.
    job = done.one("Job", "demo-expand")
    assert job["spec"]["backoffLimit"] == 0 and job["spec"]["activeDeadlineSeconds"] == 600
    assert found["demo-expand"]["helm.sh/hook-delete-policy"] == "before-hook-creation"
    assert containers_of(job)[0]["args"] == ["migrate", "--phase", "expand", "--step", "12", "--lock-timeout", "60s"]
    assert containers_of(job)[0]["image"].endswith(":2.0.0") and containers_of(done.one("Deployment"))[0]["image"].endswith(":1.0.0")


def test_a_release_of_migrations_alone_runs_them_after_its_own_objects(render):
    done = render({"kind": "Job", "migration": {"enabled": True, "expand": 3}})
    assert hooks(done).keys() == {"demo-expand"} and kinds(done) == ["Job", "ServiceAccount"]
    assert hooks(done)["demo-expand"]["helm.sh/hook"] == "post-install,post-upgrade"


@pytest.mark.parametrize("kind", ["ServiceMonitor", "PodMonitor"])
def test_a_monitor_reads_the_services_port(render, kind):
    spec = render({"monitoring": {"kind": kind}}).one(kind)["spec"]
    (endpoint,) = spec.get("endpoints") or spec["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    assert spec["selector"]["matchLabels"]["app.kubernetes.io/instance"] == "demo"


@pytest.mark.parametrize("values, names", [({"autoscaling": HPA}, {"ServiceRestarts", "ServiceUnavailable", "ServiceAtItsLimit"}), ({"kind": "CronJob"}, {"JobFailed"})])
def test_each_alert_has_a_severity_and_a_runbook(render, values, names):
    rules = render(values | {"monitoring": {"rules": {"enabled": True}}}).one("PrometheusRule")["spec"]["groups"][0]["rules"]
    assert {rule["alert"] for rule in rules} == names
    assert all(rule["labels"]["severity"] and rule["annotations"]["runbook"] and rule["expr"] for rule in rules)


def test_helm_test_asks_the_service_with_its_own_image(render):
    done = render({"test": {"args": ["check"]}})
    pod = done.one("Pod")
    assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert pod["spec"]["containers"][0]["args"] == ["check", "http://demo:80/readyz"]
    assert not matches({"matchLabels": done.one("Service")["spec"]["selector"]}, pod["metadata"]["labels"])


def test_the_notes_say_where_it_is_and_how_to_check():
    # Helm 4 alone shows notes without a cluster.
    done = rendering.helm("helm4", "install", "demo", CHARTS / "service", "--namespace", "apps", "--dry-run=client", "--set", "test.args[0]=check",
                          "--set", "route.enabled=true,canary.enabled=true,canary.weight=5,canary.image.tag=2.0.0")
    assert done.returncode == 0, done.stderr
    notes = done.stdout.split("NOTES:\n")[1]
    assert "http://demo.apps:80" in notes and "5 of 100 requests" in notes and "helm --namespace apps test demo" in notes


def test_a_policy_says_who_may_connect_and_where_to(render):
    done = render(HOME | {"network": {"enabled": True, "fromServices": [{"name": "api", "namespace": "web"}], "toServices": [{"name": "auth", "port": 8080}],
                                      "toStores": ["database", "redis"], "privateEndpoints": "10.1.2.0/24"}})
    spec = done.one("NetworkPolicy")["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    (entry,) = spec["ingress"]
    assert [port["port"] for port in entry["ports"]] == [8080]
    assert entry["from"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "web"}
    assert matches(entry["from"][0]["podSelector"], {"app.kubernetes.io/instance": "api-canary"})
    dns, service, stores = spec["egress"]
    assert {port["port"] for port in dns["ports"]} == {53}
    assert matches(service["to"][0]["podSelector"], {"app.kubernetes.io/instance": "auth"})
    assert ([port["port"] for port in stores["ports"]], stores["to"]) == ([5432, 10000], [{"ipBlock": {"cidr": "10.1.2.0/24"}}])


def test_signing_in_never_opens_the_private_ranges(render):
    spec = render(HOME | {"network": {"enabled": True, "toSignIn": True}}).one("NetworkPolicy")["spec"]
    assert spec["ingress"] == []
    block = spec["egress"][-1]["to"][0]["ipBlock"]
    assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"} <= set(block["except"])
    assert "0.0.0.0/0" not in str(render(HOME).one("NetworkPolicy"))
