"""The list of mutants does not rot, and the program that plays them tells the noticed from the unnoticed. scripts/mutants plays all."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mutants  # noqa: E402

LIST = mutants.mutants()


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len({mutant["name"] for mutant in LIST}) == len(LIST) >= 40


@pytest.mark.parametrize("mutant", LIST, ids=lambda mutant: mutant["name"])
def test_a_mutant_fits_the_source_and_names_a_test(mutant):
    text = (mutants.ROOT / "src" / mutant["file"]).read_text(encoding="utf-8")
    assert text.count(mutant["text"]) == 1 and mutant["planted"] not in (mutant["text"], text)
    assert (mutants.ROOT / "build/dev/bin" / mutants.program_of(mutant["test"])).exists()


def test_one_is_played_and_noticed():
    done = subprocess.run([sys.executable, mutants.__file__, "base64-data-behind-padding"], capture_output=True, text=True)
    assert done.returncode == 0 and "1 mutants, 1 noticed, 0 not" in done.stdout, done.stdout + done.stderr


def test_a_change_that_nobody_notices_is_told(monkeypatch, capsys):
    harmless = {"name": "harmless", "file": "base/encoding.cpp", "text": "std::size_t padding = 0;", "planted": "std::size_t padding{0};",
                "test": "Base64.refuses_what_would_be_ambiguous_or_cut_short"}
    monkeypatch.setattr(mutants, "mutants", lambda: [harmless])
    monkeypatch.setattr(sys, "argv", ["mutants"])
    assert mutants.main() == 1 and "GREEN: nobody noticed" in capsys.readouterr().out
