"""Where the CPU time of a step goes, by TensorFlow operation, in one untimed stretch on a single core.

With all threads on one core, what passes on the clock is CPU time: so the parts add up to the whole, however many
threads an operation uses. The thread pools keep their sizes, so the same kernels run as when the step is timed.
"""

import math
from collections.abc import Callable

from bench.machine.counters import use_begins, used_since
from bench.machine.one_core import one_core
from bench.records.costs import OperationTime, StepOperations
from bench.worker.attribution import RUNTIME, seconds_by_operation
from bench.worker.profiler import KERNELS, profiled

ENOUGH_S = 0.5  # CPU time of the stretch
FEWEST_STEPS, MOST_STEPS = 3, 100  # even so; a profile has room for so many
LONG_S = 10.0  # CPU time of the stretch that is not exceeded for the fewest: one call is enough where it takes longer


def operations(run: Callable[[int], None], per_call: int, clock: Callable[[], float]) -> StepOperations | None:
    """Of steps that `run(steps)` takes and waits for; a multiple of `per_call`. None where that cannot be seen."""
    with one_core() as alone:
        if not alone:
            return None
        begin = use_begins()
        run(per_call)
        return _measured(run, calls_for(used_since(begin).cpu_s, per_call) * per_call, clock)


def calls_for(call_s: float, per_call: int) -> int:
    """How many calls of so many steps each are profiled, where one takes this CPU time."""
    fewest, most = (math.ceil(steps / per_call) for steps in (FEWEST_STEPS, MOST_STEPS))
    enough, not_long = (int(seconds / max(call_s, 1e-3)) for seconds in (ENOUGH_S, LONG_S))
    return max(1, min(most, max(enough, min(fewest, not_long))))


def _measured(run: Callable[[int], None], steps: int, clock: Callable[[], float]) -> StepOperations | None:
    wall_s = cpu_s = 0.0

    def timed() -> None:
        nonlocal wall_s, cpu_s
        begin, start = use_begins(), clock()
        run(steps)
        wall_s, cpu_s = clock() - start, used_since(begin).cpu_s

    space = profiled(timed, KERNELS)
    if space is None:
        return None
    from bench.worker.profile_notes import read

    notes, kernels, onednn = read(space)
    # Another process on that core stretches each part alike, on average: its share of the wall time counts.
    share = cpu_s / max(wall_s, cpu_s)
    seconds = seconds_by_operation(notes)
    runtime_s = share * seconds.pop(RUNTIME, 0.0)
    most_first = sorted(seconds.items(), key=lambda part: -part[1])
    found = tuple(OperationTime(name, share * part_s, kernels[name], name in onednn) for name, part_s in most_first)
    return StepOperations(steps, cpu_s, runtime_s, found) if found else None
