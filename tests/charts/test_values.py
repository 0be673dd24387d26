"""Every service in every environment: filled from the stack outputs, rendered by both majors of Helm, judged as one cluster."""
import copy
import json
import pathlib
import re
import sys

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fleet  # noqa: E402
from fleet import CONTRACT, ENVIRONMENTS, PAIRS, VALUES, Unfilled, everything, fill, outputs, state  # noqa: E402
from judge import judge, labels_of, mebibytes, millicores, workloads  # noqa: E402
from rendering import CHARTS, DIGEST, MAJORS, ROOT, containers_of, pod_of, render  # noqa: E402
from secrets_in_text import LITERALS, SECRETS, findings  # noqa: E402

FILES = sorted(VALUES.glob("*/*.yaml"))
PLACEHOLDER = re.compile(r"\$\{([a-z0-9_.-]+)")


def placeholders(service):
    """Paths of the outputs that a service's values name, with the files of all environments."""
    return {path for file in (VALUES / service).glob("*.yaml") for path in PLACEHOLDER.findall(file.read_text(encoding="utf-8"))}


USES = sorted((service, path) for service in [*CONTRACT["services"], "platform"] for path in placeholders(service))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("major", MAJORS)
def test_a_whole_cluster_is_judged_clean(major, environment):
    # AD-01, CN-06: one chart, and every service of the list is there.
    documents = everything(environment, major)
    assert judge(documents) == []
    expected = {service for service, name in PAIRS if name == environment}
    assert {labels_of(each)["app.kubernetes.io/instance"].removesuffix("-hook") for each in workloads(documents)} == expected


def test_both_majors_render_the_same_objects():
    for (major, service, environment), documents in fleet.fleet().items():
        assert documents == fleet.fleet()[MAJORS[0], service, environment], (major, service, environment)


@pytest.mark.parametrize("service, environment", PAIRS)
def test_each_service_is_a_workload_named_by_digest(service, environment):
    # AD-02, CN-02, IA-05: the registry comes from the outputs, the digest from the release, and no tag is left.
    documents = fleet.fleet()["helm4", service, environment]
    images = {container["image"] for each in workloads(documents) for container in containers_of(each)}
    assert images == {f"{outputs(environment)['registry']['host']}/sentimark/{service}@{DIGEST}"}
    assert {each["kind"] for each in workloads(documents)} & {"Deployment", "StatefulSet", "Job", "CronJob"}


@pytest.mark.parametrize("service, environment", PAIRS)
def test_secrets_come_from_the_vault_of_the_environment(service, environment):
    # AD-04, IA-06, DP-04: a class for each service that needs the vault, mounted by its pods with its own identity.
    documents, document = fleet.fleet()["helm4", service, environment], outputs(environment)
    classes = [each for each in documents if each["kind"] == "SecretProviderClass"]
    assert bool(classes) == ("vault" in CONTRACT["services"][service]["needs"])
    assert [each for each in documents if each["kind"] == "Secret"] == []
    for each in classes:
        parameters = each["spec"]["parameters"]
        assert parameters["keyvaultName"] == document["vault"]["name"] and parameters["tenantId"] == document["tenant_id"]
        assert parameters["clientID"] == document["services"][service]["client_id"] and parameters["usePodIdentity"] == "false"
        names = [yaml.safe_load(text)["objectName"] for text in yaml.safe_load(parameters["objects"])["array"]]
        assert names and len(names) == len(set(names))
        for workload in workloads(documents):
            assert labels_of(workload)["azure.workload.identity/use"] == "true"
            volumes = [volume for volume in pod_of(workload)["spec"]["volumes"] if "csi" in volume]
            assert [volume["csi"]["volumeAttributes"]["secretProviderClass"] for volume in volumes] == [service]


@pytest.mark.parametrize("service, environment", PAIRS)
def test_the_account_is_the_one_that_the_stacks_federated(service, environment):
    #
    (account,) = [each for each in fleet.fleet()["helm4", service, environment] if each["kind"] == "ServiceAccount"]
    entry = outputs(environment)["services"][service]
    assert account["metadata"]["name"] == entry["service_account"]
    assert account["metadata"]["annotations"]["azure.workload.identity/client-id"] == entry["client_id"]


