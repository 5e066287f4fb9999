"""Archives that lie, loop and explode: refused in one line by `--data ARCHIVE` as by unpacking, in bounded memory."""

import gzip
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from archives import BATCH, block, files_of, header, packed
from batch_files import write_folder

from cifar_core import archive, cifar10, tarball
from cifar_core.cifar10 import FOLDER_NAME
from cifar_core.errors import DataError

MIB = 2**20


def refused(file: Path) -> str:
    """The one line with which `--data` refuses the archive; unpacking refuses it too, and leaves nothing."""
    with pytest.raises(DataError) as unpacking:
        archive.unpack(file, file.parent / FOLDER_NAME)
    with pytest.raises(DataError) as reading:
        cifar10.find(str(file))
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    for line in (str(unpacking.value), str(reading.value)):
        assert line.isprintable()
        assert len(line) < 500
    return str(reading.value)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files_of(write_folder(tmp_path_factory.mktemp("sound")))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("prefix", ["", "./", "././"])
def test_sound_archives_are_read_however_they_were_packed(
    tmp_path: Path, files: dict[str, bytes], mode: str, prefix: str
) -> None:
    folder = header(f"{prefix}{FOLDER_NAME}", tarfile.DIRTYPE)
    named = {f"{prefix}{name}": content for name, content in reversed(files.items())}
    (tmp_path / "file").write_bytes(packed(named, header("./", tarfile.DIRTYPE), folder, mode=mode))
    source = cifar10.find(str(tmp_path / "file"))
    archive.unpack(tmp_path / "file", tmp_path / FOLDER_NAME)
    assert source.name == cifar10.find(str(tmp_path)).name
    assert source.read("test_batch").labels.tolist() == cifar10.find(str(tmp_path)).read("test_batch").labels.tolist()


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        (tarfile.SYMTYPE, "data_batch_1", "link"),
        (tarfile.SYMTYPE, "data_batch_2", "link"),
        (tarfile.SYMTYPE, "/etc/passwd", "link"),
        (tarfile.LNKTYPE, BATCH, "link"),
        (tarfile.LNKTYPE, f"{FOLDER_NAME}/data_batch_2", "link"),
        (tarfile.FIFOTYPE, "", "FIFO"),
        (tarfile.CHRTYPE, "", "device"),
        (tarfile.BLKTYPE, "", "device"),
        (tarfile.DIRTYPE, "", "folder"),
    ],
)
def test_what_is_no_file_in_the_archive_is_refused_by_kind(
    tmp_path: Path, files: dict[str, bytes], kind: bytes, target: str, said: str
) -> None:
    others = {name: content for name, content in files.items() if name != BATCH}
    (tmp_path / "file").write_bytes(packed(others, header(BATCH, kind, target)))
    assert f"refused to unpack '{BATCH}' from the archive: it is a {said}, not a file" in refused(tmp_path / "file")


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_two_links_that_lead_to_each_other_are_refused(tmp_path: Path, files: dict[str, bytes], mode: str) -> None:
    other = f"{FOLDER_NAME}/data_batch_2"
    others = {name: content for name, content in files.items() if name not in (BATCH, other)}
    links = (header(BATCH, tarfile.LNKTYPE, other), header(other, tarfile.LNKTYPE, BATCH))
    (tmp_path / "file").write_bytes(packed(others, *links, mode=mode))
    assert "it is a link" in refused(tmp_path / "file")


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    twice = {f"./{BATCH}": files[BATCH], **files}
    (tmp_path / "file").write_bytes(packed(twice))
    assert "data_batch_1 twice" in refused(tmp_path / "file")


def test_a_missing_file_and_another_data_set_are_named(tmp_path: Path, files: dict[str, bytes]) -> None:
    others = {name: content for name, content in files.items() if name != BATCH}
    for content, words in (
        (others, f"has no file {BATCH}"),
        ({}, f"has no file {BATCH}"),
        ({"cifar-100-python/train": b"x"}, "it is CIFAR-100"),
        ({"cifar-10-batches-bin/data_batch_1.bin": b"x"}, "binary version"),
        ({"cifar-10-batches-mat/data_batch_1.mat": b"x"}, "Matlab version"),
    ):
        (tmp_path / "file").write_bytes(packed(content))
        assert words in refused(tmp_path / "file")


