"""Raw data packed into one file, to be kept or sent; every report can be rebuilt from it, nothing can go on in it.

measurements.jsonl.gz   of a run: its lines, or the files of format 1 as lines
trainings.jsonl.gz      of an accuracy run: a line a training
"""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bench.errors import BenchError
from bench.records.folders import TRAININGS, open_accuracy, read_trainings
from bench.records.lock import Lock
from bench.records.store import FILES_OF_FORMAT_1, MEASUREMENTS, PACKED, Store

JSON_OF_A_TRAINING = ("training.json", "points.json", "broken.json")


def pack(folder: Path) -> None:
    """Pack what the folder of a run, a selftest or an accuracy run holds. Raises BenchError where it cannot."""
    try:
        if (folder / "accuracy.json").exists():
            _pack_trainings(folder)
        for plan in (*folder.glob("plan.json"), *folder.glob("runs/*/plan.json")):
            _pack_run(plan.parent)
    except OSError as error:
        raise BenchError(f"cannot pack {folder}: {error.strerror}; make room, or make it writable") from None


def _pack_run(folder: Path) -> None:
    file, outcomes = folder / MEASUREMENTS, sorted((folder / FILES_OF_FORMAT_1).glob("*.json"))
    if not file.exists() and not outcomes:
        return
    with Lock(folder):
        held = Store.open(folder)  # whatever cannot be read is not packed
        lines = [msgspec.json.encode(msgspec.json.decode(outcome.read_bytes())) + b"\n" for outcome in outcomes]
        whole = file.read_bytes() if file.exists() else b""
        _write(folder / PACKED, b"".join([*lines, whole[: whole.rfind(b"\n") + 1]]))
        _remove([*outcomes, *([file] if file.exists() else [])])
        assert Store.open(folder).outcomes() == held.outcomes()


def _pack_trainings(folder: Path) -> None:
    plan = open_accuracy(folder)
    trainings = read_trainings(folder, plan)
    files = [file for name in JSON_OF_A_TRAINING for file in folder.glob(f"trainings/*/{name}")]
    if files:
        _write(folder / TRAININGS, b"".join(msgspec.json.encode(each) + b"\n" for each in trainings.values()))
        _remove(files)
        assert read_trainings(folder, plan) == trainings


def _write(file: Path, text: bytes) -> None:
    """The same text gives the same bytes: no time and no name in the archive. Whole on the disk before it counts."""
    draft = file.with_suffix(".tmp")
    with draft.open("wb") as stream:
        stream.write(gzip.compress(text, mtime=0))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)


def _remove(files: Iterable[Path]) -> None:
    """The files, and the folders that they leave empty."""
    for file in files:
        file.unlink()
        for folder in (file.parent, file.parent.parent):
            if not any(folder.iterdir()):
                folder.rmdir()
