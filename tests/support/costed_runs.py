"""A run of four modes with what each cost: tf.function twice as fast as eager, XLA half as fast."""

from collections.abc import Callable
from dataclasses import replace

from builders import a_costs, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.costs import Costs

GROUP = ("eager", "function", "function_unconverted", "xla")


def a_costed_run(costs_of: Callable[[str], Costs | None]) -> Run:
    """Six blocks: tf.function twice as fast as eager, XLA half as fast, each with its costs."""
    plan = a_plan(a_group(GROUP))
    steps = {"eager": 0.04, "eager-again": 0.04, "function": 0.02, "function_unconverted": 0.02, "xla": 0.08}
    measured = [
        replace(outcome, measurement=replace(outcome.measurement, costs=costs_of(outcome.case.mode)))
        for outcome in outcomes(plan, steps)
        if outcome.measurement
    ]
    return analyse(plan, measured)


def profiled_costs(mode: str) -> Costs:
    """CPU time as that of the profiled steps: 40 ms a step in eager, 20 in tf.function, 80 in XLA."""
    cpu_s = {"eager": 0.24, "function": 0.12, "function_unconverted": 0.12, "xla": 0.48}[mode]
    return a_costs(mode, cpu_s=cpu_s)


def usual_costs(mode: str) -> Costs:
    """A measurement's three slices of two steps take six steps: 6 x 40 ms in eager, on one core."""
    cpu_s = {"eager": 0.24, "function": 0.24, "function_unconverted": 0.24, "xla": 0.48}[mode]
    return a_costs(mode, cpu_s=cpu_s)
