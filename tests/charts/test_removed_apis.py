"""No API that the cluster's next minor version removes or deprecates: by the life cycles that Kubernetes writes into its own types,
and by what the owners of custom resources say of their versions. Row X-20."""
import functools
import pathlib
import re
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fleet  # noqa: E402
from fleet import ENVIRONMENTS, everything  # noqa: E402
from kube_schemas import definitions  # noqa: E402
from rendering import LOADER, ROOT, tools  # noqa: E402

LIFE = re.compile(r"func \(in \*(\w+)\) APILifecycle(Deprecated|Removed)\(\) \(major, minor int\) {\s+return 1, (\d+)")


@functools.cache
def lives():
    """(apiVersion, kind) -> {"Deprecated": minor, "Removed": minor} of what Kubernetes has announced."""
    found = {}
    for file in tools()["api"].glob("*/*/zz_generated.prerelease-lifecycle.go"):
        group = re.search(r'const GroupName = "(.*)"', (file.parent / "register.go").read_text(encoding="utf-8"))[1]
        version = f"{group}/{file.parent.name}" if group else file.parent.name
        for kind, event, minor in LIFE.findall(file.read_text(encoding="utf-8")):
            found.setdefault((version, kind), {})[event] = int(minor)
    return found


@functools.cache
def served():
    """(apiVersion, kind) -> whether a custom resource's owner still serves it without a word against it."""
    found = {}
    for text in definitions():
        spec = yaml.load(text, LOADER)["spec"]
        for version in spec["versions"]:
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = version["served"] and not version.get("deprecated", False)
    return found


def going(documents, minor):
    """"KIND/NAME: ..." for each object of an API that is deprecated or gone in Kubernetes 1.MINOR, or that nobody serves."""
    found = []
    for each in documents:
        what = each["apiVersion"], each["kind"]
        words = [f"{event.lower()} in 1.{since}" for event, since in lives().get(what, {}).items() if since <= minor]
        if not served().get(what, True):
            words.append("not served any more, or deprecated by its owner")
        found += [f"{each['kind']}/{each['metadata']['name']}: {what[0]} {word}" for word in words]
    return found


def next_minor(environment):
    """One more than the highest that any region of the environment runs."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "terraform/environments" / environment).glob("*.tfvars")]
    return 1 + max(int(minor) for text in texts for minor in re.findall(r'kubernetes_version\s*=\s*"1\.(\d+)', text))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_rendered_goes_with_the_next_minor(environment):
    # services and platform, as they would be deployed.
    documents = everything(environment)
    assert {name for each, name, where in fleet.fleet() if where == environment} >= {"platform", "api", "migrations"}
    assert going(documents, next_minor(environment)) == []


@pytest.mark.parametrize("version, kind, words", [
    ("networking.k8s.io/v1beta1", "Ingress", ["deprecated in 1.19", "removed in 1.22"]),
    ("policy/v1beta1", "PodDisruptionBudget", ["deprecated in 1.21", "removed in 1.25"]),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", ["deprecated in 1.23", "removed in 1.26"]),
    ("secrets-store.csi.x-k8s.io/v1alpha1", "SecretProviderClass", ["not served any more, or deprecated by its owner"]),
])
def test_an_old_api_is_found(version, kind, words):
    # planted into a clean cluster.
    planted = {"apiVersion": version, "kind": kind, "metadata": {"name": "old"}}
    assert going([*everything("sit"), planted], next_minor("sit")) == [f"{kind}/old: {version} {word}" for word in words]


def test_what_goes_later_is_no_matter_yet():
    kind, life = next((key, life) for key, life in sorted(lives().items()) if life.get("Removed", 0) > next_minor("prod") + 1)
    planted = {"apiVersion": kind[0], "kind": kind[1], "metadata": {"name": "new"}}
    minor = min(life.values()) - 1
    assert going([planted], minor) == [] and going([planted], minor + 1) != []
