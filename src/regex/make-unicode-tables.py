#!/usr/bin/env python3
"""make-unicode-tables.py: writes unicode_tables.inc from the Unicode data of the Python that runs it.

Categories: one byte of category, then the run's length as a little-endian base-128 number. A run in which Lu and Ll
take turns is one run of the made-up category 30, because those are half of all runs.
Folds: {first, count, stride, delta}: the code points first, first + stride, ... fold to themselves + delta.
"""
import pathlib
import sys
import unicodedata

CATEGORIES = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
              "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"]
ALTERNATING = 30


def category_runs():
    codes = [CATEGORIES.index(unicodedata.category(chr(point))) for point in range(0x110000)]
    runs, at = [], 0
    while at < len(codes):
        end = at
        while end < len(codes) and codes[end] == (end - at) % 2:
            end += 1
        if end - at >= 3:
            runs.append((ALTERNATING, end - at))
        else:
            end = at
            while end < len(codes) and codes[end] == codes[at]:
                end += 1
            # The last capital of a run starts the turns that follow it.
            if codes[at] == 0 and end - at > 1 and codes[end:end + 2] == [1, 0]:
                end -= 1
            runs.append((codes[at], end - at))
        at = end
    return runs


def simple_fold(point):
    text = chr(point)
    folded = text.casefold()
    if len(folded) != 1:
        folded = text.lower()
    return ord(folded) if len(folded) == 1 else point


def fold_runs():
    pairs = [(point, simple_fold(point) - point) for point in range(0x110000) if simple_fold(point) != point]
    runs = []
    for point, delta in pairs:
        if runs:
            first, count, stride, run_delta = runs[-1]
            step = point - (first + (count - 1) * stride)
            if run_delta == delta and step in (1, 2) and (count == 1 or step == stride):
                runs[-1] = (first, count + 1, step, delta)
                continue
        runs.append((point, 1, 1, delta))
    return runs


def main():
    data = []
    for code, length in category_runs():
        data.append(code)
        while length >= 128:
            data.append(length & 127 | 128)
            length >>= 7
        data.append(length)
    lines = [f"// Unicode {unicodedata.unidata_version}, written by make-unicode-tables.py. clang-format off",
             "constexpr unsigned char k_category_runs[] = {"]
    lines += ["  " + ",".join(map(str, data[at:at + 40])) + "," for at in range(0, len(data), 40)]
    lines += ["};", "constexpr FoldRun k_fold_runs[] = {"]
    folds = [f"{{0x{first:X},{count},{stride},{delta}}}" for first, count, stride, delta in fold_runs()]
    lines += ["  " + ",".join(folds[at:at + 6]) + "," for at in range(0, len(folds), 6)]
    lines += ["};", ""]
    pathlib.Path(sys.argv[0]).with_name("unicode_tables.inc").write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(data)} bytes of categories, {len(folds)} fold runs", file=sys.stderr)


main()
