"""No secret of a deploy is shown or left anywhere: in the words of any program that either half starts, in what it writes, in files, outputs, the summary,
the cluster's ConfigMaps, events and pods, or in what the command in the cluster printed. Row DP-04 (no secret in logs).

Secret are: the bearer of ACTIONS_ID_TOKEN_REQUEST_TOKEN, the id-token, every access token, and the values, which may hold what a workflow keeps as a
secret. Three places hold values because that is what they are for: the context on its way (job.json, values.json), Helm's own release record, and the
objects that the chart makes of them. What a chart prints in its notes or `fail` is the chart's own doing.
"""
import base64
import contextlib
import hashlib
import json
import re
import secrets
import subprocess

from leaks import STRACE, files, forms, install_strace, search, traces
from lab import Job

# Characters that differ in every form.
VALUE, PLANTED = ('Canary "quoted" \\ pl+us/sl&sh ünï ' + secrets.token_hex(8) for _ in range(2))
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: '{{ .Release.Name }}-key'}\nstringData: {key: {{ .Values.key | toJson }}}\n"


@contextlib.contextmanager
def traced(client, folder):
    """strace of all that the emulator starts: the half in the cluster."""
    folder.mkdir()
    process = subprocess.Popen([*STRACE, "-o", folder / "trace", "-p", (client.state / "pid").read_text().strip()], stderr=subprocess.PIPE, text=True)
    try:
        assert "attached" in process.stderr.readline()
        yield
    finally:
        process.terminate()
        process.communicate()


def in_the_cluster(place):
    return {what: place.kube.kubectl("get", what, "-A", "-o", "json").encode() for what in ("configmaps", "events", "pods")}


def printed(world):
    """What every command printed, as Azure keeps it."""
    token = world.client.token()
    ids = [row["commandId"] for row in world.rows("runCommand") if row.get("commandId")]
    return {f"log of command {each}": json.dumps(world.client.result(world.client.cluster_path("/commandResults/" + each), token)).encode() for each in ids}


def left_by(job):
    return files(job.folder) | {"log": job.log.encode()}


def tokens(job, world):
    """The secrets of a run: known because the program has the runner hide each, and the emulator's journal knows their digests."""
    names = {"bearer": world.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}
    for mask in job.masks:
        if mask.count(".") == 2:
            names[f"token {len(names)}"] = mask
    used = {row["headers"]["authorization"] for row in world.client.journal() if "authorization" in row["headers"]}
    known = {"sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12] for text in names.values()}
    assert used <= known and len(names) >= 3, (used, known)
    return names


def test_no_secret_of_a_deploy_through_azure_leaks(lab):
    install_strace()
    folder = lab.folder()
    with lab.world(config={"aad": True}) as world, traced(world.client, folder / "inside"):
        chart = lab.chart({"secret.yaml": SECRET})
        inputs = world.inputs | {"chart": str(chart), "values-inline": json.dumps({"key": VALUE})}
        (folder / "outside").mkdir()
        job = Job(lab.folder(), world.env, [*STRACE, "-o", folder / "outside/trace"]).start(inputs).finish().ended("succeeded")
        known = tokens(job, world) | {"value": VALUE}
        assert len(known) == 6  # the bearer, Azure's access token and the cluster's, an id-token for each, and the value
        inside, outside = traces(folder / "inside", only_below_agent=True), traces(folder / "outside")
        assert {"trace of agent-amd64", "trace of helm", "trace of kubectl"} <= {name.rsplit(" ", 1)[0] for name in inside}
        assert [name for name in outside if name.startswith("trace of helm-private-deploy")]
        places = inside | outside | left_by(job) | in_the_cluster(world) | printed(world)
        assert search(places, known) == []
        # Nothing that looks like a token, whoever made it.
        assert [name for name, data in (inside | outside | left_by(job)).items() if re.search(rb"eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.", data) and not name.startswith("trace of kube")] == []


def test_no_secret_of_a_failure_leaks(lab):
    with lab.world("operation=runCommand,kind=truncated-log,nth=2", config={"aad": True}) as world:
        inputs = {"values-inline": json.dumps({"key": VALUE})}
        broken = SECRET + "---\napiVersion: v1\nkind: Nothing\nmetadata: {name: x}\nspec: {{ .Values.key | toJson }}\n"
        jobs = [world.deploy(lab.chart({"secret.yaml": broken}), inputs).ended("config")]
        jobs.append(world.deploy(lab.chart({"secret.yaml": SECRET}), inputs, env={"RUNNER_DEBUG": "1"}).ended("succeeded"))
        jobs.append(world.deploy(lab.chart({"secret.yaml": SECRET}), inputs | {"dry-run": "true"}).ended("succeeded"))
        jobs.append(world.deploy(lab.chart({"secret.yaml": SECRET}), {"values-inline": f"key: [{json.dumps(VALUE)}"}).ended("config"))
        known = {"value": VALUE}
        for job in jobs[:2]:
            known |= {f"{name} of {job.folder.name}": text for name, text in tokens_of(job, world).items()}
        assert search({f"{job.folder.name} {name}": data for job in jobs for name, data in left_by(job).items()} | in_the_cluster(world) | printed(world), known) == []
    with lab.world(config={"federatedCredentials": [{"subject": "repo:other/one:environment:dev", "audience": "api://AzureADTokenExchange"}]}) as world:
        job = world.deploy(lab.chart(), {"values-inline": json.dumps({"key": VALUE})}).ended("auth")
        assert search(left_by(job), tokens_of(job, world) | {"value": VALUE}) == []


def tokens_of(job, world):
    return {"bearer": world.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]} | {f"mask {number}": mask for number, mask in enumerate(job.masks)}


