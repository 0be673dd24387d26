"""The HTML report of verify release as a browser shows it: the verdict is seen, nothing is fetched, and no name of others runs. DV-01."""
import os
import pathlib
import subprocess

import pytest
from browser import Browser
from loopback import answering

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "verify"
PLANTED = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
OBJECT = f"""apiVersion: v1
kind: Pod
metadata:
  name: '"><svg/onload=window.ran=1>'
  namespace: shop
spec:
  securityContext: {{privileged: true}}
  containers:
    - {{name: "{PLANTED}", image: "{PLANTED}"}}
"""


@pytest.fixture
def page(tmp_path):
    """The page of a release in a cluster that nobody reaches, whose other parts have hostile names."""
    nobody = tmp_path / "nobody"  # in place of kubectl and helm
    nobody.write_text("#!/bin/sh\necho 'Unable to connect to the server: dial tcp 127.0.0.1:1: connection refused' >&2\nexit 1\n")
    nobody.chmod(0o755)
    objects, check = tmp_path / "<b onclick=x>.yaml", tmp_path / "a&amp;b.hurl"
    objects.write_text(OBJECT)
    check.write_text("GET http://localhost:1/<script>\nHTTP 200\n")
    access = ("--transport", "local", "--kubectl", nobody, "--helm", nobody)
    done = subprocess.run([VERIFY, "release", "--release", "prices", *access, "--html-file", "page.html", objects, check], cwd=tmp_path,
                          capture_output=True, text=True, timeout=100, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 7, done.stdout + done.stderr
    return tmp_path / "page.html"


def test_the_verdict_is_seen_and_nothing_is_fetched_or_run(page, tmp_path):
    with Browser(tmp_path / "browser") as browser:
        shown = browser.show(page)
        assert shown.requests == [f"file://{page}"] and shown.spoken == [], shown.spoken
        assert shown.value("document.title") == "prices in default: fail"
        assert shown.value("document.querySelector('h1 > .fail').getBoundingClientRect().height") > 10
        colour = "getComputedStyle(document.querySelector('h1 > .fail')).color"
        assert shown.value(colour) != shown.value("getComputedStyle(document.body).color"), "the style is obeyed"
        assert shown.value("[...document.querySelectorAll('h2')].map(one => one.textContent)") == ["manifests", "health", "http"]
        assert shown.value("document.querySelectorAll('svg rect').length") > 1
        text = shown.value("document.body.textContent")
        assert '"><svg/onload=window.ran=1>' in text and "<b onclick=x>.yaml" in text and "a&amp;b.hurl" in text, "what others wrote is text"
        assert shown.value("document.scripts.length + document.images.length + document.querySelectorAll('[onclick], [onload], [href], [src]').length") == 0
        assert shown.value("typeof window.ran") == "undefined"


def test_a_script_that_got_into_the_page_would_not_run(page, tmp_path, serve):
    """The page's own policy stands behind the escaping; and the browser does tell what a page tries."""
    server, bad = serve(answering()), tmp_path / "bad.html"
    sheet = f"http://localhost:{server.port}/x.css"
    bad.write_text(page.read_text(encoding="utf-8").replace("<h1>", f"{PLANTED}<link rel=stylesheet href={sheet}><h1>", 1), encoding="utf-8")
    with Browser(tmp_path / "browser") as browser:
        shown = browser.show(bad)
        assert shown.value("typeof window.ran") == "undefined" and shown.value("document.scripts.length") == 1
        assert len(shown.spoken) >= 3 and all("Content Security Policy" in str(one) for one in shown.spoken), shown.spoken
        assert sheet in shown.requests and server.connections == 0, "the try is told, and was refused"
