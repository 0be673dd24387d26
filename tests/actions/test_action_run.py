"""The one step of an action, run as the runner runs it, with a stand-in for the program in bin-dir."""
import hashlib
import json
import pathlib
import platform
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from action_file import ACTIONS, OURS_ALONE, ROOT, Run, declared, program_of  # noqa: E402

# Writes its environment as JSON to a file beside itself, an output of two lines, and ends as told.
STAND_IN = f"""#!{sys.executable}
import json, os, sys
if sys.argv[1:] == ["--version"]: sys.exit(0)
json.dump({{"env": dict(os.environ), "argv": sys.argv[1:], "pid": os.getpid()}}, open(__file__ + ".seen", "w"))
open(os.environ["GITHUB_OUTPUT"], "a").write("status<<X\\nsucceeded\\nX\\nsummary-file<<X\\na\\nb\\nX\\n")
sys.exit(int(os.environ.get("STAND_IN_EXIT", "0")))
"""
HOSTILE = ["plain", "two  spaces ", "'single' \"double\" `ticks`", "$(touch pwned) ${HOME} $((1+1))", "line one\nline two\n\n", "::add-mask::x\n::error::y",
           "##[error]z", "%0A::stop-commands::t", "-n --flag=x", "\\ \\n \\x41", "*?[a]~", "ünïcode 🚢", "${{ github.token }}", "a=b;c&d|e>f", "\ttab\r\nreturn"]


@pytest.fixture(params=ACTIONS, ids=lambda file: str(file.relative_to(ROOT).parent))
def action(request):
    return request.param


@pytest.fixture
def stand_in(action, tmp_path):
    file = tmp_path / "bin" / program_of(action)
    file.parent.mkdir()
    file.write_text(STAND_IN)
    file.chmod(0o755)
    return file


@pytest.fixture
def tree(action, tmp_path):
    """A copy of the actions with a lock of its own: (copy, write the lock)."""
    copy = tmp_path / "work folder" / "tree"
    shutil.copytree(ROOT / "actions", copy / "actions")
    shutil.copy(ROOT / "action.yml", copy)
    # Where the runner's archive lost the permission bits.
    (copy / "actions/_bin/run.sh").chmod(0o644)

    def lock(digest, size=1, version="1.2.3"):
        (copy / "actions/_bin/release.lock").write_text(
            f"version {version}\nsource {'a' * 40}\n{digest} {size} {program_of(action)}-{platform.system().lower()}-{platform.machine()}\n")
    return copy, lock


def seen(stand_in):
    return json.loads(stand_in.with_name(stand_in.name + ".seen").read_text())


def inputs_seen(stand_in):
    return {name: value for name, value in seen(stand_in)["env"].items() if name.startswith("SENTIMARK_INPUT_")}


def run(action, stand_in, tmp_path, inputs=None, **options):
    return Run(action, {"bin-dir": str(stand_in.parent), "allow-unlocked": "true"} | (inputs or {}), tmp_path, **options)


def variable(name):
    return "SENTIMARK_INPUT_" + name.upper().replace("-", "_")


def names(action):
    return [name for name in declared(action) if name not in OURS_ALONE]


def test_every_input_arrives_byte_for_byte(action, stand_in, tmp_path):
    inputs = {name: f"{at} {HOSTILE[at % len(HOSTILE)]}" for at, name in enumerate(names(action))}
    assert len(inputs) >= len(HOSTILE)
    done = run(action, stand_in, tmp_path, inputs)
    assert done.code == 0, done.printed
    assert inputs_seen(stand_in) == {variable(name): value for name, value in inputs.items()}
    assert not (tmp_path / "workspace/pwned").exists()


def test_unset_inputs_are_empty_or_their_default(action, stand_in, tmp_path):
    assert run(action, stand_in, tmp_path).code == 0
    assert inputs_seen(stand_in) == {variable(name): declared(action)[name] for name in names(action)}
    assert inputs_seen(stand_in)["SENTIMARK_INPUT_CHART"] == ""


def test_outputs_and_exit_code_are_the_programs(action, stand_in, tmp_path):
    done = run(action, stand_in, tmp_path, machine={"STAND_IN_EXIT": "20"})
    assert done.code == 20
    assert (done.outputs["status"], done.outputs["summary-file"], done.outputs["exit-reason"]) == ("succeeded", "a\nb", "")


def test_the_program_is_the_process_that_the_runner_signals(action, stand_in, tmp_path):
    done = run(action, stand_in, tmp_path)
    assert done.code == 0 and seen(stand_in)["pid"] == done.pid


