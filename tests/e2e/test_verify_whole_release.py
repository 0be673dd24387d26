"""verify release on a real cluster: all areas, one verdict, and a single fault in each flips that area alone. Rows DV-01, HS-03, B-07, B-10."""
import contextlib
import http.server
import json
import pathlib
import threading
import xml.etree.ElementTree

from lab import BIN, SERVICE
from test_verify_release import ACCESS

SCENARIO = "GET {{base}}/quotes\nHTTP 200\n"
LOAD = {"rate": "120", "duration": "1s", "warm-up": "0s", "max-late": "100%", "threshold": "errors<1%", "request-timeout": "10s"}
CHECK = 'GET {{base}}/health\nHTTP 200\n[Asserts]\njsonpath "$.status" == "ok"\n'


@contextlib.contextmanager
def service(body, quotes=200):
    """What callers of the release would meet."""
    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(quotes if self.path == "/quotes" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"base=http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def verify(place, inputs):
    given = {name: value for name, value in place.inputs.items() if name in ACCESS}
    given |= {"profile": "full", "soak": "2s", "timeout": "60s", "chart": str(SERVICE)} | inputs
    job = place.job().start(given, ["release"], program=BIN / "verify").finish()
    assert job.outputs.get("verdict-file"), job.err + job.out
    job.verdict = json.loads(pathlib.Path(job.outputs["verdict-file"]).read_text(encoding="utf-8"))
    return job


def areas(job):
    return {name: area["verdict"] for name, area in job.verdict["areas"].items()}


def scenario_file(lab):
    file = lab.folder() / "load.hurl"
    file.write_text(SCENARIO)
    return str(file)


def check_file(lab):
    file = lab.folder() / "smoke.hurl"
    file.write_text(CHECK)
    return str(file)


def test_a_good_release_passes_and_each_single_fault_fails_its_own_area(lab):
    """DV-01."""
    with (lab.here() as place, service(b'{"status": "ok"}') as good, service(b'{"status": "down"}') as bad,
          service(b'{"status": "ok"}', quotes=503) as busy):
        values, check, load = lab.values(), check_file(lab), LOAD | {"scenario": scenario_file(lab)}
        deployed = place.deploy(SERVICE, {"values": values}).ended("succeeded")
        job = verify(place, {"values": values, "file": check, "variable": good} | load)
        assert job.code == 0, job.err + job.out
        fine = areas(job)
        assert set(fine) == {"manifests", "health", "http", "load"} and set(fine.values()) <= {"pass", "warn"} and job.verdict["leftOut"] == {}
        # The verdict names what was judged as the deploy names what it brought.
        assert (job.verdict["release"], job.verdict["namespace"], job.verdict["revision"]) == (place.release, place.namespace, 1)
        assert job.verdict["chartDigest"].removeprefix("sha256:") == deployed.outputs["chart-digest"].removeprefix("sha256:")
        raw = pathlib.Path(job.outputs["verdict-file"]).read_text(encoding="utf-8")
        assert raw == json.dumps(job.verdict, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert job.told.startswith(("## ✅", "## ⚠️")) and "| health |" in job.told
        # manifests: a field in the wrong place, at its own line.
        wrong = lab.folder() / "wrong.yaml"
        wrong.write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: y}\nspec:\n  securityContext: {privileged: true}\n"
                         "  containers: [{name: c, image: 'i:1'}]\n")
        job = verify(place, {"values": values, "file": f"{wrong}\n{check}", "variable": good} | load)
        assert job.code == 7 and areas(job) == fine | {"manifests": "fail"} and f"file={wrong},line=5" in job.err, job.err + job.out
        # http: the service answers something else.
        job = verify(place, {"values": values, "file": check, "variable": bad} | load)
        assert job.code == 7 and areas(job) == fine | {"http": "fail"} and "smoke.hurl:4:1" in job.outputs["exit-reason"], job.err + job.out
        # load: many meet what one does not.
        job = verify(place, {"values": values, "file": check, "variable": busy} | load)
        assert job.code == 7 and areas(job) == fine | {"load": "fail"} and "load: ended early: errors<1%" in job.outputs["exit-reason"], job.err + job.out
        # health: somebody loosened what runs.
        name = place.get("deployments")["items"][0]["metadata"]["name"]
        container = place.get("deployment", name)["spec"]["template"]["spec"]["containers"][0]["name"]
        patch = {"spec": {"template": {"spec": {"containers": [{"name": container, "securityContext": {"readOnlyRootFilesystem": False}}]}}}}
        place.kube.kubectl("-n", place.namespace, "patch", "deployment", name, "-p", json.dumps(patch))
        job = verify(place, {"values": values, "file": check, "variable": good} | load)
        assert job.code == 7 and areas(job) == fine | {"health": "fail"} and "readOnlyRootFilesystem" in job.outputs["exit-reason"], job.err + job.out


def test_a_doomed_release_is_told_with_its_cause_and_its_line_in_every_report(lab):
    with lab.here() as place:
        values = lab.values(image={"tag": "1.0.o"})
        place.deploy(SERVICE, {"values": values, "on-failure": "keep"}).ended("failed-kept")
        junit = lab.folder() / "junit.xml"
        job = verify(place, {"values": values, "junit-file": junit, "timeout": "10m"})
        assert (job.code, job.outputs["status"], job.verdict["verdict"]) == (7, "refused", "fail"), job.err + job.out
        assert job.verdict["leftOut"] == {"http": "no .hurl file was given", "load": "no scenario was given"}
        assert "does not exist in the registry" in job.verdict["cause"] and job.verdict["cause"].startswith("health: ")
        assert "does not exist in the registry" in job.told.split("| area |")[0]  # the cause stands at the very top
        sarif = json.loads(pathlib.Path(job.outputs["sarif-file"]).read_text(encoding="utf-8"))
        [found] = [one for one in sarif["runs"][0]["results"] if one["ruleId"] == "HEALTH" and one["level"] == "error"]
        place_of = found["locations"][0]["physicalLocation"]
        template = pathlib.Path("/" + place_of["artifactLocation"]["uri"].removeprefix("file:///"))
        lines = template.read_text(encoding="utf-8").splitlines()
        assert SERVICE in template.parents and 0 < place_of["region"]["startLine"] <= len(lines)
        suites = {suite.get("name"): suite for suite in xml.etree.ElementTree.parse(junit).getroot()}
        assert list(suites) == ["verify manifests", "verify health"] and suites["verify health"].get("failures") == "1"
        page = pathlib.Path(job.outputs["html-file"]).read_text(encoding="utf-8")
        assert "does not exist in the registry" in page


def test_a_cluster_that_cannot_be_reached_is_no_failure_of_the_release(lab):
    with lab.here() as place:
        config = json.loads(place.kube.kubectl("config", "view", "--raw", "-o", "json"))
        for one in config["clusters"]:
            one["cluster"]["server"] = "https://127.0.0.1:1"
        file = lab.folder() / "nowhere.json"
        file.write_text(json.dumps(config))
        job = verify(place, {"values": lab.values(), "kubeconfig": file, "timeout": "5s"})
        assert (job.code, job.verdict["verdict"], job.verdict["areas"]["health"]["verdict"]) == (30, "inconclusive", "inconclusive"), job.err + job.out
        assert job.verdict["revision"] == 0 and job.outputs["exit-reason"].startswith("inconclusive: health: ")
