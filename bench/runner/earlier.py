"""Earlier runs beside a new one: what this machine has shown of the same comparisons."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.earlier_runs import compared, spreads_for
from bench.analysis.results import Run
from bench.analysis.spreads import spread_between
from bench.errors import BenchError
from bench.machine import environment
from bench.records.case import Case
from bench.records.files import read
from bench.records.run import Plan, groups
from bench.records.spread import ComparisonSpread
from bench.records.store import Store

MOST_RUNS = 24  # the latest are read: each takes a moment
SAMPLES = "sample-"  # what the repository's own runs are named: a clone holds them, but they are of other machines


def earlier_runs(results: Path, plan: Plan) -> tuple[Run, ...]:
    """The runs in a folder of results that compare anything that the plan does, the latest MOST_RUNS of them.

    What cannot be read is skipped: the run that begins does not need it.
    """
    wanted = _comparisons(plan)
    alike = [(other.created, folder) for folder, other in _folders(results) if wanted & _comparisons(other)]
    return tuple(_runs(folder for _, folder in sorted(alike)[-MOST_RUNS:]))


def with_spreads(plan: Plan, earlier: tuple[Run, ...]) -> Plan:
    """The plan with the run-to-run spread of each of its comparisons, as measured by earlier runs here or assumed.

    It stands in the plan, so that a report of the run needs no other folder.
    """
    known = spreads_for(plan, environment.read(), earlier)
    spreads = (
        ComparisonSpread(baseline.key, candidate.key, spread_between(known, baseline, candidate))
        for baseline, *others in groups(plan).values()
        for candidate in others
        if not candidate.again
    )
    return replace(plan, spreads=tuple(spreads))


def _folders(results: Path) -> Iterator[tuple[Path, Plan]]:
    for file in results.glob("*/plan.json"):
        if not file.parent.name.startswith(SAMPLES):
            with suppress(BenchError):
                yield file.parent, read(file, Plan)


def _runs(folders: Iterable[Path]) -> Iterator[Run]:
    for folder in folders:
        with suppress(BenchError):
            store = Store.open(folder)
            yield analyse(store.plan, store.outcomes(), store.left_out)


def _comparisons(plan: Plan) -> set[tuple[Case, Case]]:
    """Each baseline with a candidate."""
    return {
        (compared(baseline), compared(candidate))
        for baseline, *others in groups(plan).values()
        for candidate in others
        if not candidate.again
    }
