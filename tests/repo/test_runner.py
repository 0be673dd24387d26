"""The one test command counts what happened, and nothing that went wrong stays uncounted."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

RUNNER = pathlib.Path(__file__).resolve().parents[1] / "run.py"
GOOD = "def test_good(): pass\n"


@pytest.fixture
def tree(tmp_path):
    """A repository of its own: run(files, programs, arguments) -> (exit code, lines)."""
    def run(files, programs=None, arguments=(), ci=False):
        for path, text in {"tests/run.py": RUNNER.read_text(), **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        for name, text in (programs or {}).items():
            file = tmp_path / "build/dev/bin" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("#!/bin/sh\n" + text)
            file.chmod(0o755)
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | ({"CI": "true"} if ci else {})
        done = subprocess.run([sys.executable, "tests/run.py", *arguments], cwd=tmp_path, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout.splitlines()
    yield run
    shutil.rmtree(tmp_path)


def test_the_last_line_counts(tree):
    code, lines = tree({"tests/test_a.py": GOOD + "def test_bad(): assert 1 == 2\ndef test_left_out():\n import pytest\n pytest.skip('no such thing')\n"})
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 1 skipped")
    assert any("assert 1 == 2" in line for line in lines) and not any("assertrepr" in line for line in lines) and any("no such thing" in line for line in lines)


def test_a_good_run_is_told_as_one(tree):
    code, lines = tree({"tests/test_a.py": GOOD})
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 0 skipped")
    assert any(line.split()[:3] == ["a", "1", "tests"] for line in lines)


@pytest.mark.parametrize("text", ["import nothing_of_that_name\n", "import pytest\n@pytest.fixture\ndef x(): assert False\ndef test_it(x): pass\n",
                                  "import pytest\n@pytest.fixture\ndef x():\n yield\n assert False\ndef test_it(x): pass\n"])
def test_what_breaks_outside_a_test_is_a_failure(tree, text):
    code, lines = tree({"tests/test_a.py": text})
    assert code == 1 and ", 1 failed, 0 skipped" in lines[-1]


def test_no_test_at_all_is_a_failure(tree):
    assert tree({"tests/test_a.py": GOOD}, arguments=["nothing.*"])[0] == 1


def test_a_program_that_dies_half_way_has_failed(tree):
    code, lines = tree({"tests/test_a.py": GOOD}, {"unit_x": 'case $1 in *list*) printf "X.\\n  one\\n  two\\n" ;; *) exit 139 ;; esac\n'})
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")


def test_a_skip_is_a_failure_where_nothing_may_be_skipped(tree):
    skip = "import pytest\ndef test_it(): pytest.skip('%s')\n"
    assert tree({"tests/test_a.py": GOOD + skip % "no root"}, ci=True)[0] == 1
    assert tree({"tests/test_a.py": GOOD + skip % "this is not part of a clone"}, ci=True)[0] == 0


def test_names_are_listed_as_suite_and_name(tree):
    code, lines = tree({"tests/x/test_a.py": GOOD}, {"unit_x": 'printf "X.\\n  one\\n"\n'}, ["--list"])
    assert (code, lines) == (0, ["X.one", "a.good"])
