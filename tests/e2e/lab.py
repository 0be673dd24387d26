"""What an end-to-end test has at hand: a real cluster, emulators beside it, and the program run as the runner runs it."""
import contextlib
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / folder) for folder in ("judges", "cluster", "actions")]
from action_file import parse_outputs  # noqa: E402
from emulator_client import ROOT, microsoft_result, running  # noqa: E402, F401
from local_cluster import FOLDER, Cluster, clear_abandoned, cluster  # noqa: E402, F401

# Another folder: the same tests judge the release build.
BIN = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin"))
PROGRAM = BIN / "helm-private-deploy"
SERVICE = ROOT / "charts/service"
TITLE = "::error title=helm-private-deploy::"
CODES = {"succeeded": 0, "usage": 2, "config": 3, "auth": 4, "network": 5, "remote": 6, "refused": 7, "rolled-back": 20, "failed-kept": 21,
         "rollback-failed": 22, "unknown": 23, "uninstalled": 24, "interrupted": 130}


def until(what, seconds=300):
    """What `what` gives once it gives something; the limit is for a test that would hang."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.1)
    return found


# Helm waits for it before anything else, and it waits for the test: time in which helm is at work, as long as it takes.
HOOK = """apiVersion: v1
kind: Pod
metadata:
  name: '{{ .Release.Name }}-hook'
  annotations: {helm.sh/hook: 'pre-install,pre-upgrade', helm.sh/hook-delete-policy: before-hook-creation}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
    - name: wait
      image: sentimark.local/aks-command:helm3
      imagePullPolicy: Never
      command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 1; done", 'hook of {{ .Release.Namespace }}']
"""
# A rollout that is ready when the test says so, and not before.
GATED = """apiVersion: apps/v1
kind: Deployment
metadata: {name: '{{ .Release.Name }}'}
spec:
  selector: {matchLabels: {app.kubernetes.io/instance: '{{ .Release.Name }}'}}
  template:
    metadata: {labels: {app.kubernetes.io/instance: '{{ .Release.Name }}'}}
    spec:
      readinessGates: [{conditionType: sentimark.test/open}]
      containers: [{name: service, image: 'REGISTRY/sample:1.0.0'}]
"""


def processes(wanted):
    """Of this machine, with `wanted` true for their words; those of pods are among them."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if wanted(path.read_bytes().split(b"\0")):
                found.append(int(path.parent.name))
    return found


def agents(operation):
    """Those that work on an operation, in pods or beside the emulator."""
    return processes(lambda words: words[0].endswith((b"/agent-amd64", b"/agent-arm64")) and operation.encode() in words)


