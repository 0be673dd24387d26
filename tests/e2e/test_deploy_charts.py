"""What is deployed, what it weighs and how it travels, on a real cluster: rows DP-05, B-05, B-06, CN-05, HS-01 (the same call by az)."""
import base64
import gzip
import hashlib
import json
import os
import random
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import tarfile

import pytest

from lab import ROOT, SERVICE, Job, until

sys.path.insert(0, str(ROOT / "tests/bench"))
from bench import proxy_to  # noqa: E402


def noise(size, seed=1):
    return base64.b64encode(random.Random(seed).randbytes(size)).decode()[:size]


def record_of(world, revision=1):
    """What helm keeps of a revision, as Kubernetes counts it, and the text in it."""
    secret = world.get("secret", f"sh.helm.release.v1.{world.release}.v{revision}")
    kept = base64.b64decode(secret["data"]["release"])
    return len(kept), json.loads(gzip.decompress(base64.b64decode(kept)))


def planned(world, chart, inputs=None):
    return json.loads(world.deploy(chart, {"dry-run": "true", "format": "json"} | (inputs or {})).out)


def test_a_chart_is_the_same_from_a_folder_and_from_an_archive(lab):
    with lab.here() as place:
        chart = lab.chart()
        first = place.deploy(chart).ended("succeeded")
        packed = lab.folder()
        place.kube.run(place.tool, "package", str(chart), "-d", str(packed))
        by_hand = lab.folder() / "chart.tgz"
        with tarfile.open(by_hand, "w:gz") as out:
            out.add(chart, "small")
        for archive in (by_hand, packed / "small-0.1.0.tgz"):
            again = place.deploy(archive).ended("succeeded")
            assert again.outputs["chart-digest"] == first.outputs["chart-digest"] and "unchanged" in again.out
        assert place.revisions() == [1] and place.get("configmap", "api")["data"] == {"text": "a"}


def test_a_hostile_archive_never_leaves_the_runner(lab):
    with lab.world() as world:
        bad = lab.folder() / "bad.tgz"
        with tarfile.open(bad, "w:gz") as out:
            out.add(lab.chart(), "small")
            out.add(__file__, "../../evil")
        world.deploy(bad).failed("config", "bad.tgz", "no name that a chart may hold", cure="helm package")
        assert world.client.journal() == []


def test_a_value_is_explained_without_a_cluster(lab):
    folder = lab.folder()
    (folder / "dev.yaml").write_text("# of dev\nimage:\n  tag: 2.0.0\n")
    done = Job(lab.folder()).start({"chart": SERVICE, "release": "api", "values": folder / "dev.yaml", "explain-values": "image.tag"}).finish()
    assert done.code == 0 and f"image.tag = \"2.0.0\"\n  from {folder}/dev.yaml:3:3\n" in done.out and "values.yaml:" in done.out.split("What each source says")[1]


def test_a_schema_complaint_names_the_users_own_line(lab):
    """Both majors of helm, each in its own words."""
    schema = json.dumps({"properties": {"text": {"type": "string"}, "map": {"additionalProperties": False}}})
    for major in ("3", "4"):
        with lab.here(major) as place:
            chart = lab.chart(**{"values.schema.json": schema})
            file = lab.folder() / "dev.yaml"
            file.write_text("# dev\ntext: 7\nmap:\n  stray: 1\n")
            place.deploy(chart, {"values": str(file)}).failed("config", f"at '/text' ({file}:2:1)", f"at '/map' ({file}:4:3)", cure="")
            (chart / "values.yaml").write_text("text: a\nmap: [\n")
            (chart / "values.schema.json").unlink()
            place.deploy(chart).failed("config", f"{chart}/values.yaml:3:1", cure="")


