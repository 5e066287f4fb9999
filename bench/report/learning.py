"""Does it learn the same? Test accuracy by mode as a distribution over seeds, and how soon a target was reached."""

import statistics
from functools import partial

from bench.learning import Learning, ModeLearning, Trained, seconds_to
from bench.report.document import Column, Figure, Part, Row, Section, Table, column, summary_of
from bench.report.plots import learning as plots
from bench.report.wording import interval, number
from bench.stats import Equivalence

_READING = (
    "Each seed gives every mode the same initial weights and the same batches in the same order; rounding differs, "
    "and training amplifies it, so accuracies are compared as distributions over seeds, paired by seed. **Same** is "
    "claimed where the 90 % interval of the mean difference lies inside the margin (two one-sided tests at 5 %, "
    "Schuirmann 1987; all together, Berger and Hsu 1996); **different** where p < 0.05 after Holm's correction. One "
    "point is one per cent of the test images. All numbers: `tables/trainings.csv`."
)

_SECONDS = (
    "Seconds hold building the model, the first call and the training with its input pipeline, not importing, loading "
    "images or evaluating. The target counts as reached at the first displayed step whose test accuracy is there."
)


def section(learning: Learning) -> Section:
    """What may be said, the accuracies, the curves, the time to the target, and whatever went wrong."""
    figures = _figures(learning)
    parts: tuple[Part, ...] = (*sentences(learning), *_alarm(learning), table(learning), _READING, *figures[:1])
    parts = (*parts, to_target(learning), _SECONDS, *figures[1:], _trainings(learning))
    return Section(f"Does it learn the same?{learning.label}", parts)


def _alarm(learning: Learning) -> list[str]:
    lines = alarms(learning)
    return ["Trainings that went wrong:\n\n" + "\n".join(f"- {line}" for line in lines)] if lines else []


def sentences(learning: Learning) -> list[str]:
    """What the evidence supports on accuracy, then on time."""
    return [sentence for sentence in (_on_accuracy(learning), _on_time(learning)) if sentence]


def _on_accuracy(learning: Learning) -> str:
    base, steps = learning.baseline, learning.plan.training.training_steps
    if base.mean is None:
        return f"{base.title}, the baseline, has no training that reached step {steps:,}: nothing can be compared."
    reached = f"{base.title} reaches {_accuracy(base)} test accuracy after {steps:,} steps{learning.label}"
    if len(learning.modes) == 1:
        return f"{reached}; no other mode was asked for."
    judged = [(mode, mode.difference) for mode in learning.modes[1:] if mode.difference]
    same = [(mode, difference) for mode, difference in judged if difference.same]
    names = _listed([mode.title for mode, _ in same])
    clauses = [f"**{names}** the same to within ±{_points(learning.plan.margin)} points"] if same else []
    clauses += [
        f"(**{mode.title}** {_signed(found.mean)}, shown but inside it)" for mode, found in same if found.differs
    ]
    clauses += [f"**{mode.title}** {_unlike(difference)}" for mode, difference in judged if not difference.same]
    clauses += [f"**{mode.title}** {_absent(mode)}" for mode in learning.modes[1:] if not mode.difference]
    return "; ".join([reached, *clauses]).replace("; (", " (") + "."


def _absent(mode: ModeLearning) -> str:
    reasons = [t.not_applicable for t in mode.trained if t.not_applicable]
    return f"is not applicable ({reasons[0]})" if reasons else "did not come through"


def _unlike(difference: Equivalence) -> str:
    if difference.low is None or difference.high is None:
        return f"{_signed(difference.mean)} points from one seed, which says nothing about the mode"
    found = f"{_signed(difference.mean)} points [{_signed(difference.low)}, {_signed(difference.high)}]"
    if difference.differs:
        return f"differs by {found} (p = {difference.p:.2g})"
    return f"{found}: no difference was shown, nor that it is smaller than {_points(difference.bound)} points"


