"""soak.py: what is too long for scripts/test. Builds every library of deps.lock and every program of both release presets
a second time, in another folder and without ccache, and compares each archive and each program with the first.
Needs what scripts/test has set up; about ten minutes on two cores."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from programs import NAMES, PRESETS, ROOT, build, copy_of_the_tree, path_of  # noqa: E402

TARGETS = {"release": "x86_64", "release-aarch64": "aarch64"}


def build_libraries(tree, target, prefix):
    """As scripts/bootstrap does it, from the checked archives in the cache."""
    cache = pathlib.Path(os.environ.get("SENTIMARK_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "sentimark")
    toolchain = [f"-DCMAKE_TOOLCHAIN_FILE={tree}/src/cmake/toolchain-aarch64.cmake"] if target == "aarch64" else []
    work = prefix.with_suffix(".work")
    for command in (["cmake", "-S", tree / "src/cmake/deps", "-B", work, "-G", "Ninja", f"-DLOCK={tree}/deps.lock", f"-DSOURCES={cache}/sources",
                     f"-DPREFIX={prefix}", f"-DTARGET_ARCH={target}", *toolchain], ["cmake", "--build", work]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (prefix / "complete").touch()


def compare(first, second):
    same = first.read_bytes() == second.read_bytes()
    print(f"{'same' if same else 'DIFFERENT':10} {first.relative_to(ROOT)}", flush=True)
    return same


def main():
    good = bool(NAMES)
    with tempfile.TemporaryDirectory(prefix="sentimark-soak-of-a-longer-name-") as folder:
        tree = pathlib.Path(folder) / "tree"
        copy_of_the_tree(tree)
        for preset in PRESETS:
            link = tree / "build" / f"deps-{TARGETS[preset]}"
            prefix = pathlib.Path(folder) / TARGETS[preset]
            build_libraries(tree, TARGETS[preset], prefix)
            for archive in sorted((prefix / "lib").glob("*.a")):
                good &= compare(ROOT / "build" / link.name / "lib" / archive.name, archive)
            link.unlink()
            link.symlink_to(prefix)
            build(ROOT, preset)
            build(tree, preset, CCACHE_DISABLE="1")
            for name in NAMES:
                good &= compare(path_of(preset, name), tree / "build" / preset / "bin" / name)
    print("reproducible" if good else "NOT reproducible")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
