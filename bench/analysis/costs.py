"""CPU time, memory and what was executed, over a case's blocks, and how they explain a speedup.

A CPU case's wall time is its CPU time over the cores it keeps busy. So the speedup of one case over another is the
ratio of their CPU times multiplied by the ratio of the cores they keep busy.
"""

import statistics
from dataclasses import dataclass

from bench import modes
from bench.analysis.results import CaseResult, GroupResult
from bench.records.costs import Profile, Structure


@dataclass(frozen=True, slots=True)
class SpeedupSplit:
    """The two factors of a candidate's speedup over a baseline; above 1 each makes the candidate faster.

    `work`: CPU seconds of the baseline's step over the candidate's; `cores`: cores the candidate keeps busy over the
    baseline's.
    """

    work: float
    cores: float


def profile(result: CaseResult) -> Profile | None:
    """The profile of a case, taken in one block."""
    return next((m.costs.profile for m in result.measurements if m.costs and m.costs.profile), None)


def structure(result: CaseResult) -> Structure:
    """What TensorFlow and XLA turned the case's step into; all None where it was not recorded."""
    recorded = (m.costs.structure for m in result.measurements if m.costs and m.costs.structure)
    return next(recorded, Structure())


def outside_share(result: CaseResult) -> float | None:
    """Python/dispatch overhead as a share of the profiled steps: the time in which the runtime executed no op."""
    profiled = profile(result)
    return 1 - profiled.executing_s / profiled.wall_s if profiled else None


def outside_s(result: CaseResult) -> float | None:
    """Python/dispatch overhead of a step as it was timed, without a profiler, in seconds."""
    share, step = outside_share(result), result.summary("step")
    return None if share is None or step is None else share * step.centre


def calls(result: CaseResult) -> float | None:
    """How many ops or whole graphs Python called in a step."""
    profiled = profile(result)
    return profiled.calls / profiled.steps if profiled else None


def growth_bytes(result: CaseResult) -> float | None:
    """By how much resident memory grew from before the first slice to after the last: the median over blocks."""
    growths = [m.costs.memory_after_bytes - m.costs.memory_before_bytes for m in result.measurements if m.costs]
    return statistics.median(growths) if growths else None


def timed_steps(result: CaseResult) -> int:
    """Steps in the slices of one block."""
    return max((len(m.steady.seconds) * m.steady.steps_per_slice for m in result.measurements), default=0)


def device_peak_bytes(result: CaseResult) -> int | None:
    """The GPU allocator's high-water mark, the largest over blocks."""
    peaks = [m.costs.device_peak_bytes for m in result.measurements if m.costs and m.costs.device_peak_bytes]
    return max(peaks, default=None)


def flops(group: GroupResult, result: CaseResult) -> int | None:
    """Floating-point operations of a case's step.

    Where they were not counted, the group's smallest count is taken, as of a graph that leaves out what nothing needs;
    of TensorFlow's modes that trace nothing the largest.
    """
    counts = [count for each in group.cases if (count := structure(each).flops)]
    mode = modes.row(result.case.mode)
    others = min(counts, default=None) if mode.traces or mode.peer else max(counts, default=None)
    return structure(result).flops or others


def peak_flops_per_s(group: GroupResult) -> float | None:
    """The fastest matrix product on the group's device, in any block."""
    rates = [m.costs.matmul_flops_per_s for r in group.cases for m in r.measurements if m.costs]
    return max((rate for rate in rates if rate), default=None)


def rate_flops_per_s(group: GroupResult, result: CaseResult) -> float | None:
    """Floating-point operations a second at the case's median step."""
    step, count = result.summary("step"), flops(group, result)
    return count / step.centre if step and count else None


def split(baseline: CaseResult, candidate: CaseResult) -> SpeedupSplit | None:
    """The speedup between two CPU cases in its factors; None where CPU time was not measured, or on a GPU."""
    if not candidate.case.device.startswith("cpu"):
        return None
    summaries = [case.summary(name) for name in ("cpu", "cores") for case in (baseline, candidate)]
    if None in summaries:
        return None
    baseline_cpu, candidate_cpu, baseline_cores, candidate_cores = (summary.centre for summary in summaries if summary)
    return SpeedupSplit(baseline_cpu / candidate_cpu, candidate_cores / baseline_cores)


def conversion_s(traced: CaseResult, unconverted: CaseResult) -> float | None:
    """What AutoGraph's conversion adds to a trace, in seconds."""
    with_conversion, without = traced.summary("trace"), unconverted.summary("trace")
    return with_conversion.centre - without.centre if with_conversion and without else None
