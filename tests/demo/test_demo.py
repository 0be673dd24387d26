"""scripts/demo is most people's first run: it shows what it promises, and leaves nothing whatever becomes of it."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cluster"))
from local_cluster import FOLDER, ROOT, traces  # noqa: E402

DEMO = ROOT / "scripts/demo"
STATE = pathlib.Path("/var/lib/sentimark/demos")
NAME = f"demo{os.getpid()}"  # two runs on one machine must not take down each other's

real_node = pytest.mark.skipif(os.geteuid() != 0 or bool(os.environ.get("SENTIMARK_CLUSTER_FAKE")), reason="real containers need root, namespaces and cgroups")


def demo(*words, wrapper=()):
    return subprocess.run([*wrapper, DEMO, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=3600)


@pytest.fixture
def name():
    for folder in STATE.glob("demo[0-9]*"):  # what a killed run left: nobody else will take it down
        owner = re.fullmatch(r"demo(\d+)", folder.name)
        if owner and not pathlib.Path("/proc", owner[1]).exists():
            demo("--down", "--name", folder.name)
    yield NAME
    demo("--down", "--name", NAME)
    (STATE / f"{NAME}.lock").unlink(missing_ok=True)


class Started:
    """A running demo whose output is read line by line; the limit is for one that hangs."""

    def __init__(self, name):
        self.process = subprocess.Popen([DEMO, "--name", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        self.out = ""

    def read_until(self, text):
        while text not in self.out:
            line = self.process.stdout.readline()
            assert line, self.out
            self.out += line

    def end(self, which):
        """As a terminal does it: the signal goes to every process in front of it."""
        os.killpg(self.process.pid, which)
        self.out += self.process.communicate(timeout=120)[0]
        return self.process.returncode


def number_of(name):
    return (FOLDER / name / "number").read_text().split()[0]


def left(name, number):
    return traces(name, number) + [str(path) for path in [STATE / name] if path.exists()]


@pytest.mark.parametrize("words", [["--fast"], ["--name"], ["--name", "../etc"], ["keep"]])
def test_wrong_words_are_usage_errors(words):
    done = demo(*words)
    assert done.returncode == 2 and done.stderr.startswith("error: ") and not done.stdout


@real_node
def test_without_root_it_says_what_to_do():
    done = demo(wrapper=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "SENTIMARK_CACHE=/tmp"])
    assert done.returncode == 1 and "needs root: run sudo scripts/demo" in done.stderr, done.stderr


@real_node
def test_where_containers_cannot_run_it_says_why():
    done = demo(wrapper=["env", "SENTIMARK_CLUSTER_FAKE=1"])
    assert done.returncode == 1 and "SENTIMARK_CLUSTER_FAKE is set" in done.stderr, done.stderr


@real_node
def test_it_shows_what_it_promises_and_down_takes_away_what_keep_left(name, tmp_path):
    done = demo("--keep", "--name", name)
    assert done.returncode == 0, done.stdout + done.stderr
    acts = re.split(r"^== ", done.stdout, flags=re.MULTILINE)[1:]
    assert len(acts) == 8, done.stdout
    install, change, same, typo, summary, whole, broken, calls = acts
    # One call that changes the cluster for each step that changes something; looks may follow.
    assert "prices is healthy at revision 1" in install and "exit code 0" in install and re.search(r"sample:1\.0\.0 +true", install)
    assert "prices is healthy at revision 2" in change and "exit code 0" in change and re.search(r"sample:1\.1\.0 +true", change)
    assert "prices is unchanged and healthy at revision 2" in same and "exit code 0, runCommand calls: 1\n" in same
    assert "1.1.O" in typo and "exit code 20" in typo and re.search(r"^4 +deployed +Rollback to 2$", typo, re.MULTILINE), typo
    assert "failed and was rolled back: revision 4 is verified" in summary and "**Cause.**" in summary and "1.1.O" in summary
    assert "exit code 0" in whole and all(f"| {area} |" in whole for area in ("manifests", "health", "http")), whole
    assert "exit code 7" in broken and "1.1.O" in broken and "does not exist in the registry" in broken, broken
    posts = [line for line in calls.splitlines() if " POST " in line and "/runCommand" in line]
    assert len(posts) == sum(int(count) for count in re.findall(r"runCommand calls: (\d+)", done.stdout)) >= 5, calls
    number = number_of(name)
    for hint in re.findall(r"^  (kubectl .*|helm3 .*)$", done.stderr, re.MULTILINE):
        tools = re.search(r"PATH=(\S+):\$PATH", done.stderr)[1]
        env = {"PATH": tools + ":" + os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(FOLDER / name / "kubeconfig")}
        looked = subprocess.run(["bash", "-c", hint], env=env, capture_output=True, text=True, timeout=60)
        assert looked.returncode == 0 and looked.stdout.strip(), hint + looked.stderr
    assert demo("--down", "--name", name).returncode == 0
    assert left(name, number) == []


@real_node
def test_a_killed_demo_is_cleared_away_by_the_next_and_ctrl_c_leaves_nothing(name):
    first = Started(name)
    first.read_until("== 1. Install")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert (FOLDER / name).exists() and (STATE / name).exists()
    second = Started(name)
    second.read_until("taking down what an earlier demo left")
    second.read_until("== 1. Install")
    number = number_of(name)
    time.sleep(1)  # into the first deploy, wherever that is
    assert second.end(signal.SIGINT) == 130, second.out
    assert left(name, number) == [], second.out
