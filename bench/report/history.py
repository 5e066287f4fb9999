"""The history of a folder of runs: every mode's result in each run, oldest first."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bench import modes
from bench.analysis.analyse import analyse
from bench.analysis.results import CaseResult, Run
from bench.analysis.stats.ratios import Summary
from bench.errors import BenchError
from bench.records.environment import Environment
from bench.records.store import Store
from bench.records.strings import on_one_line
from bench.report.form.card import Cover
from bench.report.form.document import Column, Figure, Row, Section, Table, column, counted, measured, summary_of
from bench.report.form.folder import PAGE
from bench.report.form.markup import OWN_ADDRESS
from bench.report.form.page import html
from bench.report.form.wording import interval, speedup_interval
from bench.report.plots import history as plots
from bench.report.plots.lines import LinePoint
from bench.report.plots.scene import Drawing
from bench.report.sections.steady import ratio_of
from bench.report.speeds import over_time

HISTORY = "history.html"  # beside the runs' folders


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


def build(folder: Path, runs: Sequence[tuple[str, Run]]) -> Path:
    """Write HISTORY into the folder of the runs; returns its path. Raises BenchError where it cannot."""
    cover = Cover("What changed from run to run?", _data(runs), f"{len(runs)} runs in {on_one_line(folder.name)}")
    figures = tuple(figure for figure in (_figure(runs, *kind) for kind in _FIGURES) if figure)
    sections = [
        Section("Runs and trends", (index(folder, runs), *figures)),
        Section("Every case of every run", (table(runs),), f"{len(table(runs).rows)} rows, oldest run first"),
    ]
    file = folder / HISTORY
    try:
        file.write_text(html(replace(cover, tab=f"History · {cover.about}"), sections, files=False), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write {file}: {error.strerror}") from None
    return file


def _data(runs: Sequence[tuple[str, Run]]) -> str:
    return "; ".join(dict.fromkeys(run.plan.data_title for _, run in runs))


def index(folder: Path, runs: Sequence[tuple[str, Run]]) -> Table:
    """One row for each run, with a link to its page."""
    columns = (
        counted("run", "number", ""),
        Column("folder", lambda row: f"[{row['folder']}]({row['page']})" if row["page"] else str(row["folder"])),
        column("started", "started", ""),
        column("machine", "machine", ""),
        column("TensorFlow", "tensorflow", ""),
        column("source", "commit", ""),
        column("cases", "cases", ""),
        counted("repetitions", "blocks", ""),
    )
    rows = tuple(_run_row(folder, number, name, run) for number, (name, run) in enumerate(runs, 1))
    return Table("runs", columns, rows, "The runs, oldest first")


def _run_row(folder: Path, number: int, name: str, run: Run) -> Row:
    first = _environment(run)
    return {
        "number": number,
        "folder": name,
        "page": _page(folder, name),
        "started": run.plan.created[:16].replace("T", " "),
        "machine": first and f"{first.cpu}, {first.cores} cores",
        "tensorflow": first and first.tensorflow,
        "commit": first and first.commit,
        "cases": "; ".join(group.title for group in run.groups),
        "blocks": run.blocks,
    }


def _page(folder: Path, name: str) -> str:
    """Where a run's page is, as seen from the folder; '' where there is none, or its name cannot stand in a link."""
    inside = (path for depth in ("*", "*/*") for path in folder.glob(f"{depth}/{PAGE}") if path.parent.name == name)
    pages = [path.relative_to(folder).as_posix() for path in inside]
    return next((page for page in pages if OWN_ADDRESS.fullmatch(page)), "")


def _environment(run: Run) -> Environment | None:
    return next((outcome.measurement.environment for outcome in run.outcomes if outcome.measurement), None)


def _speed(result: CaseResult) -> tuple[Summary, str] | None:
    ratio = over_time(result)
    return (ratio, speedup_interval(ratio)) if ratio else None


def _time(result: CaseResult) -> tuple[Summary, str] | None:
    step = result.summary("step")
    if not step:
        return None
    in_ms = Summary(1e3 * step.centre, step.low and 1e3 * step.low, step.high and 1e3 * step.high, step.n)
    return in_ms, f"{interval(in_ms)} ms"


_FIGURES = (
    ("Speedup over runs", "speedups", _speed, plots.speedups),
    ("Step time over runs", "times", _time, plots.times),
)
Value = Callable[[CaseResult], "tuple[Summary, str] | None"]


def _figure(
    runs: Sequence[tuple[str, Run]], title: str, name: str, value: Value, draw: Callable[[plots.Values, int], Drawing]
) -> Figure | None:
    """A line for each mode of the case that most runs have; None where nothing was measured in two of them."""
    groups = [(number, group) for number, (_, run) in enumerate(runs, 1) for group in run.groups]
    if not groups:
        return None
    shared, _ = Counter(group.title for _, group in groups).most_common(1)[0]
    values: dict[str, tuple[str, list[LinePoint]]] = {}
    for number, group in groups:
        for result in group.cases if group.title == shared else ():
            if not result.case.again and (known := value(result)):
                summary, words = known
                point = LinePoint(
                    number, summary.centre, summary.low, summary.high, f"run {number}, {result.title}: {words}"
                )
                values.setdefault(result.case.mode, (result.title, []))[1].append(point)
    if not any(len(points) > 1 for _, points in values.values()):
        return None
    words = "; ".join(f"{title} {len(points)} runs" for title, points in values.values())
    return Figure(
        name, f"{title}, {shared}: {words}", draw(values, len(runs)), "The number of a run is that of the table."
    )


def table(runs: Sequence[tuple[str, Run]]) -> Table:
    """One row for each case of each run, without the A/A controls."""
    rows = tuple(row for name, run in runs for row in _rows(name, run))
    columns = (
        column("run", "run", ""),
        column("started", "started", ""),
        column("TensorFlow", "tensorflow", ""),
        column("source", "commit", ""),
        column("data", "data", ""),
        column("case", "group", ""),
        column("mode", "title"),
        counted("repetitions", "blocks", ""),
        measured("step (ms)", "step_s", 1e3),
        Column("speedup", lambda row: speedup_interval(summary_of(row, "ratio")), "", ratio_of, "high"),
        column("verdict", "verdict"),
    )
    return Table("history", columns, rows, "Every case of every run, oldest first")


def _rows(name: str, run: Run) -> list[Row]:
    first = _environment(run)
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
            "ratio": over_time(result),
            "verdict": result.comparison.verdict.value if result.comparison else "baseline",
        }
        for group, result in run.rows()
        if not result.case.again
    ]
