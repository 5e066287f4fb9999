"""The history of a folder of runs: steps and trends, and every mode's result in each of the latest runs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.analysis.stats.ratios import Summary
from bench.errors import BenchError
from bench.records.strings import on_one_line
from bench.report.form.card import Cover
from bench.report.form.document import Column, Figure, Row, Section, Table, column, counted, measured, summary_of
from bench.report.form.folder import PAGE
from bench.report.form.markup import OWN_ADDRESS
from bench.report.form.page import html
from bench.report.form.wording import interval, speedup_interval
from bench.report.history_read import History, HistoryCase, HistoryRun
from bench.report.history_steps import steps_table, trends_table
from bench.report.plots import history as plots
from bench.report.plots.lines import LinePoint
from bench.report.plots.scene import Drawing
from bench.report.sections.steady import ratio_of

HISTORY = "history.html"  # beside the runs' folders


def build(folder: Path, history: History) -> Path:
    """Write HISTORY into the folder of the runs; returns its path. Raises BenchError where it cannot."""
    file = folder / HISTORY
    try:
        file.write_text(html(_cover(folder, history), _sections(folder, history), files=False), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write {file}: {error.strerror}") from None
    return file


def _cover(folder: Path, history: History) -> Cover:
    data = "; ".join(dict.fromkeys(shown.run.data for shown in history.runs.values()))
    shown = "" if len(history.runs) == history.total else f", the latest {len(history.runs):,} shown"
    about = f"{history.total:,} runs in {on_one_line(folder.resolve().name)}{shown}"
    return replace(Cover("What changed from run to run?", data, about), tab=f"History · {about}")


def _sections(folder: Path, history: History) -> list[Section]:
    figures = tuple(figure for figure in (_figure(history, *kind) for kind in _FIGURES) if figure)
    found, trends, cases = steps_table(history), trends_table(history), table(history)
    steps: tuple[str | Table, ...] = (found, trends) if found.rows else (found.note, trends)
    return [
        *([Section("Steps and trends", steps)] if trends.rows else []),
        Section("Runs", (index(folder, history), *figures)),
        Section("Every case of every run", (cases,), f"{len(cases.rows)} rows, oldest run first"),
    ]


def index(folder: Path, history: History) -> Table:
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
    return Table(
        "runs", columns, tuple(_run_row(folder, shown) for shown in history.runs.values()), "The runs, oldest first"
    )


def _run_row(folder: Path, shown: HistoryRun) -> Row:
    run, page = shown.run, f"{shown.path}/{PAGE}"
    known = run.environment
    return {
        "number": shown.number,
        "folder": run.name,
        "page": page if OWN_ADDRESS.fullmatch(page) and (folder / page).exists() else "",
        "started": _started(shown),
        "machine": f"{known['cpu']}, {known['cores']} cores" if known else None,
        "tensorflow": known.get("tensorflow"),
        "commit": known.get("commit"),
        "cases": "; ".join(run.groups),
        "blocks": run.blocks,
    }


def _started(shown: HistoryRun) -> str:
    return shown.run.created[:16].replace("T", " ")


def _speed(case: HistoryCase) -> tuple[Summary, str] | None:
    return (case.speedup, speedup_interval(case.speedup)) if case.speedup else None


def _time(case: HistoryCase) -> tuple[Summary, str] | None:
    step = case.step
    if not step:
        return None
    in_ms = Summary(1e3 * step.centre, step.low and 1e3 * step.low, step.high and 1e3 * step.high, step.n)
    return in_ms, f"{interval(in_ms)} ms"


_FIGURES = (
    ("Speedup over runs", "speedups", _speed, plots.speedups),
    ("Step time over runs", "times", _time, plots.times),
)
Value = Callable[[HistoryCase], "tuple[Summary, str] | None"]


def _figure(
    history: History, title: str, name: str, value: Value, draw: Callable[[plots.Values, tuple[int, int]], Drawing]
) -> Figure | None:
    """A line for each mode of the case that most runs have; None where nothing was measured in two of them."""
    if not history.cases:
        return None
    (shared, _), *_ = Counter(case.group for case in history.cases).most_common(1)
    values: dict[str, tuple[str, list[LinePoint]]] = {}
    for case in history.cases:
        if case.group == shared and (known := value(case)):
            point = _point(history.runs[case.run].number, case, *known)
            values.setdefault(case.title, (case.mode, []))[1].append(point)
    lines = {title: (mode, points) for title, (mode, points) in values.items()}
    once = [title for title, (_, points) in lines.items() if len(points) < 2]
    lines = {title: line for title, line in lines.items() if title not in once}
    if not lines:
        return None
    words = "; ".join(f"{title} {len(points)} runs" for title, (_, points) in lines.items())
    numbers = [shown.number for shown in history.runs.values()]
    drawing = draw(lines, (numbers[0], numbers[-1]))
    left_out = f" Measured once, so not drawn: {', '.join(once)}." if once else ""
    note = f"The number of a run is that of the table.{left_out}"
    return Figure(name, f"{title}, {shared}: {words}", drawing, note)


def _point(number: int, case: HistoryCase, summary: Summary, words: str) -> LinePoint:
    return LinePoint(number, summary.centre, summary.low, summary.high, f"run {number}, {case.title}: {words}")


def table(history: History) -> Table:
    """One row for each case of each run, without the A/A controls."""
    columns = (
        column("run", "run", ""),
        column("started", "started", ""),
        column("mode", "title"),
        Column("speedup", lambda row: speedup_interval(summary_of(row, "ratio")), "", ratio_of, "high"),
        column("verdict", "verdict"),
        measured("step (ms)", "step_s", 1e3),
        counted("repetitions", "blocks", ""),
        column("TensorFlow", "tensorflow", ""),
        column("source", "commit", ""),
        column("case", "group", ""),
        column("data", "data", ""),
    )
    rows = tuple(_row(history.runs[case.run], case) for case in history.cases)
    return Table("history", columns, rows, "Every case of every run, oldest first")


def _row(shown: HistoryRun, case: HistoryCase) -> Row:
    return {
        "run": shown.run.name,
        "started": _started(shown),
        "tensorflow": shown.run.environment.get("tensorflow"),
        "commit": shown.run.environment.get("commit"),
        "data": case.data,
        "group": case.group,
        "mode": case.mode,
        "title": case.title,
        "blocks": case.blocks,
        "step_s": case.step,
        "ratio": case.speedup,
        "verdict": case.verdict,
    }