@pytest.mark.parametrize("service, environment", PAIRS)
def test_every_placeholder_resolves(service, environment):
    # X-17, AD-03
    document = outputs(environment)
    jsonschema.validate(document, json.loads((ROOT / "contract/stack-outputs.schema.json").read_text(encoding="utf-8")))
    assert "${" not in "".join(re.sub(r"(?m)^\s*#.*", "", text) for text in fleet.values(service, environment, document))


def without(document, path):
    """The document after a rename of one output, on the side of the stacks only."""
    document = copy.deepcopy(document)
    *folders, last = path.split(".")
    place = document
    for folder in folders:
        place = place[folder]
    place[last + "_new"] = place.pop(last)
    return document


@pytest.mark.parametrize("service, path", USES)
def test_a_renamed_output_stops_who_uses_it(service, path):
    # take any one name away on one side, and the step says which.
    with pytest.raises(Unfilled, match=re.escape(path.rsplit(".", 1)[0])):
        fleet.values(service, "sit", without(outputs("sit"), path))


@pytest.mark.parametrize("key, value", [("namespace", "sentimark-data"), ("service_account", "web")])
def test_a_moved_identity_is_refused_by_the_chart(key, value):
    # rename one identity's namespace or account.
    document = outputs("dev")
    document["services"]["api"][key] = value
    done = render(**fleet.job("helm4", "api", "dev") | {"values": [*fleet.values("api", "dev", document), fleet.RELEASE]})
    assert done.returncode != 0 and value in done.stderr and "rule identity-of-this-release" in done.stderr


def test_outputs_of_another_environment_are_refused():
    done = render(**fleet.job("helm4", "api", "sit") | {"values": [*fleet.values("api", "sit", outputs("dev")), fleet.RELEASE]})
    assert done.returncode != 0 and "identity.environment = dev" in done.stderr and "rule identity-of-this-release" in done.stderr


def test_values_that_were_never_filled_are_refused():
    raw = [(VALUES / "api" / name).read_text(encoding="utf-8") for name in ("base.yaml", "dev.yaml")]
    done = render("helm4", CHARTS / "service", [*raw, fleet.RELEASE], release="api", namespace="sentimark-web", options=("--skip-schema-validation",))
    assert done.returncode != 0 and "refused" in done.stderr and "${" in done.stderr


def test_there_are_values_for_exactly_what_the_list_says():
    # AD-03, X-28: no environment and no service beside contract/environments.yaml.
    expected = {f"{service}/{environment}.yaml" for service, environment in PAIRS} | {f"platform/{environment}.yaml" for environment in ENVIRONMENTS} | \
        {f"{service}/base.yaml" for service in [*CONTRACT["services"], "platform"]}
    assert {file.relative_to(VALUES).as_posix() for file in FILES} == expected
    for file in FILES:
        stated = yaml.safe_load(file.read_text(encoding="utf-8")).get("environment")
        assert stated == (None if file.stem == "base" else file.stem), file


def test_an_unknown_environment_has_no_values():
    with pytest.raises(FileNotFoundError, match="perf.yaml"):
        fleet.values("api", "perf", outputs("dev"))


def test_a_new_environment_is_one_entry_and_its_values(tmp_path, monkeypatch):
    # the charts themselves know no list of environments.
    contract = copy.deepcopy(CONTRACT)
    contract["environments"]["perf"] = contract["environments"]["uat"] | {"order": 9}
    for file in FILES:
        target = tmp_path / file.relative_to(VALUES)
        target.parent.mkdir(exist_ok=True)
        text = file.read_text(encoding="utf-8")
        target.write_text(text, encoding="utf-8")
        if file.stem == "uat":
            target.with_name("perf.yaml").write_text(text.replace("environment: uat", "environment: perf"), encoding="utf-8")
    monkeypatch.setattr(fleet, "CONTRACT", contract)
    monkeypatch.setattr(fleet, "VALUES", tmp_path)
    found = []
    for service in [*(name for name in contract["services"] if state(name, "perf") != "none"), "platform"]:
        job = fleet.job("helm4", service, "perf")
        found += [each | {"metadata": {"namespace": job["namespace"]} | each["metadata"]} for each in render(**job).objects()]
    assert judge(found) == [] and len(workloads(found)) >= 6


