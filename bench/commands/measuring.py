"""A run from its options to its measurements: the one way in which `run` and compare_modes make one.

Nothing is imported until it is called, so that --help answers at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.machine.host_lock import HostLock
from bench.records.choices import Options

if TYPE_CHECKING:
    from bench.analysis.results import Run
    from bench.records.run import Plan
    from bench.records.store import Store
    from bench.runner.run import Progress
    from cifar_core.cifar10 import Source

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be measured, on which images, and the earlier runs beside it that compare the same."""

    plan: "Plan"
    source: "Source"
    past: "tuple[Run, ...]"


@dataclass(frozen=True, slots=True)
class Manner:
    """`say` gets the notes, `progress` how far it is; `turn` lets one command time at once.

    `probe`: own models are probed first, unless the folder has the result. `blocks`: of every group, now, at most.
    """

    say: Say
    progress: "Progress"
    turn: HostLock
    probe: bool = True
    blocks: int | None = None


def prepare(options: Options, folder: Path) -> Prepared:
    """The plan of a run that is to lie in the folder, with its images. Raises BenchError and DataError."""
    from bench.runner import earlier, plan
    from cifar_core import cifar10

    source = cifar10.find(options.data)
    planned = plan.make(options, source)
    return Prepared(planned, source, earlier.earlier_runs(folder.parent, planned))


def create(prepared: Prepared, folder: Path, say: Say, turn: HostLock) -> "Store":
    """The run's folder. Raises BenchError for own code that is broken, and where it is another command's turn."""
    from bench.records.store import Store
    from bench.runner import ability, earlier, first_look

    first_look.refuse_broken(prepared.plan, say)
    turn.ask()
    store = Store.create(folder, earlier.with_spreads(prepared.plan, prepared.past))
    if text := ability.foretold(prepared.plan, prepared.past):
        say(text)
    return store


def measure(store: "Store", source: "Source", manner: Manner) -> str:
    """Measure what the folder does not hold yet. Why it stopped before its last block; '' where it did not."""
    from bench.autograph.probe import own_models
    from bench.records.folders import read_probes
    from bench.runner.hosts import joined
    from bench.runner.run import execute

    say = manner.say
    probes = own_models.probe_first(store, source, say) if manner.probe else read_probes(store.folder)
    refused = own_models.refused(store.plan, probes)
    with joined(store.plan, say):
        return execute(
            store, source, manner.progress, most_blocks=manner.blocks, refused=refused, turn=manner.turn, say=say
        )
