"""Archives written by us, read by libraries and programs that are not ours: Python, Info-ZIP, GNU tar, Go."""
import hashlib
import json
import os
import pathlib
import subprocess
import tarfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

GO_READER = """
package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	archive, err := zip.OpenReader(os.Args[1])
	if err != nil {
		panic(err)
	}
	found := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			panic(err)
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			panic(err)
		}
		found[file.Name] = fmt.Sprintf("%x %v", hash.Sum(nil), file.Mode()&0111 != 0)
	}
	json.NewEncoder(os.Stdout).Encode(found)
}
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    subprocess.run([ROOT / "build/dev/bin/write_archives", folder], check=True)
    rows = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert len(rows) == 6
    return folder, {row["path"]: (row["sha256"], row["executable"]) for row in rows}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def files_below(folder):
    return {str(path.relative_to(folder)): sha256(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_python_zipfile_reads_every_byte_and_mode(written):
    folder, wanted = written
    with zipfile.ZipFile(folder / "context.zip") as archive:
        assert archive.testzip() is None
        found = {info.filename: (sha256(archive.read(info)), bool(info.external_attr >> 16 & 0o111)) for info in archive.infolist()}
    assert found == wanted


def test_info_zip_extracts_every_byte(written, tmp_path):
    folder, wanted = written
    subprocess.run(["unzip", "-q", folder / "context.zip", "-d", tmp_path], check=True, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
    assert files_below(tmp_path) == {path: digest for path, (digest, _) in wanted.items()}
    assert os.access(tmp_path / "program", os.X_OK) and not os.access(tmp_path / "job.json", os.X_OK)


def test_go_archive_zip_reads_every_byte_and_mode(written, tmp_path):
    folder, wanted = written
    go = subprocess.run([ROOT / "scripts/lib/need", "go"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "reader.go").write_text(GO_READER, encoding="utf-8")
    done = subprocess.run([go, "run", tmp_path / "reader.go", folder / "context.zip"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {path: f"{digest} {str(executable).lower()}" for path, (digest, executable) in wanted.items()}


def test_python_tarfile_reads_every_byte_and_mode(written):
    folder, wanted = written
    with tarfile.open(folder / "chart.tgz") as archive:
        found = {member.name: (sha256(archive.extractfile(member).read()), bool(member.mode & 0o111)) for member in archive}
        assert {(member.uid, member.gid, member.mtime) for member in archive} == {(0, 0, 0)}
    assert found == wanted


def test_gnu_tar_extracts_every_byte(written, tmp_path):
    folder, wanted = written
    subprocess.run(["tar", "-xzf", folder / "chart.tgz", "-C", tmp_path], check=True)
    assert files_below(tmp_path) == {path: digest for path, (digest, _) in wanted.items()}
