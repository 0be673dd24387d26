"""The sample programs: their own tests, their containers, and what the charts call them with."""
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fleet  # noqa: E402
from judge import workloads  # noqa: E402
from rendering import ROOT, containers_of  # noqa: E402

SAMPLES = ROOT / "samples"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/Dockerfile"))


@functools.cache
def go():
    return subprocess.run([ROOT / "scripts/lib/need", "go"], capture_output=True, text=True, check=True).stdout.strip()


@functools.cache
def built():
    """A folder with every sample, built as its Dockerfile builds it."""
    folder = built.place = tempfile.TemporaryDirectory()
    done = subprocess.run([go(), "build", "-trimpath", "-ldflags", "-s -w", "-o", folder.name, "./..."], cwd=SAMPLES, capture_output=True, text=True,
                          env={**os.environ, "CGO_ENABLED": "0"})
    assert done.returncode == 0, done.stderr
    return pathlib.Path(folder.name)


def test_the_programs_own_tests_pass():
    # SIT-06: among them TestTheSeedDecidesEveryByte.
    done = subprocess.run([go(), "test", "-json", "./..."], cwd=SAMPLES, capture_output=True, text=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    passed = {event["Test"] for event in events if event["Action"] == "pass" and "Test" in event}
    assert done.returncode == 0, "".join(event.get("Output", "") for event in events)
    assert {"TestTheSeedDecidesEveryByte", "TestSecretsAreCountedAndNeverShown"} <= passed and len(passed) >= 18


def test_sources_are_formatted_and_vetted():
    done = subprocess.run([pathlib.Path(go()).with_name("gofmt"), "-l", "."], cwd=SAMPLES, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert subprocess.run([go(), "vet", "./..."], cwd=SAMPLES, capture_output=True).returncode == 0


def generate(*arguments):
    done = subprocess.run([built() / "test-data-generator", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_generator_is_decided_by_its_seed():
    # SIT-06
    one = generate("--seed=20260101", "--records=50")
    assert one == generate("--seed=20260101", "--records=50") != generate("--seed=2", "--records=50")
    records = [json.loads(line) for line in one.splitlines()]
    assert len(records) == 50 and all(record["test_data"] for record in records)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_is_static(name):
    # No interpreter and no library: it runs in an image that holds nothing else.
    header = (built() / name).read_bytes()[:4096]
    offset, size, count = int.from_bytes(header[32:40], "little"), int.from_bytes(header[54:56], "little"), int.from_bytes(header[56:58], "little")
    kinds = {int.from_bytes(header[offset + size * index:offset + size * index + 4], "little") for index in range(count)}
    assert header[:4] == b"\x7fELF" and kinds and not kinds & {2, 3}  # PT_DYNAMIC, PT_INTERP


def dockerfile_faults(text):
    """What a Dockerfile of ours must not do, as a list."""
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    bases = [line.split(" AS ")[0].split()[-1] for line in lines if line.startswith("FROM")]
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    found = [f"base {base} has no digest" for base in bases if not re.fullmatch(r"\S+:[^@\s]+@sha256:[0-9a-f]{64}", base)]
    if not users or not re.fullmatch(r"[1-9]\d{4,}:[1-9]\d{4,}", users[-1]) or min(map(int, users[-1].split(":"))) <= 10000:
        found.append(f"runs as {users[-1:] or 'root'}")
    if not any(line.startswith("ENTRYPOINT [") for line in lines) or any(line.startswith("CMD") for line in lines):
        found.append("its entry point is no argument vector")
    found += [line for line in lines if line.startswith(("ADD", "ENV")) or re.search(r"curl|wget|apt-get|:latest|--mount=type=secret", line)]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_images_are_pinned_and_do_not_run_as_root(name):
    assert dockerfile_faults((SAMPLES / name / "Dockerfile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("before, after, fault", [
    ("@sha256:d093", ":d093", "has no digest"), ("USER 10001:10001", "USER 0:0", "runs as"), ("USER 10001:10001\n", "", "runs as"), ("USER 10001:10001", "USER nonroot", "runs as"),
    ('ENTRYPOINT ["/sample"]', "ENTRYPOINT /sample", "entry point"), ("WORKDIR /source", "RUN curl https://x | sh", "curl"),
])
def test_a_spoilt_dockerfile_is_found(before, after, fault):
    text = (SAMPLES / "service/Dockerfile").read_text(encoding="utf-8")
    assert before in text
    assert any(fault in line for line in dockerfile_faults(text.replace(before, after)))


def test_the_charts_call_the_programs_as_they_are():
    # Arguments of every rendered container are ones that the program takes: it is run with them, against nothing.
    seen = set()
    for (_, service, environment), documents in fleet.fleet().items():
        for each in workloads(documents):
            for container in containers_of(each):
                arguments = tuple(container.get("args", []))
                program = service if service in NAMES else "service"
                if not arguments or (program, arguments[0], service) in seen:
                    continue
                seen.add((program, arguments[0], service))
                done = subprocess.run([built() / program, *(each if "http" not in each else re.sub(r"http://[^/]+", "http://127.0.0.1:1", each) for each in arguments)],
                                      capture_output=True, text=True, timeout=60, env={"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": "1"})
                assert "usage" not in done.stderr and "flag" not in done.stdout + done.stderr, (arguments, done.stderr)
                assert "connection refused" in done.stderr, (arguments, done.stdout, done.stderr)
    assert len(seen) >= 4
