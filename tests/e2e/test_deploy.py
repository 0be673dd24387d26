"""A release's life with real Helm 3 and 4 on a real cluster, through ARM's runCommand in real pods and from this machine.

Rows: HE-05 (a failed upgrade goes back), DP-06 (install, upgrade, no-op), X-06 (both majors), X-15 (addresses and api-version), B-05 (the digest in label,
description, record and outputs), IA-05 (the image's digest ends in the cluster), HS-01 (the same operation as Microsoft's clients), B-08.
"""
import json
import pathlib
import secrets
import subprocess
import urllib.request

import pytest

from lab import PROGRAM, SERVICE, Job, microsoft_result, until

WAYS = [("azure", "3"), ("azure", "4"), ("local", "3"), ("local", "4")]
every_way = pytest.mark.parametrize("way", WAYS, ids=["azure-helm3", "azure-helm4", "local-helm3", "local-helm4"])


BESIDE = 4  # what two processors hold: for each a command pod and two pods of the service


def place_of(lab, way):
    transport, major = way
    return lab.here(major) if transport == "local" else lab.world(pods=True, major=major)


def sent(place):
    """How many runCommands were accepted and how often the cluster was read, of all runs so far."""
    assert all(status == 202 for status, _ in place.posts())
    return len(place.posts()), len(place.rows("getCluster"))


def releases(place):
    """Helm's own secrets: labels and the version that any write would change."""
    found = place.get("secrets", "-l", f"owner=helm,name={place.release}")["items"]
    return {item["metadata"]["labels"]["version"]: (item["metadata"]["labels"], item["metadata"]["resourceVersion"]) for item in found}


@every_way
def test_install_change_and_no_change(lab, way):
    registry = lab.kube.env["REGISTRY"]
    with place_of(lab, way) as place:
        first = place.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        assert place.revisions() == [1] and place.image() == [f"{registry}/sample:1.0.0"]
        assert first.outputs["release"] == "api" and first.outputs["revision"] == "1" and first.outputs["exit-reason"] == "succeeded"
        digest = first.outputs["chart-digest"].removeprefix("sha256:")
        labels, _ = releases(place)["1"]
        fence = place.fence()
        assert len(digest) == 64 and labels["sentimark-chart"] == digest[:40] and f"sha256:{digest}" in place.history()[0][2]
        assert (fence["state"], fence["operation"], fence["good"][0]["chart"]) == ("succeeded", first.outputs["operation-id"], digest)
        # The last of several sources wins; values-inline wins over files.
        inputs = {"values": "\n".join([lab.values(image={"tag": "9.9.9"}), lab.values()]), "values-inline": "image: {tag: 1.1.0}"}
        second = place.deploy(SERVICE, inputs).ended("succeeded")
        assert place.revisions() == [1, 2] and second.outputs["revision"] == "2" and place.image() == [f"{registry}/sample:1.1.0"]
        assert second.outputs["chart-digest"] == f"sha256:{digest}" and second.outputs["operation-id"] != first.outputs["operation-id"]
        before = releases(place)
        third = place.deploy(SERVICE, inputs).ended("succeeded")
        assert third.outputs["revision"] == "2" and "unchanged" in third.out and releases(place) == before  # helm was not run
        if way[0] == "azure":
            assert sent(place) == (3, 3)  # one POST for each step, one look at the cluster


