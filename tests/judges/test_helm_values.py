"""DP-05: values merged by our own rules, judged by what the templates of real Helm 3 and 4 see."""
import json
import pathlib
import random
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "charts")]
from rendering import MAJORS, helm  # noqa: E402
from test_helm_charts import CHART, judged, write  # noqa: E402

# chart defaults, then the files in their order.
CORPUS = {
    "nothing": ("", []), "defaults": ("a: 1\nb: {c: 2}\n", []), "one-file": ("a: 1\n", ["b: 2\n"]), "later-wins": ("a: 1\n", ["a: 2\n", "a: 3\n"]),
    "maps-merge": ("m: {a: 1, b: {c: 2, d: 3}}\n", ["m: {b: {c: 4}}\n", "m: {e: 5}\n"]), "lists-replace": ("l: [1, 2, 3]\n", ["l: [4]\n", "l: []\n"]), "list-of-maps": ("l: [{a: 1, b: 2}]\n", ["l: [{a: 3}]\n"]),
    "map-over-scalar": ("a: 1\n", ["a: {b: 2}\n"]), "scalar-over-map": ("a: {b: 2}\n", ["a: 1\n"]), "scalar-over-map-between-files": ("", ["a: {b: 2}\n", "a: 1\n"]), "map-over-list": ("a: [1]\n", ["a: {b: 2}\n"]),
    "null-deletes": ("a: 1\nb: 2\n", ["a: null\n"]), "null-deletes-a-map": ("m: {a: 1}\nk: 1\n", ["m: null\n"]), "null-deletes-below": ("m: {a: 1, b: 2}\n", ["m: {a: null}\n"]), "null-deletes-deep": ("m: {n: {a: 1, b: 2}}\n", ["m: {n: {a: ~}}\n"]),
    "null-without-default": ("a: 1\n", ["b: null\n"]), "null-without-default-below": ("m: {a: 1}\n", ["m: {b: null}\n"]), "null-below-nothing": ("a: 1\n", ["m: {b: null}\n"]), "null-then-value": ("a: 1\n", ["a: null\n", "a: 2\n"]),
    "value-then-null": ("a: 1\n", ["a: 2\n", "a: null\n"]), "null-then-map": ("m: {a: 1, b: 2}\n", ["m: null\n", "m: {c: 3}\n"]), "null-in-list": ("l: [1]\n", ["l: [null, {a: null}]\n"]), "null-default": ("a: null\nm: {b: null}\n", []),
    "null-default-filled": ("a: null\n", ["a: {b: 1}\n"]), "null-default-and-null": ("a: null\nm: {b: null}\n", ["a: null\nm: {b: null}\n"]), "empty-map": ("m: {a: 1}\n", ["m: {}\n"]), "empty-list": ("l: [1]\n", ["l: []\n"]),
    "empty-string": ("s: x\n", ["s: ''\n"]), "false-and-zero": ("a: true\nb: 1\n", ["a: false\nb: 0\n"]), "deep": ("a: {b: {c: {d: {e: 1, f: 2}}}}\n", ["a: {b: {c: {d: {e: 3}}}}\n", "a: {b: {c: {d: {g: 4}}}}\n"]),
    "scalars": ("", ["a: yes\nb: 'yes'\nc: 010\nd: 0o10\ne: 1_000\nf: 0x1f\ng: 1.5\nh: 1e3\ni: .5\nj: -7\nk: ~\nl: v1\nm: 12:30\nn: 2020-01-01\no: '1'\np: 1.0\nq: 100000000000\nr: +1\ns: on\nt: OFF\n"]),
    "keys": ("", ["yes: 1\n1: 2\n'a.b': 3\n'': 4\ntrue: 5\n~: 6\n"]), "anchors": ("", ["base: &b {x: 1, y: {z: 2}}\nuse: {<<: *b, x: 3}\nagain: *b\n"]), "anchors-are-of-one-file": ("base: &b {x: 1}\nuse: *b\n", ["base: {x: 2}\n"]),
    "blocks": ("", ["a: |\n  one\n  two\nb: >-\n  three\n  four\nc: |+\n  end\n\n"]), "utf8": ("ü: {日: ä}\n", ["ü: {日: ö}\n"]), "quotes": ("", ["a: \"x\\ty\\u00e9\"\nb: 'it''s'\n"]),
    "comment-only": ("a: 1\n", ["# nothing\n"]), "document-mark": ("a: 1\n", ["---\na: 2\n"]), "doubled-in-defaults": ("a: 1\nb: 2\na: 3\n", ["b: 4\n"]), "doubled-map-in-defaults": ("m: {a: 1}\nn: 1\nm: {b: 2}\n", []),
    "global": ("global: {a: 1, b: {c: 2}}\n", ["global: {b: {d: 3}}\n"]), "html": ("", ["a: '<b>&'\n"]),
    "sub": ("sub: {a: 2}\n", []), "sub-file": ("sub: {a: 2}\n", ["sub: {b: 3}\n"]), "sub-null": ("", ["sub: {a: null}\n"]), "sub-null-in-parent": ("sub: {a: null}\n", []), "sub-map-null": ("sub: {m: null}\n", []), "sub-deep": ("sub: {m: {n: {p: 9}}}\n", ["sub: {m: {n: {q: 8}}}\n"]),
    "sub-global": ("global: {a: 1}\n", ["global: {b: 2}\n"]), "sub-own-global": ("global: {a: 1, m: {x: 1}}\nsub: {global: {a: 3, c: 4, m: {y: 2}}}\n", ["global: {a: 5}\n"]), "sub-inner": ("sub: {inner: {a: 5}}\n", ["sub: {inner: {deep: {c: 1}}}\n"]),
    "aliased": ("first: {a: 7}\n", ["second: {b: 8}\n"]), "aliased-null": ("first: {m: {x: null}}\n", ["second: null\n"]),
}
SHOW = "all: {{ toJson .Values | quote }}\n"
SUB = "a: 1\nm: {x: 1, n: {p: 2, q: 3}}\nglobal: {c: 0, m: {z: 3}}\n"


