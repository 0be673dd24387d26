"""The README of the action shows three mistakes as their summaries tell them: what it shows is what the program says. Rows: B-04 (a cause and a cure)."""
import re

from lab import ROOT, SERVICE
from test_deploy_charts import noise

README = (ROOT / "actions/helm-private-deploy/README.md").read_text(encoding="utf-8")
SHOWN = [text for _, text in re.findall(r"^(`{3,})markdown\n(.*?)^\1$", README, re.MULTILINE | re.DOTALL)]
# What is another in every run, as the README writes it.
DIFFERS = [(r"sha256:[0-9a-f]{64}", "sha256:0f2c…"), (r"\b[0-9a-f]{32}\b", "4d1a…"), (r"\b[0-9.]+:\d+/sample", "registry.example/prices"), (r"//localhost:\d+/github", "//token.actions.githubusercontent.com"),
           (r"\| took \| .* sent \|", "| took | 6 s, 2 calls, 498012 bytes sent |"), (r"\bn\d+-\d+\b", "prices"), (r"\bapi\b(?!&#58;)", "prices"), (r"v\d\.\d+\.\d+", "v4.1.0"), (r"-[0-9a-f]{8,10}-[a-z0-9]{5}\b", "-5d8f9c7b4-x2x9p")]


def told(job):
    """The summary's first part: what is folded below it is as long as the cluster's own words."""
    head = re.split(r"\n<details>|\n### Evidence", job.told)[0].rstrip() + "\n"
    for pattern, plain in DIFFERS:
        head = re.sub(pattern, plain, head)
    return head


def compare(number, job):
    assert told(job) == SHOWN[number]


def test_a_wrong_subject_is_told_as_the_readme_shows(lab):
    subject = "repo:octo-org/octo-repo:environment:prod"
    with lab.world(config={"federatedCredentials": [{"subject": subject, "audience": "api://AzureADTokenExchange"}]}) as world:
        compare(0, world.deploy(lab.chart()).ended("auth"))


def test_a_typo_in_the_image_is_told_as_the_readme_shows(lab):
    with lab.world(pods=True) as world:
        world.deploy(SERVICE, {"values": lab.values()}).ended("succeeded")
        compare(1, world.deploy(SERVICE, {"values": lab.values(), "values-inline": "image: {tag: 1.1.O}"}).ended("rolled-back"))


def test_a_chart_that_is_too_big_is_told_as_the_readme_shows(lab):
    files = {f"files/{name}.json": noise(size, size) for name, size in (("countries", 420_000), ("currencies", 310_000), ("holidays", 120_000))}
    with lab.world() as world:
        chart = lab.chart()
        (chart / "files").mkdir()
        for name, text in files.items():
            (chart / name).write_text(text)
        compare(2, world.deploy(chart).ended("refused"))
        assert world.client.journal() == []
