"""src/version/generate.cmake on trees made for the test: what it writes as the commit."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENV = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}


def git(folder, *arguments):
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True, env=ENV).stdout.strip()


def generate(source, **env):
    out = source.parent / "version.cpp"
    subprocess.run(["cmake", f"-DSOURCE={source}", "-DVERSION=1.2.3", f"-DOUT={out}", "-P", ROOT / "src/version/generate.cmake"],
                   check=True, capture_output=True, env=ENV | env)
    return out


def commit_in(source, **env):
    return re.search(r'commit\(\) \{ return "(.*)"; \}', generate(source, **env).read_text()).group(1)


@pytest.fixture
def tree(tmp_path):
    source = tmp_path / "tree"
    source.mkdir()
    (source / "deps.lock").write_text("# name version\nzlib 1.2 sum url\nc-ares 3-4+x sum url\n")
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "first")
    return source


def test_a_clean_tree_gives_its_commit(tree):
    assert commit_in(tree) == git(tree, "rev-parse", "HEAD") and len(commit_in(tree)) == 40


@pytest.mark.parametrize("change", ["deps.lock", "new.cpp"])
def test_a_changed_tree_is_dirty(tree, change):
    (tree / change).write_text((tree / change).read_text() + "\n" if (tree / change).exists() else "x")
    assert commit_in(tree) == git(tree, "rev-parse", "HEAD") + "-dirty"


def test_outside_git_the_commit_is_unknown(tree, tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/deps.lock").write_text("zlib 1.2 sum url\n")
    assert commit_in(tmp_path / "plain") == "unknown"
    # Neither is a repository around it or of a hook that runs us the one that is built.
    assert commit_in(tmp_path / "plain", GIT_DIR=str(tree / ".git")) == "unknown"
    inner = tree / "unpacked"
    inner.mkdir()
    (inner / "deps.lock").write_text("zlib 1.2 sum url\n")
    assert commit_in(inner) == "unknown"


def test_version_and_dependencies_stand_in_it_and_nothing_of_the_day_or_the_folder(tree):
    text = generate(tree).read_text()
    assert 'return "1.2.3";' in text
    assert re.findall(r'Dependency\{"(.*)", "(.*)"\}', text) == [("zlib", "1.2"), ("c-ares", "3-4+x")]
    assert str(tree.parent) not in text and not re.search(r"20\d\d", text)


def test_an_unchanged_answer_touches_no_file(tree):
    before = generate(tree).stat().st_mtime_ns
    assert generate(tree).stat().st_mtime_ns == before
