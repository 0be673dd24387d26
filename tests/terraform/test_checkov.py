"""checkov reads the sources with production's values: a second opinion, with a reasoned list of what it is told to skip. IP-01."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import venv

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from offline import CACHE, ENVIRONMENTS, ROOT, tfvars  # noqa: E402

HERE = pathlib.Path(__file__).parent
LISTS = yaml.safe_load((HERE / "checkov.yaml").read_text(encoding="utf-8"))
SKIPS = LISTS["skip"]
ALLOWED = SKIPS | LISTS["by_chance"]
# checkov asks for news of itself; a dead proxy answers at once where nothing should.
NO_INTERNET = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")


@pytest.fixture(scope="session")
def checkov():
    """Its own virtual environment, kept in the cache: 290 MB, made once."""
    lock = HERE / "checkov.txt"
    home = CACHE / "checkov" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    if not (home / "complete").exists():
        print(f"  installing checkov into {home} (290 MB, once)", file=sys.__stderr__, flush=True)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", lock], check=True, timeout=1800)
        (home / "complete").touch()
    return home / "bin/checkov"


@pytest.fixture(scope="session")
def failed(checkov):
    """(check, resource) of every failed check; checkov has no check for anything of the stack edge."""
    found = set()
    for stack in ("bootstrap", "global", "region"):
        variables = ["--var-file", (ROOT / "terraform/stacks/region" / tfvars(ENVIRONMENTS[-1])).resolve()] if stack == "region" else []
        done = subprocess.run([checkov, "--directory", ROOT / "terraform/stacks" / stack, *variables, "--framework", "terraform", "--download-external-modules", "false",
                               "--compact", "--skip-download", "--output", "json"], capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL,
                              env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LOG_LEVEL": "ERROR", "BC_SKIP_MAPPING": "TRUE", "PYTHONHASHSEED": "1"} | NO_INTERNET)
        reports = json.loads(done.stdout)
        for report in reports if isinstance(reports, list) else [reports]:
            unread = {str(pathlib.Path(name).resolve().relative_to(ROOT)) for name in report["results"]["parsing_errors"]}
            assert report["summary"]["passed"] > 0 and unread <= {"terraform/modules/alerts/prometheus.tf"}, unread
            found |= {(one["check_id"], one["resource"]) for one in report["results"]["failed_checks"]}
    return found


def test_checkov_finds_nothing_that_is_not_skipped_with_a_reason(failed):
    assert sorted((check, resource) for check, resource in failed if not any(part in resource for part in ALLOWED.get(check, {}))) == []


def test_no_skip_is_left_over(failed):
    """A skip names a check, a part of the resource, and why; one that hits nothing any more goes."""
    idle = [(check, part) for check, parts in SKIPS.items() for part in parts if not any(check == one and part in resource for one, resource in failed)]
    assert idle == []
    assert not set(SKIPS) & set(LISTS["by_chance"])
    assert all(len(reason) > 20 for parts in ALLOWED.values() for reason in parts.values())