@pytest.mark.parametrize("size", [300 * MIB, 10 * 2**30, 2**62])
def test_a_size_is_refused_before_a_byte_is_read(tmp_path: Path, size: int) -> None:
    with (tmp_path / "file").open("wb") as stream:
        stream.write(block(BATCH, size=size))
        stream.truncate(min(size, 20 * 2**30) + 4096)  # sparse: it takes no room
    assert f"{size:,} bytes are more than CIFAR-10 has" in refused(tmp_path / "file")
    with gzip.open(tmp_path / "file", "wb") as stream:
        stream.write(block(BATCH, size=size))
    assert f"{size:,} bytes are more than CIFAR-10 has" in refused(tmp_path / "file")


def gzipped(file: Path, beginning: bytes, zeros: int) -> None:
    with gzip.open(file, "wb", 1) as stream:
        stream.write(beginning)
        for _ in range(zeros // MIB):
            stream.write(bytes(MIB))


@pytest.mark.parametrize("name", ["junk", f"{FOLDER_NAME}/junk", "../junk"])
def test_a_bomb_under_another_name_is_not_read_through(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tarball, "LARGEST_UNPACKED", 8 * MIB)
    gzipped(tmp_path / "file", block(name, size=20 * MIB), 20 * MIB)
    assert "it unpacks to more than 8,388,608 bytes" in refused(tmp_path / "file")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_a_bomb_in_a_header_is_not_unpacked(tmp_path: Path, kind: bytes) -> None:
    gzipped(tmp_path / "file", block("x", kind, size=40 * MIB), 40 * MIB)
    assert "its headers are too large" in refused(tmp_path / "file")


def test_headers_without_end_and_headers_that_lead_back_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(block("junk") * 5000)
    assert "its headers are too large" in refused(file)
    file.write_bytes(block("x", tarfile.GNUTYPE_LONGNAME, size=1) * 5000)
    assert "nested too deeply" in refused(file) or "too large" in refused(file)
    for size in (-512, -1024, -(2**40)):
        file.write_bytes(block("a") + block("junk", size=size) + bytes(1024))
        assert "not a CIFAR-10 archive" in refused(file)


@pytest.mark.parametrize("form", ["gnu", "posix"])
def test_a_sparse_file_in_the_archive_is_refused(tmp_path: Path, form: str) -> None:
    if not shutil.which("tar"):
        pytest.skip("no tar, which makes sparse files")
    folder = tmp_path / "made" / FOLDER_NAME
    folder.mkdir(parents=True)
    (folder / "data_batch_1").touch()
    os.truncate(folder / "data_batch_1", 100 * MIB)
    (tmp_path / "there").mkdir()
    tar = ["tar", f"--format={form}", "-C", str(tmp_path / "made"), "-S", "-czf", "there/file", FOLDER_NAME]
    subprocess.run(tar, check=True, cwd=tmp_path)
    assert "sparse file" in refused(tmp_path / "there" / "file")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.9])
def test_a_cut_archive_is_truncated_or_lacks_a_file(
    tmp_path: Path, files: dict[str, bytes], mode: str, part: float
) -> None:
    whole = packed(files, mode=mode)
    (tmp_path / "file").write_bytes(whole[: int(part * len(whole))])
    line = refused(tmp_path / "file")
    assert "not a CIFAR-10 archive" in line or "has no file" in line


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_archive_is_one_line(tmp_path: Path, files: dict[str, bytes], seed: int) -> None:
    content = bytearray(packed({BATCH: files[BATCH]}, mode=("w", "w:gz", "w:xz")[seed % 3]))
    for place in range(seed, min(600, len(content)), 37):
        content[place] ^= 1 + seed
    (tmp_path / "file").write_bytes(content)
    refused(tmp_path / "file")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(60), b"<!doctype html>" + b" " * 600])
@pytest.mark.parametrize("compressed", [False, True])
def test_what_is_no_archive_at_all_is_said_without_what_tarfile_says(
    tmp_path: Path, content: bytes, compressed: bool
) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(DataError, match=r"x\.zip is not a CIFAR-10 archive; get it: cifar-bench data --out data$"):
        list(tarball.members(file))
