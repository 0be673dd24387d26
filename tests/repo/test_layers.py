"""The plan in docs/architecture.md held against the includes of the tree."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
# What a header may take from outside our tree: the C++ standard library, which has no dot in its names, and this one C header.
STANDARD = re.compile(r"^(?:[a-z_]+|stdint\.h)$")


def table():
    """room -> rooms it may include, from the table of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9_-]+) \| ([a-z0-9_ ,-]*) ?\| (.+) \|$", text, re.MULTILINE)
    return {room: set(uses.replace(",", " ").split()) for room, uses, sentence in rows if room != "room" and sentence.strip()}


def rooms():
    return sorted(path.name for path in SRC.iterdir() if path.is_dir() and any(path.glob("*.[ch]pp")))


def closure(room, plan):
    seen, todo = set(), [room]
    while todo:
        for used in plan[todo.pop()]:
            if used not in seen:
                seen.add(used)
                todo.append(used)
    return seen


def violations(sources, plan):
    """sources: path relative to src -> text. Every include that the plan does not allow, as `path: include`."""
    found = []
    for path, text in sources.items():
        room = path.split("/")[0]
        for kind, target in INCLUDE.findall(text):
            if kind == '"' and target.split("/")[0] not in closure(room, plan) | {room}:
                found.append(f"{path}: {target}")
            if kind == "<" and path.endswith(".hpp") and not STANDARD.match(target):
                found.append(f"{path}: {target}")
    return found


def test_every_room_has_one_sentence_and_every_sentence_a_room():
    assert sorted(table()) == rooms()


def test_rooms_include_only_what_the_plan_allows():
    sources = {str(path.relative_to(SRC)): path.read_text(encoding="utf-8") for path in SRC.glob("*/*.[ch]pp")}
    assert len(sources) > 20
    assert violations(sources, table()) == []


def test_the_check_sees_a_wrong_include_and_a_foreign_header():
    plan = {"base": set(), "sys": {"base"}}
    planted = {"base/a.cpp": '#include "sys/clock.hpp"\n', "sys/b.hpp": "#include <curl/curl.h>\n#include <string>\n"}
    assert violations(planted, plan) == ["base/a.cpp: sys/clock.hpp", "sys/b.hpp: curl/curl.h"]


def test_cmake_links_each_room_to_what_the_plan_says():
    for room, uses in table().items():
        cmake = (SRC / room / "CMakeLists.txt").read_text(encoding="utf-8")
        linked = re.search(r"USES([^)]*?)(?:LIBS|\))", cmake)
        assert set(linked.group(1).split() if linked else []) == uses, room
