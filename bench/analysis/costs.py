"""What a case costs beside time, over its blocks, and what in it explains a ratio. Leaves out all wording.

The step of a CPU case splits exactly into CPU work and cores: wall seconds = CPU seconds / cores busy. So the ratio
of two cases is the ratio of their work times the ratio of the cores they keep busy.
"""

import statistics
from dataclasses import dataclass

from bench.analysis import metrics
from bench.analysis.results import CaseResult, GroupResult
from bench.records.costs import Profile, Structure


@dataclass(frozen=True, slots=True)
class Split:
    """How a candidate's step differs from a baseline's: ratios over 1 speak for the candidate.

    `work`: CPU seconds of the baseline's step over the candidate's; `cores`: cores the candidate keeps busy over the
    baseline's.
    """

    work: float
    cores: float


def profile(result: CaseResult) -> Profile | None:
    """The profile of a case, taken in one block."""
    return next((m.costs.profile for m in result.measurements if m.costs and m.costs.profile), None)


def structure(result: CaseResult) -> Structure:
    """What became of the case's step before it ran; all None where nobody looked."""
    found = (m.costs.structure for m in result.measurements if m.costs and m.costs.structure)
    return next(found, Structure())


def outside_share(result: CaseResult) -> float | None:
    """The share of the profiled steps in which the runtime executed no op: Python, dispatch, tape, feeding."""
    found = profile(result)
    return 1 - found.executing_s / found.wall_s if found else None


def outside_s(result: CaseResult) -> float | None:
    """That share of the step as it was timed, without a profiler, in seconds."""
    share, step = outside_share(result), result.summary("step")
    return None if share is None or step is None else share * step.centre


def calls(result: CaseResult) -> float | None:
    """How many ops, or whole graphs, Python called a step."""
    found = profile(result)
    return found.calls / found.steps if found else None


def growth_bytes(result: CaseResult) -> float | None:
    """By how much resident memory grew from before the first slice to after the last: the median over blocks."""
    grown = [m.costs.memory_after_bytes - m.costs.memory_before_bytes for m in result.measurements if m.costs]
    return statistics.median(grown) if grown else None


def timed_steps(result: CaseResult) -> int:
    """Steps in the slices of one block."""
    return max((len(m.steady.seconds) * m.steady.steps_per_slice for m in result.measurements), default=0)


def device_peak_bytes(result: CaseResult) -> int | None:
    """The GPU allocator's high-water mark."""
    peaks = [m.costs.device_peak_bytes for m in result.measurements if m.costs and m.costs.device_peak_bytes]
    return max(peaks, default=None)


def flops(group: GroupResult) -> int | None:
    """Floating-point operations of the group's one step: every mode executes the same, so any count serves."""
    return next((found for result in group.cases if (found := structure(result).flops)), None)


def peak_flops_per_s(group: GroupResult) -> float | None:
    """The fastest matrix product on the group's device, in any block."""
    rates = [m.costs.matmul_flops_per_s for r in group.cases for m in r.measurements if m.costs]
    return max((rate for rate in rates if rate), default=None)


def rate_flops_per_s(group: GroupResult, result: CaseResult) -> float | None:
    """Floating-point operations a second at the case's median step."""
    step, count = result.summary("step"), flops(group)
    return count / step.centre if step and count else None


def split(baseline: CaseResult, candidate: CaseResult) -> Split | None:
    """The ratio of two CPU cases, taken apart; None where CPU time was not measured, or it is a GPU that computes."""
    if not candidate.case.device.startswith("cpu"):
        return None
    values = [case.summary(name) for name in ("cpu", "cores") for case in (baseline, candidate)]
    if None in values:
        return None
    base_cpu, own_cpu, base_cores, own_cores = (value.centre for value in values if value)
    return Split(base_cpu / own_cpu, own_cores / base_cores)


def conversion_s(traced: CaseResult, unconverted: CaseResult) -> float | None:
    """What AutoGraph's conversion adds to a trace, in seconds."""
    with_, without = traced.summary(metrics.METRICS["trace"].name), unconverted.summary("trace")
    return with_.centre - without.centre if with_ and without else None
