"""docs/infrastructure.md says what the files say."""
import pathlib
import re
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import ROOT  # noqa: E402

PAGE = ROOT / "docs/infrastructure.md"


def backups():
    rows = ["| store | environments | what saves it | RPO | RTO | restore | test |", "|---|---|---|---|---|---|---|"]
    for line in yaml.safe_load((ROOT / "terraform/backups.yaml").read_text(encoding="utf-8"))["stores"]:
        where = ", ".join(line.get("environments", ["all"]))
        rows.append("| " + " | ".join(str(cell) for cell in (line["store"].removeprefix("azurerm_"), where, line.get("mechanism", f"none: {line.get('exemption')}"), *(
            line.get(key, "") for key in ("rpo", "rto", "restore", "test")))) + " |")
    return "\n".join(rows)


def test_the_backup_table_is_the_file():
    """DR-02."""
    assert backups() in PAGE.read_text(encoding="utf-8")


def test_every_command_of_the_page_names_a_stack_and_files_that_exist():
    """X-19."""
    commands = re.findall(r"^terraform .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) >= 10
    for command in commands:
        stack = re.search(r"-chdir=(terraform/stacks/\w+)", command)[1]
        assert (ROOT / stack / "provider.tf").exists()
        for tfvars in re.findall(r"-var-file=(\.\./\S+)", command):
            assert (ROOT / stack / tfvars).exists(), tfvars


def test_every_state_has_a_key_of_its_own():
    """X-19: one container for each environment, one key for each stack and region."""
    text = PAGE.read_text(encoding="utf-8")
    pairs = re.findall(r'container_name=(\w+)" -backend-config="key=([\w-]+)\.tfstate"', text)
    assert len(pairs) == len(set(pairs)) == 4
    assert {container for container, key in pairs if key in ("bootstrap", "global")} == {"shared"}
