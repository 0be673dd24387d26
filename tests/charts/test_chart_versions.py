"""X-29: a version stands for one content; the vendored library is the library; the released chart can be upgraded."""
import importlib.machinery
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from judge import judge  # noqa: E402
from rendering import CHARTS, LOADER, MAJORS, ROOT, pod_of, render  # noqa: E402

RELEASED = sorted((ROOT / "tests/charts/released").glob("*.tgz"))


@pytest.fixture(scope="module")
def charts():
    loader = importlib.machinery.SourceFileLoader("charts_command", str(ROOT / "scripts/charts"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("charts_command", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path):
    """The charts in a repository of their own, with one commit, as a shallow clone has it."""
    shutil.copytree(CHARTS, tmp_path / "charts", ignore=shutil.ignore_patterns("values"))
    for command in (["init", "--quiet"], ["add", "--all"], ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True, capture_output=True)
    return tmp_path


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def bump(tree, chart):
    path = tree / "charts" / chart / "Chart.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^version: (\d+)\.(\d+)\.\d+$", lambda match: f"version: {match[1]}.{int(match[2]) + 1}.0", text, count=1, flags=re.MULTILINE), encoding="utf-8")


def test_the_charts_are_vendored_and_locked(charts):
    #
    charts.check(ROOT)


def test_a_change_without_a_new_version_is_refused(charts, tree):
    # by check, and by lock too, so that the lock cannot be talked over.
    charts.check(tree)
    change(tree / "charts/service/values.yaml", "periodSeconds: 10", "periodSeconds: 20")
    for verb in (charts.check, charts.lock):
        with pytest.raises(charts.Wrong, match="charts/service changed, but its version is still"):
            verb(tree)


def test_a_new_version_is_locked_beside_the_old_ones(charts, tree):
    change(tree / "charts/service/values.yaml", "periodSeconds: 10", "periodSeconds: 20")
    bump(tree, "service")
    with pytest.raises(charts.Wrong, match="run scripts/charts lock"):
        charts.check(tree)
    before = (tree / "charts/versions.lock").read_text(encoding="utf-8").splitlines()
    charts.lock(tree)
    charts.check(tree)
    after = (tree / "charts/versions.lock").read_text(encoding="utf-8").splitlines()
    assert set(before) < set(after) and len(after) == len(before) + 1


def test_a_line_of_the_lock_is_for_good(charts, tree):
    lock = tree / "charts/versions.lock"
    lines = lock.read_text(encoding="utf-8").splitlines(keepends=True)
    lock.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(charts.Wrong, match="was changed or taken out"):
        charts.lock(tree)
    lock.write_text("".join(lines[:-1]) + lines[-1][:-65] + "0" * 64 + "\n", encoding="utf-8")
    with pytest.raises(charts.Wrong, match="was changed or taken out"):
        charts.check(tree)


def test_the_library_is_the_same_in_every_chart(charts, tree):
    change(tree / "charts/service/charts/sentimark-lib/templates/_names.tpl", "trunc 53", "trunc 50")
    bump(tree, "service")
    with pytest.raises(charts.Wrong, match="is not what charts/sentimark-lib is"):
        charts.check(tree)
    charts.vendor(tree)
    charts.lock(tree)
    charts.check(tree)


def test_a_new_library_makes_new_charts(charts, tree):
    # A change of the library changes every chart, so each of them needs a version.
    change(tree / "charts/sentimark-lib/templates/_names.tpl", "trunc 53", "trunc 50")
    bump(tree, "sentimark-lib")
    with pytest.raises(charts.Wrong, match="depends on sentimark-lib"):
        charts.vendor(tree)
    version = charts.field(tree / "charts/sentimark-lib", "version")
    for chart in ("service", "platform"):
        path = tree / "charts" / chart / "Chart.yaml"
        path.write_text(re.sub(r"(name: sentimark-lib\n    version: )\S+", rf"\g<1>{version}", path.read_text(encoding="utf-8")), encoding="utf-8")
    charts.vendor(tree)
    with pytest.raises(charts.Wrong, match="its version is still"):
        charts.lock(tree)
    for chart in ("service", "platform"):
        bump(tree, chart)
    charts.lock(tree)
    charts.check(tree)


