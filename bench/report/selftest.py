"""The report of a self-test: the benchmark's overhead, its false positives, and the differences it detects here."""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.selftest import AAControl, HarnessCost, Recovery, SelfTestResult, evaluate
from bench.records.folders import open_selftest
from bench.records.selftest import LOOP
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.folder import write
from bench.report.form.wording import interval, number, percent
from bench.report.plots import selftest as plots

BLOCKS = (3, 6, 12, 24)  # for which the smallest change is given


def build(folder: Path, png: bool = False) -> tuple[Path, SelfTestResult]:
    """Write report.md, report.html, tables and plots; returns report.md's path and the results. Raises BenchError.

    `png`: the figure also as PNG.
    """
    selftest, stores = open_selftest(folder)
    runs = [analyse(store.plan, store.outcomes(), store.left_out) for store in stores]
    result = evaluate(selftest, runs, BLOCKS)
    sections = [
        Section("In one sentence", (sentence(result), _CONDITIONS.format(**_conditions(result)))),
        Section("The clock", (clock(result),)),
        Section("What the harness adds to a step", (_HARNESS, harness(result))),
        Section("The mode against itself, and slowed on purpose", (_RECOVERY, recovery(result), *_figure(result))),
        Section("The smallest difference that it finds", (_RESOLUTION.format(_sd(result)), resolution(result))),
        *_broken(result),
    ]
    return write(folder, "The instrument, measured", selftest.data_title, sections, png=png), result


def tables(result: SelfTestResult) -> list[Table]:
    """The tables that a terminal shows: those of the report that have any row."""
    every = (clock(result), harness(result), recovery(result), resolution(result))
    return [table for table in every if table.rows]


def sentence(result: SelfTestResult) -> str:
    """Whether the self-test passed, and its main results."""
    if result.problems:
        return f"**The instrument is out of order here**: {'; '.join(result.problems)}."
    broken = f" {len(result.broken)} times a case did not come through: {result.broken[0]}." if result.broken else ""
    if not result.control.runs:
        return f"No run has been measured yet, so nothing can be said.{broken}"
    control = f"{result.control.false_positives} of {result.control.runs} runs called the mode different from itself"
    sizes = ", ".join(f"{r.slowdown:.0%} as {percent(*r.measured)}" for r in result.recoveries) or "none"
    return f"The instrument is in order: {control}; slow-downs were measured so: {sizes}.{broken}"


_CONDITIONS = "Preset {preset}, {runs} runs of {mode}, {data}{neighbour}; load before {load}."


def _conditions(result: SelfTestResult) -> dict[str, object]:
    selftest = result.selftest
    return {
        "preset": selftest.preset,
        "runs": result.control.runs,
        "mode": selftest.mode,
        "data": selftest.data_title,
        "neighbour": ", beside a process that kept one core busy" if selftest.neighbour else "",
        "load": selftest.environment.load_before,
    }


def clock(result: SelfTestResult) -> Table:
    """One row: the clock that times slices."""
    titles = (("resolution", "resolution_s"), ("smallest step seen", "tick_s"), ("a reading", "cost_s"))
    columns = (column("clock", "clock"), *(Column(title, partial(_nanoseconds, key)) for title, key in titles))
    check = result.selftest.clock
    row = {"clock": check.name, "resolution_s": check.resolution_s, "tick_s": check.tick_s, "cost_s": check.cost_s}
    return Table("clock", columns, (row,), "The clock")


def _nanoseconds(key: str, row: Row) -> str:
    value = row[key]
    assert isinstance(value, float)
    return f"{number(1e9 * value)} ns"


_HARNESS = (
    f"A slice as a run takes it, in turns with the others, against a bare loop of {LOOP} times as many steps in one go "
    "in the same process: the median over neighbouring pairs, with the sign test's interval. What is above 1 is what "
    "waking up, the barrier and the clock add to a step of this mode; it matters to a ratio only where two modes "
    "differ in it."
)


