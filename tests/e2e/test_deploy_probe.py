"""probe: what the emulator was told of its limits is what probe finds, by its own means: row B-09."""
import json


def probe(world, inputs):
    given = {name: value for name, value in world.inputs.items() if name not in ("create-namespace", "release", "namespace")}
    return world.job().start(given | {"format": "json"} | inputs, ["probe"]).finish()


def between(bounds, limit, slack):
    """The limit lies between what was taken and what was refused, and these are near each other."""
    return bounds["taken"] <= limit < bounds["refused"] + slack and bounds["refused"] - bounds["taken"] <= bounds["refused"] / 32


def test_limits_that_nobody_told_are_found(lab):
    config = {"commandLimit": 40_000, "commandSeconds": 8, "resultSeconds": 6, "partialLogs": True, "oneCommand": True}
    # One answer is lost on the way: that is no limit.
    with lab.world("operation=runCommand,kind=504-before,nth=3", config=config, more=("--context-limit", "1500000")) as world:
        done = probe(world, {"timeout": "12s"}).ended("succeeded")
        found = json.loads(done.out)
        assert between(found["context"], 1_500_000, slack=500) and "413" in found["context"]["words"], found
        assert between(found["command"], 40_000, slack=1), found
        assert found["runTime"]["endedBy"] == "DeadlineExceeded" and 6_000 <= found["runTime"]["ranMs"] < 12_000, found
        assert found["partialLogs"] is True and found["together"].startswith("the second is refused"), found
        assert 6_000 < found["result"]["goneMs"] and found["result"]["seenMs"] < found["result"]["goneMs"], found
        assert found["readPod"] == {} and found["unreadPod"] == {}, "a process is no pod"
        facts = found["facts"]
        assert facts["execute bit of the context"] == "lost" and facts["a program of the context"] == "runs" and facts["tool tar"] == "yes", found
        assert facts["user"] == "64200" and facts["helm"].startswith("v"), found
        # The same as a page to paste, in the summary.
        summary = open(done.outputs["summary-file"], encoding="utf-8").read()
        assert "| length of `command` |" in summary and f"{found['command']['refused']} are not" in summary, summary


def test_pods_and_results_are_watched_where_commands_are_pods(lab):
    with lab.world(pods=True, config={"podSeconds": 14}, more=("--context-limit", "900000")) as world:
        found = json.loads(probe(world, {"timeout": "40s"}).ended("succeeded").out)
        assert "endedBy" not in found["runTime"] and found["runTime"]["ranMs"] >= 40_000, found
        assert found["partialLogs"] is False and found["together"] == "both run", found
        assert "goneMs" not in found["result"] and found["result"]["seenMs"] >= 40_000, found
        assert 12_000 <= found["unreadPod"]["goneMs"] <= 24_000 and found["unreadPod"]["seenMs"] < found["unreadPod"]["goneMs"], found
        assert found["facts"]["root file system"] in ("writable", "read-only") and found["facts"]["pod"].startswith("command-"), found
        # One Linux argument holds 128 KiB, whatever Azure takes.
        assert between(found["command"], 131_000, slack=2_000), found


def test_nothing_is_probed_where_azure_is_not_asked(lab):
    with lab.world() as world:
        probe(world, {"transport": "local"}).failed("usage", "probe measures Azure's runCommand", cure="leave it out")
        assert world.client.journal() == []
