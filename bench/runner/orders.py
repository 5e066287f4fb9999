"""What each case of a block is asked to do, by what the run's earlier blocks have settled."""

from collections.abc import Sequence
from dataclasses import replace

from bench.machine import environment
from bench.records.case import Case
from bench.records.folders import TRACES
from bench.records.messages import Order
from bench.records.store import Store
from bench.runner.settled import settled, settled_steps
from cifar_core.cifar10 import Source


def orders_of(store: Store, group: Sequence[Case], block: int, source: Source) -> list[Order]:
    """One order for each case of a group, in one block."""
    keys = {case.key for case in group}
    measured = [o.measurement for o in store.outcomes() if o.measurement and o.case.key in keys]
    schedule, now = settled(store.plan.schedule, measured), environment.read()
    steps = settled_steps(store.plan.schedule, group, measured)
    compared = {(m.case.key, m.schedule.steps_per_slice) for m in measured}
    return [
        Order(
            case,
            block,
            replace(schedule, steps_per_slice=steps.get(case.key)),
            now,
            source,
            new_steps=(case.key, steps.get(case.key)) not in compared,
            trace=_trace(store, case, block),
            hosts=store.plan.hosts if case.hosts else (),
        )
        for case in group
    ]


def _trace(store: Store, case: Case, block: int) -> str:
    """Where a case keeps its trace: each in the first block, but the A/A control.

    TensorBoard and XProf list the folders by their names and cut these off, so the mode comes first.
    """
    keeps = store.plan.trace and block == 0 and not case.again
    return str(store.folder.absolute() / TRACES / f"{case.arm}.{case.group}") if keeps else ""
