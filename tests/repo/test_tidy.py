"""clang-tidy's list (.clang-tidy) holds for every source of the programs. A file that is as it was when it last held is not looked at again."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/dev"
HELD = pathlib.Path(os.environ.get("SENTIMARK_CACHE", pathlib.Path.home() / ".cache/sentimark")) / "tidy"
TIDY = "clang-tidy-14"


def sources():
    """source -> how the dev preset compiles it, of all below src/."""
    commands = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    return {command["file"]: command["command"] for command in commands if command["file"].startswith(f"{ROOT}/src/")}


def parts():
    """source -> the files of this tree that it includes, itself first, as the compiler told ninja."""
    text = subprocess.run(["ninja", "-t", "deps"], cwd=BUILD, capture_output=True, text=True, check=True).stdout
    found = {}
    for block in text.split("\n\n"):
        files = [str((BUILD / line.strip()).resolve()) for line in block.splitlines()[1:]]
        own = [file for file in files if file.startswith(f"{ROOT}/src/")]
        if own and own[0].endswith((".c", ".cpp")):
            found.setdefault(own[0], own)
    return found


def key_of(command, files):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + command.replace(str(ROOT), "").encode())
    for file in sorted(files):
        digest.update(file.removeprefix(str(ROOT)).encode() + pathlib.Path(file).read_bytes())
    return digest.hexdigest()


def complaints(file):
    """What it says of one file; a file that clang itself cannot read holds nothing."""
    done = subprocess.run([TIDY, "--quiet", "-p", BUILD, "--extra-arg=-Wno-unknown-warning-option", file], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if re.search(r"(,-warnings-as-errors|\[clang-diagnostic-error)\]$", line)]
    return lines if lines or done.returncode == 0 else [f"{file}: {TIDY} ended with {done.returncode}: {done.stderr[-500:]}"]


def test_every_source_keeps_the_list():
    files, commands = parts(), sources()
    assert len(commands) > 150
    HELD.mkdir(parents=True, exist_ok=True)
    keys = {file: HELD / key_of(command, files[file]) for file, command in commands.items()}
    asked = [file for file, key in keys.items() if not key.exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(asked, pool.map(complaints, asked)))
    for file, lines in found.items():
        if not lines:
            keys[file].touch()
    assert [line for lines in found.values() for line in lines] == []


def test_the_list_is_asked_at_all(tmp_path):
    """A file that breaks it is found out, in the way that the others are looked at."""
    bad = tmp_path / "bad.cpp"
    bad.write_text("#include <string>\n#include <utility>\nint f() { std::string a(\"x\"); std::string b = std::move(a); return static_cast<int>(a.size() + b.size()); }\n")
    done = subprocess.run([TIDY, "--quiet", f"--config-file={ROOT}/.clang-tidy", bad, "--", "-std=c++20"], capture_output=True, text=True, check=False)
    assert "bugprone-use-after-move,-warnings-as-errors" in done.stdout, done.stdout + done.stderr
