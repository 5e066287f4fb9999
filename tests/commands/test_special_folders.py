"""`report`, `history` and `compare` on FIFOs, devices, looping links and sparse files: one line, and no waiting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kept_runs import a_run
from specials import KINDS, no_waiting, put

from bench.commands.compare import compare
from bench.commands.history import history
from bench.commands.report import report
from bench.errors import BenchError
from bench.records.store import MEASUREMENTS, PACKED

COMMANDS: dict[str, Callable[[Path], object]] = {
    "report": report,
    "history": lambda run: history(run.parent),
    "compare": lambda run: compare([run.parent / "sound", run], out=run.parent.parent / "compared"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["fifo", "device", "loop", "dangling", "folder", "sparse"])
@pytest.mark.parametrize("name", [MEASUREMENTS, PACKED])
def test_what_is_no_file_in_a_run_is_said(tmp_path: Path, command: str, kind: str, name: str) -> None:
    run = a_run(tmp_path / "runs" / "odd")
    if command == "compare":
        a_run(tmp_path / "runs" / "sound")
    put(kind, run / name)
    with no_waiting(), pytest.raises(BenchError, match=f"cannot read .*{name}: {KINDS[kind]}"):
        COMMANDS[command](run)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["fifo", "device", "loop", "dangling"])
def test_what_is_no_folder_in_a_run_s_place_is_said(tmp_path: Path, command: str, kind: str) -> None:
    (tmp_path / "runs").mkdir()
    run = tmp_path / "runs" / "odd"
    if command == "compare":
        a_run(tmp_path / "runs" / "sound")
    put(kind, run)
    with no_waiting(), pytest.raises(BenchError, match=r"there is no folder|cannot read|holds no run"):
        COMMANDS[command](run)


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "loop", "dangling", "sparse"])
@pytest.mark.parametrize("name", ["plan.json", "trials.json", "probes.json"])
def test_what_is_no_file_beside_a_run_s_measurements_is_said_by_report(tmp_path: Path, kind: str, name: str) -> None:
    run = a_run(tmp_path / "odd")
    put(kind, run / name)
    with no_waiting(), pytest.raises(BenchError, match=f"cannot read .*{name}: {KINDS[kind]}"):
        report(run)


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "sparse"])
@pytest.mark.parametrize("name", ["training.json", "accuracy.json", "selftest.json"])
def test_what_is_no_file_in_the_place_of_another_record_is_said_by_report(tmp_path: Path, kind: str, name: str) -> None:
    put(kind, tmp_path / name)
    with no_waiting(), pytest.raises(BenchError, match=f"cannot read .*{name}: {KINDS[kind]}"):
        report(tmp_path)
