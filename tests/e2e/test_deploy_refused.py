"""Bad input and refusals on the real binary: the right exit code, one annotation with one cause and one cure, and nothing changed in the cluster.

Rows: HE-04 (each fault its own code, cause and cure), X-01, X-02 and X-04 (what keeps a command from running), B-05 (a flipped bit), B-08 (the presented
subject and what is missing).
"""
import json
import pathlib
import re

import pytest

from lab import ROOT, SERVICE

OTHER = "99999999-9999-4999-8999-999999999999"
READ, RUN = (f"Microsoft.ContainerService/managedClusters/{tail}" for tail in ("read", "runCommand/action"))
SUBJECT = "repo:octo-org/octo-repo:environment:dev"


def untouched(place):
    assert place.fence() is None and place.history() == []


INPUTS = {
    "no-release": ({"release": ""}, "input release is missing", "name of the Helm release"),
    "blank-chart": ({"chart": "  \n"}, "input chart is missing", "a folder that holds Chart.yaml"),
    "no-cluster": ({"cluster": ""}, "input cluster is missing", "transport: local"),
    "no-client": ({"client-id": ""}, "input client-id is missing", "transport: local"),
    "release-name": ({"release": "My_Release"}, "input release is 'My_Release'", "lower-case letters"),
    "namespace-name": ({"namespace": "-n"}, "input namespace is '-n'", "no dash at either end"),
    "transport": ({"transport": "pigeon"}, "input transport is 'pigeon'", "run-command, local"),
    "on-failure": ({"on-failure": "shrug"}, "input on-failure is 'shrug'", "rollback, keep, uninstall-if-first"),
    "timeout": ({"timeout": "soon"}, "input timeout is no time span", "10m"),
    "short": ({"timeout": "1s"}, "input timeout is shorter than 5 s", "10m"),
    "switch": ({"create-namespace": "yes"}, "input create-namespace is 'yes', neither true nor false", "write true or false"),
    "format": ({"format": "xml"}, "input format is 'xml'", "text, json"),
    "operation": ({"operation-id": "1234"}, "input operation-id is not 32 hexadecimal digits", "leave it out"),
    "environment": ({"environment": "mars"}, "environment 'mars' is not known", "azurecloud"),
    "plain-http": ({"arm-endpoint": "http://management.azure.com"}, "input arm-endpoint is no https address", "https://HOST"),
    "hostile": ({"release": "x\n::add-mask::y\x1b[2J"}, "input release is 'x", "lower-case letters"),
}


@pytest.mark.parametrize("case", INPUTS)
def test_a_wrong_input_asks_nobody(lab, case):
    inputs, cause, cure = INPUTS[case]
    with lab.world() as world:
        done = world.deploy(lab.chart(), inputs).failed("usage", cause, cure=cure)
        assert world.client.journal() == [] and done.masks == []
        assert done.told == "" and "\x1b" not in done.err


@pytest.mark.parametrize("words, cause, cure", [
    (["--relase", "api"], "unknown flag '--relase'", "did you mean --release?"), (["--zzzzzzzz"], "unknown flag '--zzzzzzzz'", "--help"),
    (["undeploy"], "unknown argument 'undeploy'", ""), (["--release"], "flag --release has no value", "--release VALUE"), (["--dry-run=perhaps"], "neither true nor false", "write true or false")],
    ids=["near", "far", "verb", "no-value", "switch"])
def test_a_wrong_command_line(lab, words, cause, cure):
    with lab.here() as place:
        place.start(lab.chart(), words=words).finish().failed("usage", cause, cure=cure)


def files(lab):
    def broken(**contents):
        chart = lab.chart()
        for name, text in contents.items():
            (chart / name.replace("_", ".")).write_text(text)
        return chart
    def removed(name):
        chart = lab.chart()
        (chart / name).unlink()
        return chart
    def values(text):
        file = lab.folder() / "bad.yaml"
        file.write_text(text)
        return {"values": str(file)}, f"{file}"
    return broken, removed, values


def test_a_folder_that_is_no_chart(lab):
    broken, removed, _ = files(lab)
    with lab.world() as world:
        world.deploy("/nonexistent").failed("config", "/nonexistent", cure="")
        world.deploy(removed("Chart.yaml")).failed("config", "Chart.yaml", cure="")
        world.deploy(broken(Chart_yaml="apiVersion: v2\nname: [\n")).failed("config", "Chart.yaml:3:1", cure="")
        assert world.client.journal() == []


