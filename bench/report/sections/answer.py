"""The first screen: the verdict card, the speedups, the main table, and what the run cannot claim."""

from bench.analysis.learning import Learning
from bench.analysis.results import Run
from bench.analysis.sweep import BATCH_SIZES, THREADS, Sweep, sweeps
from bench.report.form.document import Figure, Part, Section
from bench.report.questions.advice import choose
from bench.report.sections import cards, headline, learning, steady, sweep


def section(run: Run, learned: Learning | None) -> Section:
    """The card, the figure that answers best, the table, of trainings accuracy over seconds, then the caveats."""
    choices = [choose(group) for group in run.groups]
    picked = [choice.chosen for choice in choices if choice]
    figure = _figure(run, choices[0].chosen.case.arm if choices and choices[0] else "")
    caveats = headline.caveats(run)
    parts: list[Part] = [cards.card(run, learned), *([figure] if figure else []), steady.table(run, learned, picked)]
    both = speed_and_accuracy(learned)
    return Section(f"Answer{run.label}", (*parts, *both, *(["\n\n".join(caveats)] if caveats else [])))


def speed_and_accuracy(learned: Learning | None) -> list[Figure]:
    """The one figure that shows both: how soon each mode reaches which accuracy; empty without trainings."""
    return learning.figures(learned)[:1] if learned else []


def _figure(run: Run, picked: str) -> Figure | None:
    """The first sweep's speedups, or those of the first case that has any."""
    if swept := first_sweep(run):
        return sweep.figure(swept, run.label)
    figures = (steady.figure(group, run.label, picked) for group in run.groups)
    return next((figure for figure in figures if figure), None)


def first_sweep(run: Run) -> Sweep | None:
    """The run's first sweep over sizes that has speedups at two of them."""
    return next((each for axis in (BATCH_SIZES, THREADS) for each in sweeps(run, axis) if len(each.titles) > 1), None)
