"""Trainings over modes and seeds -> accuracies, their differences, and how soon a target was reached.

The seed is the unit of replication: it gives weights and batches, so modes are paired by it.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import modes
from bench.analysis.stats.equivalence import Equivalence, equivalence, holm_equivalences
from bench.analysis.stats.ratios import Summary, summarise
from bench.records.folders import open_accuracy, read_trainings
from bench.records.training import AccuracyPlan, Broken, Point, Training, TrainingFiles, TrainingProgress

ACCURACY_FOLDER = "accuracy"  # the folder in a run's folder where `cifar-bench accuracy --out` may put its trainings
CHANCE = 0.1  # ten classes, equally many images of each
STALLED = 1.5 * CHANCE  # a training that ends below has learned nothing


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The training of one mode from one seed, as far as it has come. `broken` says why it ended early, if it did."""

    training: Training
    progress: TrainingProgress
    broken: Broken | None

    @property
    def failure(self) -> str:
        """What went wrong, if anything did."""
        return self.broken.message if self.broken and self.broken.applies else ""

    @property
    def not_applicable(self) -> str:
        """Why the mode cannot run such a training, if it cannot."""
        return self.broken.message if self.broken and not self.broken.applies else ""

    @property
    def points(self) -> tuple[Point, ...]:
        """Every displayed step."""
        return self.progress.points

    @property
    def finished(self) -> bool:
        """Whether it has reached its last step."""
        return bool(self.points) and self.points[-1].step >= self.training.training_steps

    @property
    def stalled(self) -> bool:
        """Whether it came to its end without learning."""
        return self.finished and self.points[-1].test_accuracy < STALLED

    def reached(self, target: float) -> Point | None:
        """The first displayed step at which the test accuracy was the target or more."""
        return next((point for point in self.points if point.test_accuracy >= target), None)

    def total_s(self, point: Point) -> float:
        """Seconds up to a displayed step: building, first step and training; no import, no evaluation."""
        return self.progress.start_s + point.seconds


@dataclass(frozen=True, slots=True)
class ModeLearning:
    """One mode over all its seeds. `difference` in test accuracy from the baseline, paired by seed."""

    mode: str
    trainings: tuple[TrainingResult, ...]
    difference: Equivalence | None = None

    @property
    def title(self) -> str:
        """The mode's title, as tables and plots call it."""
        return modes.row(self.mode).title

    @property
    def finals(self) -> dict[int, float]:
        """Test accuracy at the last step, by seed, of the trainings that reached it."""
        return {t.training.recipe.seed: t.points[-1].test_accuracy for t in self.trainings if t.finished}

    @property
    def failed(self) -> int:
        """How many trainings broke off or learned nothing; with any, the rest alone supports no claim."""
        return sum(bool(t.failure) or t.stalled for t in self.trainings)

    @property
    def mean(self) -> float | None:
        """Mean final test accuracy."""
        return statistics.fmean(self.finals.values()) if self.finals else None

    @property
    def sd(self) -> float | None:
        """Standard deviation of the final test accuracy over seeds; None for fewer than two."""
        return statistics.stdev(self.finals.values()) if len(self.finals) > 1 else None


@dataclass(frozen=True, slots=True)
class Learning:
    """All modes, the baseline first."""

    plan: AccuracyPlan
    modes: tuple[ModeLearning, ...]

    @property
    def baseline(self) -> ModeLearning:
        """The mode that all others are compared with."""
        return self.modes[0]

    @property
    def failed(self) -> bool:
        """Whether any training broke off, or learned nothing."""
        return any(mode.failed for mode in self.modes)

    @property
    def first(self) -> Training:
        """The first that was begun: the conditions that it was made under; the plan's where none was."""
        return next((t.training for mode in self.modes for t in mode.trainings), self.plan.training)

    @property
    def machines(self) -> tuple[str, ...]:
        """Where the trainings were made, by name; '' is the machine that asked. Times of several are never pooled."""
        names = dict.fromkeys(t.training.machine for mode in self.modes for t in mode.trainings)
        return tuple(sorted(names)) or ("",)

    def on(self, machine: str) -> "Learning":
        """The same of the seeds that one machine trained: what may be said of times."""
        kept = {mode: tuple(t for t in mode.trainings if t.training.machine == machine) for mode in self.modes}
        return replace(self, modes=tuple(replace(mode, trainings=trainings) for mode, trainings in kept.items()))

    @property
    def label(self) -> str:
        """The label of every number made on synthetic images; empty for real ones."""
        return " (synthetic images)" if self.plan.training.synthetic else ""

    def training_speedup(self, mode: ModeLearning) -> Summary | None:
        """A mode's speedup over the baseline over the whole training, first step left out."""
        return _ratio([(_steady_s(a), _steady_s(b)) for a, b in self._pairs(mode) if a.finished and b.finished])

    def target_speedup(self, mode: ModeLearning, first_call: bool) -> Summary | None:
        """The baseline's time to the target over the mode's, by seed, where both reached it."""
        pairs = [(a, a.reached(self.plan.target), b, b.reached(self.plan.target)) for a, b in self._pairs(mode)]
        seconds = [(_at(a, p, first_call), _at(b, q, first_call)) for a, p, b, q in pairs if p and q]
        return _ratio(seconds)

    def _pairs(self, mode: ModeLearning) -> list[tuple[TrainingResult, TrainingResult]]:
        by_seed = {t.training.recipe.seed: t for t in mode.trainings}
        return [(t, by_seed[seed]) for t in self.baseline.trainings if (seed := t.training.recipe.seed) in by_seed]


