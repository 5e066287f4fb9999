"""The report of a self-test: the benchmark's overhead, its false positives, and the differences it detects here."""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.selftest import AAControl, HarnessCost, Recovery, SelfTestResult, evaluate
from bench.records.folders import open_selftest
from bench.records.selftest import LOOP
from bench.report import selftest_card, selftest_summary, summary
from bench.report.form.document import Column, Figure, Row, Section, Table, column, counted, measured
from bench.report.form.folder import write
from bench.report.form.wording import number, percent
from bench.report.plots import selftest as plots

BLOCKS = (3, 6, 12, 24)  # for which the smallest change is given


def build(folder: Path, png: bool = False) -> tuple[Path, SelfTestResult]:
    """Write the report and summary.json; returns report.md's path and the results. Raises BenchError.

    `png`: the figure also as PNG.
    """
    selftest, stores = open_selftest(folder)
    runs = [analyse(store.plan, store.outcomes(), store.left_out) for store in stores]
    result = evaluate(selftest, runs, BLOCKS)
    conditions = _CONDITIONS.format(**_conditions(result))
    sections = [
        Section(
            "Answer", (selftest_card.card(result), *_figure(result), recovery(result), f"{_RECOVERY} {conditions}")
        ),
        *_broken(result),
        Section("Resolution", (resolution(result), _RESOLUTION.format(_sd(result))), selftest_card.resolves(result)),
        Section("Overhead of a slice", (harness(result), _HARNESS), "What slices and interleaving add to a step"),
        Section("The timer", (clock(result),), "Its resolution, its smallest step, the cost of a reading"),
    ]
    others = {summary.NAME: summary.in_words(selftest_summary.document(result))}
    return write(folder, selftest_card.cover(result), sections, others=others, png=png), result


def tables(result: SelfTestResult) -> list[Table]:
    """The tables that a terminal shows: those of the report that have any row."""
    every = (clock(result), harness(result), recovery(result), resolution(result))
    return [table for table in every if table.rows]


def sentence(result: SelfTestResult) -> str:
    """Whether the self-test passed, and its main results."""
    if result.problems:
        return f"**Self-test failed**: {'; '.join(result.problems)}."
    broken = f" {len(result.broken)} times a case failed: {result.broken[0]}." if result.broken else ""
    if not result.control.runs:
        return f"No run has been measured yet, so nothing can be said.{broken}"
    control = f"{result.control.false_positives} false positives in {result.control.runs} runs"
    sizes = ", ".join(f"{r.slowdown:.0%} as {percent(*r.measured)}" for r in result.recoveries) or "none"
    return f"Self-test passed: {control}; injected slowdowns were measured as: {sizes}.{broken}"


_CONDITIONS = "Preset {preset}, {runs} runs of {mode}, {data}{neighbour}; load before {load}."


def _conditions(result: SelfTestResult) -> dict[str, object]:
    selftest = result.selftest
    return {
        "preset": selftest.preset,
        "runs": result.control.runs,
        "mode": selftest.mode,
        "data": selftest.data_title,
        "neighbour": ", next to a process that kept one core busy" if selftest.neighbour else "",
        "load": selftest.environment.load_before,
    }


def clock(result: SelfTestResult) -> Table:
    """One row: the clock that times slices."""
    titles = (("resolution", "resolution_s"), ("smallest step seen", "tick_s"), ("a reading", "cost_s"))
    columns = (column("clock", "clock"), *(Column(title, partial(_nanoseconds, key)) for title, key in titles))
    check = result.selftest.clock
    row = {"clock": check.name, "resolution_s": check.resolution_s, "tick_s": check.tick_s, "cost_s": check.cost_s}
    return Table("clock", columns, (row,), "The timer")


def _nanoseconds(key: str, row: Row) -> str:
    value = row[key]
    assert isinstance(value, float)
    return f"{number(1e9 * value)} ns"


_HARNESS = (
    f"A slice as a run takes it, interleaved with the others, against a bare loop of {LOOP} times as many steps at "
    "once in the same process: the median over neighbouring pairs, with the sign test's interval. What is above 1 is "
    "what waking up, the barrier and the timer add to a step of this mode; it matters to a speedup only where two "
    "modes differ in it."
)


def harness(result: SelfTestResult) -> Table:
    """The overhead of slices, one row for each mode."""
    columns = (
        column("mode", "mode"),
        Column("step in a slice (ms)", lambda row: _milliseconds(row["slice_s"])),
        Column("step in a bare loop (ms)", lambda row: _milliseconds(row["loop_s"])),
        measured("times as long", "ratio", sign="x"),
        counted("pairs", "pairs"),
    )
    return Table("harness", columns, tuple(map(_harness_row, result.harness)), "What slices add to a step")


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
    "Each repetition holds the mode twice unchanged, and slowed by a known share of its own time. *Measured* is over "
    "all repetitions of all runs; *detected* counts the runs that called it different, each comparison on its own; for "
    "what was not slowed these are false positives, of which 5 % are allowed. *Power* is the expected share of such "
    "runs, from the spread of these repetitions."
)


def recovery(result: SelfTestResult) -> Table:
    """The A/A control, then one row for each slowdown."""
    columns = (
        column("slowed by", "slowed", role="key"),
        column("measured", "measured", role="key"),
        column("detected in", "found"),
        column("power", "power"),
    )
    rows = [_control_row(result.control), *map(_recovery_row, result.recoveries)] if result.control.runs else []
    return Table("recovery", columns, tuple(rows), "Slowdowns, injected and measured")


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
    return Table("resolution", columns, tuple(rows), "The smallest slowdown that is detected")


def _broken(result: SelfTestResult) -> list[Section]:
    lines = "\n".join(f"- {text}" for text in result.broken)
    return [Section("Cases that failed", (lines,))] if lines else []


def _figure(result: SelfTestResult) -> list[Figure]:
    if not result.recoveries:
        return []
    words = [f"{r.slowdown:.0%} injected, {percent(*r.measured)} measured" for r in result.recoveries]
    alt = "Slowdowns, injected and measured: " + "; ".join(words)
    caption = "Line: injected. Mark: measured, with its 95 % interval."
    return [Figure("recovery", alt, plots.recoveries(result), caption)]
