"""`report`: whatever a folder holds is reported again; a folder that cannot be read is one line."""

from pathlib import Path

import msgspec
import pytest
from builders import a_measurement, a_plan, an_accuracy_plan, outcomes
from command_line import bench, the_line

from bench.commands.report import report
from bench.errors import Exit
from bench.records.folders import create_accuracy
from bench.records.run import FORMAT, Outcome
from bench.records.store import Store


def test_report_prints_the_sentence_the_table_and_the_path(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(
        a_plan(), {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.02, "xla": 0.06}
    ):
        store.keep(outcome)
    done = bench("report", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("tutorial_cnn, batch ")
    assert lines[3].split() == ["mode", "speedup", "over", "time", "step", "ms", "break-even", "verdict"]
    assert lines[4].split()[:3] == [">", "tf.function", "2.50x"]
    assert "Use tf.function: 2.50x vs eager [" in done.stdout
    assert "The images are synthetic" in done.stdout
    assert lines[-1] == f"report: {Path('run') / 'report.html'}"
    assert max(map(len, lines)) <= 80


def test_an_accuracy_that_has_not_begun_says_so(tmp_path: Path) -> None:
    create_accuracy(tmp_path / "a", an_accuracy_plan())
    done = bench("report", "a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("eager, the baseline, has no training that reached step 300")
    assert done.stderr.splitlines()[-1] == "20 trainings have not begun"


def test_a_broken_or_newer_run_folder_is_one_line(tmp_path: Path) -> None:
    Store.create(tmp_path / "newer", a_plan(format=FORMAT + 1)).close()
    assert "update cifar-bench" in the_line(bench("report", "newer", cwd=tmp_path))
    Store.create(tmp_path / "broken", a_plan()).close()
    (tmp_path / "broken" / "measurements.jsonl").write_text("{\n")
    assert "measurements.jsonl line 1 is broken" in the_line(bench("report", "broken", cwd=tmp_path))


def a_damaged_run(folder: Path) -> Path:
    """With an outcome of a block that was never planned."""
    with Store.create(folder, a_plan()) as store:
        for outcome in outcomes(a_plan(), {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
            store.keep(outcome)
    with (folder / "measurements.jsonl").open("ab") as stream:
        stream.write(msgspec.json.encode(Outcome(measurement=a_measurement(block=99))) + b"\n")
    return folder


def test_a_run_that_contradicts_its_plan_is_reported_without_what_does_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(a_damaged_run(tmp_path / "run")) is Exit.CASE_FAILED
    said = " ".join(capsys.readouterr().out.split())
    assert "1 line of this run's files do not count: measurements.jsonl line 19: block 99 is not one of" in said
    assert "2.50x" in said


def test_every_slice_is_a_table_on_demand(tmp_path: Path) -> None:
    folder = a_damaged_run(tmp_path / "run")
    report(folder)
    assert not (folder / "tables" / "slices.csv").exists()
    report(folder, slices=True)
    assert len((folder / "tables" / "slices.csv").read_text().splitlines()) == 1 + 6 * 3 * 3


def test_a_packed_run_gives_the_same_report(tmp_path: Path) -> None:
    folder = a_damaged_run(tmp_path / "run")
    report(folder)
    before = (folder / "tables" / "steady.csv").read_bytes()
    report(folder, pack=True)
    assert {file.name for file in folder.glob("measurements*")} == {"measurements.jsonl.gz"}
    assert (folder / "tables" / "steady.csv").read_bytes() == before
    packed = (folder / "measurements.jsonl.gz").read_bytes()
    report(folder, pack=True)  # nothing is left to pack
    assert (folder / "measurements.jsonl.gz").read_bytes() == packed
