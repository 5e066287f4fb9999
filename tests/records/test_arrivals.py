"""What comes back from another machine: whole in its place, or not there at all, wherever the writing was cut short."""

import errno
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.records import arrivals
from bench.records.arrivals import settle, take

SEED = {
    "trainings/eager-s3/training.json": b"plan",
    "trainings/eager-s3/points.json": b"points",
    "trainings/xla-s3/training.json": b"plan",
}


def held(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_files_stand_in_their_places_and_nothing_else_is_left(tmp_path: Path) -> None:
    take(tmp_path, "s3", SEED)
    assert held(tmp_path) == SEED
    assert [place.name for place in tmp_path.iterdir()] == ["trainings"]


def test_an_earlier_try_goes_with_all_its_files_and_the_neighbours_stay(tmp_path: Path) -> None:
    for name in ("trainings/eager-s3/checkpoint.npz", "trainings/eager-s2/points.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"old")
    take(tmp_path, "s3", SEED)
    assert held(tmp_path) == {**SEED, "trainings/eager-s2/points.json": b"old"}


class Cut(Exception):
    """The process ends here."""


def cut_at(call: int, name: str) -> Callable[..., None]:
    """os.NAME, that does its work so often and then never again."""
    original, calls = getattr(os, name), list[int]()

    def counted(*arguments: object) -> object:
        calls.append(1)
        if len(calls) >= call:
            raise Cut
        return original(*arguments)

    return counted  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["fsync", "rename"])
@pytest.mark.parametrize("call", range(1, 12))
def test_wherever_it_is_cut_short_the_next_one_finds_all_of_it_or_nothing(
    tmp_path: Path, name: str, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(arrivals.os, name, cut_at(call, name))
        with pytest.raises(Cut) if call <= CALLS[name] else nullcontext():
            take(tmp_path, "s3", SEED)
    settle(tmp_path)
    assert held(tmp_path) in ({}, SEED)
    take(tmp_path, "s3", SEED)
    assert held(tmp_path) == SEED
    assert [place.name for place in tmp_path.iterdir()] == ["trainings"]


CALLS = {"rename": 3, "fsync": 11}  # the draft and two trainings; three files and the folders that hold them


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(arrivals.os, "fsync", full)
        with pytest.raises(BenchError, match="No space left on device; make room, then go on with"):
            take(tmp_path, "s3", SEED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../x/y/z", "trainings/../../x", "accuracy.json", "trainings/x.json"])
def test_a_file_that_has_no_place_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BenchError, match="a machine sent a file that has no place here"):
        take(tmp_path / "out", "s3", {path: b""})
    assert held(tmp_path) == {}


def test_nothing_is_moved_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "trainings").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BenchError, match="leads out of"):
        take(tmp_path / "out", "s3", SEED)
    assert held(tmp_path / "elsewhere") == {}