@every_way
def test_a_typo_in_the_image_is_named_and_rolled_back_or_kept(lab, way):
    registry = lab.kube.env["REGISTRY"]
    with place_of(lab, way) as place:
        values, typo = lab.values(), {"values-inline": "image: {tag: 1.0.o}"}
        place.deploy(SERVICE, {"values": values}).ended("succeeded")
        bad = place.deploy(SERVICE, {"values": values} | typo)
        bad.failed("rolled-back", f"image {registry}/sample:1.0.o of container service", "does not exist in the registry", cure="check the repository and tag")
        assert bad.outputs["revision"] == "3" and place.fence()["state"] == "rolled-back"
        assert [(revision, status) for revision, status, _ in place.history()][::2] == [(1, "superseded"), (3, "deployed")]
        assert place.history()[2][2] == "Rollback to 1" and place.image() == [f"{registry}/sample:1.0.0"]
        assert "was rolled back" in bad.told and "When it failed" in bad.told and "### Now" in bad.told and "1.0.o" in bad.told
        if way[0] == "azure":
            assert sent(place) == (3, 2)  # the install, the upgrade, the rollback
        kept = place.deploy(SERVICE, {"values": values, "on-failure": "keep"} | typo)
        kept.failed("failed-kept", "does not exist in the registry", cure="check the repository and tag")
        assert place.revisions() == [1, 2, 3, 4] and kept.outputs["revision"] == "4" and place.fence()["state"] == "failed"
        assert place.image() == [f"{registry}/sample:1.0.0"]  # the old pod still serves
        place.deploy(SERVICE, {"values": lab.values(image={"tag": "1.1.0"})}).ended("succeeded")
        assert place.revisions() == [1, 2, 3, 4, 5] and place.image() == [f"{registry}/sample:1.1.0"]


@every_way
def test_a_first_install_that_fails_is_removed_when_asked(lab, way):
    with place_of(lab, way) as place:
        inputs = {"values": lab.values(image={"tag": "1.0.o"}), "on-failure": "uninstall-if-first"}
        place.deploy(SERVICE, inputs).failed("uninstalled", "does not exist in the registry", cure="check the repository and tag")
        assert place.history() == [] and until(lambda: not place.get("deployments,services")["items"] or None)
        if way[0] == "azure":
            assert sent(place) == (2, 1)


def test_a_first_install_without_anything_to_go_back_to_is_kept(lab):
    with lab.world() as world:
        world.deploy(SERVICE, {"values": lab.values(env={"CRASH": "1"})}).failed("failed-kept", "no verified earlier revision to go back to", cure="")
        assert world.revisions() == [1] and world.fence()["state"] == "failed"


def test_every_word_of_the_result_is_the_same_wherever_it_is_told(lab):
    with lab.here() as place:
        done = place.deploy(lab.chart(), {"format": "json"}).ended("succeeded")
    assert json.loads(done.out) == done.outputs
    described = subprocess.run([PROGRAM, "--describe-inputs"], capture_output=True, text=True, check=True).stdout
    assert set(done.outputs) == set(json.loads(described)["outputs"])
    records = [json.loads(line) for line in pathlib.Path(done.outputs["log-file"]).read_text().splitlines()]
    assert [record["Outcome"] for record in records] == ["", "success"] and {record["Attributes"]["operation"] for record in records} == {done.outputs["operation-id"]}
    summary = pathlib.Path(done.outputs["summary-file"])
    assert summary.read_text() == done.told and summary.stat().st_mode & 0o777 == 0o600
    for fact in (done.outputs["chart-digest"], done.outputs["operation-id"], "healthy at revision 1", "ConfigMap api"):
        assert fact in done.told


def test_a_dry_run_asks_nobody(lab):
    with lab.world() as world:
        done = world.deploy(lab.chart(), {"dry-run": "true"}).ended("succeeded")
        assert world.client.journal() == [] and done.told == ""
        assert done.outputs["chart-digest"] in "sha256:" + done.out.split("sha256")[1].split()[0] and "rg-demo/aks-demo by runCommand" in done.out
        plan = json.loads(world.deploy(lab.chart(), {"dry-run": "true", "format": "json"}).ended("succeeded").out)
        assert plan["chart"]["sha256"] == done.outputs["chart-digest"].removeprefix("sha256:") and plan["release"] == "api"
        assert world.client.journal() == [] and world.fence() is None


def test_the_same_files_have_the_same_digest_and_one_more_byte_another(lab):
    with lab.here() as place:
        chart = lab.chart()
        done = place.deploy(chart).ended("succeeded")
        stored = json.loads(place.kube.run(place.tool, "-n", place.namespace, "get", "metadata", "api", "-o", "json"))
        assert stored["chart"] == "small" and stored["version"] == "0.1.0"
        again = place.deploy(chart, {"dry-run": "true"}).outputs["chart-digest"]
        (chart / "templates/map.yaml").write_text((chart / "templates/map.yaml").read_text() + "\n")
        changed = place.deploy(chart, {"dry-run": "true"}).outputs["chart-digest"]
        assert again == done.outputs["chart-digest"] != changed


