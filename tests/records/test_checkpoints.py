"""A checkpoint is read as it was kept; one that is damaged, in whatever way, says what to delete."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.errors import BenchError
from bench.records import checkpoints

STATE = [np.arange(300, dtype=np.float32), np.float32(2.5)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    checkpoints.keep(tmp_path / "checkpoint.npz", STATE, 700)
    return tmp_path / "checkpoint.npz"


def archived(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array))
    return stream.getvalue()


def test_a_checkpoint_is_read_as_it_was_kept(file: Path) -> None:
    assert checkpoints.read(file.with_name("none.npz")) == ([], 0)
    (weights, rate), done = checkpoints.read(file)
    assert (weights.tolist(), float(rate), done) == (list(range(300)), 2.5, 700)
    assert [each.name for each in file.parent.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"rubbish",
        lambda whole: whole[:10],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1],
        lambda whole: whole[100:],
        lambda whole: npy(np.arange(3)),
        lambda whole: archived(arr_0=npy(np.int64(700))),
        lambda whole: archived(arr_0=npy(np.int64(-1)), arr_1=npy(1.0)),
        lambda whole: archived(arr_0=npy(7.5), arr_1=npy(1.0)),
        lambda whole: archived(arr_0=npy(np.arange(2)), arr_1=npy(1.0)),
        lambda whole: archived(weights=npy(1.0)),
        lambda whole: archived(arr_0=npy(np.int64(1)), arr_1=npy(1.0).replace(b"()", b"(9999999999999,)"[:2])[:40]),
        lambda whole: archived(arr_0=npy(np.int64(1)), arr_1=b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order'"),
    ],
)
def test_a_broken_checkpoint_says_what_to_delete(file: Path, damage: Callable[[bytes], bytes]) -> None:
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BenchError, match=r"checkpoint\.npz is broken \(.*delete it and type --resume to start again$"):
        checkpoints.read(file)


def test_500_damaged_checkpoints_are_read_as_they_were_or_refused(file: Path) -> None:
    rng, whole = random.Random(1), file.read_bytes()
    for number in range(500):
        content = bytearray(whole)
        content[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        del content[len(content) - rng.choice((0, 0, rng.randrange(200))) :]
        file.write_bytes(content)
        try:
            state, done = checkpoints.read(file)
        except BenchError:
            continue
        assert done == 700, number
        assert [each.tolist() for each in state] == [each.tolist() for each in STATE], number