def test_a_values_file_that_is_not_yaml_is_named_with_line_and_column(lab):
    _, _, values = files(lab)
    with lab.world() as world:
        inputs, file = values("replicas: 1\nimage:\n  tag: 'open\n")
        world.deploy(SERVICE, inputs).failed("config", file + ":", cure="")
        inputs, file = values("a: 1\nb:\t2\n- c\n")
        done = world.deploy(SERVICE, inputs).failed("config", file + ":", cure="")
        line, column = done.annotations[0].split(file + ":")[1].split(":")[:2]
        assert line.isdigit() and int(line) in (2, 3) and column.split()[0].isdigit()
        world.deploy(SERVICE, {"values-inline": "a: [1, 2"}).failed("config", "values-inline:1:", cure="")
        world.deploy(SERVICE, {"values": "/nonexistent.yaml"}).failed("config", "values file /nonexistent.yaml does not exist", cure="working directory")
        assert world.client.journal() == []


@pytest.mark.parametrize("major", ["3", "4"])
def test_a_chart_that_does_not_render(lab, major):
    with lab.world(major=major) as world:
        for text, cause in (("{{ .Values.text ", "bad.yaml:1"), ("{{ .Values.a.b.c }}", "nil pointer evaluating"), ("{{ fail \"not like this\" }}", "not like this"), ("a: {{ .Values.text }}\n b: c\n", "YAML parse error")):
            world.deploy(lab.chart({"bad.yaml": text})).failed("config", cause, cure="")
        assert world.history() == [] and world.fence()["state"] == "failed"
        # A corrected chart is not hindered by the record of the failure.
        world.deploy(lab.chart()).ended("succeeded")


def test_values_that_the_chart_refuses(lab):
    with lab.world() as world:
        world.deploy(SERVICE, {"values": lab.values(), "values-inline": "replicas: many"}).failed("config", "replicas", cure="")
        assert world.history() == []


def test_a_namespace_that_is_not_there(lab):
    with lab.world() as world:
        world.deploy(lab.chart(), {"create-namespace": "false"}).failed("config", f"namespace {world.namespace} does not exist", cure="create-namespace to true")


@pytest.mark.parametrize("missing", [("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN",)], ids=["both", "token"])
def test_a_job_that_may_not_ask_for_an_id_token(lab, missing):
    with lab.world() as world:
        for name in missing:
            del world.env[name]
        done = world.deploy(lab.chart()).failed("auth", "cannot ask for an id-token", cure="permissions: id-token: write")
        assert world.client.journal() == [] and "ACTIONS_ID_TOKEN_REQUEST_URL" in done.annotations[0]


ENTRA = {
    "subject": ({"federatedCredentials": [{"subject": SUBJECT.replace("dev", "prod"), "audience": "api://AzureADTokenExchange"}]}, [], {}, "AADSTS700213", "exactly this subject"),
    "case": ({"federatedCredentials": [{"subject": SUBJECT.replace("octo-org", "Octo-Org"), "audience": "api://AzureADTokenExchange"}]}, [], {}, "AADSTS7002138", "exactly this case"),
    "expired": ({}, ["operation=oidcToken,kind=expired-assertion"], {}, "AADSTS700024", "clock"),
    "tenant": ({}, [], {"tenant-id": OTHER}, "AADSTS90002", "check tenant-id"),
    "client": ({}, [], {"client-id": OTHER}, "AADSTS700016", "check client-id"),
}


@pytest.mark.parametrize("case", ENTRA)
def test_entra_refuses_the_identity(lab, case):
    config, faults, inputs, code, cure = ENTRA[case]
    with lab.world(*faults, config=config) as world:
        done = world.deploy(lab.chart(), inputs).failed("auth", code, f"subject {SUBJECT}", f"issuer {world.client.url}/github", cure=cure)
        assert world.rows("runCommand") == [] == world.rows("getCluster") and code in done.told
        untouched(world)
        federation = code in ("AADSTS700213", "AADSTS7002138")
        assert (pathlib.Path(done.outputs["evidence-dir"]) / "federated-credential.json").exists() if federation else done.outputs["evidence-dir"] == ""
        assert federation == ("az ad app federated-credential create" in done.told)
    if federation:
        credential = json.loads((pathlib.Path(done.outputs["evidence-dir"]) / "federated-credential.json").read_text())
        assert credential["issuer"] == f"{world.client.url}/github"
        mended = {"federatedCredentials": [{"subject": credential["subject"], "audience": credential["audiences"][0]}]}
        with lab.world(config=mended) as world:
            world.deploy(lab.chart()).ended("succeeded")