def test_unknown_keys_of_values_are_refused():
    # AD-03
    done = render(**fleet.job("helm4", "api", "dev", [{"autoscaling": {"minimum": 3}}]))
    assert done.returncode != 0 and "minimum" in done.stderr


def test_consumers_rest_where_there_are_no_events():
    # IA-15
    assert not CONTRACT["environments"]["dev"]["events"]
    for service in ("ingest", "sentiment-worker"):
        documents = fleet.fleet()["helm4", service, "dev"]
        assert [each["spec"]["replicas"] for each in workloads(documents)] == [0]
        assert {each["kind"] for each in documents} & {"ScaledObject", "HorizontalPodAutoscaler"} == set()
    for service, environment in PAIRS:
        zero = [each for each in workloads(fleet.fleet()["helm4", service, environment]) if each["spec"].get("replicas") == 0]
        assert bool(zero) == (state(service, environment) == "idle"), (service, environment)


def bounds(service, environment):
    for each in fleet.fleet()["helm4", service, environment]:
        if each["kind"] == "HorizontalPodAutoscaler":
            return each["spec"]["minReplicas"], each["spec"]["maxReplicas"]
        if each["kind"] == "ScaledObject":
            return each["spec"]["minReplicaCount"], each["spec"]["maxReplicaCount"]
    return None


@pytest.mark.parametrize("service", [service for service, environment in PAIRS if environment == "prod"])
def test_uat_scales_as_prod_does(service):
    # UAT-06: the same kind of scaler, and at least half of PROD's most.
    uat, prod = (fleet.fleet()["helm4", service, environment] for environment in ("uat", "prod"))
    kinds = [{each["kind"] for each in documents} & {"ScaledObject", "HorizontalPodAutoscaler"} for documents in (uat, prod)]
    assert kinds[0] == kinds[1] and bool(kinds[0]) == (service != "migrations")
    if kinds[0]:
        assert 2 * bounds(service, "uat")[1] >= bounds(service, "prod")[1]
        assert bounds(service, "uat")[0] >= 1


def test_the_table_of_scaling_to_zero_is_what_the_values_say():
    # RM-10
    table = (ROOT / "docs/charts.md").read_text(encoding="utf-8").split("## Which service may scale to zero")[1]
    rows = {name: (by, where) for name, by, where in re.findall(r"^\| `([a-z-]+)` \| (\w+) \| ([\w, ]+) \| .+ \|$", table, re.MULTILINE)}
    for service in rows:
        scaled = [environment for name, environment in PAIRS if name == service and bounds(service, environment)]
        zero = [environment for environment in scaled if bounds(service, environment)[0] == 0]
        kinds = {each["kind"] for environment in scaled for each in fleet.fleet()["helm4", service, environment]}
        assert rows[service] == ("events" if "ScaledObject" in kinds else "CPU", ", ".join(zero) or "never"), service
    assert set(rows) == {service for service, environment in PAIRS if bounds(service, environment)}


def test_auth_cannot_be_scaled_to_zero():
    # RM-10: its values say that it is critical, and then the schema refuses.
    done = render(**fleet.job("helm4", "auth", "sit", [{"autoscaling": {"minReplicas": 0}}]))
    assert done.returncode != 0 and "rule critical-never-zero" in done.stderr


