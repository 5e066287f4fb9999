"""The history of a folder of runs: every mode's result in each run, oldest first."""

from collections.abc import Sequence
from pathlib import Path

from bench import modes
from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.errors import BenchError
from bench.records.store import Store
from bench.records.strings import on_one_line
from bench.report.form.document import Column, Row, Table, column, summary_of
from bench.report.form.wording import interval


def read_runs(folders: Sequence[Path]) -> tuple[list[tuple[str, Run]], list[str]]:
    """Each folder's name with its run, oldest first; and why others cannot be read, a line each."""
    runs, broken = list[tuple[str, Run]](), list[str]()
    for folder in folders:
        try:
            store = Store.open(folder)
            for case in store.plan.cases:
                modes.row(case.mode)  # raises for one that only a newer version knows
            runs.append((on_one_line(folder.name), analyse(store.plan, store.outcomes(), store.left_out)))
        except BenchError as error:
            broken.append(str(error))
    return sorted(runs, key=lambda named: named[1].plan.created), broken


def table(runs: Sequence[tuple[str, Run]]) -> Table:
    """One row for each case of each run, without the A/A controls."""
    rows = [row for name, run in runs for row in _rows(name, run)]
    columns = (
        column("run", "run"),
        column("started", "started"),
        column("TensorFlow", "tensorflow"),
        column("source", "commit"),
        column("data", "data"),
        column("case", "group"),
        column("mode", "title"),
        column("blocks", "blocks"),
        Column("step (ms)", lambda row: interval(summary_of(row, "step_s"), 1e3)),
        Column("times as fast", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("verdict", "verdict"),
    )
    return Table("history", columns, tuple(rows), "Every case of every run, oldest first")


def _rows(name: str, run: Run) -> list[Row]:
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    first = environments[0] if environments else None
    return [
        {
            "run": name,
            "started": run.plan.created[:16].replace("T", " "),
            "tensorflow": first and first.tensorflow,
            "commit": first and first.commit,
            "data": group.workload.data,
            "group": group.title,
            "mode": result.case.mode,
            "title": result.title,
            "blocks": len(result.measurements),
            "step_s": result.summary("step"),
            "ratio": result.comparison.ratio if result.comparison else None,
            "verdict": result.comparison.verdict.value if result.comparison else "baseline",
        }
        for group, result in run.rows()
        if not result.case.again
    ]
