"""Unchanged runs over hours, to see what intervals hold from run to run: `python series.py FOLDER MODELS RUNS EVERY_S`.

    python series.py results/series tutorial_cnn,mlp 6 600 -- --preset standard --modes eager,function
    python series.py results/series --judge

The models alternate; a run begins EVERY_S seconds after the one before began, or when that has ended. Each is kept raw
in FOLDER/MODEL-NUMBER. Typed again, it goes on where it was stopped; with more RUNS, another day, it adds to them.
What follows `--` goes to `cifar-bench run`. `--judge` says for each run whether its interval over time, with the spread
of the other runs of its model, holds the mean of all of these, in FOLDER/judged.csv too; and each comparison's spread.
"""

import csv
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.earlier_runs import run_mean
from bench.analysis.results import Run
from bench.analysis.stats.over_time import over_time
from bench.analysis.stats.run_spread import RunMean, spread_of
from bench.records.case import Case
from bench.records.spread import Spread
from bench.records.store import Store

ENDED = "ended"  # a file in the folder of a run that has come to its end
Start = Callable[[list[str]], int]  # a command's words -> its exit code


def names(models: Sequence[str], runs: int) -> list[tuple[str, str]]:
    """The folders' names with their models, in the order in which they begin."""
    return [(f"{model.replace(':', '.')}-{number:02}", model) for number in range(runs) for model in models]


def series(
    folder: Path,
    planned: Sequence[tuple[str, str]],
    every_s: float,
    options: Sequence[str],
    start: Start,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make the runs that the folder does not hold yet; one that was interrupted goes on at once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in planned:
        place = folder / name
        if (place / ENDED).exists():
            continue
        if (place / "plan.json").exists():
            words = ["--resume", str(place)]
        else:
            sleep(max(0.0, _last_begun(folder) + every_s - clock()))
            words = ["--models", model, "--out", str(place), *options]
            (folder / "begun").write_text(repr(clock()))
        code = start(["run", *words])
        if code not in (0, 3):
            raise SystemExit(f"{name} ended with code {code}; look at it, then type the same again")
        (place / ENDED).touch()


def _last_begun(folder: Path) -> float:
    return float((folder / "begun").read_text()) if (folder / "begun").exists() else -math.inf


@dataclass(frozen=True)
class Held:
    """Whether a run's interval over time holds the mean of its comparison's runs, all of them speedups."""

    name: str
    comparison: str
    speedup: float
    speedup_low: float
    speedup_high: float
    low: float
    mean: float
    high: float
    seconds: float

    @property
    def holds(self) -> bool:
        return self.low <= self.mean <= self.high


def judge(runs: Sequence[tuple[str, Run]]) -> list[Held]:
    """Each run's comparisons, each with the spread that the other runs of it show."""
    return [held for name, run in runs for held in _judged(name, run, [other for _, other in runs if other is not run])]


def _judged(name: str, run: Run, others: Sequence[Run]) -> Iterator[Held]:
    for group in run.groups:
        for result in group.candidates:
            own = _means(run, [run], group.baseline.case, result.case)
            theirs = _means(run, others, group.baseline.case, result.case)
            if own and theirs and result.comparison and result.comparison.ratio:
                mean = math.exp(statistics.fmean(each.mean for each in (*own, *theirs)))
                interval, _ = over_time(result.comparison.ratio, spread_of(theirs))
                this = result.comparison.ratio
                if interval.low and interval.high and this.low and this.high:
                    comparison, of_run = f"{group.title}: {result.title}", (this.centre, this.low, this.high)
                    yield Held(name, comparison, *of_run, interval.low, mean, interval.high, _seconds(run))


def _seconds(run: Run) -> float:
    """The longest that each repetition's cases took, in all."""
    taken = dict[int, float]()
    for outcome in run.outcomes:
        if outcome.measurement:
            taken[outcome.block] = max(taken.get(outcome.block, 0.0), outcome.measurement.elapsed_s or 0.0)
    return sum(taken.values())


def spreads(runs: Sequence[Run]) -> dict[str, Spread]:
    """The spread from run to run of each comparison, by its title."""
    found = dict[str, Spread]()
    for run in runs:
        for group in run.groups:
            for result in group.candidates:
                means = _means(run, runs, group.baseline.case, result.case)
                found.setdefault(f"{group.title}: {result.title}", spread_of(means))
    return found


def _means(of: Run, runs: Sequence[Run], baseline: Case, candidate: Case) -> list[RunMean]:
    now = next(outcome.measurement.environment for outcome in of.outcomes if outcome.measurement)
    return [mean for run in runs if (mean := run_mean(run, now, baseline, candidate))]


def kept(folder: Path) -> list[tuple[str, Run]]:
    """The runs, by name."""
    stores = [Store.open(file.parent) for file in sorted(folder.glob("*/plan.json"))]
    return [(store.folder.name, analyse(store.plan, store.outcomes(), store.left_out)) for store in stores]


def main() -> None:
    words = sys.argv[1:]
    if words[1:] == ["--judge"]:
        runs = kept(Path(words[0]))
        judged = judge(runs)
        with (Path(words[0]) / "judged.csv").open("w", newline="") as file:
            rows = csv.DictWriter(file, [field.name for field in fields(Held)])
            rows.writeheader()
            rows.writerows(asdict(held) for held in judged)
        for comparison, spread in spreads([run for _, run in runs]).items():
            sys.stdout.write(f"{comparison}: spread {spread.tau:.2%}, {spread.source}\n")
        for held in judged:
            said = "holds" if held.holds else "MISSES"
            interval = f"[{held.low:.3f}, {held.high:.3f}]"
            sys.stdout.write(f"{held.name}, {held.comparison}: {interval} {said} {held.mean:.3f}\n")
        sys.stdout.write(f"{sum(held.holds for held in judged)} of {len(judged)} hold the mean of their runs\n")
        return
    asked, _, options = " ".join(words).partition(" -- ")
    folder, models, runs, every_s = asked.split()
    command = [sys.executable, "-m", "bench"]
    planned = names(models.split(","), int(runs))
    series(Path(folder), planned, float(every_s), options.split(), lambda words: subprocess.call([*command, *words]))


if __name__ == "__main__":
    main()