def test_an_image_by_digest_ends_in_the_cluster(lab):
    """IA-05."""
    with lab.world() as world:
        registry = lab.kube.env["REGISTRY"]
        asked = urllib.request.Request(f"http://{registry}/v2/sample/manifests/1.1.0", method="HEAD", headers={
            "Accept": "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        digest = opener.open(asked, timeout=10).headers["Docker-Content-Digest"]
        world.deploy(SERVICE, {"values": lab.values(image={"digest": digest})}).ended("succeeded")
        assert world.image() == [f"{registry}/sample@{digest}"]


def test_the_api_version_and_the_addresses_are_inputs(lab):
    """X-15."""
    with lab.world() as world:
        world.deploy(lab.chart(), {"api-version": "2024-09-01"}).ended("succeeded")
        assert {row["apiVersion"] for row in world.client.journal() if row["operation"] in ("getCluster", "runCommand", "commandResult")} == {"2024-09-01"}
        world.deploy(lab.chart(), {"api-version": "2019-01-01"}).failed("config", "NoRegisteredProviderFound", "2021-02-01", cure="api-version")


def test_one_command_line_does_without_actions(lab):
    with lab.world() as world:
        words = [word for name, value in (world.inputs | {"chart": lab.chart(), "operation-id": "0123456789abcdef" * 2}).items() for word in ("--" + name, str(value)) if name != "create-namespace"]
        job = Job(lab.folder(), world.env)
        for name in [name for name in job.env if name.startswith("GITHUB_") or name == "CI"]:
            del job.env[name]
        done = job.start({}, ["deploy", *words, "--create-namespace"]).finish()
        assert done.code == 0 and "api is healthy at revision 1" in done.out and "::" not in done.err + done.out, done.err
        assert world.fence()["operation"] == "0123456789abcdef" * 2


def test_microsofts_client_reads_the_result_of_our_operation(lab):
    """HS-01: what we start is the operation that `az aks command invoke` and Microsoft's SDK know."""
    with lab.world() as world:
        done = world.deploy(lab.chart()).ended("succeeded")
        [post] = world.rows("runCommand")
        read = microsoft_result(world.client, post["commandId"])
        assert (read["id"], read["provisioningState"], read["exitCode"]) == (post["commandId"], "Succeeded", 0)
        assert f'"operation":"{done.outputs["operation-id"]}"' in read["logs"] and '"verdict":"healthy"' in read["logs"]


def test_on_a_cluster_with_entra_its_roles_decide(lab):
    """B-08: the binding that is missing is named; with it the deploy runs as that identity and no other."""
    oid = "55555555-5555-4555-8555-" + secrets.token_hex(6)
    with lab.world(pods=True, config={"aad": True, "objectId": oid}) as world:
        world.deploy(lab.chart()).failed("auth", f'User "{oid}" cannot get resource "namespaces"', cure="give this identity the role it lacks")
        assert world.fence() is None
        lab.kube.kubectl("create", "namespace", world.namespace)
        lab.kube.kubectl("-n", world.namespace, "create", "role", "most", "--verb=*", "--resource=namespaces,configmaps,events,pods,pods/log,serviceaccounts")
        lab.kube.kubectl("-n", world.namespace, "create", "role", "secrets", "--verb=get,create,update,patch,delete", "--resource=secrets")
        for role in ("--role=most", "--role=secrets", "--clusterrole=view"):
            lab.kube.kubectl("-n", world.namespace, "create", "rolebinding", role.split("=")[1], role, f"--user={oid}")
        done = world.deploy(lab.chart()).failed("auth", f'User "{oid}" cannot list resource "secrets"', cure="give this identity the role it lacks")
        remedy = pathlib.Path(done.outputs["evidence-dir"]) / "role-binding.yaml"
        assert remedy.read_text() in done.told
        lab.kube.kubectl("auth", "reconcile", "-f", str(remedy))
        world.deploy(lab.chart()).ended("succeeded")
        assert world.revisions() == [1] and len(world.rows("token")) == 2 * 3  # Azure's and the cluster's, in every run