@pytest.mark.parametrize("chart", ["service", "platform"])
def test_what_a_chart_depends_on_is_in_it(chart):
    # The rule of our own program (src/helm/chart.cpp): a dependency is vendored, and nothing in a chart is a link.
    meta = yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text(encoding="utf-8"))
    for dependency in meta["dependencies"]:
        vendored = yaml.safe_load((CHARTS / chart / "charts" / dependency["name"] / "Chart.yaml").read_text(encoding="utf-8"))
        assert vendored["version"] == dependency["version"]
    assert [path for path in (CHARTS / chart).rglob("*") if path.is_symlink()] == []


def test_a_release_is_the_locked_content_and_the_same_bytes_each_time(charts, tree, tmp_path):
    folder = tree / "tests/charts/released"
    folder.mkdir(parents=True)
    packed = []
    for _ in range(2):
        charts.release(tree, "service")
        (package,) = folder.iterdir()
        packed.append(package.read_bytes())
    assert packed[0] == packed[1] and render("helm4", package).objects()
    change(tree / "charts/service/values.yaml", "periodSeconds: 10", "periodSeconds: 20")
    with pytest.raises(charts.Wrong, match="its version is still"):
        charts.release(tree, "service")


def unpack(package, folder):
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.mark.parametrize("package", RELEASED, ids=lambda path: path.stem)
def test_a_released_package_is_what_the_lock_says(charts, package, tmp_path):
    # so nobody rewrites the lock's line of a version that users have.
    chart = unpack(package, tmp_path)
    held = charts.read_lock((CHARTS / "versions.lock").read_text(encoding="utf-8"))
    assert held[chart.name, charts.field(chart, "version")] == charts.digest(charts.files(chart))


# Fields that the API server refuses to change: kind -> paths below spec.
FIXED = {"Deployment": ["selector"], "StatefulSet": ["selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy"], "Service": ["clusterIP", "type"],
         "Job": ["template", "selector"]}
USED = [{}, {"replicas": 3, "image": {"tag": "2"}, "serviceAccount": {"annotations": {"a": "b"}}},
        {"sidecars": [{"name": "proxy", "image": {"repository": "r.example/p", "tag": "1"}, "resources": {kind: {"cpu": "100m", "memory": "100Mi"} for kind in ("requests", "limits")}}],
         "env": {"A": "1"}, "podAnnotations": {"x": "y"}, "nodeSelector": {"kubernetes.io/os": "linux"}}]


def by_name(done):
    return {(each["kind"], each["metadata"]["name"]): each for each in done.objects()}


@pytest.mark.parametrize("values", USED, ids=range(len(USED)))
@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("package", [path for path in RELEASED if path.stem.startswith("service-")], ids=lambda path: path.stem)
def test_the_released_chart_can_be_upgraded(package, major, values, tmp_path):
    # the same values render, nothing that cannot change changes, and nothing goes away.
    old, new = by_name(render(major, package, [values])), by_name(render(major, CHARTS / "service", [values]))
    assert set(old) <= set(new)
    for key, before in old.items():
        for field in FIXED.get(key[0], []):
            assert before["spec"].get(field) == new[key]["spec"].get(field), (key, field)
    template = pod_of(new["Deployment", "demo"])["metadata"]["labels"]
    assert new["Deployment", "demo"]["spec"]["selector"]["matchLabels"].items() <= template.items()
    assert [line for line in judge([each | {"metadata": {"namespace": "apps"} | each["metadata"]} for each in new.values()])
            if not line.startswith(("image-by-digest", "network-policy-everywhere"))] == []
    # The defaults of the released chart, given as values, are still accepted.
    defaults = (unpack(package, tmp_path) / "values.yaml").read_text(encoding="utf-8")
    assert yaml.load(defaults, LOADER) and render(major, CHARTS / "service", [defaults, values]).objects()


def test_there_is_a_released_package_to_upgrade_from(charts):
    versions = [tuple(map(int, path.stem.removeprefix("service-").split("."))) for path in RELEASED if path.stem.startswith("service-")]
    assert versions and max(versions) <= tuple(map(int, charts.field(CHARTS / "service", "version").split(".")))


@pytest.mark.parametrize("chart", ["service", "platform"])
def test_our_own_program_takes_a_chart_as_it_is_checked_out(chart):
    done = subprocess.run([ROOT / "build/dev/bin/helm-private-deploy", "--dry-run", "--format", "json", "--transport", "local", "--chart", CHARTS / chart, "--release", "demo",
                           "--namespace", "apps", "--kubeconfig", "/nonexistent"], capture_output=True, text=True, timeout=60, env={"PATH": "/nonexistent", "HOME": "/nonexistent"})
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text(encoding="utf-8"))["version"] in done.stdout
