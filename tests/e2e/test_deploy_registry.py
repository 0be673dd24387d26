"""A chart that stays in a registry and is pulled by its digest, where helm runs. Rows: B-05 (exact bytes), DP-05 (chart preparation).

The registry is the cluster's own, behind TLS by a throw-away authority, with a password, and able to lie.
"""
import base64
import contextlib
import http.client
import http.server
import json
import re
import secrets
import ssl
import subprocess
import threading

import pytest

from lab import ROOT, SERVICE
from leaks import files, search

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Front(http.server.BaseHTTPRequestHandler):
    """What a registry of one's own is to its users: TLS, a password, and the bytes behind it."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Authorization") != self.server.wanted:
            return self.answer(401, [("WWW-Authenticate", 'Basic realm="charts"')], b"")
        behind = http.client.HTTPConnection(self.server.registry, timeout=30)
        behind.request(self.command, self.path, headers={name: value for name, value in self.headers.items() if name not in ("Authorization", "Host")})
        answer = behind.getresponse()
        body = answer.read()
        self.server.served.append(self.path)
        if self.server.lying and "/blobs/" in self.path and body[:2] == b"\x1f\x8b":
            body = body[:-1] + bytes([body[-1] ^ 1])
        self.answer(answer.status, [row for row in answer.getheaders() if row[0].lower() not in HOP_BY_HOP], body, answer.getheader("Content-Length"))

    do_HEAD = do_GET

    def answer(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Registry:
    """`reference` of the chart in it, the files that a workflow would have."""

    def __init__(self, lab, server, folder, host):
        self.server, self.folder, self.host = server, folder, host
        self.password = "pw-" + secrets.token_hex(12)
        server.wanted = "Basic " + base64.b64encode(b"robot:" + self.password.encode()).decode()
        self.config = folder / "config.json"
        self.config.write_text(json.dumps({"auths": {host: {"auth": server.wanted.split()[1]}, "other.invalid": {"auth": "eDp5"}}}))
        self.inputs = {"registry-config": str(self.config), "registry-ca-file": str(folder / "ca.pem")}

    def push(self, lab, chart):
        """A chart's folder, or one that is packed already."""
        kube, place = lab.kube, lab.folder()
        if chart.is_dir():
            kube.run("HELM4", "package", str(chart), "-d", str(place))
        [archive] = place.glob("*.tgz") if chart.is_dir() else [chart]
        # The digest is told on standard error.
        told = subprocess.run([kube.env["HELM4"], "push", str(archive), f"oci://{kube.env['REGISTRY']}/charts", "--plain-http"], capture_output=True, text=True, check=True,
                              env={"HOME": str(place), "PATH": "/nonexistent"})
        digest = re.search(r"sha256:[0-9a-f]{64}", told.stdout + told.stderr)[0]
        return f"oci://{self.host}/charts/{archive.stem.rsplit('-', 1)[0]}@{digest}", digest


@contextlib.contextmanager
def registry(lab, lying=False):
    folder = lab.folder()
    machine = lab.kube.env["REGISTRY"].split(":")[0]

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=registry", "-days", "2",
            "-addext", f"subjectAltName=IP:{machine}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "ca.key")
    server = http.server.ThreadingHTTPServer((machine, 0), Front)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.registry, server.lying, server.served = lab.kube.env["REGISTRY"], lying, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Registry(lab, server, folder, f"{machine}:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("major", ["3", "4"])
def test_a_chart_is_pulled_in_the_pod_by_its_digest(lab, major):
    with registry(lab) as shop, lab.world(pods=True, major=major) as world:
        reference, digest = shop.push(lab, lab.chart())
        done = world.deploy(reference, shop.inputs | {"values-inline": "text: b"}).ended("succeeded")
        assert done.outputs["chart-digest"] == digest and world.get("configmap", "api")["data"] == {"text": "b"}
        assert digest in world.history()[0][2] and any("/blobs/" in path for path in shop.server.served)
        again = world.deploy(reference, shop.inputs | {"values-inline": "text: b"}).ended("succeeded")
        assert "unchanged" in again.out and world.revisions() == [1] and len(world.posts()) == 2


@pytest.mark.parametrize("major", ["3", "4"])
def test_the_published_service_chart_is_upgraded_to_todays(lab, major):
    # both from the registry by digest, the one before from the very bytes that were released, and pods that run.
    [published] = (ROOT / "tests/charts/released").glob("service-*.tgz")
    with registry(lab) as shop, lab.world(pods=True, major=major) as world:
        before, first = shop.push(lab, published)
        now, second = shop.push(lab, SERVICE)
        values = lab.values(image={"tag": "1.0.0"})
        for reference, digest in ((before, first), (now, second)):
            done = world.deploy(reference, shop.inputs | {"values": values, "timeout": "120s"}).ended("succeeded")
            assert done.outputs["chart-digest"] == digest and world.image() == [f"{world.kube.env['REGISTRY']}/sample:1.0.0"]
        charts = [row["chart"] for row in json.loads(world.kube.run(world.tool, "-n", world.namespace, "history", world.release, "-o", "json"))]
        todays = re.search(r"(?m)^version: (.+)$", (SERVICE / "Chart.yaml").read_text(encoding="utf-8"))[1]
        assert charts == [published.stem, f"service-{todays}"] and charts[0] != charts[1]


def test_a_tag_that_was_moved_changes_nothing(lab):
    with registry(lab) as shop, lab.here() as place:
        meant, _ = shop.push(lab, lab.chart())
        moved, _ = shop.push(lab, lab.chart({"map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"}))
        assert meant != moved
        place.deploy(meant.replace("@", ":0.1.0@"), shop.inputs).ended("succeeded")
        assert place.get("configmap", "api")["data"] == {"text": "a"} and "other" not in [item["metadata"]["name"] for item in place.get("configmaps")["items"]]


def test_the_registrys_password_is_left_nowhere(lab):
    with registry(lab) as shop, lab.here() as place:
        reference, _ = shop.push(lab, lab.chart())
        done = place.deploy(reference, shop.inputs).ended("succeeded")
        assert shop.password in done.masks
        assert search(files(done.folder) | {"log": done.log.encode()}, {"password": shop.password}) == []


@pytest.mark.parametrize("what, cause, cure", [("lying", "mismatched digest", "registry"), ("closed", "basic credential not found", "credentials"), ("unknown", "certificate", "registry-ca-file")])
def test_what_the_registry_does_not_give_is_named(lab, what, cause, cure):
    with registry(lab, lying=what == "lying") as shop, lab.world() as world:
        reference, _ = shop.push(lab, lab.chart({"extra.yaml": f"# {what}\n"}))
        inputs = {name: value for name, value in shop.inputs.items() if name != {"closed": "registry-config", "unknown": "registry-ca-file"}.get(what)}
        done = world.deploy(reference, inputs)
        assert done.code not in (0, 70) and world.revisions() == [], done.log
        assert cause in done.annotations[0] and cure in done.annotations[0].split(" To mend it: ")[1] and len(world.posts()) == 1, done.annotations


def test_a_tag_alone_is_refused_before_anybody_is_asked(lab):
    with lab.world() as world:
        job = world.deploy("oci://registry.example/charts/small:0.1.0")
        job.failed("usage", "names no digest", cure="@sha256:DIGEST")
        assert world.client.journal() == []
