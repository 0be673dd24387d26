"""The entries of must.yaml can fail: change the sources, or what was made of them, and the entry that names it goes red.

Here a sample of the sources' mutants, drawn anew every day and printed; scripts/soak terraform goes through all of them.
"""
import copy
import datetime
import pathlib
import random
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hcl  # noqa: E402
import must  # noqa: E402
import mutate  # noqa: E402
from offline import ENVIRONMENTS, ROOT, everything, needs_schema  # noqa: E402

ENTRIES, PRESENCES = must.load(ENVIRONMENTS)
SAMPLE = 5


class Altered:
    """What was made, with one kind of resource replaced."""

    def __init__(self, made, kind, within, alter):
        self.made, self.kind, self.within, self.alter = made, kind, within, alter

    def of(self, kind, within=""):
        return [pair for address, values in self.made.of(kind, within) for pair in self.alter(address, copy.deepcopy(values))]


@needs_schema
def test_every_entry_and_every_presence_sees_its_resource_vanish():
    blind = []
    for environment, made in everything().items():
        for entry in ENTRIES + PRESENCES:
            where = entry.wanted if isinstance(entry, must.Entry) else entry.where
            if environment in where:
                without = Altered(made, entry.kind, entry.within, lambda address, values: [])
                blind += [] if entry.judge(without, environment) else [f"{entry.name} in {environment}"]
    assert blind == []


@needs_schema
def test_every_promised_absence_and_count_sees_one_too_many():
    blind, seen = [], 0
    for environment, made in everything().items():
        for presence in PRESENCES:
            if environment not in presence.where or presence.count is not None:
                more = Altered(made, presence.kind, presence.within, lambda address, values: [(address, values)] * 2)
                more.of = lambda kind, within="", found=made.of(presence.kind, presence.within): [*found, ("one.more", {})]
                seen += 1
                blind += [] if presence.judge(more, environment) else [f"{presence.name} in {environment}"]
    assert blind == [] and seen > 30


@needs_schema
def test_the_argument_of_every_entry_is_found_in_the_sources():
    """So that none of the soak's mutants is silently none."""
    lost = []
    for entry in ENTRIES:
        environment = next(iter(entry.wanted))
        address, _ = everything()[environment].of(entry.kind, entry.within)[0]
        leaf = entry.path.split(".")[-1]
        if leaf not in mutate.BLOCKS and not mutate.places(ROOT, entry, address):
            lost.append(entry.name)
    assert lost == []


@needs_schema
def test_a_sample_of_changed_arguments_goes_red():
    seed = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d")
    chosen = random.Random(seed).sample([(entry, environment) for entry in ENTRIES for environment in entry.wanted], SAMPLE)
    print(f"sample of {seed}:", *(f"{entry.name} in {environment}" for entry, environment in chosen), sep="\n  ")
    made = everything()
    assert [found for entry, environment in chosen if (found := mutate.survives(entry, environment, made[environment]))] == []


def test_arguments_are_found_where_they_stand():
    text = 'resource "a" "b" {\n  x = [\n    "}",\n  ]\n\n  dynamic "c" {\n    for_each = [1]\n    content {\n      y = 1 # {\n    }\n  }\n}\n'
    assert [(path, labels, first, last) for path, labels, first, last in hcl.arguments(text)] == [
        (["resource", "x"], ["a", "b"], 1, 3), (["resource", "c", "y"], ["a", "b"], 8, 8)]
    assert hcl.wrap(text, 8, 8, lambda expression: f"!({expression})").split("\n")[8] == "      y = !(1)"
    assert hcl.wrap('a = "x # y" # z', 0, 0, lambda expression: f"({expression})") == 'a = ("x # y")'


@pytest.mark.parametrize("value, expression", [(True, "!(a)"), (3, "try((a) + 1, a)"), ("s", 'try(format("%sx", a), a)'), ([1], "[]"), ([], '["x"]'), ({"k": 1}, "{}")])
def test_a_changed_value_is_another_of_the_same_type(value, expression):
    assert mutate.changed(value, "a") == expression
