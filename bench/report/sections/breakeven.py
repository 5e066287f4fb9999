"""The section on tested break-evens: total times at half and at twice the predicted steps, and the verdicts."""

from collections.abc import Sequence

from bench import modes
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Summary, summarise
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.report.form.document import Row, Section, Table, column, counted, measured
from bench.report.form.wording import in_steps

_READING = (
    "Each trial trains the baseline and the mode from nothing, each in a fresh process: building, tracing, compiling "
    "and every step are in the total, importing TensorFlow and the data are not. Below the break-even a mode should "
    "still lose, above it win. Ratios are the baseline's total over the mode's, by pair, with a 95 % interval over "
    f"pairs; a prediction held where the whole interval lies on the predicted side of 1, likely with fewer than "
    f"{ENOUGH_BLOCKS} pairs."
)


def section(trials: TriedBreakEvens) -> Section:
    """The table, and what failed."""
    failed = [f"- failed: {f.case.key}, {f.stage}: {f.message}" for f in trials.failures]
    return Section(
        "Break-even, tested", (table(trials), _READING, *(["\n".join(failed)] if failed else [])), _summary(trials)
    )


def _summary(trials: TriedBreakEvens) -> str:
    """How many predictions held, or likely did."""
    verdicts = [str(row["verdict"]) for row in table(trials).rows]
    if not verdicts:
        return "Nothing was tested"
    surely, likely = verdicts.count("held"), verdicts.count("likely held")
    held = " and ".join([*["held"] * (surely > 0 or not likely), *["likely held"] * (likely > 0)])
    return f"{surely + likely} of {len(verdicts)} predictions {held}"


def table(trials: TriedBreakEvens) -> Table:
    """One row for each mode and number of steps."""
    repeats: dict[tuple[str, int], list[TriedBreakEven]] = {}
    for trial in trials.trials:
        repeats.setdefault((trial.candidate.key, trial.steps), []).append(trial)
    several = len({trial.candidate.group for trial in trials.trials}) > 1
    rows = tuple(map(_row, repeats.values()))
    return Table("trials", _COLUMNS, rows, "Predicted break-evens, tested", group="group" if several else "")


_COLUMNS = (
    column("mode", "title"),
    column("predicted", "predicted"),
    counted("trained (steps)", "steps", "trained"),
    measured("baseline in all (s)", "baseline_s"),
    measured("mode in all (s)", "candidate_s"),
    measured("speedup in all", "ratio", sign="x", term="total_ratio"),
    column("expected", "expected"),
    column("prediction", "verdict", "prediction"),
)


def _row(repeats: Sequence[TriedBreakEven]) -> Row:
    first = repeats[0]
    ratio = summarise([trial.baseline_s / trial.candidate_s for trial in repeats])
    below = first.steps - 1 < first.predicted
    return {
        "group": first.candidate.group_title,
        "mode": first.candidate.mode,
        "title": modes.row(first.candidate.mode).title,
        "predicted": in_steps(first.predicted),
        "steps": first.steps,
        "baseline_s": summarise([trial.baseline_s for trial in repeats]),
        "candidate_s": summarise([trial.candidate_s for trial in repeats]),
        "ratio": ratio,
        "pairs": len(repeats),
        "expected": "below 1" if below else "above 1",
        "verdict": verdict(ratio, below),
    }


def verdict(ratio: Summary, below: bool) -> str:
    """Whether a ratio of totals bears out the prediction that it is below 1, or above; few pairs: likely."""
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return "uncertain"
    return "likely " * (ratio.n < ENOUGH_BLOCKS) + ("held" if (ratio.high < 1) == below else "did not hold")
