"""The same commit gives the same bytes, whatever the folder. scripts/soak builds the third-party libraries twice as well."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from programs import NAMES, ROOT, build, copy_of_the_tree, path_of  # noqa: E402


def test_a_second_build_in_another_folder_gives_the_same_bytes(tmp_path):
    """The second one compiles every file: an object out of ccache would prove nothing."""
    other = tmp_path / "a-folder-of-another-and-longer-name"
    copy_of_the_tree(other)
    build(ROOT, "release")
    build(other, "release", CCACHE_DISABLE="1")
    assert NAMES
    for name in [*NAMES, "agent-amd64", "agent-arm64"]:
        first, second = path_of("release", name).read_bytes(), (other / "build/release/bin" / name).read_bytes()
        assert first == second, f"{name}: {len(first)} and {len(second)} bytes, first difference at {next((at for at, (x, y) in enumerate(zip(first, second)) if x != y), None)}"
