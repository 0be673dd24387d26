"""DP-05: which files of a chart are deployed and which dependencies are refused, judged by real Helm 3 and 4."""
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "charts"))
from rendering import MAJORS, ROOT, helm  # noqa: E402

JUDGE = ROOT / "build/dev/bin/judge_helm"
CHART = "apiVersion: v2\nname: small\nversion: 0.1.0\n"


def judged(*words, lines=None):
    done = subprocess.run([JUDGE, *map(str, words)], input=lines, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(chart, tmp_path):
    return json.loads(judged("chart", chart, tmp_path / "ours.tgz"))


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def helms(major, chart, out):
    """path -> sha256 of what `helm package` took, or None when it refused."""
    out.mkdir()
    if helm(major, "package", chart, "-d", out).returncode != 0:
        return None
    [package] = out.iterdir()
    with tarfile.open(package) as archive:
        return {name.split("/", 1)[1]: hashlib.sha256(archive.extractfile(name).read()).hexdigest() for name in archive.getnames()}


# Helm writes the first two anew when it packages, and takes the mark of UTF-8 off every file, as it does again when it reads a chart.
REWRITTEN = {"Chart.yaml", "Chart.lock", ".helmignore"}


def differences(mine, theirs):
    return sorted(mine.keys() ^ theirs.keys()) + sorted(name for name in mine.keys() & theirs.keys() - REWRITTEN if mine[name] != theirs[name])


NAMES = ["values.yaml", "values.schema.json", "README.md", "notes.txt", "note.txt", "a.tmp", "b.bak", ".hidden", ".git/config", "docs/a.md", "docs/deep/b.md", "src/docs/c.md",
         "templates/map.yaml", "templates/.hidden.yaml", "templates/sub/.kept.yaml", "templates/_helpers.tpl", "templates/NOTES.txt", "templates/tests/t.yaml", "crds/c.yaml",
         "files/x1.txt", "files/x12.txt", "files/xé.txt", "files/日.txt", "files/a b 'c' \"d\".txt", "files/line\nbreak.txt", "files/[x].txt", "files/-.txt", "files/^.txt", "files/a/b/c.txt",
         "temp/x", "tmp/x", "deep/temp/x", "foo", "dir/foo", "foo.d/x", "Ä/ä.txt"]
IGNORES = {
    "nothing": "", "comment": "# a\n\n   \n", "suffix": "*.txt\n", "folder": "docs/\n", "folder-at-root": "/docs/\n", "rooted": "/foo\n", "plain": "foo\n", "path": "files/*.txt\n",
    "deep-path": "files/*/*/c.txt\n", "question": "files/x?.txt\n", "utf8-question": "files/?.txt\n", "class": "files/x[0-9].txt\n", "negated-class": "files/x[^0-9].txt\n",
    "utf8-class": "files/x[é].txt\n", "utf8-range": "files/x[à-ü].txt\n", "class-crosses-slash": "files[^a]x1.txt\n", "escaped": "files/\\[x\\].txt\n", "escaped-star": "\\*.txt\n",
    "dash": "files/[\\-].txt\n", "caret": "files/[\\^].txt\n", "two": "*.tmp\n*.bak\n", "blank-around": "  *.tmp  \n\t*.bak\t\n", "crlf": "*.tmp\r\n*.bak\r\n", "mark": "\ufeff*.tmp\n",
    "mark-later": "*.bak\n\ufeff*.tmp\n", "helm-default": (ROOT / "charts/service/.helmignore").read_text() if (ROOT / "charts/service/.helmignore").exists() else ".git/\n*.swp\n",
    "hidden": ".*\n", "hidden-folder": ".git/\n", "star-star-name": "t*mp/\n", "many-stars": "f*o*\n", "trailing-slash-file": "foo/\n", "star": "temp*/\n", "templates": "templates/*.txt\n",
    "self": ".helmignore\n", "inner-space": "files/a b*\n", "dot-slash": "./foo\n", "leading-hash": "\\#x\n", "no-end": "foo", "only-slash": "/\n", "only-bang": "!\n",
    "crds": "crds/\n", "schema": "values.schema.json\n", "values": "values.yaml\n", "upper": "README.MD\n", "star-in-class": "files/[*x]*.txt\n",
    # A negated rule ignores whatever it does not match, so that only what it names and its folders' files are left.
    "negated": "!*.yaml\n", "negated-first": "!Chart.yaml\n*.txt\n", "negated-folder": "!templates/\n", "negated-last": "*.txt\n!notes.txt\n",
}
REFUSED = {"double-star": "a/**/b\n", "double-star-alone": "**\n", "open-class": "files/[a\n", "empty-class": "[]\n", "lone-backslash": "x\\\n", "bad-range": "[a-]\n", "bad-range-behind": "zz[a-]\n"}


@pytest.mark.parametrize("major", MAJORS)
def test_a_folder_gives_the_files_that_helm_packages(major, tmp_path):
    """Every name under every .helmignore: the same files, and of the same bytes."""
    differ, compared = [], 0
    base = tmp_path / "chart"
    write(base, {name: f"# {name}\n" for name in NAMES} | {"Chart.yaml": CHART, "values.schema.json": "{}", "values.yaml": "a: 1\n", "crds/c.yaml": ""})
    for title, text in (IGNORES | REFUSED).items():
        (base / ".helmignore").write_text(text, encoding="utf-8")
        theirs, mine = helms(major, base, tmp_path / title), ours(base, tmp_path)
        if theirs is None:
            assert title in REFUSED or "Chart.yaml" in mine["error"], (title, mine)
        if (theirs is None) != ("error" in mine):
            differ.append((title, theirs is None, mine.get("error")))
        elif theirs is not None:
            compared += 1
            differ += [(title, name) for name in differences(mine["files"], theirs)]
    assert differ == [] and compared >= 40


def test_what_is_sent_is_read_by_helm_with_the_same_content(tmp_path):
    """Names with spaces, quotes, line breaks and UTF-8 reach the templates."""
    base = write(tmp_path / "small", {name: f"content of {index}" for index, name in enumerate(NAMES) if name.startswith("files/")} | {
        "Chart.yaml": CHART, "templates/all.yaml": "{{ range $name, $_ := .Files.Glob \"files/**\" }}{{ $name | quote }}: {{ $.Files.Get $name | quote }}\n{{ end }}"})
    mine = ours(base, tmp_path)
    for major in MAJORS:
        told = [helm(major, "template", "r", chart).stdout for chart in (base, tmp_path / "ours.tgz")]
        assert told[0] == told[1] and told[0].count("content of") == len([name for name in NAMES if name.startswith("files/")])
    again = json.loads(judged("chart", tmp_path / "ours.tgz", tmp_path / "again.tgz"))
    assert again["files"] == mine["files"] and (tmp_path / "again.tgz").read_bytes() == (tmp_path / "ours.tgz").read_bytes()


@pytest.mark.parametrize("major", MAJORS)
def test_links_inside_count_as_what_they_lead_to(major, tmp_path):
    base = write(tmp_path / "small", {"Chart.yaml": CHART, "real/a.txt": "a", "real/deep/b.txt": "b", "values.yaml": "x: 1\n"})
    (base / "one.txt").symlink_to("real/a.txt")
    (base / "folder").symlink_to("real")
    (base / "far.txt").symlink_to(base / "real/deep/b.txt")
    theirs, mine = helms(major, base, tmp_path / "out"), ours(base, tmp_path)
    assert differences(mine["files"], theirs) == []
    assert {"one.txt", "folder/a.txt", "folder/deep/b.txt", "far.txt"} <= mine["files"].keys()


@pytest.mark.parametrize("link, target", [("secret", "/etc/passwd"), ("up", "../outside.txt"), ("sideways", "../small-secrets/key"), ("folder", ".."), ("nowhere", "gone"), ("self", "self"),
                                          ("circle", "."), ("through", "real/../../outside.txt")])
def test_links_that_lead_out_are_refused(link, target, tmp_path):
    base = write(tmp_path / "small", {"Chart.yaml": CHART, "real/a.txt": "a"})
    write(tmp_path, {"outside.txt": "out", "small-secrets/key": "secret"})
    (base / link).symlink_to(target)
    told = ours(base, tmp_path)
    assert told["code"] == "link" and f"small/{link}" in told["error"] and "link that leads" in told["error"], told
    (base / ".helmignore").write_text(link + "\n")
    assert "files" in ours(base, tmp_path)


def test_two_links_that_multiply_are_bounded(tmp_path):
    base = write(tmp_path / "small", {"Chart.yaml": CHART})
    for level in range(40):
        (base / f"d{level}").mkdir()
        for name in "ab":
            (base / f"d{level}" / name).symlink_to(base / f"d{level + 1}")
    (base / "d40").mkdir()
    assert ours(base, tmp_path)["code"] == "too-large"


def test_ten_thousand_files_are_taken_and_one_more_is_not(tmp_path):
    base = write(tmp_path / "small", {f"files/{number}.txt": str(number) for number in range(9_999)} | {"Chart.yaml": CHART})
    assert len(ours(base, tmp_path)["files"]) == 10_000
    assert helm("helm4", "template", "r", tmp_path / "ours.tgz").returncode == 0
    assert len(json.loads(judged("chart", tmp_path / "ours.tgz", tmp_path / "again.tgz"))["files"]) == 10_000
    write(base, {"files/more.txt": ""})
    assert ours(base, tmp_path)["code"] == "too-large"


def archive(path, entries, **how):
    """A .tgz with exactly these entries: (name, bytes) or a TarInfo."""
    with tarfile.open(path, "w:gz", **how) as out:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                out.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                out.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


GOOD = [("small/Chart.yaml", CHART.encode()), ("small/templates/a.yaml", b"a: 1\n"), ("small/files/" + "n" * 60 + "/" + "n" * 60 + ".txt", b"long"), ("small/files/\u65e5 '\".txt", b"utf-8")]


@pytest.mark.parametrize("how", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_every_form_are_read_as_helm_reads_them(how, tmp_path):
    made = archive(tmp_path / "a.tgz", [special("small/", tarfile.DIRTYPE), *GOOD], format=how)
    assert ours(made, tmp_path)["files"] == {name.split("/", 1)[1]: hashlib.sha256(content).hexdigest() for name, content in GOOD}
    assert helm("helm4", "template", "r", made).stdout == helm("helm4", "template", "r", tmp_path / "ours.tgz").stdout != ""


@pytest.mark.parametrize("major", MAJORS)
def test_what_helm_packages_is_taken_as_it_is(major, tmp_path):
    base = write(tmp_path / "small", {"Chart.yaml": CHART, ".helmignore": "*.tmp\n", "x.tmp": "", "templates/a.yaml": "a: 1\n"})
    assert helm(major, "package", base, "-d", tmp_path).returncode == 0
    write(tmp_path, {})
    found = ours(tmp_path / "small-0.1.0.tgz", tmp_path)["files"]
    assert set(found) == {"Chart.yaml", ".helmignore", "templates/a.yaml"}


HOSTILE = {
    "slip": ([*GOOD, ("small/../../evil", b"x")], "no name that a chart may hold"), "parent": ([*GOOD, ("../evil", b"x")], "no name that a chart may hold"), "absolute": ([*GOOD, ("/etc/evil", b"x")], "no name that a chart may hold"),
    "dot": ([("./small/Chart.yaml", CHART.encode())], "no name that a chart may hold"), "backslash": ([*GOOD, ("small\\evil", b"x")], "no name that a chart may hold"),
    "drive": ([*GOOD, ("small/c:/evil", b"x")], "leads to a drive"), "link": ([*GOOD, special("small/l", tarfile.SYMTYPE, "/etc/passwd")], "a link or a special file"),
    "hard-link": ([*GOOD, special("small/l", tarfile.LNKTYPE, "small/Chart.yaml")], "a link or a special file"), "device": ([*GOOD, special("small/d", tarfile.CHRTYPE)], "a link or a special file"),
    "pipe": ([*GOOD, special("small/p", tarfile.FIFOTYPE)], "a link or a special file"), "no-folder": ([("Chart.yaml", CHART.encode())], "stands in no folder"),
    "two-folders": ([*GOOD, ("other/x", b"x")], "outside of the top folder 'small'"), "twice": ([*GOOD, GOOD[1]], "one name"), "no-chart": ([("small/values.yaml", b"")], "Chart.yaml"), "nothing": ([], "Chart.yaml"),
    "deeper": ([("a/small/Chart.yaml", CHART.encode())], "Chart.yaml"),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_archives_are_refused(title, tmp_path):
    entries, word = HOSTILE[title]
    told = ours(archive(tmp_path / "bad.tgz", entries), tmp_path)
    assert word in told["error"] and "bad.tgz" in told["error"], told


def test_archives_that_lie_about_their_size_are_refused(tmp_path):
    whole = archive(tmp_path / "whole.tgz", GOOD).read_bytes()
    import gzip
    plain = gzip.decompress(whole)
    bomb = gzip.compress(b"\0" * (70 << 20))
    for title, content in {"cut": whole[:-20], "empty": b"", "not-gzip": plain, "cut-inside": gzip.compress(plain[:700]), "trailing": whole + b"x", "two": whole + whole, "bomb": bomb,
                           "bad-sum": gzip.compress(plain[:10] + b"X" + plain[11:]), "negative": gzip.compress(plain[:124] + b"-0000000001\0" + plain[136:]),
                           "huge": gzip.compress(plain[:124] + b"77777777777\0" + plain[136:])}.items():
        (tmp_path / "bad.tgz").write_bytes(content)
        told = ours(tmp_path / "bad.tgz", tmp_path)
        assert "error" in told and "bad.tgz" in told["error"], title


RANGES = ["1.2.3", "=1.2.3", "v1.2.3", "1.2", "1", "1.x", "1.2.x", "1.2.*", "1.X", "*", "x", ">=*", ">1.2.3", ">1.2", ">1", ">= 1.2.3", ">=1.2", "=>1.2.3", "<1.2.3", "<1.2", "<2", "<=1.2.3", "<=1.2", "<=1",
          "=<1.2.3", "!=1.2.3", "!=1.2", "!=1.x", "~1.2.3", "~1.2", "~1", "~>1.2.3", "~0", "~0.0.0", "^1.2.3", "^1.2", "^1", "^0.2.3", "^0.0.3", "^0.0", "^0", "^0.0.0", "^0.x", "1.2 - 1.4", "1.2.3 - 2.0.0",
          "1.0.0 - 1", ">=1.0, <2.0", ">=1.0 <2.0", ">= 1.0 , != 1.2.3", "^1.2 || ^3", "1.2.3 || 2.x", "~1.2.3-beta", "^1.2.3-0", ">=1.2.3-0", ">=1.0.0-0 <2.0.0", "1.2.3-rc.1", ">1.2.3-alpha.1", "<1.2.3-rc",
          "^1.2.3+build", "~1.2.3-rc.1+b", ">0", ">0.0.0", "<=0", ">=0.0.0-0", "1.2.3,1.2.3", "^2", "> 1.2.3", "~ 1.2"]
BAD_RANGES = ["one", "1.2.3.4", ">>1", "1 2 3 |", "1.2.3-", "latest", "^", ">=", "1,,2", "||1"]
VERSIONS = ["0.0.0", "0.0.1", "0.0.3", "0.0.4", "0.1.0", "0.2.2", "0.2.3", "0.2.9", "0.3.0", "1.0.0", "1.0.1", "1.1.9", "1.2.0", "1.2.2", "1.2.3", "1.2.4", "1.3.0", "1.4.0", "1.4.7", "1.5.0", "1.9.9", "2.0.0", "2.0.1",
            "3.1.4", "10.0.0", "1.2.3-rc.1", "1.2.3-rc.2", "1.2.3-alpha.1", "1.2.3-alpha.1.1", "1.2.3-beta", "1.2.3-1", "1.2.4-rc.1", "1.3.0-0", "2.0.0-rc.1", "0.0.0-1", "1.2.3+build.7", "1.2.3-rc.1+x"]


def dependency_status(major, folder, rows):
    """name -> status, as `helm dependency list` tells; `rows`: name -> (range, version in charts/)."""
    listed = "".join(f"- {{name: {name}, version: '{wanted}', repository: 'https://example.invalid'}}\n" for name, (wanted, _) in rows.items())
    write(folder, {"Chart.yaml": CHART + "dependencies:\n" + listed} | {f"charts/{name}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n" for name, (_, version) in rows.items()})
    told = helm(major, "dependency", "list", folder, "--max-col-width", "200").stdout
    return {line.split("\t")[0].strip(): line.split("\t")[3].strip() for line in told.splitlines()[1:] if "\t" in line}


@pytest.mark.parametrize("major", MAJORS)
def test_ranges_mean_what_they_mean_to_helm(major, tmp_path):
    pairs = [(wanted, version) for wanted in RANGES + BAD_RANGES for version in VERSIONS]
    rows = {f"d{number}": pair for number, pair in enumerate(pairs)}
    theirs = dependency_status(major, tmp_path / "small", rows)
    verdicts = judged("ranges", lines="".join(f"{wanted}\t{version}\n" for wanted, version in pairs)).splitlines()
    words = {"unpacked": "yes", "wrong version": "no", "invalid version": "malformed"}
    assert len(theirs) == len(pairs) == len(verdicts) and set(theirs.values()) == set(words)
    assert [(pair, theirs[f"d{number}"], verdicts[number]) for number, pair in enumerate(pairs) if words[theirs[f"d{number}"]] != verdicts[number]] == []


def with_dependency(folder, **more):
    return write(folder, {"Chart.yaml": CHART + "dependencies:\n- {name: sub, version: ^1.2.0, repository: 'https://example.invalid'}\n"} | {name.replace("__", "/"): text for name, text in more.items()})


def sub_chart(version):
    return f"apiVersion: v2\nname: sub\nversion: {version}\n"


LOCK = "dependencies:\n- {{name: sub, repository: 'https://example.invalid', version: {}}}\ndigest: sha256:0\n"


@pytest.mark.parametrize("files, word, verb", [
    ({}, "dependency sub (^1.2.0) is not in", "build"),
    ({"charts/sub/Chart.yaml": sub_chart("1.1.0")}, "stands in charts/sub as version 1.1.0, and Helm would deploy it", "update"),
    ({"charts/sub/Chart.yaml": sub_chart("1.3.0"), "Chart.lock": LOCK.format("1.2.5")}, "Chart.lock fixes sub at 1.2.5, but charts/sub is version 1.3.0", "build"),
    ({"charts/sub/Chart.yaml": sub_chart("1.3.0"), "Chart.lock": LOCK.format("1.1.0")}, "Chart.lock fixes no version of dependency sub (^1.2.0): it is out of date", "update"),
    ({"charts/sub/Chart.yaml": sub_chart("1.3.0"), "Chart.lock": "dependencies: []\n"}, "Chart.lock fixes no version of", "update"),
    ({"charts/sub/Chart.yaml": sub_chart("1.3.0"), "Chart.lock": LOCK.format("1.3.0")}, None, None),
    ({"charts/sub/Chart.yaml": sub_chart("1.3.0")}, None, None),
    ({"charts/renamed/Chart.yaml": sub_chart("1.2.0")}, None, None),
    ({"charts/sub/Chart.yaml": sub_chart("1.2.0"), "charts/_old/x": "", "charts/.x/y": "", "charts/_README.md": ""}, None, None),
    ({"charts/sub/values.yaml": ""}, "charts/sub is no chart", None),
])
def test_dependencies_are_held_against_lock_and_folder(files, word, verb, tmp_path):
    base = with_dependency(tmp_path / "small", **{name.replace("/", "__"): text for name, text in files.items()})
    told = ours(base, tmp_path)
    if word is None:
        assert "files" in told and helm("helm4", "template", "r", base).returncode == 0, told
    else:
        assert word in told["error"] and told["code"] == "dependency" and (verb is None or told["cure"] == f"run 'helm dependency {verb} {base}' before deploying"), told


def test_a_dependency_of_the_wrong_version_would_be_deployed_without_regard_to_its_condition(tmp_path):
    base = write(tmp_path / "small", {"Chart.yaml": CHART + "dependencies:\n- {name: sub, version: ^1.2.0, condition: sub.on, repository: ''}\n", "values.yaml": "sub: {on: false}\n",
                                      "charts/sub/Chart.yaml": sub_chart("1.1.0"), "charts/sub/templates/a.yaml": "from: sub\n"})
    for major in MAJORS:
        rendered = helm(major, "template", "r", base)
        assert rendered.returncode == 0 and "from: sub" in rendered.stdout
    assert ours(base, tmp_path)["code"] == "dependency"


def test_archived_dependencies_are_looked_into(tmp_path):
    base = with_dependency(tmp_path / "small")
    (base / "charts").mkdir()
    archive(base / "charts/sub-1.2.9.tgz", [("sub/Chart.yaml", sub_chart("1.2.9").encode())])
    assert "files" in ours(base, tmp_path)
    archive(base / "charts/sub-1.2.9.tgz", [("sub/Chart.yaml", sub_chart("2.0.0").encode())])
    assert "charts/sub-1.2.9.tgz as version 2.0.0" in ours(base, tmp_path)["error"]
    archive(base / "charts/sub-1.2.9.tgz", [("sub/Chart.yaml", sub_chart("1.2.9").encode()), ("../evil", b"")])
    assert "charts/sub-1.2.9.tgz" in ours(base, tmp_path)["error"]
    os.truncate(base / "charts/sub-1.2.9.tgz", 40)
    assert "charts/sub-1.2.9.tgz" in ours(base, tmp_path)["error"] and helm("helm4", "template", "r", base).returncode != 0


@pytest.mark.parametrize("text, word", [
    ("name: small\nversion: 0.1.0\n", "apiVersion is needed"), ("apiVersion: v2\nname: small\n", "name and version are needed"), ("apiVersion: v2\nname: small\nversion: one\n", "no semantic version"),
    ("apiVersion: v2\nname: small\nversion: 1\n", "as strings"), (CHART + "type: library\n", "library chart"), ("apiVersion: v2\nname: [\n", "Chart.yaml:3:1"), (CHART + "name: other\n", "Chart.yaml:4:1: the key 'name' stands twice")])
def test_a_chart_that_helm_does_not_install_is_refused_with_its_place(text, word, tmp_path):
    told = ours(write(tmp_path / "small", {"Chart.yaml": text}), tmp_path)
    assert word in told["error"] and "small/Chart.yaml" in told["error"], told
