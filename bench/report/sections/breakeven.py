"""The section on tested break-evens: total times at half and at twice the predicted steps, and the verdicts."""

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


def section(trials: TriedBreakEvens) -> Section:
    """The table, and what failed."""
    failed = [f"- failed: {f.case.key}, {f.stage}: {f.message}" for f in trials.failures]
    return Section("Break-even, tried", (_READING, table(trials), *(["\n".join(failed)] if failed else [])))


def table(trials: TriedBreakEvens) -> Table:
    """One row for each mode and number of steps."""
    repeats: dict[tuple[str, int], list[TriedBreakEven]] = {}
    for trial in trials.trials:
        repeats.setdefault((trial.candidate.key, trial.steps), []).append(trial)
    several = len({trial.candidate.group for trial in trials.trials}) > 1
    return Table("trials", _columns(several), tuple(map(_row, repeats.values())), "Predicted break-evens, tried")


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


def _row(repeats: Sequence[TriedBreakEven]) -> Row:
    first = repeats[0]
    ratio = summarise([trial.baseline_s / trial.candidate_s for trial in repeats])
    below = first.steps - 1 < first.predicted
    return {
        "group": first.candidate.group_title,
        "mode": first.candidate.mode,
        "title": modes.row(first.candidate.mode).title,
        "predicted": f"{count(first.predicted)} steps",
        "steps": first.steps,
        "baseline_s": summarise([trial.baseline_s for trial in repeats]),
        "candidate_s": summarise([trial.candidate_s for trial in repeats]),
        "ratio": ratio,
        "pairs": len(repeats),
        "expected": "below 1" if below else "above 1",
        "verdict": verdict(ratio, below),
    }


def verdict(ratio: Summary, below: bool) -> str:
    """Whether a ratio of totals bears out the prediction that it is below 1, or above."""
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return "uncertain"
    return "held" if (ratio.high < 1) == below else "did not hold"
