"""The step timed by pyperf: `STEP=eager python pyperf_step.py -o FILE --inherit-environ STEP,MODEL`."""

import pyperf
from step import ready


def timed(loops: int) -> float:
    """Seconds of so many steps, by pyperf's own timer."""
    step, start = ready(), pyperf.perf_counter()
    for _ in range(loops):
        step()
    return float(pyperf.perf_counter() - start)


if __name__ == "__main__":
    pyperf.Runner().bench_time_func("step", timed)
