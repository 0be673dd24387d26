"""reduced.sh alone, in every shell that a command pod may have, with programs beside it that stand for kubectl and helm.

Rows: X-04 (a policy that blocks our program), B-05 (the bytes are proved first).
"""
import base64
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "src/reduced_script/reduced.sh"
TOOLS = "sha256sum wc tr cat mkdir printf head tail mv sed awk grep sleep date gzip base64 hostname sh kill env".split()
SHELLS = ["dash", "busybox"]
SPACE = pathlib.Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


@pytest.fixture(params=SHELLS)
def pod(request, tmp_path):
    return Pod(request.param, tmp_path)


class Pod:
    """A folder as a call leaves it, a PATH with these tools alone, and a kubectl that answers by what stands in files."""

    def __init__(self, shell, folder):
        self.folder, self.bin = folder / "work", folder / "bin"
        self.folder.mkdir()
        self.bin.mkdir()
        for tool in TOOLS:
            if shell == "busybox":
                (self.bin / tool).symlink_to(shutil.which("busybox"))
            elif shutil.which(tool):
                (self.bin / tool).symlink_to(shutil.which(tool))
        self.argv = [shutil.which("busybox"), "sh"] if shell == "busybox" else [shutil.which("dash")]
        self.files, self.steps = {"reduced.sh": SCRIPT.read_bytes(), "not-after": b"99999999999\n"}, []

    def program(self, name, text):
        (self.bin / name).write_text("#!/bin/sh\n" + text)
        (self.bin / name).chmod(0o755)
        return self

    def step(self, *argv, given=None, previous=False, offset=0, form="all"):
        number = len(self.steps) + 1
        self.files[f"step-{number}.argv"] = "".join(word + "\n" for word in argv).encode()
        source = f"made/out-{number - 1}" if previous else "/dev/null"
        if given is not None:
            self.files[f"record-{number}"] = given
            source = f"made/record-{number}"
        self.steps.append(f"{number} {source} {offset} {form}\n")
        return self

    def guard(self, *argv):
        lines = "".join(word + "\n" for word in argv).encode()
        self.files |= {"guard.argv": lines, "record-guard": b"by @sentimark-pod@ in @sentimark-namespace@", "held.argv": b"kubectl\nlook\n", "held.token": b"70ce\n"}
        return self

    def start(self, env=None):
        self.files["steps"] = "".join(self.steps).encode()
        sums = "".join(f"{hashlib.sha256(data).hexdigest()} {name}\n" for name, data in self.files.items()).encode()
        for name, data in (self.files | {"sums": sums}).items():
            (self.folder / name).write_bytes(data)
        self.digest = hashlib.sha256(sums).hexdigest()
        self.damage()
        return subprocess.Popen([*self.argv, "reduced.sh", self.digest], cwd=self.folder, env={"PATH": str(self.bin), "HOSTNAME": "command-0a1b"} | (env or {}),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def damage(self):
        pass

    def run(self, env=None):
        return self.answer(self.start(env))

    def answer(self, process):
        out = process.communicate(timeout=60)[0]
        assert process.returncode == 0, out
        self.log = out
        found = re.search(rb"\nsentimark-answer begin ([0-9a-f]{32}) bytes=(\d+) sha256=([0-9a-f]{64})\n", out)
        assert found, out
        nonce, size, digest = found[1].decode(), int(found[2]), found[3].decode()
        payload, end = out[found.end():found.end() + size], out[found.end() + size:]
        assert nonce == self.digest[:32] and hashlib.sha256(payload).hexdigest() == digest and end == f"\nsentimark-answer end {nonce}\n".encode()
        return payload


def results(payload):
    """(code, stopped, output, errors) of each; the output is None where only a part of it was told."""
    found = []
    while payload:
        line, payload = payload.split(b"\n", 1)
        word, code, stopped, packing, size, digest, part, errors = line.decode().split(" ")
        assert word == "result"
        told, payload = payload[:int(part)], payload[int(part):]
        out = None
        if int(part) == int(size):
            assert hashlib.sha256(told).hexdigest() == digest
            out = gzip.decompress(base64.b64decode(told, validate=True)) if packing == "gzip" else told
        found.append((int(code), stopped, out, payload[:int(errors)]))
        payload = payload[int(errors):]
    return found


NASTY = ["$(touch bad)", "`touch bad`", "a b  c", "'\"\\", "*", "-n", "ü;|&", "", "%s"]


def test_arguments_arrive_as_they_are(pod):
    pod.program("show", 'for word in "$@"; do printf "<%s>\\n" "$word"; done; cat; echo trouble >&2; exit 3\n')
    [(code, stopped, out, errors)] = results(pod.step("show", *NASTY, given=b"input").run())
    assert (code, stopped, errors) == (3, "0", b"trouble\n")
    assert out.decode() == "".join(f"<{word}>\n" for word in NASTY) + "input" and not (pod.folder / "bad").exists()


def test_one_command_takes_what_the_one_before_printed(pod):
    pod.program("say", "echo said\n").program("repeat", "cat\n")
    assert [out for _, _, out, _ in results(pod.step("say").step("repeat", previous=True).run())] == [b"said\n", b"said\n"]


def test_a_program_that_is_not_there(pod):
    [(code, _, out, errors)] = results(pod.step("nonesuch").run())
    assert (code, out) == (127, b"") and b"nonesuch" in errors


@pytest.mark.parametrize("name", ["reduced.sh", "job.json", "step-1.argv", "steps", "sums"])
def test_nothing_is_run_of_damaged_bytes(pod, name):
    """B-05."""
    pod.files["job.json"] = b"{}"
    pod.program("say", "touch ran\n").step("say")
    pod.damage = lambda: (pod.folder / name).write_bytes((pod.folder / name).read_bytes() + b"#")
    assert pod.run().decode() == f"refused damaged {name}\n" and not (pod.folder / "ran").exists()


# Of dash alone: what busybox has built in cannot be taken away from its shell.
@pytest.mark.parametrize("pod", ["dash"], indirect=True)
def test_without_sha256sum_it_says_so_and_runs_nothing(pod):
    (pod.bin / "sha256sum").unlink()
    pod.program("say", "touch ran\n").step("say")
    process = pod.start()
    assert f"\nsentimark-refused {pod.digest[:32]} no-sha256sum\n".encode() in process.communicate(timeout=60)[0] and not (pod.folder / "ran").exists()


def test_a_pod_that_starts_too_late_does_nothing(pod):
    pod.files["not-after"] = b"1700000000\n"
    assert pod.program("say", "touch ran\n").step("say").run() == b"refused late\n" and not (pod.folder / "ran").exists()


def test_a_pod_whose_name_could_be_more_than_a_name(pod):
    assert pod.program("say", "touch ran\n").step("say").run({"HOSTNAME": "a/g;s/b/c"}) == b"refused name\n"


def test_the_guard_names_the_pod_and_comes_first(pod):
    pod.program("kubectl", '[ "$1" = look ] && echo 70ce && exit; cat >record; echo won\n').program("helm", "echo helm: $(cat record)\n")
    (code, _, out, _), (_, _, helm, _) = results(pod.guard("kubectl", "replace").step("helm", "upgrade").run())
    space = SPACE.read_text() if SPACE.exists() else "aks-command"
    assert (code, out) == (0, b"won\n") and helm.decode() == f"helm: by command-0a1b in {space}\n"


def test_helm_is_not_started_when_the_guard_is_lost(pod):
    pod.program("kubectl", "echo 'Error from server (Conflict): changed' >&2; exit 1\n").program("helm", "touch ran\n")
    [(code, _, _, errors)] = results(pod.guard("kubectl", "replace").step("helm", "upgrade").run())
    assert code == 1 and b"Conflict" in errors and not (pod.folder / "ran").exists()


WAITING_HELM = "trap 'echo ended; exit 5' TERM; echo begun >begun; while :; do sleep 0.1; done\n"


def test_sigterm_ends_helm_and_tells_so(pod):
    pod.program("kubectl", "exit 0\n").program("helm", WAITING_HELM)
    process = pod.guard("kubectl", "replace").step("helm", "upgrade").start()
    deadline = time.monotonic() + 60
    while not (pod.folder / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, (code, stopped, out, _) = results(pod.answer(process))
    assert (code, stopped, out) == (5, "1", b"ended\n")


def test_a_hold_that_is_taken_away_ends_helm(pod):
    pod.program("kubectl", '[ "$1" = look ] && echo "another token"; exit 0\n').program("helm", WAITING_HELM)
    _, (code, stopped, out, _) = results(pod.guard("kubectl", "replace").step("helm", "upgrade").run())
    assert (code, stopped, out) == (5, "0", b"ended\n")


def test_an_endless_output_is_bounded(pod):
    """A file stops growing at 64 MiB, and what is told of it is a part that says so."""
    pod.program("flood", "exec head -c 90000000 /dev/zero\n")
    [(code, _, _, _)] = results(pod.step("flood").run())
    assert code != 0 and (pod.folder / "made/out-1").stat().st_size <= 64 << 20


def test_what_has_no_room_is_fetched_in_parts(pod):
    text = os.urandom(700_000)
    (pod.folder / "big").write_bytes(text)
    pod.program("big", "cat big\n").step("big")
    whole = b""
    for _ in range(9):
        header, payload = pod.run().split(b"\n", 1)
        size, part = int(header.split()[4]), int(header.split()[6])
        whole += payload[:part]
        if len(whole) == size:
            break
        shutil.rmtree(pod.folder / "made")
        pod.steps = [f"1 /dev/null {len(whole)} all\n"]
    assert gzip.decompress(base64.b64decode(whole, validate=True)) == text and hashlib.sha256(whole).hexdigest().encode() == header.split()[5]


MANIFEST = """---
# Source: a
apiVersion: v1
kind: Secret
data: {password: aGlkZGVu}
---
apiVersion: apps/v1
kind: Deployment
metadata: {annotations: {note: 'kind: Secret'}}
---
{"kind": "Secret", "stringData": {"a": "hidden"}}
---
kind: "List"
items:
- kind: Secret
  stringData: {a: hidden}
---
kind: SecretProviderClass
"""


def test_a_manifest_is_told_without_its_secrets(pod):
    """The Deployment stays although it speaks of a Secret; the digest is of the whole."""
    (pod.folder / "manifest").write_text(MANIFEST)
    [(code, _, out, _)] = results(pod.program("helm", "cat manifest\n").step("helm", "get", "manifest", form="manifest").run())
    text = out.decode()
    assert code == 0 and "hidden" not in text and "aGlkZGVu" not in text and "kind: Deployment" in text and "SecretProviderClass" in text
    assert text.endswith(f"# sha256:{hashlib.sha256(MANIFEST.encode()).hexdigest()}\n")


def test_it_stays_small():
    assert len(SCRIPT.read_text().splitlines()) <= 150
