"""Break-even, tried: totals at half and at twice the predicted number of steps, and whether the prediction held."""

from collections.abc import Sequence

from bench import modes
from bench.analysis.stats.ratios import Summary, summarise
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.report.form.document import Column, Row, Section, Table, column, summary_of
from bench.report.form.wording import count, interval

_READING = (
    "Each trial trains the baseline and the mode from nothing, each in a fresh process: building, tracing, compiling "
    "and every step are in the total, importing TensorFlow and the data are not. Below the break-even a mode should "
    "still lose, above it win. Ratios are the baseline's total over the mode's, by pair, with a 95 % interval over "
    "pairs; a prediction held where the whole interval lies on the predicted side of 1."
)


def section(found: TriedBreakEvens) -> Section:
    """The table, and what failed."""
    lines = [f"- failed: {f.case.key}, {f.stage}: {f.message}" for f in found.failures]
    return Section("Break-even, tried", (_READING, table(found), *(["\n".join(lines)] if lines else [])))


def table(found: TriedBreakEvens) -> Table:
    """One row for each mode and number of steps."""
    cells: dict[tuple[str, int], list[TriedBreakEven]] = {}
    for trial in found.trials:
        cells.setdefault((trial.candidate.key, trial.steps), []).append(trial)
    several = len({trial.candidate.group for trial in found.trials}) > 1
    return Table("trials", _columns(several), tuple(map(_row, cells.values())), "Predicted break-evens, tried")


def _columns(several: bool) -> tuple[Column, ...]:
    columns = (
        column("case", "group"),
        column("mode", "title"),
        column("predicted", "predicted"),
        column("trained (steps)", "steps"),
        Column("baseline in all (s)", lambda row: interval(summary_of(row, "baseline_s"))),
        Column("mode in all (s)", lambda row: interval(summary_of(row, "candidate_s"))),
        Column("times as fast in all", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("expected", "expected"),
        column("prediction", "verdict"),
    )
    return columns if several else columns[1:]


def _row(trials: Sequence[TriedBreakEven]) -> Row:
    first = trials[0]
    ratio = summarise([trial.baseline_s / trial.candidate_s for trial in trials])
    below = first.steps - 1 < first.predicted
    return {
        "group": first.candidate.group_title,
        "mode": first.candidate.mode,
        "title": modes.row(first.candidate.mode).title,
        "predicted": f"{count(first.predicted)} steps",
        "steps": first.steps,
        "baseline_s": summarise([trial.baseline_s for trial in trials]),
        "candidate_s": summarise([trial.candidate_s for trial in trials]),
        "ratio": ratio,
        "pairs": len(trials),
        "expected": "below 1" if below else "above 1",
        "verdict": verdict(ratio, below),
    }


def verdict(ratio: Summary, below: bool) -> str:
    """What a ratio of totals says of the prediction that it lies below 1, or above."""
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return "uncertain"
    return "held" if (ratio.high < 1) == below else "did not hold"
