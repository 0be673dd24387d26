"""charts/service rendered by real Helm 3 and Helm 4: what a cluster would be given, object by object."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rendering  # noqa: E402
from rendering import CHARTS, DIGEST, MAJORS, helm  # noqa: E402

CHART = CHARTS / "service"
RESOURCES = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
HELPER = {"image": {"repository": "sentimark.local/helper", "tag": "2"}, "resources": RESOURCES}
# One value of every kind, and a container of every sort.
FULL = {
    "image": {"repository": "registry.example/team/api", "digest": DIGEST},
    "command": ["/api"], "args": ["--level", "info"], "env": {"REGION": "westeurope", "LIMIT": "1000000"},
    "initContainers": [HELPER | {"name": "prepare"}], "sidecars": [HELPER | {"name": "proxy", "args": ["run"]}],
    "podSecurityContext": {"supplementalGroups": [20000], "sysctls": [{"name": "net.ipv4.tcp_keepalive_time", "value": "60"}]},
    "serviceAccount": {"annotations": {"team": "markets"}}, "podAnnotations": {"note": "x"}, "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "kubernetes.azure.com/scalesetpriority", "operator": "Equal", "value": "spot", "effect": "NoSchedule"}],
}


@pytest.fixture(params=MAJORS)
def render(request):
    def run(values=None, *options):
        return rendering.render(request.param, CHART, [values or {}], options=options)
    return run


def objects(done):
    return {document["kind"]: document for document in done.objects()}


def pod(done):
    return objects(done)["Deployment"]["spec"]["template"]["spec"]


def containers(done):
    spec = pod(done)
    return spec.get("initContainers", []) + spec["containers"]


def test_the_objects_belong_together(render):
    # SC-09: the stream of documents parses to exactly the objects that the templates stand for.
    done = render(FULL)
    assert len(done.objects()) == 4
    found = objects(done)
    assert set(found) == {"Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"}
    template = found["Deployment"]["spec"]["template"]
    assert found["Service"]["spec"]["selector"] == found["Deployment"]["spec"]["selector"]["matchLabels"]
    assert found["Service"]["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    assert template["spec"]["serviceAccountName"] == found["ServiceAccount"]["metadata"]["name"] == "demo"
    port = found["Service"]["spec"]["ports"][0]
    assert port["targetPort"] in [each["name"] for each in template["spec"]["containers"][0]["ports"]]


def test_the_image_is_what_the_values_say(render):
    # IA-05
    assert containers(render(FULL))[1]["image"] == f"registry.example/team/api@{DIGEST}"
    assert containers(render())[0]["image"] == "sentimark.local/sample:1.0.0"


@pytest.mark.parametrize("image", [{"tag": "latest"}, {"tag": ""}, {"digest": "sha256:5e"}, {"repository": ""}])
def test_an_image_without_a_fixed_identity_is_refused(render, image):
    assert render({"image": image}).returncode != 0


def test_the_pod_carries_only_what_belongs_to_the_pod(render):
    # SC-01
    allowed = {"fsGroup", "fsGroupChangePolicy", "supplementalGroups", "seccompProfile", "sysctls"}
    context = pod(render(FULL))["securityContext"]
    assert set(context) == allowed
    assert context["seccompProfile"] == {"type": "RuntimeDefault"} and context["fsGroup"] == 10001
    assert set(pod(render())["securityContext"]) == allowed - {"supplementalGroups", "sysctls"}


# row -> what must hold of a container's own context
LOCKED = {
    "SC-02": lambda context: context["runAsNonRoot"] is True,
    "SC-03": lambda context: context["runAsUser"] > 10000,
    "SC-04": lambda context: context["runAsGroup"] > 10000,
    "SC-05": lambda context: context["allowPrivilegeEscalation"] is False,
    "SC-06": lambda context: context["capabilities"] == {"drop": ["ALL"]},
    "SC-07": lambda context: context["readOnlyRootFilesystem"] is True,
    "AD-05": lambda context: len(context) == len(LOCKED) - 1,  # and all of it stands there, nothing of it on the pod
}


@pytest.mark.parametrize("row", sorted(LOCKED))
def test_every_container_is_locked_down(render, row):
    found = containers(render(FULL))
    assert [each["name"] for each in found] == ["prepare", "service", "proxy"]
    assert [each["name"] for each in found if not LOCKED[row](each["securityContext"])] == []


def test_what_a_read_only_root_needs_is_there(render):
    # SC-07: a writable /tmp, bounded, in every container.
    for each in containers(render(FULL)):
        assert [mount["name"] for mount in each["volumeMounts"] if mount["mountPath"] == "/tmp"] == ["tmp"]
    assert [volume["emptyDir"] for volume in pod(render(FULL))["volumes"] if volume["name"] == "tmp"] == [{"sizeLimit": "64Mi"}]


@pytest.mark.parametrize("options", [(), ("--skip-schema-validation",)], ids=["schema", "template"])
@pytest.mark.parametrize("row, level, key, value", [
    ("SC-01", "podSecurityContext", "runAsUser", 10001),
    ("SC-02", "containerSecurityContext", "runAsNonRoot", False),
    ("SC-03", "containerSecurityContext", "runAsUser", 10000),
    ("SC-04", "containerSecurityContext", "runAsGroup", 0),
    ("SC-05", "containerSecurityContext", "allowPrivilegeEscalation", True),
    ("SC-06", "containerSecurityContext", "capabilities", {"drop": []}),
    ("SC-06", "containerSecurityContext", "capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
    ("SC-07", "containerSecurityContext", "readOnlyRootFilesystem", False),
])
def test_a_loosened_context_does_not_render(render, options, row, level, key, value):
    done = render({level: {key: value}}, *options)
    assert done.returncode != 0 and level in done.stderr and key in done.stderr


def mebibytes(text):
    return int(text[:-2]) * {"Mi": 1, "Gi": 1024}[text[-2:]]


def millicores(text):
    return int(text[:-1]) if str(text).endswith("m") else int(float(text) * 1000)


def test_every_container_states_what_it_needs(render):
    # AD-06
    for each in containers(render(FULL)):
        for kind in ("requests", "limits"):
            amounts = each["resources"][kind]
            assert millicores(amounts["cpu"]) >= 100 and mebibytes(amounts["memory"]) >= 100


@pytest.mark.parametrize("requests", [{"cpu": "99m"}, {"memory": "99Mi"}, {"cpu": None}, {"memory": None}])
def test_too_small_or_missing_requests_are_refused(render, requests):
    # AD-06
    assert render({"resources": {"requests": requests}}).returncode != 0


def test_all_three_probes_ask_the_service_itself(render):
    main = containers(render())[0]
    paths = {kind: main[kind]["httpGet"] for kind in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {kind: get["path"] for kind, get in paths.items()} == {
        "startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    assert {get["port"] for get in paths.values()} == {"http"}


def test_settings_reach_the_container_as_text(render):
    main = containers(render(FULL))[1]
    assert (main["command"], main["args"]) == (["/api"], ["--level", "info"])
    assert main["env"] == [{"name": "LIMIT", "value": "1000000"}, {"name": "REGION", "value": "westeurope"}]


def test_the_token_of_the_account_is_mounted_only_when_asked(render):
    for values, expected in (({}, False), ({"serviceAccount": {"automountToken": True}}, True)):
        found = objects(render(values))
        assert found["ServiceAccount"]["automountServiceAccountToken"] is expected
        assert found["Deployment"]["spec"]["template"]["spec"]["automountServiceAccountToken"] is expected


@pytest.mark.parametrize("values", [
    {"replica": 3}, {"image": {"name": "x"}}, {"service": {"type": "LoadBalancer"}}, {"sidecars": [HELPER | {"name": "x", "privileged": True}]},
    {"terminationGracePeriodSeconds": 31}, {"env": {"A": 1}}, {"port": 80},
])
def test_unknown_keys_and_values_out_of_range_are_refused(render, values):
    assert render(values).returncode != 0


@pytest.mark.parametrize("chart", ["service", "platform"])
@pytest.mark.parametrize("major", MAJORS)
def test_helm_lint_finds_nothing(major, chart):
    done = helm(major, "lint", CHARTS / chart, "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