def test_no_secret_of_a_deploy_from_this_machine_leaks(lab):
    install_strace()
    folder = lab.folder()
    with lab.here() as place:
        inputs = place.inputs | {"chart": str(lab.chart({"secret.yaml": SECRET})), "values-inline": json.dumps({"key": VALUE})}
        job = Job(lab.folder(), {}, [*STRACE, "-o", folder / "trace"]).start(inputs).finish().ended("succeeded")
        found = traces(folder)
        assert {"trace of helm-private-deploy", "trace of helm" + place.major, "trace of kubectl"} <= {name.rsplit(" ", 1)[0] for name in found}
        assert search(found | left_by(job) | in_the_cluster(place), {"value": VALUE}) == []
    assert sorted(path.name for path in job.temp.rglob("*") if path.is_file()) == ["helm-private-deploy.jsonl", "helm-private-deploy.md"]  # the job's folder is gone


def test_the_search_finds_what_is_planted(lab):
    install_strace()
    known = {"value": PLANTED}
    for form, text in forms(PLANTED).items():
        for before in (b"", b"x" * 7):
            assert ("place", "value", form) in search({"place": before + text + b"\n"}, known), form
    for phase in range(3):
        assert search({"place": base64.b64encode(b"abc"[:phase] + PLANTED.encode() + b"tail")}, known), phase
        assert search({"place": base64.encodebytes(b"abc"[:phase] + PLANTED.encode() * 5)}, known), phase
    assert search({"place": json.dumps({"record": json.dumps({"cause": PLANTED})}).encode()}, known)
    # In every kind of place, as a deploy would leave it there.
    with lab.here() as place:
        job = place.deploy(lab.chart({"NOTES.txt": "{{ .Values.key }}"}), {"values-inline": json.dumps({"key": PLANTED})}).ended("succeeded")
        assert {where for where, _, _ in search(left_by(job), known)} >= {"file summary.md"}
        (job.temp / "deep").mkdir()
        (job.temp / "deep/kept").write_text(PLANTED)
        (job.workspace / "kept").write_text(PLANTED)
        assert {where for where, _, _ in search(left_by(job), known)} >= {"file temp/deep/kept", "file workspace/kept"}
        assert search(in_the_cluster(place), known) == []
        place.kube.kubectl("-n", place.namespace, "create", "configmap", "planted", "--from-literal=a=" + PLANTED)
        assert {where for where, _, _ in search(in_the_cluster(place), known)} >= {"configmaps"}
    for number, script in enumerate(['exec /bin/true "$KEY"', 'printf %s "$KEY" >"$0.kept"', 'printf %s "$KEY" | /usr/bin/base64 >"$0.kept"', 'exec >/dev/null; printf %s "$KEY" | /bin/cat']):
        folder = lab.folder()
        subprocess.run([*STRACE, "-o", folder / "trace", "/bin/sh", "-c", script, folder / "name"], env={"KEY": PLANTED}, check=True, capture_output=True)
        assert bool(search(traces(folder), known)) == (number < 3), script  # the last one: a pipe, told to nobody