def test_the_predicted_record_is_what_helm_keeps(lab):
    """B-06: for charts of every shape, Helm 3 and 4; Kubernetes refuses exactly what we do not send."""
    rendered = "".join(f"  key{n}: {noise(60, n)}\n" for n in range(400))
    shapes = {"small": lab.chart(), "files": lab.chart(**{"big.bin": noise(300_000)}), "schema": lab.chart(**{"values.schema.json": json.dumps({"description": noise(40_000)})}),
              "manifest": lab.chart({"big.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata:\n" + rendered}), "values": lab.chart(**{"values.yaml": f"text: a\nblob: {noise(50_000)}\n"})}
    for major in ("3", "4"):
        for title, chart in shapes.items():
            with lab.here(major) as place:
                told = planned(place, chart)["sizes"]
                place.deploy(chart).ended("succeeded")
                kept, _ = record_of(place)
                assert told["recordLeast"] <= kept * 1.02 + 200, (major, title, told, kept)
                assert abs(told["recordLikely"] - kept) <= kept * 0.05 + 400, (major, title, told, kept)


def test_what_helm_could_not_keep_is_refused_before_anything_is_sent(lab):
    with lab.world() as world:
        chart = lab.chart(**{"big.bin": noise(1_100_000), "less.bin": noise(9_000)})
        refused = world.deploy(chart).failed("refused", "helm could not keep this release", "a Secret holds 1048576", cure="big.bin (1100000 bytes), less.bin (9000 bytes)")
        assert world.client.journal() == [] and "sizes and the largest files" in refused.told
        dry = world.deploy(chart, {"dry-run": "true"})
        assert dry.code == 7 and "1100000  big.bin" in dry.out
        # And Helm itself, which is not asked any more, ends in this way.
        world.kube.kubectl("create", "namespace", world.namespace)
        said = subprocess.run([world.kube.env[world.tool], "-n", world.namespace, "install", "direct", str(chart)], capture_output=True, text=True,
                              env={"PATH": "/nonexistent", "HOME": str(lab.folder()), "KUBECONFIG": world.kube.env["KUBECONFIG"]})
        assert said.returncode != 0 and "1048576" in said.stderr


def test_a_request_that_is_too_large_is_sent_with_one_agent(lab):
    with lab.world() as world:
        chart = lab.chart()
        whole = planned(world, chart)["sizes"]["contextBase64"]
    with lab.world(more=["--context-limit", str(whole)]) as world:
        done = world.deploy(chart).ended("succeeded")
        assert world.posts() == [(413, ""), (202, "")] and "sending the agent for amd64 only" in done.err
        [refused] = re.findall(r"took no context of (\d+) bytes", done.told)
        assert abs(int(refused) - whole) < 200  # the job also says who asks
    with lab.world(more=["--context-limit", "200000"]) as world:
        world.deploy(chart).failed("refused", "no runCommand of this size", "are our own agent", cure="--dry-run names its largest files")
        assert world.posts() == [(413, ""), (413, "")] and world.fence() is None
        # Nor does it help to cut a package where not even the agent goes through.
        world.deploy(large(lab, 900_000)).failed("refused", "no runCommand of this size", cure="--dry-run names its largest files")
        assert chunks(world) == []


def large(lab, size, seed=1):
    """A chart of about this size that Helm can keep: it does not keep the files of a dependency."""
    chart = lab.chart()
    inner = chart / "charts" / "inner"
    inner.mkdir(parents=True)
    (inner / "Chart.yaml").write_text("apiVersion: v2\nname: inner\nversion: 0.1.0\n")
    (inner / "noise.bin").write_bytes(random.Random(seed).randbytes(size))
    return chart


def chunks(world):
    found = json.loads(world.kube.kubectl("-n", world.namespace, "get", "secrets", "-l", "sentimark-chunk", "-o", "json", check=False) or "{}")
    return sorted(found.get("items", []), key=lambda secret: secret["metadata"]["name"])


def test_a_chart_of_four_megabytes_travels_in_parts(lab):
    """B-06: Azure's own limit of 4 MiB a request; in real pods."""
    with lab.world(pods=True) as world:
        done = world.deploy(large(lab, 3_900_000)).ended("succeeded")
        assert [status for status, _ in world.posts()] == [413, 413] + [202] * 7 and world.revisions() == [1]
        assert re.search(r"took no context of \d+ bytes and one of \d+; the package travelled ahead in parts, 6 in all", done.told), done.told
        for secret in chunks(world):
            bytes_ = base64.b64decode(secret["data"]["chunk"])
            assert secret["immutable"] and len(bytes_) <= 700 * 1024 and secret["metadata"]["name"] == "sentimark-chunk-" + hashlib.sha256(bytes_).hexdigest()
        assert len(chunks(world)) == 6


