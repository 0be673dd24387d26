"""Habits of the repository that a reader relies on."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked():
    # Untracked but not ignored files count too: a mistake is found before it is committed.
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def scripts():
    return [path for path in tracked() if path.suffix in ("", ".sh") and path.read_bytes()[:2] == b"#!" and b"sh" in path.read_bytes()[:32]]


def test_scripts_pass_shellcheck():
    found = scripts()
    assert len(found) >= 4
    done = subprocess.run(["shellcheck", "-x", "-P", "SCRIPTDIR", "--severity=style", *found], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_sources_are_formatted():
    sources = [path for path in tracked() if path.suffix in (".cpp", ".hpp")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:4000]


def test_no_path_of_one_machine_stands_in_the_tree():
    pattern = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:home/[a-z]|Users/[A-Z]|root/|work/)")
    hits = [f"{path.relative_to(ROOT)}:{number}" for path in tracked() if path.suffix not in (".gz", ".png", ".sum") and path.name != "test_repository.py"
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1) if pattern.search(line)]
    assert hits == []


def test_a_long_file_states_its_reason():
    long = [path for path in tracked() if path.suffix in (".cpp", ".hpp", ".py", ".sh", ".go", ".mjs")
            and len(path.read_text(encoding="utf-8").splitlines()) > 400
            and "Long because" not in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(ROOT)) for path in long] == []


@pytest.mark.parametrize("name", ["scripts/test", "scripts/cluster", "scripts/bootstrap", "scripts/lib/apt", "scripts/lib/need", "scripts/lib/fetch-sources", "tests/actions/setup", "tests/judges/setup", "scripts/fill-values", "scripts/soak", "scripts/charts", "scripts/lib/go-tool", "tests/charts/setup", "scripts/demo", "scripts/bench", "scripts/mutants"])
def test_every_command_explains_itself(name):
    done = subprocess.run([ROOT / name, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "usage:" in done.stdout + done.stderr


def test_exit_codes_in_the_documents_equal_the_table():
    """The table of src/base/outcome.cpp is the one source; docs/exit-codes.md repeats it for readers."""
    source = (ROOT / "src/base/outcome.cpp").read_text(encoding="utf-8")
    rows = re.findall(r'\{Outcome::\w+, (\d+), "([^"]+)", "([^"]+)"\}', source)
    documented = re.findall(r"^\| (\d+) \| `([^`]+)` \| (.+) \|$", (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows and rows == documented
