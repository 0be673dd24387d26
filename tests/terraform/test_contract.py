"""X-17, X-28: the contract's own files agree with each other, and values are filled from the stack outputs or not at all."""
import json
import pathlib
import re
import subprocess

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRACT = yaml.safe_load((ROOT / "contract/environments.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((ROOT / "contract/stack-outputs.schema.json").read_text(encoding="utf-8"))
EXAMPLE = json.loads((ROOT / "contract/example-outputs.json").read_text(encoding="utf-8"))
NEEDS = {"vault", "database", "redis", "lake", "events-send", "events-receive"}


@pytest.fixture
def fill(tmp_path):
    def run(values, document=EXAMPLE):
        (tmp_path / "values.yaml").write_text(values, encoding="utf-8")
        return subprocess.run([ROOT / "scripts/fill-values", "--outputs", "-", tmp_path / "values.yaml"], input=json.dumps(document),
                              capture_output=True, text=True, timeout=30)
    return run


def test_every_environment_says_the_same_things_about_every_service():
    keys = {tuple(sorted(environment)) for environment in CONTRACT["environments"].values()}
    assert len(keys) == 1
    for name, environment in CONTRACT["environments"].items():
        assert re.fullmatch("[a-z][a-z0-9]{1,7}", name)
        assert set(environment["services"]) == set(CONTRACT["services"]), name
        assert set(environment["services"].values()) <= {"run", "idle", "none"}, name
        assert set(environment["regions"]) <= set(CONTRACT["regions"]) and environment["regions"], name
        assert all(0 <= least <= most for least, most in environment["nodes"].values()), name
    assert sorted(e["order"] for e in CONTRACT["environments"].values()) == list(range(1, len(CONTRACT["environments"]) + 1))


def test_services_name_known_namespaces_and_needs():
    for name, service in CONTRACT["services"].items():
        assert service["namespace"] in CONTRACT["namespaces"], name
        assert set(service["needs"]) <= NEEDS, name


def test_a_service_that_needs_events_runs_only_where_there_are_events():
    for name, environment in CONTRACT["environments"].items():
        for service, state in environment["services"].items():
            if any(need.startswith("events") for need in CONTRACT["services"][service]["needs"]):
                assert state == ("run" if environment["events"] else "idle"), (name, service)


def test_regions_are_paired_both_ways():
    assert all(CONTRACT["regions"][region["pair"]]["pair"] == name for name, region in CONTRACT["regions"].items())


def test_the_example_fits_the_schema_and_the_list():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(EXAMPLE, SCHEMA)
    assert {name: service["namespace"] for name, service in EXAMPLE["services"].items()} == \
        {name: service["namespace"] for name, service in CONTRACT["services"].items()}
    assert set(EXAMPLE["namespaces"]) == set(CONTRACT["namespaces"])


@pytest.mark.parametrize("path", ["registry.host", "vault.name", "tenant_id", "services.api.client_id", "database.host", "redis.host", "cluster.id"])
def test_a_renamed_output_is_refused_by_the_schema_and_by_the_step(path, fill):
    """X-17: rename one output on one side only -> red on the other."""
    document = json.loads(json.dumps(EXAMPLE))
    *folders, last = path.split(".")
    place = document
    for folder in folders:
        place = place[folder]
    place[last + "_new"] = place.pop(last)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
    done = fill(f"a: 1\nkey: ${{{path}}}\n", document)
    assert (done.returncode, done.stdout) == (3, "")
    assert "line 2" in done.stderr and path in done.stderr


def test_values_are_filled_and_nothing_else_changes(fill):
    values = "# ${no.such.path} in a comment stays\nimage: ${registry.host}/api  # note\nport: ${database.port}\nevents: \"${events.host:-}\"\nplain: $HOME {x}\n"
    done = fill(values)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ("# ${no.such.path} in a comment stays\nimage: crsentimark0000.azurecr.io/api  # note\nport: 5432\nevents: \"\"\nplain: $HOME {x}\n")


@pytest.mark.parametrize("values", ["a: ${events.host}\n", "a: ${services}\n", "a: ${REGISTRY}\n", "a: ${}\n", "a: ${registry.host.x}\n"])
def test_what_cannot_be_filled_is_refused(values, fill):
    assert fill(values).returncode == 3


@pytest.mark.parametrize("value", ["x\nprivileged: true", "a #b", "x\"y", "{a: b}", ""])
def test_a_document_cannot_add_keys_to_the_values(value, fill):
    document = json.loads(json.dumps(EXAMPLE))
    document["registry"]["host"] = value
    assert fill("image: ${registry.host}\n", document).returncode == 3
