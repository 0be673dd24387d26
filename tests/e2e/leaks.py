"""Looks for secrets in everything that a deploy leaves or shows: as they are, and in the forms in which they travel."""
import base64
import codecs
import json
import re
import subprocess
import urllib.parse

from lab import ROOT

STRACE = ["/usr/bin/strace", "-ff", "-yy", "-s", "1000000", "-e", "trace=execve,write,writev,pwrite64,sendto,sendmsg,sendmmsg"]
CONTEXT = re.compile(r"/(job\.json|chart\.tgz|values\.json)(\.\w{6})?$")  # the documented exception: what a job carries, on its way
OURS = ("helm-private-deploy", "agent-amd64", "agent-arm64")


def install_strace():
    subprocess.run([ROOT / "scripts/lib/apt", "strace"], check=True, capture_output=True)


def forms(secret):
    """name of the form -> bytes to look for."""
    raw = secret.encode()
    found = {"raw": raw, "url": urllib.parse.quote(secret, safe="").encode(), "form": urllib.parse.quote_plus(secret).encode()}
    for name, ascii_only in (("json", True), ("json-utf8", False)):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        go = once.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")  # as kubectl and helm write it
        found |= {name: once.encode(), name + "-twice": json.dumps(once)[1:-1].encode(), name + "-go": go.encode(), name + "-go-twice": json.dumps(go)[1:-1].encode()}
    for phase in range(3):
        # What stands in front moves the phase; the characters that share bits with neighbours are left out.
        text = base64.b64encode(bytes(phase) + raw)[(0, 2, 3)[phase]:(phase + len(raw)) * 8 // 6]
        found |= {f"base64-{phase}": text, f"base64url-{phase}": text.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def search(places, secrets):
    """(place, secret, form) of everything that is found. `places` are bytes by name, `secrets` texts by name."""
    hits = []
    for place, data in places.items():
        whole = data.replace(b"\n", b"")  # base64 in lines
        for name, secret in secrets.items():
            hits += [(place, name, form) for form, wanted in forms(secret).items() if wanted in data or wanted in whole]
    return sorted(hits)


def told_in_trace(text, own):
    """What one traced process gave away: the words of every program it started, and what it wrote to files and sockets, and,
    of our own programs, to standard output and error. Pipes between parents and children are not told to anybody."""
    told = []
    for line in text.splitlines():
        if line.startswith("execve("):
            told.append(line)
        written = re.match(r"(?:write|writev|pwrite64|sendto|sendmsg|sendmmsg)\((\d+)<([^>]*)>", line)
        if written is None or "::add-mask::" in line:
            continue
        descriptor, target = int(written[1]), written[2]
        if own and descriptor in (1, 2) or not target.startswith(("pipe:", "anon_inode:", "/dev/null")) and not CONTEXT.search(target):
            told.append(line)
    return codecs.escape_decode("\n".join(told).encode())[0]


def traces(folder, only_below_agent=False):
    """The trace files of `strace -ff` as places. An emulator's own threads are no half of the product."""
    places = {}
    for file in folder.glob("trace.*"):
        text = file.read_text(errors="surrogateescape")
        started = re.findall(r'^execve\("([^"]+)"', text, re.M)
        if not started and only_below_agent:
            continue
        name = started[-1].rsplit("/", 1)[-1] if started else "thread"
        places[f"trace of {name} {file.suffix[1:]}"] = told_in_trace(text, name in OURS)
    return places


def files(folder):
    return {f"file {path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}
