"""The tables of the section on learning, and how they write accuracies."""

import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bench.analysis.learning import Learning, ModeLearning, joules_to, seconds_to
from bench.analysis.stats.equivalence import Equivalence
from bench.report.form.document import (
    Column,
    First,
    Row,
    Table,
    column,
    counted,
    measured,
    number_of,
    summary_of,
)
from bench.report.form.wording import number, speedup_interval

HERE = "the machine that asked"


def table(learning: Learning) -> Table:
    """One row for each mode: test accuracy over seeds, its difference from the baseline, and the verdict.

    Of several machines' trainings no times: see `times`.
    """
    columns = (
        column("mode", "title", role="key"),
        counted("seeds", "seeds"),
        replace(_numbered("test accuracy (mean ± sd)", "accuracy_mean", _shown, "high"), role="key"),
        _numbered("of training images", "training_accuracy", lambda row: _share(row["training_accuracy"]), "high"),
        _numbered("difference (points, 90 %)", "difference", lambda row: str(row["difference_shown"]), "high"),
        column("verdict", "verdict", "accuracy_verdict", "key"),
        *(_timed(learning) if len(learning.machines) == 1 else ()),
    )
    return Table("learning", columns, tuple(_row(learning, mode) for mode in learning.modes), "Test accuracy by mode")


def times(learning: Learning) -> Table:
    """Of several machines' trainings one row for each mode on each machine: a step's time, and the speedup there."""
    columns = (column("mode", "title", role="key"), counted("seeds", "seeds"), *_timed(learning))
    there = [(machine, learning.on(machine)) for machine in learning.machines]
    rows = tuple({"machine": machine or HERE, **_row(on, mode)} for machine, on in there for mode in on.modes)
    return Table("times", columns, rows, "Times of a training by machine", group="machine")


def _timed(learning: Learning) -> tuple[Column, ...]:
    return (
        _numbered("ms a step", "step_s", lambda row: _ms(row["step_s"]), term="training_step"),
        _numbered("waiting for data", "waited", lambda row: _share(row["waited"])),
        _speedup(f"speedup vs {learning.baseline.title}", "speed"),
    )


def _shown(row: Row) -> str:
    return str(row["shown"])


def _numbered(title: str, key: str, text: Callable[[Row], str], first: First = "low", term: str = "") -> Column:
    return Column(title, text, term or key, partial(number_of, key=key), first)


def _speedup(title: str, key: str) -> Column:
    return replace(measured(title, key), text=lambda row: speedup_interval(summary_of(row, key)), first="high")


def _row(learning: Learning, mode: ModeLearning) -> Row:
    last = [t.points[-1] for t in mode.trainings if t.points]
    timed = last if len(learning.machines) == 1 else []
    steps_s = [(p.seconds - p.first_call_s) / (p.step - 1) for p in timed if p.step > 1]
    return {
        "mode": mode.mode,
        "title": mode.title,
        "seeds": len(mode.finals),
        "accuracy_mean": mode.mean,
        "accuracy_sd": mode.sd,
        "shown": accuracy(mode),
        "training_accuracy": statistics.fmean(point.accuracy for point in last) if last else None,
        "difference": mode.difference and mode.difference.mean,
        "difference_low": mode.difference and mode.difference.low,
        "difference_high": mode.difference and mode.difference.high,
        "difference_shown": difference(mode.difference),
        "verdict": _verdict(learning, mode),
        "step_s": statistics.fmean(steps_s) if steps_s else None,
        "waited": statistics.fmean(p.waited_s / p.seconds for p in timed) if timed else None,
        "speed": learning.training_speedup(mode) if timed and mode is not learning.baseline else None,
    }


def _verdict(learning: Learning, mode: ModeLearning) -> str:
    if any(t.not_applicable for t in mode.trainings):
        return "NOT APPLICABLE"
    if mode.failed:
        return "FAILED"
    if mode is learning.baseline:
        return "baseline"
    if mode.difference is None:
        return "NOT COMPARABLE"
    if mode.difference.same:
        return f"SAME within {margin_of(mode.difference.margin)}"
    return "DIFFERENT" if mode.difference.differs else "UNCERTAIN"


