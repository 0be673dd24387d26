#!/usr/bin/env python3
"""Writes the simulator's own copies of the sources that faults.toml plants faults in.

plant.py --list               the files, relative to src/
plant.py SRC TARGET           writes TARGET/<file> for each of them, and TARGET/faults.inc: {name, promises that may catch it}
"""
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent


def faults():
    return tomllib.loads((HERE / "faults.toml").read_text(encoding="utf-8"))["fault"]


def main():
    files = sorted({fault["file"] for fault in faults()})
    if sys.argv[1:] == ["--list"]:
        print(";".join(files), end="")
        return 0
    source, target = map(pathlib.Path, sys.argv[1:])
    for file in files:
        text = (source / file).read_text(encoding="utf-8")
        for fault in faults():
            if fault["file"] != file:
                continue
            if text.count(fault["text"]) != 1:
                print(f"error: the fault {fault['name']} cannot be planted: {file} holds its text {text.count(fault['text'])} times; "
                      "write it anew in tests/sim/faults.toml", file=sys.stderr)
                return 1
            text = text.replace(fault["text"], fault["planted"].replace("FAULT", f'::sentimark::sim::planted("{fault["name"]}")'))
        out = target / file
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f'#include "sim/planted.hpp"\n#line 1 "{file}"\n{text}', encoding="utf-8")
    rows = [f'{{"{fault["name"]}", "{"|".join(fault["caught_by"])}"}},\n' for fault in faults() if fault["caught_by"]]
    (target / "faults.inc").write_text("".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
