"""How steps begin, and what a wait for the device costs."""

import statistics
from collections.abc import Callable

from bench.records.facts import DeviceFact
from bench.worker.device_costs import device_wait
from bench.worker.facts.subject import Subject
from bench.worker.profiler import profile

FIRST_STEPS = 40
NEAR = 1.25  # a step that takes up to so many times the later ones' median is a settled one
IN_A_ROW = 5
WAITS = 50
PROFILED_STEPS = 20
LATE = 0.01  # of the timed stretch


def first_steps(subject: Subject) -> DeviceFact:
    """After which step the steps of tf.function take as long as later ones: what is autotuned, is so by then.

    A run's warm-up lasts until steps get no shorter; on a CPU it is not judged, for others may disturb it.
    """
    trainer, seconds = subject.trainer("function"), []
    for _ in range(FIRST_STEPS):
        start = subject.clock()
        trainer.run(1)
        trainer.sync()
        seconds.append(subject.clock() - start)
    settled, usual_s = settled_after(seconds), statistics.median(seconds[len(seconds) // 2 :])
    found = f"{1e3 * seconds[0]:.0f} ms, then {1e3 * seconds[1]:.1f}, later {1e3 * usual_s:.2f} a step"
    when = f"not settled within {FIRST_STEPS} steps" if settled is None else f"settled after {settled} steps"
    return DeviceFact("first steps", f"{found}; {when}", settled is not None if subject.on_gpu else None)


def settled_after(seconds: list[float]) -> int | None:
    """How many steps pass before some in a row are all near the median of the second half; None for never."""
    limit_s = NEAR * statistics.median(seconds[len(seconds) // 2 :])
    starts = range(len(seconds) - IN_A_ROW + 1)
    return next((n for n in starts if all(each <= limit_s for each in seconds[n : n + IN_A_ROW])), None)


def wait(subject: Subject) -> DeviceFact:
    """Of a device with nothing to do, and of reading back a loss that is there."""
    trainer = subject.trainer("function")
    trainer.run(1)
    trainer.sync()
    idle_s, read_s = (_median_s(subject, act) for act in (device_wait, trainer.sync))
    return DeviceFact("waiting for an idle device", f"{1e6 * idle_s:.0f} us; reading a loss {1e6 * read_s:.0f} us")


def hosts_clock(subject: Subject) -> DeviceFact:
    """Whether the GPU has finished when a slice's clock stops, and how busy it was, by the profiler."""
    title = "the host's clock"
    if not subject.on_gpu:
        return DeviceFact(title, "", gpu_only=True)
    trainer = subject.trainer("function")

    def train() -> None:
        trainer.run(PROFILED_STEPS)
        trainer.sync()

    train()
    profiled = profile(train, PROFILED_STEPS, subject.clock)
    device = profiled.device if profiled else None
    if not device:
        return DeviceFact(title, "the profiler noted nothing on the GPU: check what CUPTI says in the log", False)
    busy = f"GPU busy for {device.busy_s / device.window_s:.0%} of {1e3 * device.window_s:.3g} ms"
    found = f"{busy}, and for {1e3 * device.after_s:.3g} ms after the clock had stopped"
    return DeviceFact(title, found, device.after_s <= LATE * device.window_s)


def _median_s(subject: Subject, act: Callable[[], object]) -> float:
    seconds = []
    for _ in range(WAITS):
        start = subject.clock()
        act()
        seconds.append(subject.clock() - start)
    return statistics.median(seconds)