def test_the_limit_is_learned_by_halving_and_what_arrived_is_not_sent_again(lab):
    with lab.world(more=["--context-limit", "700000"]) as world:
        chart, old = large(lab, 1_300_000), ["-n", world.namespace, "create", "secret", "generic"]
        world.kube.kubectl("create", "namespace", world.namespace)
        world.kube.kubectl(*old, "kept", "--from-literal=a=b")
        world.kube.kubectl(*old, "swept", "--from-literal=a=b")
        world.kube.kubectl("-n", world.namespace, "label", "secret", "swept", "sentimark-chunk=2020-01-01")
        first = world.deploy(chart).ended("succeeded")
        sizes = [len(base64.b64decode(secret["data"]["chunk"])) for secret in chunks(world)]
        assert [status for status, _ in world.posts()][:3] == [413, 413, 413], "two agents, one agent, a part of 700 KiB"
        assert max(sizes) < 700_000 * 3 / 4 and sum(sizes) > 1_300_000
        assert {"kept"} == {name for name in ("kept", "swept") if world.kube.kubectl("-n", world.namespace, "get", "secret", name, "--ignore-not-found")}
        # Other values, the same chart: one call tells that all of it is there.
        before = len(world.posts())
        again = world.deploy(chart, {"values-inline": "text: b"}).ended("succeeded")
        assert [status for status, _ in world.posts()][before:].count(202) == 2 and world.revisions() == [1, 2]
        assert first.outputs["chart-digest"] == again.outputs["chart-digest"] and world.get("configmap", "api")["data"] == {"text": "b"}


def test_a_run_that_was_lost_while_sending_parts_is_resumed(lab):
    with lab.world(more=["--context-limit", "1000000"]) as world:
        chart, operation = large(lab, 2_400_000), {"operation-id": secrets.token_hex(16)}
        job = world.start(chart, operation)
        until(lambda: len(chunks(world)) >= 2)
        job.process.kill()
        job.finish()
        assert world.fence() is None
        before, there = len(world.posts()), len(chunks(world))
        world.deploy(chart, operation).ended("succeeded")
        sent = [status for status, _ in world.posts()][before:].count(202)
        assert len(chunks(world)) - there <= sent - 1 <= len(chunks(world)) - there + 1  # a first call that tells what is there, then the missing ones, then the job
        assert world.revisions() == [1]


