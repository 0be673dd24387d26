"""Starts the emulator for a test and speaks to it with Python's own urllib, ssl and zipfile."""
import base64
import contextlib
import hashlib
import http.client
import io
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SENTIMARK_EMULATOR", ROOT / "build/dev/bin/sentimark-emulator"))
HERE = pathlib.Path(__file__).resolve().parent
AKS_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


class Client:
    def __init__(self, state):
        self.state = state
        self.endpoint = json.loads((state / "endpoint.json").read_text())
        self.url = self.endpoint["url"]
        self.trust = ssl.create_default_context(cafile=str(state / "ca.pem"))
        self.env = dict(line.removeprefix("export ").split("=", 1) for line in (state / "env").read_text().splitlines())
        self.env = {name: value.strip("'") for name, value in self.env.items()}

    def call(self, method, url, body=None, bearer=None, content_type="application/json"):
        """status, headers, parsed body"""
        request = urllib.request.Request(url if url.startswith("https:") else self.url + url, data=body, method=method, headers={"Content-Type": content_type})
        if bearer:
            request.add_header("Authorization", "Bearer " + bearer)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.trust))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as problem:
            return problem.code, problem.headers, json.loads(problem.read() or "null")

    def assertion(self, audience="api://AzureADTokenExchange"):
        url = self.env["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=" + urllib.parse.quote(audience, safe="")
        return self.call("GET", url, bearer=self.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])[2]["value"]

    def token_answer(self, **changes):
        form = {"grant_type": "client_credentials", "client_id": self.endpoint["clientId"], "scope": "https://management.azure.com/.default"}
        form |= {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"} | changes
        tenant = form.pop("tenant", self.endpoint["tenantId"])
        if "client_assertion" not in form and "client_secret" not in form:
            form["client_assertion"] = self.assertion()
        return self.call("POST", f"/{tenant}/oauth2/v2.0/token", urllib.parse.urlencode(form).encode(), content_type="application/x-www-form-urlencoded")

    def token(self, **changes):
        return self.token_answer(**changes)[2]["access_token"]

    def cluster_path(self, tail="", version="2025-10-01"):
        end = self.endpoint
        return (f"/subscriptions/{end['subscriptionId']}/resourceGroups/{end['resourceGroup']}/providers/Microsoft.ContainerService"
                f"/managedClusters/{end['cluster']}{tail}?api-version={version}")

    def post(self, command, files=None, token=None, mime=False, **extra):
        body = {"command": command} | extra
        if files is not None:
            packed = context(files)
            body["context"] = (base64.encodebytes(packed) if mime else base64.b64encode(packed)).decode()
        return self.call("POST", self.cluster_path("/runCommand"), json.dumps(body).encode(), bearer=token or self.token())

    def result(self, location, token):
        """Polls until the command ended; the test's own time limit is the emulator's."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status, _, body = self.call("GET", location, bearer=token)
            if status != 202:
                return body["properties"]
            time.sleep(0.02)
        raise AssertionError("the command did not end")

    def run(self, command, files=None, **more):
        token = self.token()
        status, headers, body = self.post(command, files, token, **more)
        assert status == 202, body
        return self.result(headers["Location"], token)

    def vault(self, method, host, path, body=None, bearer=None):
        """status, headers and parsed body of the vault of that name, by TLS for its own name, wherever the emulator listens."""
        connection = http.client.HTTPSConnection(host, timeout=30, context=self.trust)
        plain = socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1])), timeout=30)
        connection.sock = self.trust.wrap_socket(plain, server_hostname=host)
        headers = {"Content-Type": "application/json"} | ({"Authorization": "Bearer " + bearer} if bearer else {})
        with contextlib.closing(connection):
            connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())

    def journal(self):
        return [json.loads(line) for line in (self.state / "journal.jsonl").read_text().splitlines()]


def context(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, data)
    return memory.getvalue()


def sdk_modules():
    """The folder in the cache that holds the pinned packages; installed once."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("CACHE") or pathlib.Path.home() / ".cache/sentimark")
    folder = cache / "judges" / lock
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
        (folder / "complete").touch()
    return folder


def ask_microsoft(client, env):
    node = subprocess.run([ROOT / "scripts/lib/need", "node"], capture_output=True, text=True, check=True).stdout.strip()
    env = client.env | {"PATH": os.environ["PATH"], "JUDGE_MODULES": str(sdk_modules()), "NODE_EXTRA_CA_CERTS": client.endpoint["caFile"]} | env
    done = subprocess.run([node, HERE / "microsoft_sdk.mjs"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def microsoft_sdk(client, command, files, **extra):
    """What @azure/arm-containerservice says of the cluster and of the result of this command."""
    return ask_microsoft(client, {"JUDGE_COMMAND": command, "JUDGE_CONTEXT": base64.b64encode(context(files)).decode()} | extra)


def microsoft_result(client, command_id):
    """What it reads of the result of a command that somebody else started."""
    return ask_microsoft(client, {"JUDGE_COMMAND_ID": command_id})["result"]


@contextlib.contextmanager
def running(folder, *arguments, config=None):
    state = folder / "state"
    folder.mkdir(exist_ok=True)
    words = [str(PROGRAM), "serve", "--state", str(state), *arguments]
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
        words += ["--config", str(folder / "config.json")]
    process = subprocess.Popen(words, env={"PATH": os.environ["PATH"]})
    try:
        deadline = time.monotonic() + 120
        while not (state / "endpoint.json").exists():
            assert process.poll() is None and time.monotonic() < deadline, "the emulator did not start"
            time.sleep(0.01)
        yield Client(state)
    finally:
        process.terminate()
        assert process.wait(120) == 0
    assert not (state / "env").exists()
