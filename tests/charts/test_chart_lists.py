"""SC-10: where a chart's values are a list, Helm refuses a mapping and a scalar and names the place, so that no such mistake is rendered."""
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rendering  # noqa: E402
from rendering import CHARTS, MAJORS  # noqa: E402


def lists_of(chart):
    """Paths of the lists among the chart's values, as its schema has them; those inside a list's elements aside."""
    schema = json.loads((CHARTS / chart / "values.schema.json").read_text(encoding="utf-8"))

    def walk(part, path):
        part = schema["definitions"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        if part.get("type") == "array":
            yield path
        for name, below in part.get("properties", {}).items():
            yield from walk(below, (*path, name))
    return list(walk(schema, ()))


def values_with(paths, value):
    values = {}
    for path in paths:
        inner = values
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = value
    return values


@pytest.mark.parametrize("chart, some", [("service", ("args",)), ("service", ("podSecurityContext", "supplementalGroups")), ("service", ("route", "paths"))])
def test_the_schema_knows_the_lists(chart, some):
    assert some in lists_of(chart)


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("wrong, word", [({"first": "a"}, "object"), ("a, b", "string"), (True, "boolean")])
@pytest.mark.parametrize("chart", ["service", "platform"])
def test_what_is_no_list_is_refused_by_its_place(chart, wrong, word, major):
    paths = lists_of(chart)
    done = rendering.render(major, CHARTS / chart, [values_with(paths, wrong)])
    assert done.returncode != 0 and paths
    missing = [path for path in paths if f"at '/{'/'.join(path)}': got {word}, want array" not in done.stderr]
    assert missing == [], done.stderr
