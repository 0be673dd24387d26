"""One environment as it is meant to be: its cluster, an emulated Azure around it, and every service deployed by our own action with
the values of git. What stands in for Azure's stores only listens (tests/cluster/addons/world.go)."""
import concurrent.futures
import contextlib
import copy
import functools
import json
import re
import subprocess
import sys
import urllib.request

import yaml

from lab import ROOT, Cluster, Job, clear_abandoned, cluster, running

sys.path.insert(0, str(ROOT / "tests/charts"))
from fleet import CONTRACT, fill, outputs, state  # noqa: E402
from kube_schemas import definitions  # noqa: E402

AUDIENCE = "api://AzureADTokenExchange"
FOREIGN = "kv-of-others"  # a vault that lets none of us in
OPERATOR = {"clientId": "dddddddd-0000-4000-8000-000000000001", "objectId": "dddddddd-0000-4000-8000-000000000002"}  # who rotates secrets


def refused_overlay(overlay):
    """What an overlay names that is not the image's digest: all that a deployment adds to the values of git and the stack outputs,
    which name the registry."""
    named = {f"{key}.{name}" for key, part in overlay.items() for name in (part if isinstance(part, dict) else [""])}
    digest = overlay.get("image", {}).get("digest", "")
    return sorted(named - {"image.digest"}) or ([] if re.fullmatch("sha256:[0-9a-f]{64}", digest) else ["image.digest"])


def merged(*values):
    """Maps merged as Helm merges values files; anything else is replaced."""
    found = {}
    for each in values:
        for key, value in each.items():
            found[key] = merged(found[key], value) if isinstance(value, dict) and isinstance(found.get(key), dict) else value
    return found


