"""The released programs: which there are, where each preset puts them, how to start and how to build them."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = sorted(name for path in (ROOT / "src").glob("*/CMakeLists.txt")
               for name in re.findall(r"^sentimark_program\(([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
PRESETS = {"release": [], "release-aarch64": ["qemu-aarch64-static"]}  # preset -> what starts its programs here


def path_of(preset, name):
    return ROOT / "build" / preset / "bin" / name


def every():
    return [(preset, name) for preset in PRESETS for name in NAMES]


def copy_of_the_tree(target):
    """A clone with this tree's commit and its uncommitted changes, and links to the built third-party libraries and tools."""
    subprocess.run(["git", "clone", "--quiet", ROOT, target], check=True)

    def files(folder):
        listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=folder, check=True, capture_output=True, text=True)
        return {name for name in listing.stdout.split("\0") if name and os.path.lexists(folder / name)}
    here = files(ROOT)
    for name in files(target) - here:
        (target / name).unlink()
    for name in here:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    (target / "build").mkdir()
    for entry in (ROOT / "build").iterdir():
        if entry.is_symlink():
            (target / "build" / entry.name).symlink_to(entry.resolve())
    shutil.copytree(ROOT / "build/rapidjson", target / "build/rapidjson", symlinks=True)


def build(tree, preset, **env):
    for command in (["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset]):
        done = subprocess.run(command, cwd=tree, env=os.environ | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-8000:]
