"""Every line of must.yaml holds in what `terraform test` makes of each environment's tfvars; the test's id names the row.

Rows: IA-04 IA-09 IA-10 IA-11 IA-12 IA-13 IA-14 IA-15 IA-16 IA-17 IA-18 IP-01 IP-02 IP-03 IP-04 IP-05 IP-06 IP-07 IP-08 IP-10 IP-11 IP-12
DEV-01 DEV-03 DEV-04 DEV-05 SIT-01 SIT-03 SIT-04 SIT-05 UAT-01 UAT-03 UAT-04 UAT-05 UAT-06 PRD-01 PRD-03 PRD-04 PRD-05 PRD-06 PRD-07 PRD-08
SI-01 SI-02 SI-03 SI-04 SI-05 SI-06 SA-03 SA-05 SA-06 LG-02 DR-01 CN-06 X-03 X-04 X-08 X-17 X-18 X-21 X-22 X-25
"""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import must  # noqa: E402
from offline import ENVIRONMENTS, everything, needs_schema  # noqa: E402

ENTRIES, PRESENCES = must.load(ENVIRONMENTS)
ROWS = sorted({row for entry in ENTRIES + PRESENCES for row in entry.rows})


@needs_schema
@pytest.mark.parametrize("row", ROWS)
def test_entries_hold(row):
    assert must.failures(everything(), ENTRIES + PRESENCES, row) == []


def test_entries_are_many_and_name_known_environments():
    assert len(ENTRIES) > 150
    assert {name for entry in ENTRIES for name in entry.wanted} <= set(ENVIRONMENTS)
    assert {name for presence in PRESENCES for name in presence.where} <= set(ENVIRONMENTS)
