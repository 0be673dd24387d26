"""What the proofs of Terraform are worth: none stands for many rows without naming the one that fails, and rows have a change that turns them red."""
import collections
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import must  # noqa: E402
from offline import ENVIRONMENTS, ROOT  # noqa: E402

ENTRIES, PRESENCES = must.load(ENVIRONMENTS)
# A table of mutations: the row, or all of a prefix, and the test that plants a fault and sees it found. Rows of must.yaml need none: scripts/soak
# terraform changes the argument behind each of their entries.
PLANTED = {
    "AD": "chart_guards.a_forbidden_value_is_refused_by_name_and_rule",
    "DP": "backups_and_alerts.a_dropped_alert_is_seen",
    "DR-02": "backups_and_alerts.a_store_that_nothing_saves_is_seen",
    "DR-04": "sources.a_literal_region_or_environment_is_seen",
    "RM": "chart_guards.a_forbidden_value_is_refused_by_name_and_rule",
    "SC": "service_chart.a_loosened_context_does_not_render",
}
PER_ROW = ("SI", "SA", "PRD", "DR")


def proofs():
    """row -> {kind: names of tests} of docs/requirements.md."""
    rows = re.findall(r"^\| ([A-Z]+-\d+) \| .* \| (.*?) \|$", (ROOT / "docs/requirements.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {row: {entry.split(" ")[0]: re.findall(r"`([^`]+)`", entry) for entry in proof.split(" · ")} for row, proof in rows}


def by_terraform():
    return {row: kinds["TF"] for row, kinds in proofs().items() if kinds.get("TF")}


def test_a_test_of_many_rows_prints_the_row():
    """must.entries_hold runs once for each row, with the row in its name; nothing else of Terraform's stands for more than three."""
    rows = collections.defaultdict(set)
    for row, names in by_terraform().items():
        for name in names:
            rows[name].add(row)
    assert {name for name, its in rows.items() if len(its) > 3} <= {"must.entries_hold"}
    assert rows["must.entries_hold"] - {row for entry in ENTRIES + PRESENCES for row in entry.rows} == set()


def test_every_row_and_every_prefix_has_a_change_that_turns_it_red():
    mutated = {row for entry in ENTRIES for row in entry.rows}
    proved = by_terraform()
    assert [row for row in proved if row.startswith(tuple(f"{prefix}-" for prefix in PER_ROW)) and row not in mutated and row not in PLANTED] == []
    prefixes = {row.split("-")[0] for row in proved} | {"AD", "SC"}
    assert [prefix for prefix in prefixes if prefix not in PLANTED and not any(row.startswith(f"{prefix}-") for row in {*mutated, *PLANTED})] == []


def test_the_tests_that_plant_faults_exist():
    for name in PLANTED.values():
        suite, test = name.split(".")
        (file,) = (ROOT / "tests").rglob(f"test_{suite}.py")
        assert f"def test_{test}(" in file.read_text(encoding="utf-8"), name