class Job:
    """A step of a job on a runner of its own: its folders, its environment, and the program in it."""

    def __init__(self, folder, env=None, wrapper=()):
        self.folder, self.wrapper = folder, list(wrapper)
        self.temp, self.workspace, self.output, self.summary = (folder / name for name in ("temp", "workspace", "output", "summary.md"))
        for made in (self.temp, self.workspace):
            made.mkdir(parents=True)
        for file in (self.output, self.summary):
            file.write_text("")
        # No PATH: behind Azure the program needs no other tool on the machine.
        self.env = {"PATH": "/nonexistent", "HOME": str(folder), "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.workspace),
                    "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary), "RUNNER_TEMP": str(self.temp)} | (env or {})

    def start(self, inputs, words=(), program=PROGRAM):
        env = self.env | {"SENTIMARK_INPUT_" + name.upper().replace("-", "_"): str(value) for name, value in inputs.items()}
        self.process = subprocess.Popen([*self.wrapper, str(program), *words], env=env, cwd=self.workspace, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace")
        return self

    def signal(self, which):
        """The end after a signal. That nothing was waited for, tests see by what has not happened yet; the limit is for one that would hang."""
        self.process.send_signal(which)
        return self.finish(60)

    def finish(self, seconds=600):
        try:
            self.out, self.err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(self.process.communicate()[1]) from None
        self.code = self.process.returncode
        self.told = self.summary.read_text(encoding="utf-8")
        self.outputs = parse_outputs(self.output.read_text(encoding="utf-8"))
        return self

    @property
    def masks(self):
        """What the program told the runner to hide."""
        return [line.removeprefix("::add-mask::") for line in self.err.splitlines() if line.startswith("::add-mask::")]

    @property
    def log(self):
        """What a reader of the log sees."""
        lines = [line for line in (self.err + self.out).splitlines() if not line.startswith("::add-mask::")]
        return "\n".join(lines)

    @property
    def annotations(self):
        return [line for line in (self.err + self.out).splitlines() if line.startswith(("::error", "::warning", "::notice"))]

    def ended(self, word):
        """Ended as told, by exit code and by outputs; a failure has exactly one annotation, a success none."""
        assert (self.code, self.outputs.get("status")) == (CODES[word], word), self.err + self.out
        if word == "succeeded":
            assert self.annotations == [], self.annotations
            return self
        [line] = self.annotations
        assert line.startswith(TITLE), line
        return self

    def failed(self, word, *texts, cure):
        """One annotation: one sentence of cause that holds the texts, one of cure, the same cause in exit-reason."""
        self.ended(word)
        cause, mend = self.annotations[0].removeprefix(TITLE).split(" To mend it: ")
        assert cause[-1] == "." and mend[-1] in ".?" and "%0A" not in cause + mend, self.annotations
        assert [text for text in texts if text not in cause] == [], cause
        assert cure in mend, mend
        assert self.outputs["exit-reason"].rstrip(".") == f"{word}: {cause.replace('%25', '%')}".rstrip("."), self.outputs
        return self


class Place:
    """One namespace of the cluster, and what the test itself sees there: never by the program's word."""

    def __init__(self, lab, namespace, major):
        self.lab, self.kube, self.namespace, self.release = lab, lab.kube, namespace, "api"
        self.major, self.tool = major, "HELM" + major
        self.inputs = {"release": self.release, "namespace": namespace, "create-namespace": "true", "timeout": "60s"}
        self.env = {}

    def job(self, env=None, wrapper=()):
        return Job(self.lab.folder(), self.env | (env or {}), wrapper)

    def start(self, chart, inputs=None, env=None, words=(), wrapper=()):
        return self.job(env, wrapper).start(self.inputs | {"chart": str(chart)} | (inputs or {}), words)

    def deploy(self, chart, inputs=None, **more):
        return self.start(chart, inputs, **more).finish()

    def get(self, *words):
        return json.loads(self.kube.kubectl("-n", self.namespace, "get", *words, "-o", "json"))

    def history(self):
        """revision, status, description of the release, oldest first; empty when there is none."""
        text = self.kube.run(self.tool, "-n", self.namespace, "history", self.release, "-o", "json", check=False)
        return [(row["revision"], row["status"], row["description"]) for row in json.loads(text or "[]")]

    def revisions(self):
        return [revision for revision, _, _ in self.history()]

    def fence(self):
        found = self.kube.kubectl("-n", self.namespace, "get", "configmap", "sentimark-" + self.release, "--ignore-not-found", "-o", "json")
        return json.loads(json.loads(found)["data"]["record"]) if found else None

    def hooks(self):
        return processes(lambda words: words[0].endswith(b"sh") and f"hook of {self.namespace}".encode() in words)

    def through(self, job):
        """Lets go every hook that waits, to the end of the job."""
        while job.process.poll() is None:
            for hook in self.hooks():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(hook, signal.SIGTERM)
            time.sleep(0.2)
        return job.finish()

    def open_gate(self):
        """Lets the pods of a GATED chart become ready."""
        for pod in until(lambda: self.get("pods", "-l", "app.kubernetes.io/instance=" + self.release)["items"]):
            condition = {"status": {"conditions": [{"type": "sentimark.test/open", "status": "True"}]}}
            self.kube.kubectl("-n", self.namespace, "patch", "pod", pod["metadata"]["name"], "--subresource=status", "--type=strategic", "-p", json.dumps(condition))

    def image(self):
        """Of the pods that are ready and stay, as the kubelet tells: an old one serves on while it is going."""
        pods = self.get("pods", "-l", "app.kubernetes.io/instance=" + self.release)["items"]
        ready = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"] and any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])]
        return sorted({container["image"] for pod in ready for container in pod["spec"]["containers"]})


class World(Place):
    """A place that is reached through an emulated Azure."""

    def __init__(self, lab, namespace, major, client):
        super().__init__(lab, namespace, major)
        self.client = client
        end = client.endpoint
        self.inputs |= {"client-id": end["clientId"], "tenant-id": end["tenantId"], "subscription-id": end["subscriptionId"], "resource-group": end["resourceGroup"],
                        "cluster": end["cluster"], "authority-host": client.url, "arm-endpoint": client.url}
        self.env = {name: client.env[name] for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SSL_CERT_FILE")}

    def rows(self, operation):
        return [row for row in self.client.journal() if row["operation"] == operation]

    def posts(self):
        """Status and fault of every runCommand."""
        return [(row["status"], row["fault"]) for row in self.rows("runCommand")]


MAJOR = os.environ.get("SENTIMARK_TEST_HELM", "4")  # the helm of every test that does not name one; scripts/soak asks for 3


class Lab:
    def __init__(self, kube, folder):
        self.kube, self.base, self.counter = kube, folder, itertools.count(1)

    def folder(self):
        made = self.base / f"f{next(self.counter)}"
        made.mkdir()
        return made

    def namespace(self):
        return f"n{os.getpid()}-{next(self.counter)}"

    @contextlib.contextmanager
    def world(self, *faults, pods=False, major=MAJOR, more=(), config=None):
        """An emulator with these faults, in child mode or with real pods, its helm of this major."""
        kube = self.kube.env
        words = ["--mode", "pod" if pods else "child", "--kubeconfig", kube["KUBECONFIG"], "--kubectl", kube["KUBECTL"]]
        words += ["--image", "sentimark.local/aks-command:helm" + major] if pods else ["--helm", kube["HELM" + major]]
        words += [word for fault in faults for word in ("--fault", fault)]
        with running(self.folder(), *words, *more, config=config) as client, self.cleared(World(self, self.namespace(), major, client)) as world:
            yield world

    @contextlib.contextmanager
    def cleared(self, place):
        """The node has two processors: what a test leaves would be in the way of the next."""
        try:
            yield place
        finally:
            self.kube.kubectl("delete", "namespace", place.namespace, "--ignore-not-found", "--wait=false")

    @contextlib.contextmanager
    def here(self, major=MAJOR, namespace=None):
        """The same cluster from a machine that has kubectl and helm: transport local."""
        place = Place(self, namespace or self.namespace(), major)
        kube = self.kube.env
        place.inputs |= {"transport": "local", "kubeconfig": kube["KUBECONFIG"], "kubectl": kube["KUBECTL"], "helm": kube["HELM" + major]}
        with contextlib.nullcontext() if namespace else self.cleared(place):
            yield place

    def values(self, **changes):
        """A values file of the service chart with the sample image of the cluster's own registry."""
        file = self.folder() / "values.yaml"
        image = {"repository": self.kube.env["REGISTRY"] + "/sample", "tag": "1.0.0"} | changes.pop("image", {})
        file.write_text(json.dumps({"image": image, "replicas": 1} | changes))
        return str(file)

    def chart(self, templates=None, **files):
        """A chart with one ConfigMap and whatever else is given; its templates by name."""
        folder = self.folder() / "small"
        (folder / "templates").mkdir(parents=True)
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\n")
        (folder / "values.yaml").write_text("text: a\n")
        one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {text: '{{ .Values.text }}'}\n"
        for name, text in ({"map.yaml": one} | (templates or {})).items():
            (folder / "templates" / name).write_text(text.replace("REGISTRY", self.kube.env["REGISTRY"]))
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder
