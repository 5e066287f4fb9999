"""Steps and trends of a history as tables and sentences: which run, by how much, how sure, what changed there."""

from collections.abc import Mapping

from bench.analysis.history import SEARCHED, STEP_TIME, FoundStep, SeriesFinding
from bench.analysis.stats.ratios import Summary
from bench.analysis.stats.verdicts import excludes_1
from bench.report.form.document import Column, Row, Table, column, counted
from bench.report.form.wording import change_interval, interval, speedup_interval
from bench.report.history_read import History, HistoryRun

FACTOR = 2.0  # between the ends of a drift's interval
NOTE = (
    f"A step is a change of level that stays for at least three runs, in the latest {SEARCHED:,} runs of one machine's "
    "series. Slower and faster are per cent of time. p: how often runs in a random order show a step as large."
)


def steps_table(history: History) -> Table:
    """A row a step, the latest first."""
    rows = [_step_row(history, each, step) for each in history.found for step in each.finding.steps]
    rows.sort(key=lambda row: -int(str(row["number"])))
    columns = (
        counted("run", "number", ""),
        column("folder", "run", ""),
        column("case", "group", ""),
        column("mode", "title"),
        column("what changed", "what", ""),
        column("change", "change", ""),
        column("p", "p", ""),
        column("where, with 95 %", "place", ""),
        column("environment differences", "differences", ""),
    )
    note = NOTE if rows else f"No step. {NOTE}"
    return Table("steps", columns if rows else (), tuple(rows), "Steps, the latest first", note)


def trends_table(history: History) -> Table:
    """A row a series with at least two runs: its level now, and where it drifts."""
    rows = tuple(_trend_row(each) for each in history.found)
    columns = (
        column("case", "group", ""),
        column("mode", "title"),
        column("of", "what", ""),
        counted("runs", "runs", ""),
        counted("since the last step", "since", ""),
        Column("level now", lambda row: str(row["level"])),
        Column("drift in 100 runs", lambda row: str(row["drift"])),
        column("machine", "machine", "", role="low"),
    )
    return Table("trends", columns, rows, "Trends since the last step", "Drift: a straight line through those runs.")


def sentences(history: History) -> list[str]:
    """A sentence a step, the latest first."""
    return [
        f"**step at {row['run']}** ({row['started']}): {row['title']}, {row['group']}: {row['what']} {row['change']} "
        f"(p {row['p']}); {row['differences']}"
        for row in steps_table(history).rows
    ]


def _step_row(history: History, each: SeriesFinding, step: FoundStep) -> Row:
    run = history.named[step.run]
    return {
        "number": run.number,
        "run": run.run.name,
        "started": run.run.created[:10],
        "group": each.series.group,
        "title": each.series.title,
        "machine": each.series.machine,
        "what": each.what,
        "ratio": step.ratio,
        "change": change_interval(step.ratio),
        "p": "≤ 0.001" if step.p <= 0.001 else f"{step.p:.3f}",
        "place": _place(history.named, step),
        "differences": _differences(history, step),
    }


def _place(named: Mapping[int, HistoryRun], step: FoundStep) -> str:
    return f"after {named[step.earliest].run.name}, at {named[step.latest].run.name} at the latest"


def _differences(history: History, step: FoundStep) -> str:
    """What was not the same any more where the step may be."""
    before, after = (history.ran_under[run] for run in (step.earliest, step.latest))
    changed = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return "; ".join(f"{name} {before.get(name, '–')} → {after.get(name, '–')}" for name in changed) or "none known"


def _trend_row(each: SeriesFinding) -> Row:
    found = each.finding.trend
    in_time = each.what == STEP_TIME
    level = f"{interval(found.level.inverse, 1e3)} ms" if in_time else speedup_interval(found.level)
    return {
        "group": each.series.group,
        "title": each.series.title,
        "machine": each.series.machine,
        "what": each.what,
        "runs": each.finding.runs,
        "since": found.runs,
        "level": level,
        "drift": _drift(found.drift),
    }


def _drift(drift: Summary | None) -> str:
    """A drift that so few runs leave open by a factor of two is not printed as a number; one that may be none is
    not printed as one.
    """
    if drift is None:
        return "–"
    known = drift.low is not None and drift.high is not None and drift.high < FACTOR * drift.low
    if not known:
        return "not known yet"
    return change_interval(drift) if excludes_1(drift) else f"not shown ({change_interval(drift)})"