ARM = {
    "403-run": ({"actions": [READ]}, {}, "auth", ["AuthorizationFailed", RUN.lower()], "runCommand/action"),
    "403-read": ({"actions": []}, {}, "auth", ["AuthorizationFailed", READ], "managedClusters/read"),
    "cluster": ({}, {"cluster": "aks-other"}, "config", ["ResourceNotFound", "aks-other"], "check cluster"),
    "group": ({}, {"resource-group": "rg-other"}, "config", ["ResourceGroupNotFound", "rg-other"], "check resource-group"),
    "subscription": ({}, {"subscription-id": OTHER}, "config", ["SubscriptionNotFound", OTHER], "check subscription-id"),
    "stopped": ({"powerState": "Stopped"}, {}, "refused", ["cluster aks-demo is not running", "Stopped"], "az aks start --resource-group rg-demo --name aks-demo"),
    "disabled": ({"disableRunCommand": True}, {}, "refused", ["run command is disabled on cluster aks-demo"], "transport: local"),
}


@pytest.mark.parametrize("case", ARM)
def test_arm_refuses(lab, case):
    """X-01, X-02."""
    config, inputs, word, causes, cure = ARM[case]
    with lab.world(config=config) as world:
        done = world.deploy(lab.chart(), inputs)
        if case == "403-run":
            done.annotations[0] and done.failed(word, *causes[:1], cure=cure)
            assert causes[1] in done.annotations[0].lower()
            role = json.loads((pathlib.Path(done.outputs["evidence-dir"]) / "role-definition.json").read_text())
            [documented] = re.findall(r"```json\n(.*?)```", (ROOT / "docs/transports.md").read_text(encoding="utf-8"), re.S)
            assert role | {"AssignableScopes": 0} == json.loads(documented) | {"AssignableScopes": 0}
            assert RUN.lower() in map(str.lower, role["Actions"]) and READ in role["Actions"] and role["AssignableScopes"][0].endswith("/resourceGroups/rg-demo")
            assert f"--assignee-object-id '44444444-4444-4444-8444-444444444444'" in done.told and "az role assignment create" in done.told
        else:
            done.failed(word, *causes, cure=cure)
        assert [status for status, _ in world.posts()] == ([403] if case == "403-run" else [])
        untouched(world)


def test_the_state_of_the_cluster_may_change_after_it_was_read(lab):
    """X-01, X-02: the POST itself is refused although the first look was good."""
    for config, texts, cure in (({"powerState": "Stopped", "clusterProperties": {"powerState": {"code": "Running"}}}, ["Power State(Stopped)"], "az aks start"),
                                ({"disableRunCommand": True, "clusterProperties": {"apiServerAccessProfile": {"disableRunCommand": False}}}, ["status 400"], "transport: local")):
        with lab.world(config=config) as world:
            world.deploy(lab.chart()).failed("refused", *texts, cure=cure)
            assert len(world.posts()) == 1 and world.fence() is None


@pytest.mark.parametrize("fault, word, texts, cure", [
    ("policy-denial", "auth", ["RequestDisallowedByPolicy"], "exemption"), ("gatekeeper-denial", "remote", ["KubernetesOperationError", "validation.gatekeeper.sh"], "exempt the namespace aks-command")])
def test_a_policy_forbids_the_command(lab, fault, word, texts, cure):
    """X-04."""
    with lab.world("operation=runCommand,kind=" + fault) as world:
        world.deploy(lab.chart()).failed(word, *texts, cure=cure)
        assert len(world.posts()) == 1
        untouched(world)


def test_a_stopped_cluster_is_started_when_asked_to(lab):
    """X-02: started once, waited for, deployed to; the state is read, never assumed."""
    with lab.world(config={"powerState": "Stopped", "startSeconds": 300}, more=["--time-scale", "60"]) as world:
        done = world.deploy(lab.chart(), {"wake": "true"}).ended("succeeded")
        assert [row["status"] for row in world.rows("startCluster")] == [202] and len(world.posts()) == 1
        assert "starting cluster aks-demo" in done.err and world.revisions() == [1]


def test_a_cluster_that_may_not_be_started_names_the_right(lab):
    with lab.world(config={"powerState": "Stopped", "actions": [READ, RUN]}) as world:
        done = world.deploy(lab.chart(), {"wake": "true"}).failed("auth", "managedClusters/start/action", cure="give the identity a role")
        assert "Microsoft.ContainerService/managedClusters/start/action" in (pathlib.Path(done.outputs["evidence-dir"]) / "role-definition.json").read_text()
        assert world.posts() == []
        untouched(world)


def test_another_operation_on_the_cluster_is_waited_for(lab):
    with lab.world(config={"busySeconds": 300}, more=["--time-scale", "60"]) as world:
        done = world.deploy(lab.chart()).ended("succeeded")
        assert [status for status, _ in world.posts()] == [409, 202] and "provisioning state Updating" in done.err
        assert world.revisions() == [1]