def to_target(learning: Learning) -> Table:
    """One row for each mode: in how many seeds and after how many steps and seconds the target was reached.

    Of several machines' trainings one for each of them: their seconds are not pooled.
    """
    baseline = learning.baseline.title
    columns = (
        column(f"mode, to {100 * learning.plan.target:.2f} %", "title"),
        column("reached", "reached"),
        _numbered("steps (mean)", "steps", lambda row: "–" if row["steps"] is None else f"{row['steps']:,.0f}"),
        _numbered("seconds, all", "all_mean_s", lambda row: _range(row, "all")),
        _numbered("seconds, without first step", "bare_mean_s", lambda row: _range(row, "bare")),
        _speedup(f"sooner than {baseline}, all", "sooner_all"),
        _speedup("without first step", "sooner_bare"),
    )
    several = len(learning.machines) > 1
    there = [(machine, learning.on(machine)) for machine in learning.machines]
    rows = tuple(
        ({"machine": machine or HERE} if several else {}) | _target_row(on, mode)
        for machine, on in there
        for mode in on.modes
    )
    counted_joules = any(row["joules_mean"] is not None for row in rows)
    joules = _numbered("joules of the GPU (mean)", "joules_mean", _joules)
    shown = (*columns, joules) if counted_joules else columns
    caption = "How soon the target was reached, by mode"
    return Table("to_target", shown, rows, caption, group="machine" if several else "")


def _joules(row: Row) -> str:
    mean = row["joules_mean"]
    return f"{mean:,.0f}" if isinstance(mean, float) else "–"


def _target_row(learning: Learning, mode: ModeLearning) -> dict[str, object]:
    target, other = learning.plan.target, mode is not learning.baseline
    points = [point for t in mode.trainings if (point := t.reached(target))]
    row: dict[str, object] = {
        "mode": mode.mode,
        "title": mode.title,
        "reached": f"{len(points)} of {len(mode.trainings)}",
        "steps": statistics.fmean(point.step for point in points) if points else None,
        "sooner_all": learning.target_speedup(mode, first_call=True) if other else None,
        "sooner_bare": learning.target_speedup(mode, first_call=False) if other else None,
    }
    joules = [each for t in mode.trainings if (each := joules_to(t, target)) is not None]
    row["joules_mean"] = statistics.fmean(joules) if joules else None
    for name, first_call in (("all", True), ("bare", False)):
        seconds = [s for t in mode.trainings if (s := seconds_to(t, target, first_call)) is not None]
        row[f"{name}_mean_s"] = statistics.fmean(seconds) if seconds else None
        row[f"{name}_least_s"], row[f"{name}_most_s"] = min(seconds, default=None), max(seconds, default=None)
    return row


def trainings(learning: Learning) -> Table:
    """Every displayed step of every training: data for other programs, not for the page."""
    rows = tuple(
        {
            "mode": mode.mode,
            "seed": t.training.recipe.seed,
            "start_s": t.progress.start_s,
            **{name: getattr(point, name) for name in point.__slots__},
        }
        for mode in learning.modes
        for t in mode.trainings
        for point in t.points
    )
    return Table("trainings", (), rows)


def accuracy(mode: ModeLearning) -> str:
    """Mean and spread of a mode's final test accuracy."""
    if mode.mean is None:
        return "–"
    return f"{mode.mean:.2%}" + (f" ± {points(mode.sd)}" if mode.sd is not None else " (one seed)")


def points(share: float) -> str:
    """A share of the test images in points, one per cent each."""
    return f"{100 * share:.2f}"


def margin_of(share: float) -> str:
    """'±1 point', '±0.5 points'."""
    return f"±{100 * share:g} point{'s' * (100 * share != 1)}"


def signed(share: float) -> str:
    """A difference of shares in points, with its sign."""
    return f"{100 * share:+.2f}".replace("-", "−")


def difference(measured: Equivalence | None) -> str:
    """'-0.04 [-0.52, +0.44]' in points; a dash for None."""
    if measured is None:
        return "–"
    if measured.low is None or measured.high is None:
        return signed(measured.mean)
    return f"{signed(measured.mean)} [{signed(measured.low)}, {signed(measured.high)}]"


def _ms(seconds: object) -> str:
    return number(1e3 * seconds) if isinstance(seconds, float) else "–"


def _share(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else "–"


def _range(row: Row, name: str) -> str:
    mean, least, most = (row[f"{name}_{kind}_s"] for kind in ("mean", "least", "most"))
    if not (isinstance(mean, float) and isinstance(least, float) and isinstance(most, float)):
        return "–"
    return f"{number(mean)} ({number(least)} to {number(most)})"
