"""actions/verify with the real program in bin-dir, run as the runner runs it, and its README: what that shows is what the program says. No cluster."""
import http.server
import json
import os
import pathlib
import re
import sys
import threading
import xml.etree.ElementTree

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "actions"))
from action_file import ROOT, Run, declared, evaluate  # noqa: E402

BIN = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin"))
ACTION = ROOT / "actions/verify/action.yml"
README = (ROOT / "actions/verify/README.md").read_text(encoding="utf-8")
SHOWN = [(language, text) for _, language, text in re.findall(r"^(`{3,})(\w+)\n(.*?)^\1$", README, re.MULTILINE | re.DOTALL) if "\njobs:" not in text]


def shown(language, number=0):
    return [text for found, text in SHOWN if found == language][number]


class Step:
    """The action on the README's files in its workspace."""

    def __init__(self, folder, inputs):
        (folder / "workspace").mkdir(exist_ok=True)
        for name, text in (("prices.yaml", shown("yaml")), ("smoke.hurl", shown("hurl")), ("live.json", shown("json"))):
            (folder / "workspace" / name).write_text(text, encoding="utf-8")
        (folder / "summary").write_text("")
        machine = {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
        done = Run(ACTION, {"bin-dir": str(BIN), "allow-unlocked": "true"} | inputs, folder, machine=machine)
        notice, *lines = done.printed.splitlines()
        assert notice.startswith("::notice title=verify::Running ") and "allow-unlocked" in notice
        self.code, self.outputs, self.lines, self.summary = done.code, done.outputs, lines, (folder / "summary").read_text(encoding="utf-8")

    def log(self):
        """As the runner shows it: what a command is wrapped in is gone, and the result comes first, as it does on a screen."""
        plain = [line for line in self.lines if not line.startswith("::")]
        told = [re.sub(r"^::(\w+) .*?::", lambda found: f"{found[1].capitalize()}: ", line) for line in self.lines if line.startswith("::")]
        return "\n".join(plain + told) + "\n"


@pytest.fixture
def service():
    class Degraded(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"status":"degraded"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Degraded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


MANIFESTS = {"command": "manifests", "file": "prices.yaml", "rules": "lint"}


def test_the_readmes_manifests_are_judged_as_it_shows(tmp_path):
    done = Step(tmp_path, MANIFESTS)
    assert done.code == 7
    assert done.log() == shown("text", 0)
    assert done.summary == shown("markdown")


def test_the_readmes_checks_fail_as_it_shows(tmp_path, service):
    """DV-04"""
    done = Step(tmp_path, {"command": "http", "file": "smoke.hurl", "variable": f"base={service}"})
    assert done.code == 7
    assert re.sub(r"\d+ ms", "2 ms", done.log()) == shown("text", 1)


def test_the_readmes_objects_are_as_healthy_as_it_shows(tmp_path):
    done = Step(tmp_path, {"command": "health", "file": "live.json"})
    assert done.code == 7
    assert done.log() == shown("text", 2)


def test_every_command_gives_its_outputs(tmp_path, service):
    (tmp_path / "other").mkdir()
    done = Step(tmp_path, MANIFESTS | {"junit-file": "m.xml"})
    assert (done.outputs["verdict"], done.outputs["status"], done.outputs["junit-file"]) == ("fail", "refused", "m.xml")
    sarif = json.loads(pathlib.Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
    levels = [result["level"] for result in sarif["runs"][0]["results"]]
    assert (levels.count("error"), levels.count("warning")) == (int(done.outputs["failures"]), int(done.outputs["warnings"])) and levels.count("error") > 0
    assert pathlib.Path(done.outputs["summary-file"]).read_text(encoding="utf-8") == done.summary != ""
    done = Step(tmp_path, {"command": "http", "file": "smoke.hurl\n", "variable": f"base={service}", "junit-file": "h.xml"})
    assert (done.outputs["verdict"], done.outputs["failures"], done.outputs["warnings"], done.outputs["junit-file"], done.outputs["sarif-file"]) == ("fail", "1", "0", "h.xml", "")
    assert len(xml.etree.ElementTree.parse(tmp_path / "workspace/h.xml").getroot().findall(".//failure")) == 1
    done = Step(tmp_path, {"command": "health", "file": "live.json"})
    assert (done.outputs["verdict"], done.outputs["failures"], done.outputs["junit-file"]) == ("fail", "1", "")


def test_verdicts_that_are_no_failure(tmp_path):
    live = json.loads(shown("json"))
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace/now.json").write_text(json.dumps(live | {"status": {"observedGeneration": 1}}))
    done = Step(tmp_path, {"command": "health", "file": "now.json"})
    assert (done.code, done.outputs["verdict"], done.outputs["failures"]) == (30, "inconclusive", "0")
    (tmp_path / "workspace/map.json").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}))
    done = Step(tmp_path, {"command": "health", "file": "map.json"})
    assert (done.code, done.outputs["verdict"], done.outputs["status"]) == (0, "pass", "succeeded")
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b", "generation": 1}, "spec": {}, "status": {"observedGeneration": 1, "expectedPods": 0, "currentHealthy": 0, "desiredHealthy": 0,
              "conditions": [{"type": "DisruptionAllowed", "status": "True"}]}}
    (tmp_path / "workspace/budget.json").write_text(json.dumps(budget))
    done = Step(tmp_path, {"command": "health", "file": "budget.json"})
    assert (done.code, done.outputs["verdict"], done.outputs["failures"], done.outputs["warnings"]) == (0, "warn", "0", "1")


def test_a_secret_is_masked_before_it_is_used(tmp_path, service):
    secret = "a-canary-of-this-test"
    done = Step(tmp_path, {"command": "http", "file": "smoke.hurl", "secret": f"base={service}/{secret}"})
    masks = [number for number, line in enumerate(done.lines) if line.startswith("::add-mask::") and secret in line]
    assert masks and done.outputs["verdict"] == "fail"
    assert [line for number, line in enumerate(done.lines) if secret in line and number not in masks] == []
    assert secret not in done.summary + str(done.outputs)


@pytest.mark.parametrize("inputs, word", [({"command": "manifest"}, "did you mean manifests?"), ({}, "manifests is missing"), ({"command": "health"}, "there is neither a file nor a release to look at"),
                                          ({"command": "http"}, "http is missing"), ({"command": "http", "file": "smoke.hurl", "timeout": "soon"}, "input timeout")])
def test_a_wrong_call_is_one_annotation_and_no_verdict(tmp_path, inputs, word):
    done = Step(tmp_path, inputs)
    assert done.code == 2 and (done.outputs["status"], done.outputs["verdict"]) == ("usage", "")
    [line] = done.lines
    assert line.startswith("::error title=verify::") and word in line


def test_the_readme_names_every_input_and_output():
    inputs, outputs = README.split("\n## Inputs and outputs\n")[1].split("\n| outputs |")
    for table, names in ((inputs.split("\n| inputs |")[1], list(declared(ACTION))), (outputs, list(evaluate(ACTION, {})["outputs"]))):
        cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        assert sorted(name for cell in cells for name in re.findall(r"`([^`]+)`", cell)) == sorted(names)
