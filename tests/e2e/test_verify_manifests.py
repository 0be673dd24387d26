"""verify manifests as a program: exit codes, streams, hostile input in bounded time and memory, files it writes. No cluster."""
import json
import os
import pathlib
import resource
import subprocess
import xml.etree.ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "build/dev/bin/verify"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec:\n  containers:\n  - name: c\n    image: r.io/x:1\n"
MEBI = 1 << 20


def verify(*arguments, text=None, env=None, memory=None):
    """The program in an empty environment; `memory` bounds its address space in bytes."""
    def bound():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    return subprocess.run([VERIFY, "manifests", *map(str, arguments)], input=text, capture_output=True, timeout=120,
                          env=env or {}, preexec_fn=bound)


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_pod_security_alone_exits_7_and_0_and_names_the_checks(tmp_path):
    """B-12"""
    bad = tmp_path / "bad.yaml"
    bad.write_text(POD % 1)
    done = verify("--rules", "pss", "--pss-level", "restricted", "--kube-version", "1.30", "--format", "jsonl", bad)
    assert done.returncode == 7
    assert {row["rule"] for row in rows(done)} == {"allowPrivilegeEscalation", "capabilities_restricted", "runAsNonRoot", "seccompProfile_restricted"}
    keys = {"rule", "level", "verdict", "kind", "name", "namespace", "path", "file", "line", "message", "fix"}
    assert all(keys <= set(row) and row["file"] == str(bad) and row["line"] == 6 for row in rows(done))
    done = verify("--rules", "pss", "--pss-level", "baseline", "--kube-version", "1.30", "--format", "jsonl", "-", text=(POD % 1).encode())
    assert (done.returncode, [row["verdict"] for row in rows(done)]) == (0, ["pass"])


@pytest.mark.parametrize("text, place", [
    (b"apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c", b":3:21: a key must be a plain value, or a bracket here is never closed"),
    (b"kind: Pod\nmetadata:\n  name: \xff\xfe\n", b":3:9: "),
    (b"kind: Pod\nmetadata:\n\tname: x\n", b"line 3 is indented by a tab"),
    (b"a: &a [x]\nb: *c\n", b":2:4: "),
    (b"kind: Pod\nspec: " + b"[" * 100_000, b":2:"),
    (b"%s" % b"\n".join([b"kind: A", b"l0: &l0 [x,x,x,x,x,x,x,x,x]"] + [b"l%d: &l%d [%s]" % (i, i, b",".join([b"*l%d" % (i - 1)] * 9)) for i in range(1, 12)]),
     b"more than 4000000 values"),
    (b"{\"kind\": \"Pod\", \"a\": " * 60_000, b"never closed"),
    (b"{\"kind\": \"Pod\", \"a\": " * 200 + b"1" + b"}" * 200, b"nested deeper than 100 levels"),
], ids=["cut-short", "not-utf-8", "tab", "unknown-alias", "brackets", "alias-bomb", "open-json", "deep-json"])
def test_what_cannot_be_read_is_named_with_its_place_in_bounded_memory(text, place):
    """B-10: exit 3 with file:line:column; a bomb of 400 bytes and brackets without end cost next to nothing."""
    done = verify("-", text=text, memory=1536 * MEBI)
    assert done.returncode == 3, done.stderr[:500]
    assert b"<stdin>:" in done.stderr and place in done.stderr, done.stderr[:500]


def test_a_stream_of_a_hundred_megabytes_is_refused_unread(tmp_path):
    big = tmp_path / "big.yaml"
    with open(big, "wb") as file:
        file.truncate(100 * MEBI)
    done = verify(big, memory=256 * MEBI)
    assert done.returncode == 3 and b"big.yaml" in done.stderr


def test_ten_thousand_documents_are_all_judged():
    text = "---\n".join(POD % i for i in range(10_000)).encode()
    done = verify("--rules", "pss", "--pss-level", "baseline", "--format", "jsonl", "-", text=text)
    found = rows(done)
    assert done.returncode == 0 and len(found) == 10_000
    assert found[-1]["name"] == "p9999" and found[-1]["line"] == 9999 * 8 + 1


def cpu_of(count, tmp_path):
    """CPU seconds of all rules on this many objects, the least of three runs."""
    file = tmp_path / f"{count}.yaml"
    deployment = (ROOT / "tests/data/verify/deployment.yaml").read_text()
    file.write_text("---\n".join(deployment.replace("NAME", f"d{i}") for i in range(count)))
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert verify("--format", "jsonl", file).returncode in (0, 7)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_cost_grows_in_line_with_the_objects(tmp_path):
    """Sixteen times the objects cost at most 32 times the CPU: what is quadratic would cost 256 times."""
    assert cpu_of(4_000, tmp_path) < 32 * max(cpu_of(250, tmp_path), 0.02)


def test_sarif_and_junit_files_can_be_read_by_others(tmp_path):
    (tmp_path / "p.yaml").write_text(POD % 1 + "  hostPID: true\n")
    done = verify("--sarif-file", tmp_path / "v.sarif", "--junit-file", tmp_path / "v.xml", tmp_path / "p.yaml")
    assert done.returncode == 7
    run = json.loads((tmp_path / "v.sarif").read_text())["runs"][0]
    errors = [result for result in run["results"] if result["level"] == "error"]
    assert [result["ruleId"] for result in errors] == ["SEC-HOSTNS"]
    assert errors[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 8
    suite = xml.etree.ElementTree.parse(tmp_path / "v.xml").getroot()
    assert suite.get("failures") == "1" and len(suite.findall(".//failure")) == 1


def test_in_actions_the_step_tells_it_in_every_way(tmp_path):
    """B-10: annotations at file and line, summary, outputs, and a SARIF file that nobody asked for."""
    (tmp_path / "p.yaml").write_text((POD % 1 + "  hostPID: true\n") * 1)
    env = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "out"), "GITHUB_STEP_SUMMARY": str(tmp_path / "sum.md"), "RUNNER_TEMP": str(tmp_path)}
    done = verify(tmp_path / "p.yaml", env=env)
    assert done.returncode == 7
    assert f"::error file={tmp_path}/p.yaml,line=8,col=3,title=verify::SEC-HOSTNS%3A" in done.stderr.decode() or \
        f"::error file={tmp_path}/p.yaml,line=8,col=3,title=verify::SEC-HOSTNS:" in done.stderr.decode(), done.stderr.decode()
    assert (tmp_path / "sum.md").read_text().startswith("## ❌ Manifests: 1 of 1 objects fail")
    outputs = (tmp_path / "out").read_text()
    sarif = outputs.split("sarif-file<<")[1].splitlines()[1]
    assert os.path.exists(sarif) and "verdict<<" in outputs and "\nfail\n" in outputs
