"""Raw data packed into one file, to be kept or sent; every report can be rebuilt from it, nothing can go on in it.

    measurements.jsonl.gz   of a run: its lines, or the files of format 1 as lines
    trainings.jsonl.gz      of an accuracy run: a line a training

What is packed is removed only once the packed file was read back and holds all of it.
"""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bench.errors import BenchError
from bench.records import lines
from bench.records.checksum import unsealed
from bench.records.decoding import encoded
from bench.records.folders import TRAININGS, open_accuracy, read_trainings
from bench.records.ledger import Ledger, Line
from bench.records.lock import Lock
from bench.records.paths import inside
from bench.records.store import MEASUREMENTS, PACKED, Store, files_of_format_1
from bench.records.training import AccuracyPlan, TrainingFiles
from cifar_core.plain_files import open_draft

JSON_OF_A_TRAINING = ("training.json", "points.json", "broken.json")


def pack(folder: Path) -> None:
    """Pack what the folder of a run, a selftest or an accuracy run holds. Raises BenchError where it cannot."""
    try:
        if (folder / "accuracy.json").exists():
            with Lock(folder):
                _pack_trainings(folder, open_accuracy(folder))
        for plan in (*folder.glob("plan.json"), *folder.glob("runs/*/plan.json")):
            with Lock(inside(folder, plan.parent)):
                _pack_run(plan.parent)
    except OSError as error:
        raise BenchError(f"cannot pack {folder}: {error.strerror}; make room, or make it writable") from None


def _pack_run(folder: Path) -> None:
    files, file = files_of_format_1(folder), folder / MEASUREMENTS
    unpacked = [*files, *([file] if file.exists() else [])]
    if not unpacked:
        return
    held = Store.open(folder)  # whatever cannot be read is not packed
    packed = lines.whole(folder / PACKED) if (folder / PACKED).exists() else []
    outcomes = [encoded(msgspec.json.decode(unsealed(outcome.read_bytes())[0])) for outcome in files]
    others = [*outcomes, *(lines.whole(file) if file.exists() else [])]
    draft = _draft(folder / PACKED, packed or others)
    ledger = Ledger(held.plan)
    for _, line in lines.read(draft, Line):
        ledger.take(line.record, "")
    _replace(draft, folder / PACKED, ledger.outcomes() == held.outcomes())
    _remove(unpacked)


def _pack_trainings(folder: Path, plan: AccuracyPlan) -> None:
    trainings = read_trainings(folder, plan)
    files = [file for name in JSON_OF_A_TRAINING for file in folder.glob(f"trainings/*/{name}")]
    if not files:
        return
    planned = len(plan.modes) * len(plan.seeds)
    if len([each for each in trainings.values() if each.ended]) < planned:
        raise BenchError(f"{folder} has trainings that have not ended; type cifar-bench accuracy --resume first")
    draft = _draft(folder / TRAININGS, [encoded(each) for each in trainings.values()])
    read_back = [training for _, training in lines.read(draft, TrainingFiles)]
    _replace(draft, folder / TRAININGS, read_back == list(trainings.values()))
    _remove(files)


def _draft(file: Path, texts: Iterable[bytes]) -> Path:
    """The same texts give the same bytes: no time and no name in the archive. On the disk when this returns."""
    draft = inside(file.parent, file.with_name(f"draft-{file.name}"))
    with open_draft(draft) as stream:
        stream.write(gzip.compress(b"".join(text + b"\n" for text in texts), mtime=0))
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _replace(draft: Path, file: Path, complete: bool) -> None:
    if not complete:
        draft.unlink()
        raise BenchError(f"{file.parent} holds other lines than {file.name}; move one of them away")
    os.replace(draft, file)


def _remove(files: Iterable[Path]) -> None:
    """The files, and the folders that they leave empty."""
    for file in files:
        file.unlink()
        for folder in (file.parent, file.parent.parent):
            if not any(folder.iterdir()):
                folder.rmdir()
