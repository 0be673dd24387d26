"""Takes one behaviour away after the other and looks whether the test that should notice does. See scripts/mutants --help.

mutants.toml holds the changes: in `file` (below src/) stands `text` exactly once, `planted` replaces it, and then `test`,
which was green before, must be red. A change that does not compile proves nothing and counts as a failure of this program.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/release"))
from programs import copy_of_the_tree  # noqa: E402


def mutants():
    return tomllib.loads((pathlib.Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))["mutant"]


def program_of(test):
    """The test program that holds the test: one for each folder of tests/unit."""
    suite, name = test.split(".")
    for file in sorted((ROOT / "tests/unit").glob("*/*_test.cpp")):
        if re.search(rf"TEST(?:_F|_P)?\({suite},\s*{name}\)", file.read_text(encoding="utf-8")):
            return "unit_" + file.parent.name
    raise SystemExit(f"error: no file of tests/unit holds the test {test}")


def build(tree, program):
    return subprocess.run(["cmake", "--build", "--preset", "dev", "--target", program], cwd=tree, capture_output=True, text=True)


def is_green(tree, program, test):
    """A test that hangs is as red as one that fails."""
    try:
        done = subprocess.run([tree / "build/dev/bin" / program, "--gtest_filter=" + test], cwd=tree, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def outcome(tree, mutant):
    program = program_of(mutant["test"])
    file = tree / "src" / mutant["file"]
    whole = file.read_text(encoding="utf-8")
    if whole.count(mutant["text"]) != 1:
        return "GONE: its text stands in the file " + str(whole.count(mutant["text"])) + " times"
    file.write_text(whole.replace(mutant["text"], mutant["planted"]), encoding="utf-8")
    try:
        done = build(tree, program)
        if done.returncode:
            return "DOES NOT COMPILE\n" + done.stdout[-2000:]
        return "GREEN: nobody noticed" if is_green(tree, program, mutant["test"]) else "noticed"
    finally:
        file.write_text(whole, encoding="utf-8")


def main():
    asked = argparse.ArgumentParser(add_help=False)
    asked.add_argument("names", nargs="*")
    asked.add_argument("--list", action="store_true")
    asked = asked.parse_args()
    chosen = [mutant for mutant in mutants() if not asked.names or mutant["name"] in asked.names]
    if not chosen:
        raise SystemExit("error: there is no such mutant; see scripts/mutants --list")
    if asked.list:
        print("\n".join(f"{mutant['name']:<40} {mutant['file']:<45} {mutant['test']}" for mutant in chosen))
        return 0
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        copy_of_the_tree(tree)
        subprocess.run(["cmake", "--preset", "dev", "-DSENTIMARK_WERROR=OFF"], cwd=tree, check=True, capture_output=True)
        for program in sorted({program_of(mutant["test"]) for mutant in chosen}):
            if build(tree, program).returncode:
                raise SystemExit(f"error: {program} does not compile as it is")
            here = [mutant for mutant in chosen if program_of(mutant["test"]) == program]
            for test in sorted({mutant["test"] for mutant in here}):
                if not is_green(tree, program, test):
                    raise SystemExit(f"error: {test} is red as it is")
            for mutant in here:
                began = time.monotonic()
                told = outcome(tree, mutant)
                unnoticed += told != "noticed"
                print(f"  {mutant['name']:<40} {told:<12} {mutant['test']} {time.monotonic() - began:.0f}s", flush=True)
    print(f"{len(chosen)} mutants, {len(chosen) - unnoticed} noticed, {unnoticed} not")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
