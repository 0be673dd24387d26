"""verify manifests on a chart: each planted fault is found at its template's own line, and with the values key behind it."""
import json
import pathlib
import subprocess

import fleet
import pytest
from rendering import MAJORS, tools

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "build/dev/bin/verify"
CHART = "tests/data/verify/chart"


def judged(major, *arguments, chart=CHART):
    done = subprocess.run([VERIFY, "manifests", "--chart", chart, "--helm", tools()[major], "--release", "r", "--format", "jsonl", *arguments],
                          capture_output=True, text=True, cwd=ROOT, timeout=300, env={"PATH": "/nonexistent", "HOME": "/nonexistent"})
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def places(rows, rule):
    return sorted((row["file"].removeprefix(CHART + "/"), row["line"]) for row in rows if row["rule"] == rule)


@pytest.mark.parametrize("major", MAJORS)
def test_each_planted_fault_is_found_at_its_template_line(major):
    """B-10: in a template, in a helper, behind toYaml, in the second document of a file, beside a checksum of a helper."""
    done, rows = judged(major, "--values", f"{CHART}/ci/prod.yaml")
    assert done.returncode == 7, done.stderr
    assert places(rows, "SEC-PRIV") == [("templates/_names.tpl", 9)]
    assert places(rows, "IMG-TAG") == [("templates/_names.tpl", 7)]
    assert places(rows, "SEC-ENVSECRET") == [("templates/_names.tpl", 13)]
    assert places(rows, "SEC-PLACE-CTR") == [("templates/deployment.yaml", 21)]
    assert places(rows, "REF-SERVICE") == [("templates/deployment.yaml", 30)]
    # A template that prints a checksum of marked text is marked itself, and without its helpers.
    assert places(rows, "SEC-HOSTNS") == [("templates/checksum.yaml", 8), ("templates/deployment.yaml", 18)]


@pytest.mark.parametrize("major", MAJORS)
def test_the_values_key_behind_a_finding_is_tried_out(major):
    """B-10: the key, its file and line; none where no key changes what is found."""
    _, rows = judged(major, "--values", f"{CHART}/ci/prod.yaml")
    behind = {row["rule"]: (row.get("valuesFile", "").removeprefix(CHART + "/"), row.get("valuesKey"), row.get("valuesLine"))
              for row in rows if row["kind"] == "Deployment"}
    assert behind["SEC-HOSTNS"] == ("ci/prod.yaml", "hostNetwork", 2)
    assert behind["IMG-TAG"][1] in ("image.tag", "image.repository")
    assert behind["SEC-ENVSECRET"] == ("values.yaml", "extraEnv.API_TOKEN", 9)
    assert behind["SEC-PLACE-CTR"] == ("values.yaml", "podSecurity.readOnlyRootFilesystem", 6)
    assert behind["SEC-PRIV"] == ("", None, None)


@pytest.mark.parametrize("major", MAJORS)
def test_a_template_that_looks_at_its_own_text_has_no_line_and_says_so(major, tmp_path):
    """B-10: a line is told or unknown, never guessed."""
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates/_p.tpl").write_text('{{- define "p" }}\nspec:\n  hostPID: true\n  containers: []\n{{- end }}\n')
    (chart / "templates/p.yaml").write_text(
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {size: "{{ len (include "p" .) }}"}}\n{{- tpl (include "p" . | replace "true" "true") . }}\n')
    _, rows = judged(major, chart=str(chart))
    found = [row for row in rows if row["rule"] == "SEC-HOSTNS"]
    assert [(row["file"], row["line"]) for row in found] in ([(str(chart / "templates/p.yaml"), 4)], [(str(chart / "templates/p.yaml"), "unknown")])
    broken = chart / "templates/self.yaml"
    broken.write_text('{{- $t := include "q" . }}\n{{ $t }}\n# {{ len $t }}\n')
    (chart / "templates/q.yaml").write_text('{{- define "q" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec: {hostIPC: true, containers: []}\n{{- end }}\n')
    _, rows = judged(major, chart=str(chart))
    assert [(row["file"], row["line"]) for row in rows if row["rule"] == "SEC-HOSTNS" and row["name"] == "q"] == [(str(broken), "unknown")]


@pytest.mark.parametrize("major", MAJORS)
def test_a_chart_that_cannot_be_rendered_is_told_in_helms_words(major, tmp_path):
    done, rows = judged(major, "--values-inline", "replicas: [", chart=CHART)
    assert done.returncode == 3 and "values-inline:1:" in done.stderr
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates/p.yaml").write_text("{{ fail \"not today\" }}\n")
    done, rows = judged(major, chart=str(chart))
    assert done.returncode == 3 and "not today" in done.stderr and rows == []
    done = subprocess.run([VERIFY, "manifests", "--chart", CHART, "--helm", "/nonexistent/helm"], capture_output=True, text=True, cwd=ROOT, env={})
    assert done.returncode == 3 and "/nonexistent/helm" in done.stderr


@pytest.mark.parametrize("major", MAJORS)
def test_our_own_charts_keep_the_restricted_level_and_every_finding_has_a_line(major, tmp_path):
    """B-10, B-12 on a chart of real size: helpers in a library chart, guards, a schema."""
    files = []
    for number, text in enumerate([*fleet.values("api", "dev"), fleet.RELEASE]):
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text(text if isinstance(text, str) else json.dumps(text))
    done, rows = judged(major, "--values", "\n".join(map(str, files)), "--rules", "lint,pss", "--part",
                        "--release", "api", "--namespace", "sentimark-web", chart="charts/service")
    assert rows, done.stderr
    assert [row for row in rows if row["verdict"] == "fail" and row["rule"].startswith("SEC-")] == []
    assert [row for row in rows if row["level"] == "restricted" and row["verdict"] == "fail"] == []
    assert [row["rule"] for row in rows if row["line"] == "unknown" and row["verdict"] != "pass"] == []


@pytest.mark.parametrize("major", MAJORS)
def test_the_patch_mends_the_template_itself(major, tmp_path):
    """B-11: a unified diff against the template, applied by git, after which nothing stands in the wrong place."""
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("image: r.io/x:1\n")
    (chart / "templates/_spec.tpl").write_text(
        '{{- define "spec" }}\nsecurityContext:\n  readOnlyRootFilesystem: true\n  fsGroup: 10001\ncontainers:\n  - name: a\n    image: {{ .Values.image }}\n{{- end }}\n')
    (chart / "templates/d.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: 2\n  selector: {matchLabels: {a: b}}\n"
        "  template:\n    metadata: {labels: {a: b}}\n    spec: {{- include \"spec\" . | nindent 6 }}\n")

    def verify():
        done = subprocess.run([VERIFY, "manifests", "--chart", "c", "--helm", tools()[major], "--format", "jsonl", "--patch-file", "c.diff"],
                              capture_output=True, text=True, cwd=tmp_path, timeout=120, env={})
        return [row["rule"] for row in map(json.loads, done.stdout.splitlines()) if row["rule"].startswith("SEC-PLACE")]
    assert verify() == ["SEC-PLACE-CTR"]
    diff = (tmp_path / "c.diff").read_text()
    assert "--- c/templates/_spec.tpl\n" in diff and "-  readOnlyRootFilesystem: true\n" in diff
    subprocess.run(["git", "apply", "-p0", "c.diff"], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert verify() == []
    assert "    securityContext:\n      readOnlyRootFilesystem: true\n" in (chart / "templates/_spec.tpl").read_text()
