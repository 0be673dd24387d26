"""Every service in every environment, filled from stack outputs as a deployment fills it, and rendered by both majors."""
import functools
import importlib.machinery
import importlib.util
import json

import yaml

from rendering import CHARTS, DIGEST, MAJORS, ROOT, render_all

CONTRACT = yaml.safe_load((ROOT / "contract/environments.yaml").read_text(encoding="utf-8"))
EXAMPLE = json.loads((ROOT / "contract/example-outputs.json").read_text(encoding="utf-8"))
ENVIRONMENTS = sorted(CONTRACT["environments"], key=lambda name: CONTRACT["environments"][name]["order"])
SERVICES = sorted(CONTRACT["services"])
VALUES = CHARTS / "values"
# All that a deployment adds to the values of git and the outputs: which image.
RELEASE = {"image": {"digest": DIGEST}}


def state(service, environment):
    return CONTRACT["environments"][environment]["services"][service]


PAIRS = [(service, environment) for environment in ENVIRONMENTS for service in SERVICES if state(service, environment) != "none"]


def outputs(environment):
    """What the stacks would put out for an environment: the example, with what the list says of the environment."""
    document = json.loads(json.dumps(EXAMPLE).replace("-dev-", f"-{environment}-").replace("markdev", f"mark{environment}"))
    document["environment"] = environment
    document["events"] = None
    if CONTRACT["environments"][environment]["events"]:
        account = f"stsentimark{environment}weu0001"
        document["events"] = {"host": f"evhns-sentimark-{environment}-weu-0000.servicebus.windows.net", "hubs": sorted(CONTRACT["hubs"]),
                              "scaler_client_id": "aaaaaaaa-0000-4000-8000-000000000099",
                              "checkpoints": {"host": f"{account}.blob.core.windows.net", "account": account, "container": "checkpoints"}}
    document["services"] = {name: entry for name, entry in document["services"].items() if state(name, environment) != "none"}
    return document


@functools.cache
def _step():
    loader = importlib.machinery.SourceFileLoader("fill_values", str(ROOT / "scripts/fill-values"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fill_values", loader))
    loader.exec_module(module)
    return module


def fill(text, document):
    """scripts/fill-values over one text; its complaint is the exception Unfilled."""
    return _step().fill(text, document)


Unfilled = _step().Unfilled


def values(service, environment, document=None):
    """Texts of the values files of a deployment, in order, filled."""
    document = document or outputs(environment)
    return [fill((VALUES / service / f"{name}.yaml").read_text(encoding="utf-8"), document) for name in ("base", environment)]


def job(major, service, environment, more=()):
    """Arguments of rendering.render for a service, or for the platform's own chart."""
    if service == "platform":
        return {"major": major, "chart": CHARTS / "platform", "values": [*values(service, environment), *more], "release": "platform", "namespace": "kube-system"}
    return {"major": major, "chart": CHARTS / "service", "values": [*values(service, environment), RELEASE, *more], "release": service,
            "namespace": CONTRACT["services"][service]["namespace"]}


@functools.cache
def fleet():
    """(major, service, environment) -> objects, the platform's among them. Fails with what Helm says where one does not render."""
    keys = [(major, service, environment) for major in MAJORS for service, environment in [*PAIRS, *[("platform", name) for name in ENVIRONMENTS]]]
    return dict(zip(keys, [done.objects() for done in render_all([job(*key) for key in keys])]))


def everything(environment, major=MAJORS[0]):
    """All objects of one cluster, each with its namespace written down."""
    found = []
    for (each, service, name), documents in fleet().items():
        if (each, name) == (major, environment):
            namespace = "kube-system" if service == "platform" else CONTRACT["services"][service]["namespace"]
            found += [document | {"metadata": {"namespace": namespace} | document["metadata"]} for document in documents]
    return found