def test_the_program_gets_no_code_to_load_and_no_arguments(action, stand_in, tmp_path):
    loaders = {"ENV": "/nonexistent", "BASH_ENV": "/nonexistent", "LD_PRELOAD": "", "LD_LIBRARY_PATH": "/nonexistent", "LD_AUDIT": ""}
    assert run(action, stand_in, tmp_path, machine=loaders).code == 0
    assert not set(loaders) & set(seen(stand_in)["env"])
    assert seen(stand_in)["argv"] == []


def test_a_relative_folder_starts_at_the_workspace(action, stand_in, tmp_path):
    shutil.copytree(stand_in.parent, tmp_path / "workspace" / "to ols")
    assert run(action, stand_in, tmp_path, {"bin-dir": "to ols"}).code == 0
    assert (tmp_path / "workspace/to ols" / (stand_in.name + ".seen")).exists()


def refused(done, code, word, *texts):
    """One annotation with every text in it, outputs that say the same, and the exit code."""
    assert done.code == code, done.printed
    [annotation] = done.commands()
    assert annotation.startswith(f"::error title={program_of(done.file)}::")
    assert all(text in annotation for text in texts), annotation
    assert done.step_outputs["status"] == word and done.step_outputs["exit-reason"]
    assert done.printed.strip() == annotation


def test_without_a_released_program_the_way_on_is_said(action, tmp_path):
    refused(Run(action, {}, tmp_path), 3, "config", f"no released {program_of(action)}", "bin-dir", "allow-unlocked: true")


def test_a_folder_or_program_that_is_not_there(action, stand_in, tmp_path):
    refused(run(action, stand_in, tmp_path, {"bin-dir": "/nonexistent"}), 2, "usage", "/nonexistent")
    stand_in.unlink()
    refused(run(action, stand_in, tmp_path), 2, "usage", f"holds no {program_of(action)}")


def test_a_program_without_permission(action, stand_in, tmp_path):
    stand_in.chmod(0o644)
    refused(run(action, stand_in, tmp_path), 2, "usage", "chmod +x")


def test_a_program_that_nothing_vouches_for(action, stand_in, tmp_path):
    digest = hashlib.sha256(stand_in.read_bytes()).hexdigest()
    refused(run(action, stand_in, tmp_path, {"allow-unlocked": "false"}), 7, "refused", digest, "allow-unlocked: true")
    assert not stand_in.with_name(stand_in.name + ".seen").exists()
    done = run(action, stand_in, tmp_path)
    [notice] = done.commands()
    assert done.code == 0 and notice.startswith(f"::notice title={stand_in.name}::") and digest in notice and "allow-unlocked" in notice


def test_a_program_of_the_lock_runs_without_a_word(action, stand_in, tmp_path, tree):
    copy, lock = tree
    lock(hashlib.sha256(stand_in.read_bytes()).hexdigest())
    done = run(action, stand_in, tmp_path, {"allow-unlocked": ""}, home=copy)
    assert done.code == 0 and done.commands() == []


def test_one_changed_byte_is_refused(action, stand_in, tmp_path, tree):
    copy, lock = tree
    good = hashlib.sha256(stand_in.read_bytes()).hexdigest()
    lock(good)
    stand_in.write_text(STAND_IN.replace("JSON", "JSoN") + "#")
    bad = hashlib.sha256(stand_in.read_bytes()).hexdigest()
    refused(run(action, stand_in, tmp_path, {"allow-unlocked": "false"}, home=copy), 7, "refused", good, bad, "1.2.3")
    assert not stand_in.with_name(stand_in.name + ".seen").exists()


def test_a_program_of_another_machine(action, stand_in, tmp_path):
    stand_in.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00" + bytes(200))
    refused(run(action, stand_in, tmp_path), 3, "config", "does not run on this machine", platform.machine())


@pytest.mark.parametrize("value", ["yes", "TRUE", "true\n::add-mask::x"])
def test_a_switch_is_true_or_false(action, stand_in, tmp_path, value):
    refused(run(action, stand_in, tmp_path, {"allow-unlocked": value}), 2, "usage", "Use true or false")


@pytest.mark.parametrize("value", ["no\n::add-mask::x", "a%0A::error::b", "x\r::notice::y", "$(touch pwned)", "`touch pwned`", "-rf", "'\";"])
def test_a_hostile_folder_name_stays_data(action, tmp_path, value):
    refused(Run(action, {"bin-dir": value}, tmp_path), 2, "usage", "bin-dir")
    assert not (tmp_path / "workspace/pwned").exists()
