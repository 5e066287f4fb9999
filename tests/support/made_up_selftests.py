"""Self-tests with runs of known spread and known slowdowns, made up without any worker."""

import math
import random
from dataclasses import replace

from builders import ENVIRONMENT, a_case, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.run import FORMAT, Outcome, Samples
from bench.records.selftest import ClockCheck, Harness, SelfTest

SLOWDOWNS = (0.02, 0.05, 0.2)
RECORD = SelfTest(
    FORMAT, "2026-01-01T00:00:00+00:00", "quick", "function", 1, False, "made-up images", True, ENVIRONMENT,
    ClockCheck("a clock", 1e-9, 1e-7, 5e-8), (Harness("function", (0.0101,) * 6, (0.01,) * 6, 8),),
)  # fmt: skip


def made_up(runs: int, sd: float, factor: float = 1.0, control: float = 1.0) -> list[Run]:
    """Runs of six blocks whose block ratios spread by `sd`; slowdowns are `factor` times as large as injected, and the
    A/A control takes `control` times as long as the baseline."""
    rng = random.Random(1)
    return [_made_up_run(rng, number, sd, factor, control) for number in range(runs)]


def _made_up_run(rng: random.Random, number: int, sd: float, factor: float, control: float) -> Run:
    baseline = a_case("function")
    slowed = tuple(replace(baseline, slowdown=share) for share in SLOWDOWNS)
    plan = a_plan((baseline, a_case("function", again=True), *slowed), seed=number)
    outcomes = []
    for block in range(6):
        for case in plan.cases:
            true_s = 0.02 * (1 + factor * case.slowdown) * (control if case.again else 1.0)
            step_s = true_s * math.exp(rng.gauss(0, sd / math.sqrt(2)))
            outcomes.append(Outcome(measurement=a_measurement(case, block, step_s, steady=Samples((step_s,) * 6, 1))))
    return analyse(plan, outcomes)
