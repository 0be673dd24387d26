"""Renders charts with real Helm 3 and Helm 4 and keeps what it rendered by content, so that a run renders only what changed."""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHARTS = ROOT / "charts"
MAJORS = ("helm3", "helm4")
DIGEST = "sha256:" + "5e" * 32
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def tools():
    """name -> path of each program and each folder of schemas."""
    done = subprocess.run([ROOT / "tests/charts/setup"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return {name: pathlib.Path(path) for name, path in (line.split("=", 1) for line in done.stdout.splitlines())}


@functools.cache
def cache():
    """The folder of what was rendered before. It never grows without bound: the older half goes."""
    base = os.environ.get("SENTIMARK_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "sentimark"
    folder = pathlib.Path(base) / "renders"
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in kept[:len(kept) // 2] if len(kept) > 8000 else []:
        path.unlink(missing_ok=True)
    return folder


@functools.cache
def content(chart):
    """One hash of all files below a chart, or of a packaged one. A test that changes a chart gives it another folder."""
    chart = pathlib.Path(chart)
    files = sorted(path for path in chart.rglob("*") if path.is_file()) if chart.is_dir() else [chart]
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(chart.parent)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return total.hexdigest()


def helm(major, *arguments):
    """Runs one Helm where it finds neither a cluster nor settings of the person who runs the tests."""
    return subprocess.run([tools()[major], *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env={"PATH": "/nonexistent", "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent"})


class Rendered:
    def __init__(self, code, out, err):
        self.returncode, self.stdout, self.stderr = code, out, err

    def objects(self):
        assert self.returncode == 0, self.stderr
        return [document for document in yaml.load_all(self.stdout, LOADER) if document]

    def one(self, kind, name=None):
        found = [each for each in self.objects() if each["kind"] == kind and name in (None, each["metadata"]["name"])]
        assert len(found) == 1, f"{len(found)} objects of kind {kind} {name or ''}"
        return found[0]


def render(major, chart, values=(), release="demo", namespace="apps", options=()):
    """helm template. values: texts of values files, or dicts."""
    texts = [text if isinstance(text, str) else json.dumps(text) for text in values]
    key = hashlib.sha256(json.dumps([str(tools()[major]), content(chart), texts, release, namespace, list(options)]).encode()).hexdigest()
    kept = cache() / f"{key}.json"
    if kept.exists():
        return Rendered(*json.loads(kept.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        for number, text in enumerate(texts):
            file = pathlib.Path(folder) / f"{number}.yaml"
            file.write_text(text, encoding="utf-8")
            arguments += ["--values", file]
        done = helm(major, "template", release, chart, "--namespace", namespace, *arguments, *options)
    part = kept.with_suffix(f".{os.getpid()}.{id(done)}")
    part.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
    part.rename(kept)
    return Rendered(done.returncode, done.stdout, done.stderr)


def render_all(jobs):
    """Results of render(**job) for each job, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda job: render(**job), jobs))


def pod_of(document):
    """The pod template of a workload, or None. A bare pod is its own template."""
    kind, spec = document["kind"], document.get("spec", {})
    if kind == "Pod":
        return document
    if kind == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"] if kind in ("Deployment", "StatefulSet", "Job", "CronJob") else None


def containers_of(document):
    spec = pod_of(document)["spec"]
    return spec.get("initContainers", []) + spec["containers"]
