"""FIFOs, devices, looping links and sparse files in the place of records: one line that names the file, no waiting."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import a_plan, an_accuracy_plan, outcomes
from specials import KINDS, no_waiting, put

from bench.errors import BenchError
from bench.records import lines
from bench.records.folders import (
    TRAININGS,
    create_accuracy,
    open_accuracy,
    open_selftest,
    open_training,
    read_break_evens,
    read_probes,
    read_trainings,
    training_folder,
)
from bench.records.packing import pack
from bench.records.store import MEASUREMENTS, PACKED, Store


def a_run(folder: Path) -> None:
    with Store.create(folder, a_plan()) as store:
        for outcome in outcomes(store.plan, {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
            store.keep(outcome)


def an_accuracy(folder: Path) -> None:
    create_accuracy(folder, an_accuracy_plan())
    plan = an_accuracy_plan()
    training_folder(folder, plan.modes[0], plan.seeds[0]).mkdir(parents=True)


def trainings(folder: Path) -> object:
    return read_trainings(folder, open_accuracy(folder))


FIRST = training_folder(Path(), an_accuracy_plan().modes[0], an_accuracy_plan().seeds[0])
READERS: list[tuple[Callable[[Path], None], str, Callable[[Path], object]]] = [
    (a_run, "plan.json", Store.open),
    (a_run, MEASUREMENTS, Store.open),
    (a_run, PACKED, Store.open),
    (a_run, "trials.json", read_break_evens),
    (a_run, "probes.json", read_probes),
    (Path.mkdir, "training.json", open_training),
    (Path.mkdir, "selftest.json", open_selftest),
    (an_accuracy, "accuracy.json", open_accuracy),
    (an_accuracy, TRAININGS, trainings),
    (an_accuracy, f"{FIRST}/training.json", trainings),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("make", "name", "read"), READERS, ids=[name for _, name, _ in READERS])
def test_what_is_no_file_in_a_record_s_place_is_said(
    tmp_path: Path, make: Callable[[Path], None], name: str, read: Callable[[Path], object], kind: str
) -> None:
    make(tmp_path / "folder")
    if name.endswith(f"{FIRST.name}/training.json"):
        (tmp_path / "folder" / FIRST / "points.json").write_text("{}")
    put(kind, tmp_path / "folder" / name)
    with no_waiting(), pytest.raises(BenchError, match=f"cannot read .*{Path(name).name}: {KINDS[kind]}"):
        read(tmp_path / "folder")


@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
@pytest.mark.parametrize("name", [MEASUREMENTS, "interrupted.jsonl"])
def test_a_run_that_cannot_be_gone_on_with_is_said_before_anything_is_measured(
    tmp_path: Path, name: str, kind: str
) -> None:
    a_run(tmp_path / "run")
    put(kind, tmp_path / "run" / name)
    with no_waiting(), pytest.raises(BenchError, match=KINDS[kind]):
        Store.resume(tmp_path / "run")


@pytest.mark.parametrize("kind", ["fifo", "device", "loop"])
def test_a_draft_s_place_that_is_taken_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    (tmp_path / "run").mkdir()
    put(kind, tmp_path / "run" / "plan.tmp")
    with no_waiting(), pytest.raises(BenchError, match="cannot write to"):
        Store.create(tmp_path / "run", a_plan())


@pytest.mark.parametrize("kind", ["fifo", "device", "loop"])
def test_a_lock_that_is_no_file_is_one_line_or_none(tmp_path: Path, kind: str) -> None:
    a_run(tmp_path / "run")
    put(kind, tmp_path / "run" / "lock")
    with no_waiting(), pytest.raises(BenchError, match="cannot write to"):
        Store.resume(tmp_path / "run")


def test_a_packed_run_that_is_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_run(tmp_path / "run")
    (tmp_path / "run" / PACKED).write_bytes(gzip.compress(bytes(3 * 2**20)))
    monkeypatch.setattr(lines, "LARGEST", 2**20)
    with pytest.raises(BenchError, match=r"measurements\.jsonl\.gz: it holds more than 1,048,576 bytes"):
        Store.open(tmp_path / "run")


@pytest.mark.parametrize("kind", ["fifo", "device", "loop"])
def test_a_packed_draft_s_place_that_is_taken_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    a_run(tmp_path / "run")
    put(kind, tmp_path / "run" / f"draft-{PACKED}")
    with no_waiting(), pytest.raises(BenchError, match=r"cannot pack|leads out"):
        pack(tmp_path / "run")
    assert (tmp_path / "run" / MEASUREMENTS).exists()