def certificate(folder, host):
    """A key and a certificate in one text, as Key Vault hands a certificate out."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host}", "-keyout", folder / "tls.key", "-out", folder / "tls.crt"], check=True, capture_output=True)
    with (folder / "trusted.crt").open("a") as trusted:
        trusted.write((folder / "tls.crt").read_text())
    return (folder / "tls.key").read_text() + (folder / "tls.crt").read_text()


class Environment:
    def __init__(self, name, kube, folder):
        self.name, self.kube, self.folder = name, kube, folder
        self.services = [each for each in sorted(CONTRACT["services"]) if state(each, name) != "none"]
        self.document = outputs(name)
        self.document["registry"]["host"] = kube.env["REGISTRY"]
        self.host = f"{name}.sentimark.test"
        self.secrets = {each["name"]: f"first value of {each['name']}" for service in self.services for each in self.values(service)[0].get("secrets", {}).get("objects", [])}
        self.secrets["gateway-tls"] = certificate(folder, self.host)
        self.digests = {}

    def namespace(self, service):
        return CONTRACT["services"][service]["namespace"]

    def files(self, service):
        """The values of git, filled; nothing else is changed in them."""
        found = []
        for name in ("base", self.name):
            file = self.folder / f"{service}-{name}.yaml"
            file.write_text(fill((ROOT / f"charts/values/{service}/{name}.yaml").read_text(encoding="utf-8"), self.document), encoding="utf-8")
            found.append(file)
        return found

    def values(self, service):
        return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in self.files(service)]

    def azure(self):
        """The emulator's configuration: what the stacks make of this environment."""
        issuer, ca = self.kube.env["API"], str(self.kube.folder / "ca.crt")
        identities, roles = [], [{"objectId": OPERATOR["objectId"], "role": "Key Vault Secrets Officer"}]
        for name, entry in self.document["services"].items():
            subject = f"system:serviceaccount:{entry['namespace']}:{entry['service_account']}"
            of = entry["client_id"].replace("aaaaaaaa", "eeeeeeee")
            identities.append({"clientId": entry["client_id"], "objectId": of, "federatedCredentials": [{"issuer": issuer, "subject": subject, "audience": AUDIENCE, "ca": ca}]})
            if "vault" in CONTRACT["services"][name]["needs"]:
                roles.append({"objectId": of, "role": "Key Vault Secrets User"})
        identities.append(OPERATOR | {"federatedCredentials": [{"issuer": "", "subject": "repo:octo-org/octo-repo:environment:dev", "audience": AUDIENCE}]})
        deployer = self.document["deployers"]["deploy"]
        return {"aad": True, "tenantId": self.document["tenant_id"], "subscriptionId": self.document["subscription_id"], "resourceGroup": self.document["resource_group"],
                "cluster": self.document["cluster"]["name"], "clientId": deployer["client_id"], "objectId": deployer["object_id"], "identities": identities,
                "vaults": {self.document["vault"]["name"]: {"secrets": self.secrets, "roleAssignments": roles}, FOREIGN: {"secrets": self.secrets, "roleAssignments": []}}}

    def push(self):
        """Each service's image into the registry: the sample stands in for all, in two versions."""
        def ctr(*words):
            subprocess.run(["ctr", "--address", self.kube.folder / "containerd.sock", "--namespace", "k8s.io", *words], check=True, capture_output=True)
        for service in self.services:
            name = f"{self.kube.env['REGISTRY']}/sentimark/{service}:1.0.0"
            ctr("images", "tag", "--force", "sentimark.local/sample:1.0.0", name)
            ctr("images", "push", "--plain-http", name)
            ctr("images", "rm", name)
            self.digests[service] = self.digest(service, "1.0.0")

    def digest(self, service, tag):
        request = urllib.request.Request(f"http://{self.kube.env['REGISTRY']}/v2/sentimark/{service}/manifests/{tag}", method="HEAD",
                                         headers={"Accept": "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.headers["Docker-Content-Digest"]

    def deploy(self, service, inline=""):
        """By our own action, through runCommand. inline: a fault that a test asks for."""
        files, added = self.files(service), {"image": {"digest": self.digests[service]}}
        assert not refused_overlay(added), added
        overlay = self.folder / f"{service}-overlay.yaml"
        overlay.write_text(json.dumps(added))
        end = self.client.endpoint
        inputs = {"chart": ROOT / "charts/service", "release": service, "namespace": self.namespace(service),
                  "values": "\n".join(map(str, [*files, overlay])), "values-inline": inline, "timeout": "180s", "client-id": end["clientId"], "tenant-id": end["tenantId"],
                  "subscription-id": end["subscriptionId"], "resource-group": end["resourceGroup"], "cluster": end["cluster"], "authority-host": self.client.url,
                  "arm-endpoint": self.client.url}
        folder = self.folder / f"job-{service}-{len(list(self.folder.glob('job-*')))}"
        env = {name: self.client.env[name] for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SSL_CERT_FILE")}
        return Job(folder, env).start(inputs).finish()

    def install_platform(self):
        """By helm itself: the objects of this chart stand in several namespaces, which our action does not watch yet."""
        words = [word for file in self.files("platform") for word in ("--values", str(file))]
        self.kube.run("HELM4", "--namespace", "kube-system", "upgrade", "--install", "platform", str(ROOT / "charts/platform"), *words)

    def deploy_all(self):
        """The platform, then the migrations, then all services beside each other: the order of docs/charts.md."""
        self.install_platform()
        self.deploy("migrations").ended("succeeded")
        rest = [each for each in self.services if each != "migrations"]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for done in list(pool.map(self.deploy, rest)):
                done.ended("succeeded")

    def vault(self, method, name, client, assertion, body=None):
        """status and body of Key Vault, as an identity."""
        token = self.client.token(client_id=client, client_assertion=assertion, scope="https://vault.azure.net/.default")
        found = self.client.vault(method, self.document["vault"]["url"].split("/")[2], f"/secrets/{name}?api-version=7.4", body, token)
        return found[0], found[2]

    def set_secret(self, name, value):
        status, body = self.vault("PUT", name, OPERATOR["clientId"], self.client.assertion(), {"value": value})
        assert status == 200, body

    def rotate_certificate(self):
        self.set_secret("gateway-tls", certificate(self.folder, self.host))

    def read_secret(self, service, name):
        """status and error code, as the identity of a service with a token of its account."""
        entry = self.document["services"][service]
        token = self.kube.kubectl("--namespace", entry["namespace"], "create", "token", entry["service_account"], "--audience", AUDIENCE).strip()
        status, body = self.vault("GET", name, entry["client_id"], token)
        return status, body.get("error", {}).get("code", "")

    def get(self, namespace, *words):
        return json.loads(self.kube.kubectl("--namespace", namespace, "get", *words, "-o", "json"))

    def pods(self, service):
        """Ready ones that stay."""
        found = self.get(self.namespace(service), "pods", "-l", f"app.kubernetes.io/instance={service}")["items"]
        return [pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"] and
                any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))]

    @contextlib.contextmanager
    def changed(self, namespace, kind, name, change):
        """An object as `change` leaves it, and as it was afterwards."""
        before = self.get(namespace, kind, name)
        for number in ("resourceVersion", "uid", "creationTimestamp", "managedFields", "generation"):
            before["metadata"].pop(number, None)
        after = copy.deepcopy(before)
        change(after)
        def put(what):
            self.kube.kubectl("--namespace", namespace, "replace", "-f", "-", data=json.dumps(what))
        put(after)
        try:
            yield
        finally:
            put(before)

    @functools.cache
    def way(self):
        """Where the gateway's load balancer would lead to: its port on the node."""
        service = self.get("sentimark-web", "service", "sentimark-approuting-istio")
        return f"{self.kube.env['API'].split('//')[1].split(':')[0]}:{service['spec']['ports'][0]['nodePort']}"

    def ask(self, path, host=None):
        """status and body through the gateway, by TLS with the certificate that the vault holds."""
        done = subprocess.run(["curl", "--noproxy", "*", "--silent", "--show-error", "--max-time", "10", "--cacert", self.folder / "trusted.crt", "--connect-to",
                               f"{host or self.host}:443:{self.way()}", "--write-out", "\n%{http_code}", f"https://{host or self.host}{path}"], capture_output=True, text=True)
        body, _, code = done.stdout.rpartition("\n")
        return int(code), body + done.stderr


@contextlib.contextmanager
def deployed(environment, cluster_name, folder, nodes=1):
    """A cluster with everything of an environment in it; all of it is gone afterwards. Its users are Entra's: a command has the
    rights that charts/platform gives the deploying identity, and no others."""
    clear_abandoned("env")
    try:
        cluster("up", cluster_name, str(nodes))
        kube = Cluster(cluster_name)
        found = Environment(environment, kube, folder)
        kube.kubectl("apply", "--server-side", "-f", "-", data="\n---\n".join(definitions()))
        kube.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        found.push()
        words = ["--mode", "pod", "--kubeconfig", kube.env["KUBECONFIG"], "--kubectl", kube.env["KUBECTL"], "--image", "sentimark.local/aks-command:helm4"]
        with running(folder / "azure", *words, config=found.azure()) as found.client:
            cluster("addons", cluster_name, str(found.client.state))
            yield found
    finally:
        cluster("down", cluster_name)


def steadily(environment, act):
    """What act returns, and every answer that was not 200, asked without a pause through the gateway while it went on, and 20 times at least."""
    bad, count = [], 0
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        going = pool.submit(act)
        while not going.done() or count < 20:  # what is quick may drop a request a moment later
            status, body = environment.ask("/v1/score?text=gain")
            count += 1
            if status != 200:
                bad.append((status, body))
    return going.result(), bad
