"""Trainings over modes and seeds -> what they show: accuracies, differences, how soon a target was reached.

The seed is the unit of replication: it gives weights and batches, so modes are paired by it. Leaves out how trainings
are made (accuracy.py) and all wording of reports.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import modes
from bench.analysis.stats.equivalence import Equivalence, equivalence, holm_equivalences
from bench.analysis.stats.ratios import Summary, summarise
from bench.records.files import read
from bench.records.folders import open_accuracy, open_training, training_folder
from bench.records.training import AccuracyPlan, Broken, Point, Training, TrainingProgress

BESIDE = "accuracy"  # the folder in a run's folder where `cifar-bench accuracy --out` may put its trainings
CHANCE = 0.1  # ten classes, equally many images of each
STALLED = 1.5 * CHANCE  # a training that ends below has learned nothing worth the name


@dataclass(frozen=True, slots=True)
class Trained:
    """One mode from one seed, as far as it has come. `broken` says why it ended early, if it did."""

    training: Training
    progress: TrainingProgress
    broken: Broken | None

    @property
    def failure(self) -> str:
        """What went wrong with it, if anything did."""
        return self.broken.message if self.broken and self.broken.applies else ""

    @property
    def not_applicable(self) -> str:
        """Why the mode cannot hold such a training, if it cannot."""
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
        """Seconds up to a displayed step: building, first call and training; no import, no evaluation."""
        return self.progress.start_s + point.seconds


@dataclass(frozen=True, slots=True)
class ModeLearning:
    """One mode over all its seeds. `difference` in test accuracy from the baseline, paired by seed."""

    mode: str
    trained: tuple[Trained, ...]
    difference: Equivalence | None = None

    @property
    def title(self) -> str:
        """The mode's title, as tables and plots call it."""
        return modes.row(self.mode).title

    @property
    def finals(self) -> dict[int, float]:
        """Test accuracy at the last step, by seed, of the trainings that reached it."""
        return {t.training.recipe.seed: t.points[-1].test_accuracy for t in self.trained if t.finished}

    @property
    def failed(self) -> int:
        """How many trainings broke off or learned nothing: of the rest alone nothing may be claimed."""
        return sum(bool(t.failure) or t.stalled for t in self.trained)

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
        """What all others are compared with."""
        return self.modes[0]

    @property
    def failed(self) -> bool:
        """Whether any training broke off, or learned nothing."""
        return any(mode.failed for mode in self.modes)

    @property
    def label(self) -> str:
        """What must stand beside every number made on synthetic images."""
        return " (synthetic images)" if self.plan.training.synthetic else ""

    def speed(self, mode: ModeLearning) -> Summary | None:
        """How many times as fast as the baseline a mode trained, over its whole training, first call left out."""
        return _ratio([(_steady_s(a), _steady_s(b)) for a, b in self._pairs(mode) if a.finished and b.finished])

    def sooner(self, mode: ModeLearning, first_call: bool) -> Summary | None:
        """How many times as soon as the baseline a mode reached the target, by seed, where both did."""
        pairs = [(a, a.reached(self.plan.target), b, b.reached(self.plan.target)) for a, b in self._pairs(mode)]
        seconds = [(_at(a, p, first_call), _at(b, q, first_call)) for a, p, b, q in pairs if p and q]
        return _ratio(seconds)

    def _pairs(self, mode: ModeLearning) -> list[tuple[Trained, Trained]]:
        own = {t.training.recipe.seed: t for t in mode.trained}
        return [(t, own[seed]) for t in self.baseline.trained if (seed := t.training.recipe.seed) in own]


def seconds_to(trained: Trained, target: float, first_call: bool) -> float | None:
    """Seconds until a training reached the target: with building and first call, or the bare training."""
    point = trained.reached(target)
    return _at(trained, point, first_call) if point else None


def _at(trained: Trained, point: Point, first_call: bool) -> float:
    return trained.total_s(point) if first_call else point.seconds - point.first_call_s


def _steady_s(trained: Trained) -> float:
    return _at(trained, trained.points[-1], first_call=False)


def _ratio(seconds: Sequence[tuple[float, float]]) -> Summary | None:
    return summarise([baseline / own for baseline, own in seconds]) if seconds else None


def read_learning(folder: Path) -> Learning:
    """What the folder's trainings show so far. Raises BenchError for a folder that is broken."""
    plan = open_accuracy(folder)
    collected = [
        ModeLearning(mode, tuple(t for seed in plan.seeds if (t := _trained(training_folder(folder, mode, seed)))))
        for mode in plan.modes
    ]
    return Learning(plan, _compared(collected, plan.margin))


def beside(run: Path) -> Learning | None:
    """What the trainings show that lie in a run's folder; None where none do. Raises BenchError."""
    return read_learning(run / BESIDE) if (run / BESIDE / "accuracy.json").exists() else None


def _trained(folder: Path) -> Trained | None:
    if not (folder / "points.json").exists():
        return None
    training, progress = open_training(folder)
    broken = read(folder / "broken.json", Broken) if (folder / "broken.json").exists() else None
    return Trained(training, progress, broken)


def _compared(collected: list[ModeLearning], margin: float) -> tuple[ModeLearning, ...]:
    baseline, *others = collected
    paired = [_differences(baseline, mode) for mode in others]
    found = iter(holm_equivalences([equivalence(d, margin) for d in paired if d]))
    compared = [
        ModeLearning(mode.mode, mode.trained, next(found) if differences else None)
        for mode, differences in zip(others, paired, strict=True)
    ]
    return (baseline, *compared)


def _differences(baseline: ModeLearning, mode: ModeLearning) -> list[float]:
    finals = mode.finals
    return [finals[seed] - base for seed, base in baseline.finals.items() if seed in finals]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A displayed step over all seeds of a mode: mean seconds so far, and a value's mean and range."""

    step: int
    seconds: float
    mean: float
    low: float
    high: float


def curve(mode: ModeLearning, value: str) -> list[CurvePoint]:
    """One of `Point`'s values over the displayed steps that every seed of the mode has reached."""
    going = [t for t in mode.trained if not t.broken] or mode.trained
    reached = [{point.step: (t.total_s(point), getattr(point, value)) for point in t.points} for t in going]
    common = sorted(set.intersection(*map(set, reached))) if reached else []
    found = []
    for step in common:
        seconds, values = zip(*(points[step] for points in reached), strict=True)
        found.append(CurvePoint(step, statistics.fmean(seconds), statistics.fmean(values), min(values), max(values)))
    return found