def harness(result: SelfTestResult) -> Table:
    """The overhead of slices, one row for each mode."""
    columns = (
        column("mode", "mode"),
        Column("step in a slice (ms)", lambda row: _milliseconds(row["slice_s"])),
        Column("step in a bare loop (ms)", lambda row: _milliseconds(row["loop_s"])),
        Column("times as long", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("pairs", "pairs"),
    )
    return Table("harness", columns, tuple(map(_harness_row, result.harness)), "What slices and turns add to a step")


def _harness_row(cost: HarnessCost) -> Row:
    return {
        "mode": cost.mode,
        "slice_s": cost.slice_s,
        "loop_s": cost.loop_s,
        "ratio": cost.ratio,
        "pairs": cost.ratio.n,
    }


def _milliseconds(value: object) -> str:
    assert isinstance(value, float)
    return number(1e3 * value)


_RECOVERY = (
    "Each block holds the mode twice unchanged, and slowed by a known share of its own time. *Measured* is over all "
    "blocks of all runs; *found* counts the runs that called it different, each comparison on its own; for what was "
    "not slowed that is the false-alarm rate, of which 5 % are allowed. *Power* is what the spread of these blocks "
    "makes of one such run, by calculation."
)


def recovery(result: SelfTestResult) -> Table:
    """The A/A control, then one row for each slowdown."""
    columns = (
        column("slowed by", "slowed"),
        column("measured", "measured"),
        column("found in", "found"),
        column("power", "power"),
    )
    rows = [_control_row(result.control), *map(_recovery_row, result.recoveries)] if result.control.runs else []
    return Table("recovery", columns, tuple(rows), "Slow-downs: planted and measured")


def _control_row(control: AAControl) -> Row:
    slower = control.ratio and control.ratio.inverse
    added = (slower.centre - 1, slower.low and slower.low - 1, slower.high and slower.high - 1) if slower else None
    return {
        "slowed": "nothing (A/A)",
        "measured": percent(*added) if added else "–",
        "found": f"{control.false_positives} of {control.runs} runs",
        "power": "–",
        "slowdown": 0.0,
        "bias": slower,
        "runs": control.runs,
        "runs_found": control.false_positives,
    }


def _recovery_row(recovery: Recovery) -> Row:
    return {
        "slowed": f"{recovery.slowdown:.0%}",
        "measured": percent(*recovery.measured),
        "found": f"{recovery.detected} of {recovery.runs} runs",
        "power": "–" if math.isnan(recovery.power) else f"{recovery.power:.0%}",
        "slowdown": recovery.slowdown,
        "bias": recovery.bias,
        "runs": recovery.runs,
        "runs_found": recovery.detected,
    }


_RESOLUTION = (
    "From the spread of a repetition's ratio here, {}: the smallest change that nine of ten runs of so many "
    "repetitions detect. A run that stops when its question is answered looks more than once and needs a few "
    "more of them."
)


def _sd(result: SelfTestResult) -> str:
    return "unknown yet" if result.block_sd is None else f"{result.block_sd:.1%} (standard deviation)"


def resolution(result: SelfTestResult) -> Table:
    """The smallest change detected, one row for each number of blocks."""
    titles = (("repetitions", "blocks"), ("smallest change detected", "smallest"))
    columns = tuple(column(title, key) for title, key in titles)
    rows: Sequence[Row] = [
        {
            "blocks": r.blocks,
            "smallest": f"{number(100 * r.smallest)} %",
            "share": r.smallest,
        }
        for r in result.resolutions
    ]
    return Table("resolution", columns, tuple(rows), "The smallest differences that are found")


def _broken(result: SelfTestResult) -> list[Section]:
    lines = "\n".join(f"- {text}" for text in result.broken)
    return [Section("What did not come through", (lines,))] if lines else []


def _figure(result: SelfTestResult) -> list[Figure]:
    if not result.recoveries:
        return []
    words = [f"{r.slowdown:.0%} planted, {percent(*r.measured)} measured" for r in result.recoveries]
    return [Figure("recovery", "Planted and measured slow-downs: " + "; ".join(words), plots.recoveries(result))]