def most(document, documents):
    """The most pods of a workload at a time, with the one more of a rolling update."""
    if document["kind"] not in ("Deployment", "StatefulSet"):
        return 1
    for each in documents:
        if each["kind"] in ("HorizontalPodAutoscaler", "ScaledObject") and each["spec"]["scaleTargetRef"]["name"] == document["metadata"]["name"]:
            return (each["spec"].get("maxReplicas") or each["spec"]["maxReplicaCount"]) + 1
    return document["spec"]["replicas"] and document["spec"]["replicas"] + 1


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_quotas_hold_every_service_at_its_most(environment):
    documents = everything(environment)
    for quota in (each for each in documents if each["kind"] == "ResourceQuota"):
        namespace = quota["metadata"]["namespace"]
        own = [each for each in documents if each["metadata"]["namespace"] == namespace]
        cpu = memory = pods = 0
        for each in workloads(own):
            count = most(each, own)
            pods += count
            cpu += count * sum(millicores(container["resources"]["requests"]["cpu"]) for container in containers_of(each))
            memory += count * sum(mebibytes(container["resources"]["requests"]["memory"]) for container in containers_of(each))
        hard = quota["spec"]["hard"]
        assert cpu <= millicores(hard["requests.cpu"]) and memory <= mebibytes(hard["requests.memory"]) and pods <= int(hard["pods"]), (namespace, cpu, memory, pods)


NEED_OF = {"database": {"database"}, "redis": {"redis"}, "storage": {"lake", "events-receive"}, "events": {"events-send", "events-receive"}}


@pytest.mark.parametrize("service", sorted(CONTRACT["services"]))
def test_values_use_exactly_what_the_list_says_they_need(service):
    # the identity gets the roles of `needs`, so more would fail at run time and less would be a right for nothing.
    needs, base = set(CONTRACT["services"][service]["needs"]), yaml.safe_load((VALUES / service / "base.yaml").read_text(encoding="utf-8"))
    stores = base["network"].get("toStores", [])
    assert all(NEED_OF[store] & needs for store in stores)
    assert all(any(need in NEED_OF[store] for store in stores) for need in needs - {"vault"})
    assert ("vault" in needs) == bool(base.get("secrets", {}).get("objects"))
    hosts = {path.split(".")[0] for path in placeholders(service)} & {"database", "redis", "events", "lake"}
    # The checkpoints of consumers are a part of the events.
    lake = {"lake"} if "lake" in needs else set()
    assert hosts == {store for store in stores if store != "storage"} | lake


def text_files():
    return [*FILES, *sorted((CHARTS / "platform").rglob("*.yaml")), *sorted((CHARTS / "service").rglob("*.yaml")),
            *sorted((ROOT / "terraform").rglob("*.tfvars")), *sorted((ROOT / "contract").glob("*.yaml"))]


def test_no_secret_is_written_down():
    # SA-03: values, charts and tfvars.
    assert [(str(file.relative_to(ROOT)), *each) for file in text_files() for each in findings(file.read_text(encoding="utf-8"), SECRETS)] == []
    assert len(FILES) > 30


@pytest.mark.parametrize("kind", sorted(SECRETS))
def test_a_planted_secret_is_found(kind):
    # SA-03
    planted = "a: 1\n" + SECRETS[kind][1] + "\n"
    assert (2, kind) in findings(planted, SECRETS)


def test_values_hold_no_literal_of_the_stacks():
    #
    assert [(str(file.relative_to(ROOT)), *each) for file in FILES for each in findings(file.read_text(encoding="utf-8"), LITERALS)] == []


@pytest.mark.parametrize("kind", sorted(LITERALS))
def test_a_planted_literal_is_found(kind):
    #
    assert (2, kind) in findings("a: 1\n" + LITERALS[kind][1] + "\n", LITERALS)


@pytest.mark.parametrize("service, environment", PAIRS)
def test_no_variable_of_a_container_is_a_secret(service, environment):
    # SA-03
    for each in workloads(fleet.fleet()["helm4", service, environment]):
        for container in containers_of(each):
            for variable in container.get("env", []):
                assert "valueFrom" not in variable and findings(f"{variable['name']}: {variable['value']}", SECRETS) == []