def chart_of(folder, title, defaults):
    files = {"Chart.yaml": CHART, "values.yaml": defaults, "templates/show.yaml": SHOW}
    sub = {"Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n", "values.yaml": SUB, "templates/x.yaml": "", "charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 1.0.0\n",
           "charts/inner/values.yaml": "a: 1\ndeep: {b: 2}\n"}
    if title.startswith(("sub", "aliased")):
        files |= {"charts/sub/" + name: text for name, text in sub.items()}
    if title.startswith("aliased"):
        files["Chart.yaml"] = CHART + "dependencies:\n- {name: sub, version: 1.x, alias: first, repository: ''}\n- {name: sub, version: 1.x, alias: second, repository: ''}\n"
    return write(folder, files)


def helms(major, chart, files):
    """What the templates see; None when Helm refuses."""
    done = helm(major, "template", "r", chart, *[word for file in files for word in ("-f", file)])
    if done.returncode != 0:
        return None
    text = done.stdout[done.stdout.index("all: ") + 5:].split("\n---")[0]
    return json.loads(json.loads(text.strip()))


def ours(major, chart, files):
    told = json.loads(judged("values", major, chart, *files))
    assert "error" in told or told["values"] == told["of-merged"], told
    return told


@pytest.mark.parametrize("major", MAJORS)
def test_the_story_ends_in_what_the_templates_see(major, tmp_path):
    """Each case with its files one by one as helm -f, and merged by us into the one file that is sent."""
    differ = []
    for title, (defaults, texts) in CORPUS.items():
        chart = chart_of(tmp_path / title, title, defaults)
        files = [write(tmp_path, {f"{title}-{number}.yaml": text}) / f"{title}-{number}.yaml" for number, text in enumerate(texts)]
        theirs, mine = helms(major, chart, files), ours(major, chart, files)
        if theirs is None or "error" in mine:
            differ += [(title, theirs, mine)] if (theirs is None) != ("error" in mine) else []
            continue
        sent = write(tmp_path, {"sent.json": json.dumps(mine["merged"])}) / "sent.json"
        if mine["values"] != theirs or helms(major, chart, [sent]) != theirs:
            differ.append((title, theirs, mine["values"]))
    assert differ == []


def some_value(dice, depth):
    kind = dice.random()
    if depth > 0 and kind < 0.5:
        return {dice.choice("abcd"): some_value(dice, depth - 1) for _ in range(dice.randint(0, 3))}
    if kind < 0.6:
        return [some_value(dice, depth - 1) if depth > 0 else 1 for _ in range(dice.randint(0, 2))]
    return dice.choice([None, None, 0, 1, "", "x", True, False, 1.5])


def some_map(dice):
    return {name: some_value(dice, 3) for name in dice.sample("abcde", dice.randint(0, 4))}


def test_random_values_end_in_what_the_templates_see(tmp_path):
    """Both majors agree with us on hundreds of random defaults and files."""
    dice = random.Random(20260101)
    for number in range(120):
        chart = chart_of(tmp_path / f"c{number}", "plain", json.dumps(some_map(dice)))
        files = [write(tmp_path, {f"{number}-{layer}.yaml": json.dumps(some_map(dice))}) / f"{number}-{layer}.yaml" for layer in range(dice.randint(0, 3))]
        major = MAJORS[number % 2]
        theirs, mine = helms(major, chart, files), ours(major, chart, files)
        assert theirs == mine.get("values"), (number, (chart / "values.yaml").read_text(), [file.read_text() for file in files])
