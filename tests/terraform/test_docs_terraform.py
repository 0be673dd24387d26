"""docs/infrastructure.md says what the files say."""
import pathlib
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import CONTRACT, ENVIRONMENTS, ROOT  # noqa: E402

PAGE = ROOT / "docs/infrastructure.md"


def backups():
    rows = ["| store | environments | what saves it | RPO | RTO | restore | test |", "|---|---|---|---|---|---|---|"]
    for line in yaml.safe_load((ROOT / "terraform/backups.yaml").read_text(encoding="utf-8"))["stores"]:
        where = ", ".join(line.get("environments", ["all"]))
        rows.append("| " + " | ".join(str(cell) for cell in (line["store"].removeprefix("azurerm_"), where, line.get("mechanism", f"none: {line.get('exemption')}"), *(
            line.get(key, "") for key in ("rpo", "rto", "restore", "test")))) + " |")
    return "\n".join(rows)


def environments():
    rows = ["| environment | for | starts a deployment | approvals | size | regions | events | sleeps | ends by itself |", "|---|---|---|---|---|---|---|---|---|"]
    for name in ENVIRONMENTS:
        one = CONTRACT["environments"][name]
        starts = {"push": "each push to main", "schedule": f"`{one['deploys']['cron']}` UTC", "release": "a release"}[one["deploys"]["start"]]
        sleeps = f"`{one['power']['stop']}` to `{one['power']['start']}` UTC" if one["power"] else "no"
        rows.append(f"| {name} | {one['purpose']} | {starts} | {one['deploys']['approvals']} | {one['size']} | {', '.join(one['regions'])} | "
                    f"{'yes' if one['events'] else 'no'} | {sleeps} | {'after ' + str(one['ttl_days']) + ' days' if one['ttl_days'] else 'no'} |")
    return rows


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_page_says_what_each_environment_is_for(environment):
    """DEV-01, SIT-01, UAT-01, PRD-01: the words of the contract, which the tags bear as well."""
    row = next(row for row in environments() if row.startswith(f"| {environment} |"))
    assert row in PAGE.read_text(encoding="utf-8") and CONTRACT["environments"][environment]["purpose"] in row
    assert [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {environment} | ") and CONTRACT["environments"][environment]["purpose"] in line] == [row]


def test_the_table_of_environments_is_the_contract():
    """DEV-01, SIT-01, UAT-01."""
    assert "\n".join(environments()) in PAGE.read_text(encoding="utf-8")


def test_the_backup_table_is_the_file():
    """DR-02."""
    assert backups() in PAGE.read_text(encoding="utf-8")
