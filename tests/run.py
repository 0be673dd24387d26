"""Runs GoogleTest programs and pytest suites as one list of tests named suite.name, and counts them in the last line.

A test program's name and a test's name are what docs/requirements.md points at, so both kinds share one form.
"""
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "dev" / "bin"


def gtest_programs():
    return sorted(path for pattern in ("unit_*", "sim", "fuzz_*") for path in BIN.glob(pattern) if os.access(path, os.X_OK))


def gtest_names(program):
    """suite.name of every test the program holds; parameterised ones keep their /label."""
    suite, names = "", []
    for line in subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout.splitlines():
        entry = line.split("#")[0].rstrip()
        if not line.startswith(" "):
            suite = entry
        elif entry.strip():
            names.append(suite + entry.strip())
    return names


class Suites:
    """A pytest plug-in: maps node ids to suite.name, keeps what the patterns select, and tells one line for each suite."""

    def __init__(self, patterns):
        self.patterns = patterns
        self.names, self.counts, self.skips = [], {"passed": 0, "failed": 0, "skipped": 0}, []
        self.suite, self.started, self.ran, self.failed = None, 0.0, 0, 0

    @staticmethod
    def name_of(item):
        return item.path.stem.removeprefix("test_") + "." + item.name.removeprefix("test_")

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        return report.outcome, "", ""  # no dots: close() tells

    def pytest_collection_modifyitems(self, config, items):
        chosen = [item for item in items if matches(self.name_of(item), self.patterns)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
        self.names = [self.name_of(item) for item in chosen]

    def pytest_collectreport(self, report):
        if report.failed:
            self.counts["failed"] += 1
            print(f"{report.nodeid} cannot be read:\n{report.longreprtext}", flush=True)

    def pytest_runtest_logstart(self, location):
        suite = pathlib.PurePath(location[0]).stem.removeprefix("test_")
        if suite != self.suite:
            self.close()
            self.suite, self.started, self.ran, self.failed = suite, time.monotonic(), 0, 0

    def pytest_runtest_logreport(self, report):
        self.ran += report.when == "call" or report.when == "setup" and not report.passed
        if report.when == "call" and report.passed:
            self.counts["passed"] += 1
        elif report.skipped:
            self.counts["skipped"] += 1
            self.skips.append(f"{report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr}")
        elif report.failed:
            self.counts["failed"] += 1
            self.failed += 1
            told = "\n".join([report.longreprtext, *(f"--- {title}\n{text}" for title, text in report.sections)])
            print(f"FAILED {report.nodeid} ({report.when})\n{told[-20000:]}", flush=True)

    def close(self):
        if self.suite is not None:
            tell(self.suite, self.ran, self.started, self.failed)


def tell(name, ran, started, failed):
    print(f"  {name:<56} {ran:4d} tests {time.monotonic() - started:6.1f}s {'FAILED' if failed else ''}".rstrip(), flush=True)


def matches(name, patterns):
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def run_gtest(program, names, counts):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        started = time.monotonic()
        done = subprocess.run([program, f"--gtest_output=json:{report}", "--gtest_filter=" + ":".join(names)],
                              capture_output=True, text=True, errors="replace", cwd=folder, stdin=subprocess.DEVNULL)
        tests = []
        if report.exists():
            tests = [test for suite in json.loads(report.read_text())["testsuites"] for test in suite["testsuite"]]
    failed = sum(1 for test in tests if test.get("failures"))
    skipped = sum(1 for test in tests if test.get("result") == "SKIPPED")
    # A program that ended half way has failed, whatever it wrote before.
    if done.returncode != 0 and failed == 0 or len(tests) < len(names):
        failed += 1
    counts["failed"] += failed
    counts["skipped"] += skipped
    counts["passed"] += max(0, len(tests) - failed - skipped)
    tell(program.name, len(tests), started, failed)
    if failed:
        print(done.stdout[-20000:] + done.stderr[-5000:], flush=True)


def main():
    listing = "--list" in sys.argv[1:]
    patterns = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    unknown = [argument for argument in sys.argv[1:] if argument.startswith("-") and argument != "--list"]
    if unknown:
        print(f"error: unknown option {unknown[0]}; see scripts/test --help", file=sys.stderr)
        return 2
    programs = {program: [name for name in gtest_names(program) if matches(name, patterns)] for program in gtest_programs()}
    plugin = Suites(patterns)
    options = [str(ROOT / "tests"), "--rootdir", str(ROOT), "-p", "no:cacheprovider", "--import-mode=importlib",
               "-qq", "--no-header", "--no-summary", "--tb=short", "-o", "console_output_style=classic"]
    if listing:
        # pytest prints its own node ids when it collects: only ours are wanted.
        stdout, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
        code = pytest.main([*options, "--collect-only"], plugins=[plugin])
        sys.stdout = stdout
        print("\n".join(sorted([name for names in programs.values() for name in names] + plugin.names)))
        return 0 if code in (0, 5) else 1
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    print("Unit tests", flush=True)
    for program, names in programs.items():
        if names:
            run_gtest(program, names, counts)
    print("Suites", flush=True)
    code = pytest.main(options, plugins=[plugin])
    plugin.close()
    for key in counts:
        counts[key] += plugin.counts[key]
    for skip in plugin.skips:
        print(f"skipped: {skip}")
    if code not in (0, 1, 5) and counts["failed"] == 0:  # 5: nothing selected; else pytest itself could not go on
        counts["failed"] += 1
        print(f"error: pytest ended with {code}")
    if os.environ.get("CI") == "true" and plugin.skips:
        # Nothing of this repository may be skipped there except for want of what a clone never has.
        forbidden = [skip for skip in plugin.skips if "not part of a clone" not in skip]
        counts["failed"] += len(forbidden)
        for skip in forbidden:
            print(f"skipped where nothing may be: {skip}")
    ran = counts["passed"] + counts["failed"]
    if ran == 0:
        print("error: no test was run")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
