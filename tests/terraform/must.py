"""Reads must.yaml and judges what Terraform made by it."""
import dataclasses
import pathlib

import yaml

FILE = pathlib.Path(__file__).with_name("must.yaml")
ABSENT = "nothing there"


@dataclasses.dataclass(frozen=True)
class Entry:
    name: str  # type, part of the address, argument
    kind: str
    within: str
    path: str
    rows: tuple
    wanted: dict  # environment -> value
    has: bool

    def judge(self, made, environment):
        """None if it holds, else what was found instead."""
        found = made.of(self.kind, self.within)
        if not found:
            return "no such resource"
        for address, values in found:
            value = read(values, self.path)
            ok = self.wanted[environment] in value if self.has and isinstance(value, list) else same(value, self.wanted[environment])
            if not ok:
                return f"{address} has {value!r}, not {self.wanted[environment]!r}"
        return None


@dataclasses.dataclass(frozen=True)
class Presence:
    name: str
    kind: str
    within: str
    rows: tuple
    where: tuple
    count: int | None

    def judge(self, made, environment):
        found = len(made.of(self.kind, self.within))
        if environment not in self.where:
            return f"{found} of them, where none may be" if found else None
        if self.count is not None and found != self.count:
            return f"{found} of them, not {self.count}"
        return None if found else "none of them"


def same(value, wanted):
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(item in wanted for item in value)
    # An empty map, list or null of the plan is the same absence.
    return value == wanted or not value and not wanted and value is not False and wanted is not False and value != 0 and wanted != 0


def read(values, path):
    parts = path.split(".")
    place = [values]
    many = False
    for index, part in enumerate(parts):
        following = []
        for item in place:
            if isinstance(item, list) and part == "*":
                many = True
                following += item
            elif isinstance(item, list):
                following += [item[int(part)]] if part.isdigit() and int(part) < len(item) else []
            elif isinstance(item, dict):
                following += [item[part]] if part in item else []
        place = following
    return place if many else place[0] if place else ABSENT


def load(environments, file=FILE):
    entries, presences = [], []
    for key, group in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        kind, _, within = key.partition(" ")
        where = tuple(group.get("in", environments))
        presences.append(Presence(key, kind, within, tuple(group["rows"]), where, group.get("count")))
        for path, wish in group["must"].items():
            rows, has = tuple(group["rows"]), False
            wanted = dict.fromkeys(where, wish)
            if isinstance(wish, dict):
                rows += tuple(wish.get("rows", ()))
                has = "has" in wish
                wanted = wish["by"] if "by" in wish else dict.fromkeys(where, wish["has"] if has else wish["is"])
            entries.append(Entry(f"{key}: {path}", kind, within, path, rows, wanted, has))
    return entries, presences


def failures(made_by_environment, entries, row=None):
    """'entry in environment: what was found' for each entry (of the row) that does not hold."""
    wrong = []
    for entry in entries:
        if row is None or row in entry.rows:
            for environment, made in made_by_environment.items():
                applies = environment in entry.wanted if isinstance(entry, Entry) else True
                found = entry.judge(made, environment) if applies else None
                if found:
                    wrong.append(f"{entry.name} in {environment}: {found}")
    return wrong
