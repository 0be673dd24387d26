"""The command verify jsonpath beside an implementation that is not ours, on queries and documents nobody wrote by hand."""
import json
import os
import pathlib
import random
import subprocess

import jsonpath_rfc9535
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "build/dev/bin/verify"
COUNT = int(os.environ.get("SENTIMARK_SEEDS", "400"))
NAMES = ["a", "b", "c", "ab", "☺", "_x", "a b", "'", "\\", "\n", ""]
PATTERNS = ["a.*", "[ab]+", "b", "\\\\p{L}", "a{1,2}", "(a|b)c?", ".", "^a", "[^a]", "(", "\\\\d", "a**"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def document(self, depth=0):
        kind = self.random.randrange(10 if depth < 3 else 7)
        if kind < 7:
            return self.random.choice([None, True, False, 0, 1, -1, 2, 3, 1.5, 1e3, 10, "a", "b", "ab", "abc", "", "☺"])
        if kind < 9 and depth % 2 == 0:
            return {self.random.choice(NAMES): self.document(depth + 1) for _ in range(self.random.randrange(5))}
        return [self.document(depth + 1) for _ in range(self.random.randrange(5))]

    def blank(self):
        return self.random.choice(["", "", "", "", " ", "\t", "\n "])

    def string(self):
        name = self.random.choice(NAMES)
        quote = self.random.choice("'\"")
        escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, "\\" + quote)
        return quote + (escaped.replace("☺", "\\u263A") if self.random.random() < 0.3 else escaped) + quote

    def integer(self):
        return str(self.random.choice([0, 1, 2, 3, -1, -2, -3, 7]))

    def selector(self, depth):
        kind = self.random.randrange(7)
        if kind == 0:
            return "*"
        if kind == 1:
            return self.integer()
        if kind == 2:
            part = lambda: self.random.choice(["", self.integer()]) + self.blank()
            return part() + ":" + self.blank() + part() + (":" + self.blank() + part().strip() if self.random.random() < 0.5 else "")
        if kind == 3 and depth < 2:
            return "?" + self.blank() + self.logical(depth + 1)
        return self.string()

    def segment(self, depth):
        kind = self.random.randrange(6)
        if kind == 0:
            return "." + self.random.choice(["a", "b", "ab", "☺", "_x", "*"])
        if kind == 1:
            return ".." + self.random.choice(["a", "*", "[0]", "['b']"])
        return "[" + self.blank() + ("," + self.blank()).join(self.selector(depth) for _ in range(self.random.choice([1, 1, 1, 2]))) + self.blank() + "]"

    def query(self, root="$", depth=0):
        # Never the bare @: the other implementation takes its value for nodes.
        count = self.random.randrange(4) if depth == 0 else self.random.choice([1, 1, 2])
        return root + "".join(self.segment(depth) for _ in range(count))

    def singular(self):
        parts = [".a", ".b", "['ab']", "[0]", "[-1]", "['☺']"]
        return self.random.choice("@@@$") + "".join(self.random.choice(parts) for _ in range(self.random.randrange(3)))

    def comparable(self):
        return self.random.choice([self.singular, self.singular, self.string, self.integer, lambda: self.random.choice(["null", "true", "false", "1.5", "1e3", "-0", "0.1E+1"]),
                                   lambda: f"length({self.singular()})", lambda: f"count({self.query('@', 2)})", lambda: f"value({self.query('@', 2)})"])()

    def logical(self, depth):
        kind = self.random.randrange(8)
        if kind < 3:
            return self.comparable() + self.blank() + self.random.choice(["==", "!=", "<", "<=", ">", ">="]) + self.blank() + self.comparable()
        if kind == 3:
            return self.random.choice(["", "!"]) + self.query("@", 2)
        if kind == 4:
            return f"{self.random.choice(['match', 'search'])}({self.singular()}{self.blank()},{self.blank()}'{self.random.choice(PATTERNS)}')"
        if depth > 3:
            return "@.a"
        joined = self.logical(depth + 1) + self.blank() + self.random.choice(["&&", "||"]) + self.blank() + self.logical(depth + 1)
        return joined if kind == 5 else self.random.choice(["", "!"]) + "(" + joined + ")"


def ours(query, text):
    done = subprocess.run([VERIFY, "jsonpath", "--", query], input=text, capture_output=True, text=True)
    assert done.returncode in (0, 2), (query, done.stderr)
    return json.loads(done.stdout) if done.returncode == 0 else None


def theirs(query, document):
    try:
        return [node.value for node in jsonpath_rfc9535.find(query, document)]
    except jsonpath_rfc9535.JSONPathError:
        return None


def same(left, right):
    # Python takes True for 1; JSON does not.
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def test_queries_select_what_another_implementation_selects():
    different, selected = [], 0
    for seed in range(COUNT):
        maker = Maker(seed)
        query, text = maker.query(), json.dumps(maker.document(), ensure_ascii=False)
        mine, other = ours(query, text), theirs(query, json.loads(text))
        selected += bool(mine)
        if not same(mine, other):
            different.append((query, text, mine, other))
    assert different == []
    assert selected > COUNT / 10


@pytest.mark.parametrize("query", ["", "$ ", "$.a[", "$[01]", "$[?@.a==]", "$[?length(@.a)]", "$[?@.*==1]", "$[?foo(@)]", "$['\\x']"])
def test_both_refuse(query):
    assert ours(query, "{}") is None and theirs(query, {}) is None


def test_a_document_of_a_million_values_comes_through_a_pipe(tmp_path):
    text = json.dumps([{"n": number, "s": "x" * 20} for number in range(300_000)])
    (tmp_path / "large.json").write_text(text, encoding="utf-8")
    assert ours("$[?@.n>299998].n", text) == [299999]
    done = subprocess.run([VERIFY, "jsonpath", "$[-1].n", tmp_path / "large.json"], capture_output=True, text=True, check=True)
    assert done.stdout == "[299999]\n"
