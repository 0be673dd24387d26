"""Runs Terraform's own tests without the provider, against the stored azurerm schema, and reads what they made."""
import atexit
import concurrent.futures
import functools
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
TOOL = SHARED / "tools/terraform-offline/tf"
SCHEMA = SHARED / "data/azurerm-schema-4.79.json.gz"
CACHE = pathlib.Path(os.environ.get("CACHE") or os.environ.get("SENTIMARK_CACHE") or pathlib.Path.home() / ".cache/sentimark")
CONTRACT = yaml.safe_load((ROOT / "contract/environments.yaml").read_text(encoding="utf-8"))
ENVIRONMENTS = sorted(CONTRACT["environments"], key=lambda name: CONTRACT["environments"][name]["order"])
needs_schema = pytest.mark.skipif(not (TOOL.exists() and SCHEMA.exists()), reason="the azurerm schema is not part of a clone")


class Refused(Exception):
    """Terraform said no; the text is what it said."""


def terraform(root, stack, *arguments, timeout=300, whole_schema=False, data=None):
    """One call in a stack's folder of the tree `root`, or in a module's (modules/aks); its data folder is shared between trees,
    because module paths in it are relative, unless the caller brings one."""
    place = stack if "/" in stack else f"stacks/{stack}"
    data = data or data_folder(stack)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "TF_DATA_DIR": str(data), "TF_OFFLINE_CACHE": str(tool_cache()),
                   "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", "AZURERM_SCHEMA": str(SCHEMA if whole_schema else small_schema())}
    if arguments[0] != "init" and not (data / "modules/modules.json").exists():
        with tempfile.TemporaryDirectory(dir=data.parent) as fresh:
            done = subprocess.run([TOOL, "init", "-backend=false", "-input=false", "-no-color"], cwd=ROOT / "terraform" / place,
                                  env=environment | {"TF_DATA_DIR": fresh}, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
            assert done.returncode == 0, done.stdout + done.stderr
            shutil.copytree(fresh, data, dirs_exist_ok=True)
    return subprocess.run([TOOL, *arguments], cwd=root / "terraform" / place, env=environment, capture_output=True, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL)


@functools.cache
def scratch():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="terraform-offline-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def small_schema():
    """The provider's schema without the thousand resources that nothing here names: the same answers, in a third of the time. A name that
    the tree uses and the schema lacks is found by the run with the whole schema (test_sources.py)."""
    used = set(re.findall(r'"(azurerm_\w+)"', "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "terraform").rglob("*.tf"))))
    document = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    provider = next(iter(document["provider_schemas"].values()))
    for kind in ("resource_schemas", "data_source_schemas"):
        provider[kind] = {name: one for name, one in provider[kind].items() if name in used}
    target = scratch() / "schema.json"
    target.write_text(json.dumps(document), encoding="utf-8")
    return target


@functools.cache
def data_folder(stack):
    folder = scratch() / stack.replace("/", "-")
    folder.mkdir()
    return folder


def tool_cache():
    """The tool writes its own files at every start, so each thread has a folder for them; what npm installed is there once for all."""
    packages = CACHE / "terraform-offline" / "node_modules"
    if not (packages / "@grpc/grpc-js").exists() or threading.current_thread() is threading.main_thread():
        return packages.parent
    own = scratch() / f"tool-{threading.get_ident()}"
    own.mkdir(exist_ok=True)
    if not (own / "node_modules").exists():
        (own / "node_modules").symlink_to(packages)
    return own


def copy_of(tree, target):
    """What Terraform reads, in a folder of its own where a test may change it."""
    for name in ("terraform", "contract"):
        shutil.copytree(tree / name, pathlib.Path(target) / name)
    return pathlib.Path(target)


class Made:
    """What one run made: resources as (address, type, values), and the outputs."""

    def __init__(self, state):
        self.resources = list(self.walk(state["root_module"]))
        self.outputs = {name: output["value"] for name, output in state.get("outputs", {}).items()}

    @classmethod
    def walk(cls, module):
        for resource in module.get("resources", []):
            if resource["mode"] == "managed":
                yield resource["address"], resource["type"], resource["values"]
        for child in module.get("child_modules", []):
            yield from cls.walk(child)

    def of(self, kind, within=""):
        return [(address, values) for address, its_kind, values in self.resources if its_kind == kind and within in address]

    def one(self, kind, within=""):
        found = self.of(kind, within)
        assert len(found) == 1, [address for address, _ in found]
        return found[0][1]

    def but(self, kind, **arguments):
        """The same with these arguments of every resource of the type changed: a bad example, to see that a judge sees it."""
        other = object.__new__(Made)
        other.outputs = self.outputs
        other.resources = [(address, its, values | arguments if its == kind else values) for address, its, values in self.resources]
        return other


def make(root, stack, *arguments, made_by=None, **more):
    """`terraform test` of a stack with mocked answers; returns what it made or raises Refused."""
    made_by = made_by or ("environment" if stack == "region" else "stack")
    done = terraform(root, stack, "test", "-json", "-verbose", f"-filter=tests/{made_by}.tftest.hcl", *arguments, **more)
    states, said = [], []
    for line in done.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("type") == "test_state":
            states.append(message["test_state"])
        if message.get("@level") == "error":
            diagnostic = message.get("diagnostic", {})
            said.append(" ".join(filter(None, (message.get("@message"), diagnostic.get("detail")))))
    if done.returncode != 0 or len(states) != 1:
        raise Refused("\n".join(said) or done.stdout[-4000:] + done.stderr[-4000:])
    return Made(states[0])


def tfvars(environment, region=None):
    return f"../../environments/{environment}/{region or CONTRACT['environments'][environment]['regions'][0]}.tfvars"


def environment_of(root, environment, *arguments):
    return make(root, "region", f"-var-file={tfvars(environment)}", *arguments)


@functools.cache
def everything():
    """Every environment of the tree, two at a time; made once for all tests."""
    terraform(ROOT, "region", "version")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(ENVIRONMENTS, pool.map(lambda name: environment_of(ROOT, name), ENVIRONMENTS), strict=True))


SUBSCRIPTIONS = {name: f"00000000-0000-4000-8000-{index:012d}" for index, name in enumerate(ENVIRONMENTS)}


@functools.cache
def other_stack(stack):
    arguments = {
        "bootstrap": ["-var", "subscriptions=" + json.dumps(SUBSCRIPTIONS)],
        "global": ["-var", "jobs=" + json.dumps({f"{name}-{job}": f"{name}-{job}" for name in ENVIRONMENTS for job in ("plan", "apply")})],
        "edge": ["-var", f"environment={ENVIRONMENTS[-1]}", "-var", "region=westeurope",
                 "-var", 'origins={"westeurope":{"host":"weu.example.com","node_group":"nodes","priority":1}}'],
    }[stack]
    return make(ROOT, stack, *arguments)


@functools.cache
def schema():
    """The provider's own schema, as `terraform providers schema -json` prints it."""
    return next(iter(json.loads(gzip.decompress(SCHEMA.read_bytes()))["provider_schemas"].values()))


def plain(values, path=()):
    """Every leaf as (path without indexes, value)."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield from plain(value, (*path, key))
    elif isinstance(values, list):
        for value in values:
            yield from plain(value, path)
    else:
        yield ".".join(path), values
