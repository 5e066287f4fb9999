"""A folder of runs becomes one table; without pyarrow, or without a run, that is one line."""

import sys
from pathlib import Path

import pytest
from kept_runs import a_run

from bench.commands.export import export
from bench.errors import BenchError, Exit
from bench.report.parquet import COLUMNS


def test_every_case_and_repetition_is_a_row(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is an extra")
    for name in "ab":
        a_run(tmp_path / "runs" / name, blocks=2)
    assert export(tmp_path / "runs", tmp_path / "all.parquet") is Exit.OK
    rows = parquet.read_table(tmp_path / "all.parquet").to_pylist()
    assert len(rows) == 2 * 3 * 2
    assert set(rows[0]) == set(COLUMNS)
    of_b = next(row for row in rows if row["run"] == "b" and row["mode"] == "function" and row["repetition"] == 1)
    assert of_b["speedup"] == pytest.approx(2.0, rel=0.01)
    assert of_b["tensorflow"] == "2.21.0"
    assert not (tmp_path / "all.parquet.tmp").exists()


def test_what_cannot_be_read_is_named_and_the_rest_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    a_run(tmp_path / "a", blocks=2)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "plan.json").write_text("{")
    assert export(tmp_path, tmp_path / "all.parquet") is Exit.CASE_FAILED
    out, err = capsys.readouterr()
    assert out.startswith("6 rows: ")
    assert "warning: left out: " in err


def test_without_pyarrow_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    a_run(tmp_path / "a", blocks=1)
    with pytest.raises(BenchError, match=r"--parquet needs pyarrow; type: python -m pip install '\.\[parquet\]'"):
        export(tmp_path, tmp_path / "all.parquet")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is an extra")
    a_run(tmp_path / "a", blocks=1)
    with pytest.raises(BenchError, match=r"cannot write .*nowhere"):
        export(tmp_path, tmp_path / "nowhere" / "all.parquet")


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="say where to"):
        export(tmp_path)
    with pytest.raises(BenchError, match="holds no run"):
        export(tmp_path / "nowhere", tmp_path / "all.parquet")
