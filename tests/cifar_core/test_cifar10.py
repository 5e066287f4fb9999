"""Folders and archives of CIFAR-10: found, checked, identified; what is wrong with them is one line."""

import bz2
import gzip
import hashlib
import lzma
import os
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batch_files import write_folder

from cifar_core import batch_file, cifar10
from cifar_core.errors import DataError


def test_an_unofficial_copy_is_used_and_named_as_such(tmp_path: Path) -> None:
    source = cifar10.find(str(write_folder(tmp_path)))
    assert source.name.startswith("cifar10-copy-")
    assert "unofficial" in source.title
    assert not source.synthetic
    assert source.train_images == 100


def test_official_files_are_known_by_their_md5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path)
    monkeypatch.setattr(cifar10, "OFFICIAL_MD5", {part: md5(folder / part) for part in cifar10.OFFICIAL_MD5})
    assert cifar10.find(str(tmp_path)).name == "cifar10"


def md5(file: Path) -> str:
    return hashlib.md5(file.read_bytes()).hexdigest()


def test_the_archive_is_read_like_the_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as tar:
        tar.add(folder, cifar10.FOLDER_NAME)
    unpacked, packed = cifar10.find(str(folder)), cifar10.find(str(tmp_path / "archive.tar.gz"))
    assert packed.name == unpacked.name
    assert np.array_equal(packed.read("test_batch").images, unpacked.read("test_batch").images)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_a_file_that_is_no_archive_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive.tar.gz").write_bytes(content)
    with pytest.raises(DataError, match="not a CIFAR-10 archive"):
        cifar10.find(str(tmp_path / "archive.tar.gz"))


def test_the_whole_set_is_loaded_and_each_file_announced(tmp_path: Path) -> None:
    source, said = cifar10.find(str(write_folder(tmp_path))), list[str]()
    dataset = cifar10.load(source, said.append)
    assert (len(dataset.train.labels), len(dataset.test.labels)) == (100, 20)
    assert dataset.train.images.shape == (100, 32, 32, 3)
    assert [text.rpartition("/")[2] for text in said] == [*cifar10.TRAIN_PARTS, cifar10.TEST_PART]
    assert np.array_equal(dataset.train.images[20:40], source.read("data_batch_2").images)


def test_auto_takes_a_prepared_folder_and_else_the_synthetic_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cifar10.FOLDER_VARIABLE, raising=False)
    assert cifar10.find("auto").synthetic
    (tmp_path / "data").mkdir()
    write_folder(tmp_path / "data")
    assert cifar10.find("auto").place == os.path.join("data", cifar10.FOLDER_NAME)


def test_a_missing_folder_says_what_to_type() -> None:
    with pytest.raises(DataError, match=r"no data folder nowhere.*--data synthetic"):
        cifar10.find("nowhere")


def test_a_missing_batch_file_is_named(tmp_path: Path) -> None:
    (write_folder(tmp_path) / "data_batch_3").unlink()
    with pytest.raises(DataError, match="no file data_batch_3"):
        cifar10.find(str(tmp_path))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    file = write_folder(tmp_path) / "data_batch_2"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(DataError, match="data_batch_2 is truncated or corrupt"):
        cifar10.find(str(tmp_path))


def test_gzipped_batches_are_read_and_named_by_what_they_hold(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    plain = cifar10.find(str(folder))
    for part in cifar10.OFFICIAL_MD5:
        content = (folder / part).read_bytes()
        (folder / part).write_bytes(gzip.compress(content[:99], 1) + gzip.compress(content[99:], 1))
    assert cifar10.find(str(folder)) == plain
    assert np.array_equal(cifar10.find(str(folder)).read("test_batch").images, plain.read("test_batch").images)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "is gzip-compressed, and truncated or corrupt"),
        (gzip.compress(b"x" * 1000, mtime=0)[:30] + b"junk" * 9, "is gzip-compressed, and truncated or corrupt"),
        (gzip.compress(bytes(3000), mtime=0), "unpacks to more than 2,000 bytes"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "is truncated or corrupt"),
        (bz2.compress(b"x"), "compressed with bzip2"),
        (lzma.compress(b"x"), "compressed with xz"),
        (b"PK\x03\x04junk", "compressed with zip"),
        (b"\x28\xb5\x2f\xfdjunk", "compressed with zstd"),
    ],
)
def test_another_compression_and_a_bomb_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    (write_folder(tmp_path, images=0) / "data_batch_1").write_bytes(content)
    monkeypatch.setattr(batch_file, "LARGEST_FILE", 2000)
    with pytest.raises(DataError, match=f"data_batch_1.*{words}"):
        cifar10.find(str(tmp_path))


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_fifo, "it is a FIFO, not a file"),
        (lambda path: path.symlink_to("data_batch_3"), "Too many levels"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
        (lambda path: path.mkdir(), "it is a folder, not a file"),
        (lambda path: os.truncate(path.touch() or path, 2**40), "1,099,511,627,776 bytes"),
    ],
)
def test_what_is_no_file_in_a_batch_s_place_is_said_and_not_waited_for(tmp_path: Path, make: Any, words: str) -> None:
    file = write_folder(tmp_path) / "data_batch_3"
    file.unlink()
    make(file)
    with pytest.raises(DataError, match=f"cannot read .*data_batch_3: .*{words}"):
        cifar10.find(str(tmp_path))