def _on_time(learning: Learning) -> str:
    found = [(mode, learning.sooner(mode, first_call=True)) for mode in learning.modes[1:]]
    clauses = [f"**{mode.title}** {interval(ratio, sign='x')} as soon" for mode, ratio in found if ratio]
    goal = f"{learning.plan.target:.2%} test accuracy was reached, building and first call included"
    return f"{goal}, by {', '.join(clauses)} as by {learning.baseline.title}." if clauses else ""


def alarms(learning: Learning) -> list[str]:
    """A line for each training that broke off, learned nothing, or has not ended."""
    everything = [t for mode in learning.modes for t in mode.trained]
    lines = [f"{_name(t)} **broke off** after step {_reached(t):,}: {t.failure}" for t in everything if t.failure]
    stalled = [t for t in everything if t.stalled]
    if everything and len(stalled) == len([t for t in everything if t.finished]) > 0:
        steps = learning.plan.training.training_steps
        return [*lines, f"**No training learned anything** in {steps:,} steps (chance is 10 %); give more --steps."]
    lines += [f"{_name(t)} **learned nothing**: {t.points[-1].test_accuracy:.1%} (chance is 10 %)" for t in stalled]
    lines += [f"{_name(t)} has only reached step {_reached(t):,}" for t in everything if not (t.finished or t.broken)]
    missing = len(learning.plan.modes) * len(learning.plan.seeds) - len(everything)
    return [*lines, f"{missing} trainings have not begun"] if missing else lines


def _name(trained: Trained) -> str:
    return f"{trained.training.mode}, seed {trained.training.recipe.seed},"


def _reached(trained: Trained) -> int:
    return trained.points[-1].step if trained.points else 0


def table(learning: Learning) -> Table:
    """One row a mode: test accuracy over seeds, its difference from the baseline, and what may be said of it."""
    columns = (
        column("mode", "title"),
        column("seeds", "seeds"),
        Column("test accuracy (mean ± sd)", lambda row: str(row["shown"])),
        Column("difference (points, 90 %)", lambda row: str(row["difference_shown"])),
        column("verdict", "verdict"),
        Column("ms a step", lambda row: _ms(row["step_s"])),
        Column("waiting for data", lambda row: "–" if row["waited"] is None else f"{row['waited']:.1%}"),
        Column(f"times as fast as {learning.baseline.title}", lambda row: interval(summary_of(row, "speed"), sign="x")),
    )
    return Table("learning", columns, tuple(_row(learning, mode) for mode in learning.modes))


def _row(learning: Learning, mode: ModeLearning) -> Row:
    last = [t.points[-1] for t in mode.trained if t.points]
    bare = [(p.seconds - p.first_call_s) / (p.step - 1) for p in last if p.step > 1]
    return {
        "mode": mode.mode,
        "title": mode.title,
        "seeds": len(mode.finals),
        "accuracy_mean": mode.mean,
        "accuracy_sd": mode.sd,
        "shown": _accuracy(mode),
        "difference": mode.difference and mode.difference.mean,
        "difference_low": mode.difference and mode.difference.low,
        "difference_high": mode.difference and mode.difference.high,
        "difference_shown": _difference(mode.difference),
        "verdict": _verdict(learning, mode),
        "step_s": statistics.fmean(bare) if bare else None,
        "waited": statistics.fmean(p.waited_s / p.seconds for p in last) if last else None,
        "speed": None if mode is learning.baseline else learning.speed(mode),
    }


def _verdict(learning: Learning, mode: ModeLearning) -> str:
    if any(t.not_applicable for t in mode.trained):
        return "NOT APPLICABLE"
    if any(t.failure or t.stalled for t in mode.trained):
        return "FAILED"
    if mode is learning.baseline:
        return "baseline"
    if mode.difference is None:
        return "NOT COMPARABLE"
    if mode.difference.same:
        return f"SAME within ±{_points(mode.difference.margin)}"
    return "DIFFERENT" if mode.difference.differs else "UNCERTAIN"


