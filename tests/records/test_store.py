import json
from pathlib import Path

import pytest
from builders import a_case, a_measurement, a_plan

from bench.errors import BenchError
from bench.records.run import FORMAT, Failure, Outcome
from bench.records.store import Store
from bench.report.run import build


def test_what_is_kept_is_read_back_in_the_plans_order(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    kept = [
        Outcome(measurement=a_measurement(a_case("xla"), block=1)),
        Outcome(failure=Failure(a_case("graph"), 0, "slice", "died")),
        Outcome(measurement=a_measurement(a_case("eager"), block=0, last_loss=None)),
    ]
    for outcome in kept:
        store.keep(outcome)
    assert Store.open(tmp_path / "run").outcomes() == (kept[2], kept[1], kept[0])


def test_an_outcome_cut_short_is_kept_apart_and_never_counted(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan())
    store.keep(Outcome(measurement=a_measurement()), interrupted=True)
    assert store.outcomes() == ()
    assert len(list((tmp_path / "interrupted").iterdir())) == 1


def test_half_written_files_are_never_seen(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan())
    (tmp_path / "measurements" / "case-b0.tmp").write_text('{"for')
    assert store.outcomes() == ()


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan())
    with pytest.raises(BenchError, match=r"holds another run; type `cifar-bench run --resume"):
        Store.create(tmp_path, a_plan())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BenchError, match="holds other files"):
        Store.create(tmp_path, a_plan())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BenchError, match=r"cannot write to .*another --out"):
        Store.create(tmp_path / "file" / "run", a_plan())


def test_a_folder_without_a_plan_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no run folder"):
        Store.open(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan(format=FORMAT + 1))
    with pytest.raises(BenchError, match=rf"format {FORMAT + 1}.*reads up to {FORMAT}; update"):
        Store.open(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{", '{"format": 1}', '{"format": 1, "measurement": {"block": "x"}}', "\x00\xff", '{"a": "\xff"}']
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    store = Store.create(tmp_path, a_plan())
    (tmp_path / "measurements" / "broken-b0.json").write_text(text, "latin-1")
    with pytest.raises(BenchError, match=r"broken-b0\.json is broken .*--resume"):
        store.outcomes()


def test_a_mode_that_this_version_lacks_is_named(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan((a_case("quantum"),)))
    with pytest.raises(BenchError, match=r"mode 'quantum' is unknown here; known: eager, .*; update cifar-bench"):
        build(store)


def test_a_disk_that_fills_up_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    store = Store.create(tmp_path, a_plan())
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BenchError, match=r"No space left on device; make room, then type --resume"):
        store.keep(Outcome(measurement=a_measurement()))


def test_files_carry_their_format(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan())
    store.keep(Outcome(measurement=a_measurement()))
    (file,) = (tmp_path / "measurements").iterdir()
    assert json.loads(file.read_text())["format"] == FORMAT