@pytest.mark.parametrize("how", ["flipped", "exchanged", "foreign"])
def test_a_part_that_was_changed_in_the_cluster_is_refused_by_name(lab, how):
    with lab.world(more=["--context-limit", "1000000"]) as world:
        chart = large(lab, 1_600_000)
        world.deploy(chart).ended("succeeded")
        first, second, *_ = chunks(world)
        bad = bytearray(base64.b64decode((second if how == "exchanged" else first)["data"]["chunk"]))
        if how == "flipped":
            bad[len(bad) // 2] ^= 1
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": first["metadata"]["name"], "labels": first["metadata"]["labels"]}}
        made["data"] = {"other": ""} if how == "foreign" else {"chunk": base64.b64encode(bad).decode()}
        world.kube.kubectl("-n", world.namespace, "delete", "secret", first["metadata"]["name"])
        world.kube.kubectl("-n", world.namespace, "create", "-f", "-", data=json.dumps(made))
        world.deploy(chart, {"values-inline": "text: b"}).failed("refused", first["metadata"]["name"], "does not hold what it is named by", cure=f"delete it where it stands in namespace {world.namespace}")
        assert world.revisions() == [1] and world.fence()["state"] == "succeeded"
        world.kube.kubectl("-n", world.namespace, "delete", "secret", first["metadata"]["name"])
        world.deploy(chart, {"values-inline": "text: b"}).ended("succeeded")
        assert world.revisions() == [1, 2]


def test_a_lost_call_of_a_part_is_made_again(lab):
    with lab.world("operation=runCommand,kind=504-after,nth=4", more=["--context-limit", "1000000"]) as world:
        done = world.deploy(large(lab, 1_600_000)).ended("succeeded")
        assert "sending the part again" in done.err and world.revisions() == [1]


def az(lab, world, words):
    """Microsoft's own az, signed in as this identity, led to the emulator as if it were Azure."""
    tool = shutil.which("az")
    assert tool, "scripts/test installs azure-cli"
    folder, end = lab.folder(), world.client.endpoint
    with proxy_to(int(world.client.url.rsplit(":", 1)[1])) as proxy:
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "AZURE_CONFIG_DIR": str(folder / "azure"), "AZURE_CORE_COLLECT_TELEMETRY": "no", "HTTPS_PROXY": proxy,
               "REQUESTS_CA_BUNDLE": str(world.client.state / "ca.pem")}
        for argv in ([tool, "login", "--service-principal", "-u", end["clientId"], "--tenant", end["tenantId"], "--federated-token", world.client.assertion(), "--output", "none"], [tool, *words]):
            done = subprocess.run(argv, env=env, cwd=folder, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
    return done


def test_the_printed_az_call_sends_what_we_send(lab):
    """HS-01: the literal call, given to Microsoft's az by a shell's own rules, posts the same command and files and deploys the same release."""
    operation = {"operation-id": "0123456789abcdef" * 2}
    with lab.world() as world:
        chart = lab.chart(**{"it's $(a).txt": "x"})
        done = world.deploy(chart, operation | {"print-az": "true"})
        assert done.code == 0 and world.client.journal() == [], done.err
        [program, *words] = shlex.split(done.out)
        assert program == "az"
        az(lab, world, words)
        [theirs] = [row for row in world.rows("runCommand")]
        until(lambda: world.fence() and world.fence()["state"] == "succeeded")
        assert world.revisions() == [1]
    with lab.world() as world:
        world.deploy(chart, operation).ended("succeeded")
        [ours] = [row for row in world.rows("runCommand")]
    job = {side: row["files"].pop("job.json") for side, row in (("theirs", theirs), ("ours", ours))}
    assert theirs["files"] == ours["files"] and set(ours["files"]) == {"chart.tgz", "values.json", "agent-amd64", "agent-arm64"}
    # The job says who asked and until when: by its digest alone the two commands differ.
    assert theirs["command"].replace(job["theirs"], job["ours"]) == ours["command"]
    assert theirs["bodyBytes"] > 2 * ours["bodyBytes"]  # az neither compresses nor writes one line


APART = """apiVersion: v1
kind: Namespace
metadata: {name: 'OTHER'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: 'apart', namespace: 'OTHER'}
spec:
  selector: {matchLabels: {app: apart}}
  template:
    metadata: {labels: {app: apart}}
    spec:
      containers: [{name: service, image: 'REGISTRY/sample:TAG'}]
"""


def test_objects_in_namespaces_of_their_own_are_looked_at_where_they_stand(lab):
    """A chart that makes a namespace and fills it, as charts/platform does: healthy when all of it is, and a cause from there when it is not."""
    other = lab.namespace()
    with lab.world() as world:
        try:
            chart = lab.chart({"apart.yaml": APART.replace("OTHER", other).replace("TAG", "1.0.0")})
            world.deploy(chart).ended("succeeded")
            assert "Deployment apart  Current" in world.deploy(chart, {"values-inline": "text: b"}).ended("succeeded").out
            typo = lab.chart({"apart.yaml": APART.replace("OTHER", other).replace("TAG", "1.0.O")})
            world.deploy(typo).failed("rolled-back", "sample:1.0.O", "does not exist in the registry", cure="check")
            assert world.history()[-1][2] == "Rollback to 2"
        finally:
            world.kube.kubectl("delete", "namespace", other, "--ignore-not-found", "--wait=false")