def to_target(learning: Learning) -> Table:
    """One row a mode: in how many seeds, after how many steps and seconds the target was first seen to be reached."""
    base = learning.baseline.title
    columns = (
        column(f"mode, to {learning.plan.target:.2%}", "title"),
        column("reached", "reached"),
        Column("steps (mean)", lambda row: "–" if row["steps"] is None else f"{row['steps']:,.0f}"),
        Column("seconds, all", lambda row: _range(row, "all")),
        Column("seconds, first call left out", lambda row: _range(row, "bare")),
        Column(f"times as soon as {base}, all", lambda row: interval(summary_of(row, "sooner_all"), sign="x")),
        Column("first call left out", lambda row: interval(summary_of(row, "sooner_bare"), sign="x")),
    )
    return Table("to_target", columns, tuple(_target_row(learning, mode) for mode in learning.modes))


def _target_row(learning: Learning, mode: ModeLearning) -> Row:
    target, other = learning.plan.target, mode is not learning.baseline
    points = [point for t in mode.trained if (point := t.reached(target))]
    row: dict[str, object] = {
        "mode": mode.mode,
        "title": mode.title,
        "reached": f"{len(points)} of {len(mode.trained)}",
        "steps": statistics.fmean(point.step for point in points) if points else None,
        "sooner_all": learning.sooner(mode, first_call=True) if other else None,
        "sooner_bare": learning.sooner(mode, first_call=False) if other else None,
    }
    for name, first_call in (("all", True), ("bare", False)):
        seconds = [s for t in mode.trained if (s := seconds_to(t, target, first_call)) is not None]
        found = (statistics.fmean(seconds), min(seconds), max(seconds)) if seconds else (None, None, None)
        row |= dict(zip((f"{name}_mean_s", f"{name}_least_s", f"{name}_most_s"), found, strict=True))
    return row


def _trainings(learning: Learning) -> Table:
    """Every displayed step of every training: data for others, not for the page."""
    rows = tuple(
        {
            "mode": mode.mode,
            "seed": t.training.recipe.seed,
            "start_s": t.progress.start_s,
            **{name: getattr(point, name) for name in point.__slots__},
        }
        for mode in learning.modes
        for t in mode.trained
        for point in t.points
    )
    return Table("trainings", (), rows)


def _figures(learning: Learning) -> list[Figure]:
    told = "; ".join(f"{mode.title} {_accuracy(mode)}" for mode in learning.modes if mode.mean is not None)
    if not told:
        return []
    curves = "Test loss and accuracy of each mode over steps and over seconds, mean and range over seeds"
    return [
        Figure(
            "accuracies",
            f"Test accuracy by mode, a dot a seed{learning.label}: {told}",
            partial(plots.accuracies, learning),
        ),
        Figure("learning", f"{curves}{learning.label}", partial(plots.curves, learning)),
    ]


def _accuracy(mode: ModeLearning) -> str:
    if mode.mean is None:
        return "–"
    return f"{mode.mean:.2%}" + (f" ± {_points(mode.sd)}" if mode.sd is not None else " (one seed)")


def _difference(difference: Equivalence | None) -> str:
    if difference is None:
        return "–"
    if difference.low is None or difference.high is None:
        return _signed(difference.mean)
    return f"{_signed(difference.mean)} [{_signed(difference.low)}, {_signed(difference.high)}]"


def _points(share: float) -> str:
    return f"{100 * share:.2f}"


def _signed(share: float) -> str:
    return f"{100 * share:+.2f}"


def _ms(seconds: object) -> str:
    return number(1e3 * seconds) if isinstance(seconds, float) else "–"


def _range(row: Row, name: str) -> str:
    mean, least, most = (row[f"{name}_{kind}_s"] for kind in ("mean", "least", "most"))
    if not (isinstance(mean, float) and isinstance(least, float) and isinstance(most, float)):
        return "–"
    return f"{number(mean)} ({number(least)} to {number(most)})"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
