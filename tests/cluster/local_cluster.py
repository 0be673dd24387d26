"""scripts/cluster from Python: up, down, a running cluster, and every trace of one on this machine."""
import hashlib
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "scripts" / "cluster"
# As in scripts/cluster.
STATE = pathlib.Path("/var/lib" if os.geteuid() == 0 else os.environ.get("XDG_STATE_HOME") or pathlib.Path.home() / ".local/state")
FOLDER = pathlib.Path(os.environ.get("SENTIMARK_CLUSTERS") or STATE / "sentimark/clusters")


def name(letter):
    """Names of this run, so that two runs on one machine do not take down each other's clusters."""
    return f"t{os.getpid()}{letter}"


def clear_abandoned(stem):
    """Takes down what a killed run left: nobody else will. Names are the stem, the number of the run's process, and at most a letter."""
    for folder in FOLDER.glob(f"{stem}[0-9]*"):
        owner = re.fullmatch(rf"{stem}(\d+)[a-z]?", folder.name)
        if owner and not pathlib.Path("/proc", owner[1]).exists():
            cluster("down", folder.name)


def cluster(*arguments, check=True):
    done = subprocess.run([CLUSTER, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=3600)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


class Cluster:
    """A running cluster, seen through the files that `up` promises."""

    def __init__(self, name):
        self.folder = FOLDER / name
        self.env = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())

    def run(self, tool, *arguments, check=True, data=None):
        done = subprocess.run([self.env[tool], *arguments], input=data, capture_output=True, text=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": self.env["KUBECONFIG"]})
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kubectl(self, *arguments, **options):
        return self.run("KUBECTL", *arguments, **options)

    def pod(self, name, container, **spec):
        container = {"name": "main", "imagePullPolicy": "Never", **container}
        self.kubectl("apply", "-f", "-", data=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"containers": [container], "restartPolicy": "Never", "terminationGracePeriodSeconds": 1, **spec}}))

    def result(self, name):
        """Log and exit code of a pod that ends."""
        self.kubectl("wait", f"pod/{name}", "--for=jsonpath={.status.containerStatuses[0].state.terminated}", "--timeout=60s")
        code = self.kubectl("get", "pod", name, "-o", "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")
        return self.kubectl("logs", name), int(code)


def shim_sockets(folder):
    """Where containerd's shims listen for the pods and containers of a cluster (runtime/v2/shim/util_unix.go of containerd)."""
    tasks = folder.glob("containerd*/state/io.containerd.runtime.v2.task/k8s.io/*")
    ids = [hashlib.sha256(f"{folder}/{task.relative_to(folder).parts[0]}.sock/k8s.io/{task.name}".encode()).hexdigest() for task in tasks]
    return [path for each in ids if (path := pathlib.Path("/run/containerd/s", each)).exists()]


def holds(path, text):
    try:
        return text in path.read_bytes()
    except OSError:
        return False  # ended or removed while we looked


def traces(which, number):
    """Everything on this machine that still speaks of the cluster."""
    folder, network = FOLDER / which, f"sentimark-{which}"
    inside = f"{folder}/".encode()
    found = [str(path) for path in (folder, pathlib.Path("/var/run/netns") / network) if path.exists()]
    found += [line for line in pathlib.Path("/proc/mounts").read_text().splitlines() if f"{folder}/" in line]
    found += [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{network}")]
    found += [str(path) for path in pathlib.Path("/var/lib/cni/results").glob("*") if holds(path, inside) or network in path.name]
    found += [str(path) for path in pathlib.Path("/run/containerd/runc/k8s.io").glob("*/state.json") if holds(path, inside)]
    found += [str(path) for path in pathlib.Path("/var/log/containers").glob("*") if str(path.readlink()).startswith(f"{folder}/")]
    found += [path.read_bytes().replace(b"\0", b" ").decode()[:200] for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if holds(path, inside)]
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    return found + re.findall(rf"sentimark{number}@", links)
