"""Folders as other tools leave them are found; what is something else is called so, with what to do."""

import os
import pickle
from pathlib import Path

import pytest
from batch_files import write_folder

from cifar_core import cifar10
from cifar_core.cifar10 import FOLDER_NAME
from cifar_core.errors import DataError


@pytest.mark.parametrize("inner", [".", f"{FOLDER_NAME}-target"])
def test_keras_and_torchvisions_folders_are_found_from_within_and_from_above(tmp_path: Path, inner: str) -> None:
    (tmp_path / inner).mkdir(exist_ok=True)
    folder = write_folder(tmp_path / inner)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"torchvision keeps it")
    (tmp_path / f"{FOLDER_NAME}-target_archive").write_bytes(b"Keras keeps it")
    for place in (tmp_path, tmp_path / inner, folder):
        assert cifar10.find(str(place)).place == str(folder)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["train", "test", "meta", "file.txt~"], "it is CIFAR-100"),
        (["cifar-100-python", "cifar-100-python.tar.gz"], "it is CIFAR-100"),
        (["data_batch_1.bin", "test_batch.bin"], "it is the binary version"),
        (["cifar-10-batches-bin"], "it is the binary version"),
        (["data_batch_1.mat"], "it is the Matlab version"),
        (["cifar-10-batches-mat"], "it is the Matlab version"),
        (["data_batch_1.pkl"], r"it has data_batch_1\.pkl: rename that to data_batch_1"),
        (["data_batch_1.pickle", "test_batch.pickle"], r"it has data_batch_1\.pickle: rename"),
        (["data_batch_1.gz"], r"it has data_batch_1\.gz: rename"),
        (["data_batch_1.\x1b[31m"], r"it has data_batch_1\.\\x1b\[31m: rename"),
        (["cifar-10-python.tar.gz"], r"it has cifar-10-python\.tar\.gz: give that as --data"),
        (["cifar-10-python.tar"], r"it has cifar-10-python\.tar: give that as --data"),
        ([], "it needs data_batch_1, data_batch_2"),
    ],
)
def test_a_folder_with_something_else_is_called_what_it_is(tmp_path: Path, names: list[str], words: str) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=f"has no file data_batch_1; {words}"):
        cifar10.find(str(tmp_path))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_single_batch_is_refused_with_the_folder_to_give(tmp_path: Path, protocol: int) -> None:
    folder = write_folder(tmp_path)
    with pytest.raises(DataError, match=f"is one batch file, all six are needed; give the folder: --data {folder}"):
        cifar10.find(str(folder / "data_batch_4"))
    (tmp_path / "all.pkl").write_bytes(pickle.dumps({b"data": 1}, protocol))
    with pytest.raises(DataError, match="is one batch file"):
        cifar10.find(str(tmp_path / "all.pkl"))


def test_a_place_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop1").symlink_to("loop2")
    (tmp_path / "loop2").symlink_to("loop1")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo")
    for name, words in (
        ("loop", "Too many levels"), ("loop1", "Too many levels"), ("loop/in", "Too many levels"),
        ("dangling", "no data folder"), ("fifo", "it is a FIFO"), ("fifo/in", "Not a directory"),
        ("/dev/zero", "it is a device"), ("/dev/null", "it is a device"), ("a\0b", "null"), ("x" * 300, "too long"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=words) as raised:
            cifar10.find(str(tmp_path / name))
        assert str(raised.value).isprintable()


def test_auto_passes_over_what_cannot_be_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "loop"))
    for named in ("loop", "x" * 300, "/dev/null"):
        monkeypatch.setenv(cifar10.FOLDER_VARIABLE, named)
        assert cifar10.find("auto").synthetic
