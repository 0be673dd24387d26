"""JSON schemas of every kind that the charts render, from where its owner publishes them: Kubernetes' OpenAPI (the very version
that the local cluster is built from) and the custom resource definitions in the modules of their projects."""
import functools
import json
import pathlib
import tempfile

import yaml

from rendering import LOADER, tools

CRDS = {
    "gateway-api": ["config/crd/standard/gateway.networking.k8s.io_gateways.yaml", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"],
    "keda": ["config/crd/bases/keda.sh_scaledobjects.yaml", "config/crd/bases/keda.sh_triggerauthentications.yaml"],
    "prometheus": [f"example/prometheus-operator-crd/monitoring.coreos.com_{name}.yaml" for name in ("podmonitors", "servicemonitors", "prometheusrules")],
    "secrets-store": ["config/crd/bases/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml"],
}
# Azure's managed Prometheus serves the operator's monitors under a group of its own, with the same fields.
ALSO = {"monitoring.coreos.com": "azmonitoring.coreos.com"}
TEMPLATE = "{{ .Group }}_{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json"


def strict(schema, definitions=None):
    """The schema with its references put in place, and unknown fields refused wherever fields are listed."""
    if "$ref" in schema:
        return strict(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]}
    found = {key: value for key, value in schema.items() if not key.startswith("x-") and key not in ("description", "format", "default", "example")}
    if "properties" in found:
        found["properties"] = {name: strict(each, definitions) for name, each in found["properties"].items()}
    for key in ("items", "additionalProperties", "not"):
        if isinstance(found.get(key), dict):
            found[key] = strict(found[key], definitions)
    if found.get("properties") and "additionalProperties" not in found and not schema.get("x-kubernetes-preserve-unknown-fields"):
        found["additionalProperties"] = False
    # What is validated by alternatives names fields of the object around it: left to the API server.
    for key in ("oneOf", "anyOf", "allOf"):
        found.pop(key, None)
    if schema.get("nullable"):
        found["type"] = [found["type"], "null"]
    return found


def builtin(wanted):
    document = json.loads((tools()["kubernetes"] / "api/openapi-spec/swagger.json").read_text(encoding="utf-8"))
    for definition in document["definitions"].values():
        for each in definition.get("x-kubernetes-group-version-kind", []):
            key = (each["group"], each["kind"].lower(), each["version"])
            if key in wanted:
                yield key, strict(definition, document["definitions"])


def custom():
    for module, names in CRDS.items():
        for name in names:
            document = yaml.load((tools()[module] / name).read_text(encoding="utf-8"), LOADER)
            for version in document["spec"]["versions"]:
                group, kind = document["spec"]["group"], document["spec"]["names"]["kind"].lower()
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object"}
                for each in {group, ALSO.get(group, group)}:
                    yield (each, kind, version["name"]), schema


def definitions():
    """Custom resources as their owners define them, and Azure's copy of the operator's."""
    for module, files in CRDS.items():
        for file in files:
            text = (tools()[module] / file).read_text(encoding="utf-8")
            yield text
            for group, other in ALSO.items():
                if f"group: {group}\n" in text:
                    yield text.replace(group, other)


@functools.cache
def folder(kinds):
    """A folder with a schema for each (group, kind, version) of kinds; fails for a kind that nobody publishes."""
    folder.place = place = tempfile.TemporaryDirectory()  # kept until the program ends
    found = dict(builtin(kinds)) | dict(custom())
    assert kinds <= set(found), f"no schema for {sorted(kinds - set(found))}"
    for group, kind, version in kinds:
        # kubeconform calls the core group by its version.
        path = pathlib.Path(place.name) / f"{group or version}_{kind}_{version}.json"
        path.write_text(json.dumps(found[group, kind, version]), encoding="utf-8")
    return pathlib.Path(place.name)