def test_a_command_pod_that_does_not_start_within_30_s(lab):
    with lab.world("operation=runCommand,kind=slow-start,seconds=40", more=["--time-scale", "20"]) as world:
        world.deploy(lab.chart()).failed("remote", "KubernetesPerformanceError", "did not start within 30s", cure="one node without user taints")
        untouched(world)


@pytest.mark.parametrize("pods", [False, True])
def test_an_agent_that_may_not_be_executed(lab, pods):
    """X-04: the deploy goes on without it, says so, and helm runs once."""
    with lab.world("operation=runCommand,kind=no-exec,count=999", pods=pods) as world:
        done = world.deploy(lab.chart()).ended("succeeded")
        assert done.outputs["mode"] == "reduced" and "reduced mode: the cluster refused to run the agent" in done.told and "exit code 126" in done.err
        assert world.revisions() == [1] and world.fence()["state"] == "succeeded" and done.outputs["revision"] == "1"
        world.deploy(lab.chart(**{"values.yaml": "text: b\n"})).ended("succeeded")
        assert world.revisions() == [1, 2] and [good["revision"] for good in world.fence()["good"]] == [2, 1]


def test_a_release_that_fails_goes_back_without_an_agent(lab):
    with lab.world("operation=runCommand,kind=no-exec,count=999") as world:
        world.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        done = world.deploy(SERVICE, {"values": lab.values(image={"tag": "1.1.O"})}).ended("rolled-back")
        assert "does not exist in the registry" in done.outputs["exit-reason"] and world.image() == [world.kube.env["REGISTRY"] + "/sample:1.0.0"]
        for verb in ("status", "history"):
            assert world.job().start({**world.inputs}, [verb]).finish().ended("succeeded").outputs["mode"] == "reduced"


@pytest.mark.parametrize("file", ["job.json", "chart.tgz", "values.json"])
def test_one_flipped_bit_on_the_way_is_refused_before_helm(lab, file):
    """B-05."""
    with lab.world(f"operation=runCommand,kind=flip-byte,file={file}") as world:
        world.deploy(lab.chart()).failed("refused", f"file {file} is not as it was sent", cure="run again")
        assert len(world.posts()) == 1
        untouched(world)
        world.deploy(lab.chart()).ended("succeeded")
        assert world.revisions() == [1]


def test_a_damaged_agent_never_deploys(lab):
    """B-05. What a broken program says of itself is worth nothing: whatever it says, nothing was changed and no success is told."""
    with lab.world("operation=runCommand,kind=flip-byte,file=agent-amd64") as world:
        done = world.deploy(lab.chart())
        assert done.code not in (0, 20, 70) and len(done.annotations) == 1, done.err
        untouched(world)
        world.deploy(lab.chart()).ended("succeeded")
        assert world.revisions() == [1]


def test_a_damaged_agent_of_the_other_architecture_is_noticed(lab):
    """B-05: the agents are files of the job like the chart, and proved like it."""
    with lab.world("operation=runCommand,kind=flip-byte,file=agent-arm64") as world:
        world.deploy(lab.chart()).failed("refused", "file agent-arm64 is not as it was sent: its sha256 differs", cure="run again")
        untouched(world)


def test_a_file_of_transport_local_that_is_not_there(lab):
    with lab.here() as place:
        place.deploy(lab.chart(), {"kubeconfig": "/nonexistent"}).failed("usage", "input kubeconfig names a file that is not there", cure="earlier step")
        place.deploy(lab.chart(), {"helm": "/nonexistent/helm"}).failed("config", "/nonexistent/helm", cure="install it or give its path")
        place.deploy(lab.chart(), {"kubectl": "/nonexistent/kubectl"}).failed("config", "/nonexistent/kubectl", cure="install it or give its path")


def test_a_cluster_that_does_not_answer(lab):
    config = lab.folder() / "kubeconfig"
    text = open(lab.kube.env["KUBECONFIG"], encoding="utf-8").read()
    config.write_text(text.replace(lab.kube.env["API"], "https://127.0.0.1:9"))
    with lab.here() as place:
        place.deploy(lab.chart(), {"kubeconfig": str(config)}).failed("network", "127.0.0.1:9", cure="API server")


def test_an_azure_that_does_not_answer(lab):
    with lab.world() as world:
        done = world.deploy(lab.chart(), {"arm-endpoint": "https://127.0.0.1:9"}).failed("network", "127.0.0.1:9", cure="")
        assert json.dumps(world.client.journal()).count("getCluster") == 0 and len(done.annotations) == 1