def seconds_to(training: TrainingResult, target: float, first_call: bool) -> float | None:
    """Seconds until a training reached the target, with or without building and first step; None if it did not."""
    point = training.reached(target)
    return _at(training, point, first_call) if point else None


def joules_to(training: TrainingResult, target: float) -> float | None:
    """The GPU's joules until a training reached the target; None if it did not, or they were not counted."""
    point = training.reached(target)
    return point.joules if point else None


def _at(training: TrainingResult, point: Point, first_call: bool) -> float:
    return training.total_s(point) if first_call else point.seconds - point.first_call_s


def _steady_s(training: TrainingResult) -> float:
    return _at(training, training.points[-1], first_call=False)


def _ratio(seconds: Sequence[tuple[float, float]]) -> Summary | None:
    """Of what took any time: a training of one step has none beside its first step."""
    ratios = [baseline_s / mode_s for baseline_s, mode_s in seconds if baseline_s > 0 and mode_s > 0]
    return summarise(ratios) if ratios else None


def read_learning(folder: Path) -> Learning:
    """What the folder's trainings show so far. Raises BenchError for a folder that is broken."""
    plan = open_accuracy(folder)
    trainings = read_trainings(folder, plan)
    collected = [_mode(mode, [files for key, files in trainings.items() if key[0] == mode]) for mode in plan.modes]
    return Learning(plan, _compared(collected, plan.margin))


def _mode(mode: str, trainings: Sequence[TrainingFiles]) -> ModeLearning:
    results = [TrainingResult(files.training, files.progress, files.broken) for files in trainings]
    return ModeLearning(mode, tuple(results))


def learning_beside(run: Path) -> Learning | None:
    """What the trainings in a run's folder show; None where it has none. Raises BenchError."""
    return read_learning(run / ACCURACY_FOLDER) if (run / ACCURACY_FOLDER / "accuracy.json").exists() else None


def _compared(collected: list[ModeLearning], margin: float) -> tuple[ModeLearning, ...]:
    baseline, *others = collected
    by_mode = [_differences(baseline, mode) for mode in others]
    equivalences = iter(holm_equivalences([equivalence(differences, margin) for differences in by_mode if differences]))
    compared = [
        replace(mode, difference=next(equivalences) if differences else None)
        for mode, differences in zip(others, by_mode, strict=True)
    ]
    return (baseline, *compared)


def _differences(baseline: ModeLearning, mode: ModeLearning) -> list[float]:
    finals = mode.finals
    return [finals[seed] - base for seed, base in baseline.finals.items() if seed in finals]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A displayed step over all seeds of a mode: the mean of the seconds so far, and a value's mean and range."""

    step: int
    seconds: float
    mean: float
    low: float
    high: float


def curve(mode: ModeLearning, value: str) -> list[CurvePoint]:
    """One of `Point`'s values over the displayed steps that every seed of the mode has reached."""
    unbroken = [t for t in mode.trainings if not t.broken] or mode.trainings
    by_step = [{point.step: (t.total_s(point), getattr(point, value)) for point in t.points} for t in unbroken]
    common = sorted(set.intersection(*map(set, by_step))) if by_step else []
    return [_curve_point(step, [points[step] for points in by_step]) for step in common]


def _curve_point(step: int, seeds: Sequence[tuple[float, float]]) -> CurvePoint:
    seconds, values = zip(*seeds, strict=True)
    return CurvePoint(step, statistics.fmean(seconds), statistics.fmean(values), min(values), max(values))
