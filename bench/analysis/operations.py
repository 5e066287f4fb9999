"""Where the CPU time of a step goes, and which operations explain why one mode needs more of it than another.

Both sides are CPU time: of a step as it was timed, and of its parts, in the shares that a profile on one core found.
"""

import math
from dataclasses import dataclass

from bench import modes
from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.speedups import cpu_between
from bench.analysis.stats.verdicts import excludes_1
from bench.records.costs import StepOperations

PYTHON, RUNTIME = "Python", "TensorFlow's runtime"  # where no operation is executed
EXPLAINED = 0.8  # of a difference, until no more parts are named
SMALL = 0.05  # a difference in CPU time below this share of the step is not explained
APART = 4 / 3  # times the timed step, or its inverse: a profile that far off explains nothing
NEGLIGIBLE, MOST_NAMED = 0.03, 8  # parts below this share of the difference are never named, nor more than so many
FUSED = 5e-4  # of the step: what a mode takes for an operation at most that it executes within another
_ONEDNN_PRODUCTS = ("Conv2D", "MatMul")  # which oneDNN executes in every graph where it is on
PRODUCTS = ("Conv", "MatMul", "Einsum")  # in the names of the operations that multiply matrices


@dataclass(frozen=True, slots=True)
class PartOfStep:
    """CPU seconds a step that the slower and the faster mode spend in one operation, and how many kernels they run.

    The kernels of Python, of the runtime and of XLA, which has others, are None. `fused` are the operations with which
    the faster mode executes this one. `onednn`: only the faster mode's kernels are oneDNN's.
    """

    name: str
    slower_s: float
    faster_s: float
    slower_kernels: float | None = None
    faster_kernels: float | None = None
    fused: tuple[str, ...] = ()
    onednn: bool = False

    @property
    def difference_s(self) -> float:
        """Negative where the mode that is faster in all spends more on it."""
        return self.slower_s - self.faster_s


@dataclass(frozen=True, slots=True)
class GapExplained:
    """Why `slower` needs `gap_s` more CPU time a step than `faster`: the largest parts, and what they leave."""

    slower: CaseResult
    faster: CaseResult
    gap_s: float
    named: tuple[PartOfStep, ...]
    repetitions: int

    @property
    def left_s(self) -> float:
        """What the named parts do not explain: negative where they add up to more than the difference."""
        return self.gap_s - math.fsum(part.difference_s for part in self.named)


@dataclass(frozen=True, slots=True)
class PeakShares:
    """What the cores did while a step was timed, as shares of all of their time; together 1.

    `at_peak` is the time that the step's floating-point operations would take at the rate of the fastest matrix
    product, `slower_products` what convolutions and matrix products take beyond it. What only a profile tells is None
    where it does not fit the timed step.
    """

    at_peak: float
    slower_products: float | None
    other_operations: float | None
    outside: float | None
    idle: float


def profiled(result: CaseResult) -> StepOperations | None:
    """The profile of a case's operations, taken in one block."""
    return next((m.costs.operations for m in result.measurements if m.costs and m.costs.operations), None)


def stretch(result: CaseResult) -> float | None:
    """CPU time of a profiled step over that of a timed one; None where either was not measured."""
    found, cpu = profiled(result), result.summary("cpu")
    return found.cpu_s / found.steps / cpu.centre if found and found.cpu_s and cpu else None


def fits(result: CaseResult) -> bool:
    """Whether a profiled step takes about as much CPU time as a timed one: else its parts say little of that one."""
    return 1 / APART < (stretch(result) or 0.0) < APART


def seconds(result: CaseResult) -> dict[str, float]:
    """CPU seconds a step by operation, then those of the runtime and of Python; empty without a profile.

    They add up to the timed step: what a profiled step takes beyond that is laid on all parts alike.
    """
    found, stretched = profiled(result), stretch(result)
    if found is None or stretched is None:
        return {}
    parts = {each.name: each.cpu_s for each in found.operations} | {RUNTIME: found.runtime_s}
    parts[PYTHON] = max(0.0, found.cpu_s - math.fsum(parts.values()))
    return {name: part_s / (found.steps * stretched) for name, part_s in parts.items()}


def kernels(result: CaseResult, name: str) -> float | None:
    """Kernels a step of an operation; None where there is none to count, and of XLA, whose instructions are others."""
    found = profiled(result)
    if found is None or name in (PYTHON, RUNTIME) or modes.row(result.case.mode).compiles:
        return None
    return sum(each.kernels for each in found.operations if each.name == name) / found.steps


def fused_with(result: CaseResult, name: str) -> tuple[str, ...]:
    """The operations with which a mode executes this one, which takes hardly any time of its own; else nothing.

    A graph's fused kernels go by their first operation. XLA's have parts of many; the smallest tells most.
    """
    structure, spent = costs.structure(result), seconds(result)
    together = [group for group in structure.fused if name in group]
    if not together or spent.get(name, 0.0) > FUSED * math.fsum(spent.values()):
        return ()
    if structure.fusions is None:
        return tuple(sorted({group[0] for group in together}))
    return tuple(part for part in min(together, key=len) if part != name)


def gaps(group: GroupResult) -> list[GapExplained]:
    """Of every candidate from the baseline, then of every mode from the one that it differs from in one thing."""
    by_mode = {result.case.mode: result for result in group.candidates}
    pairs = [(group.baseline, result) for result in group.candidates]
    pairs += [(by_mode[o], r) for r in group.candidates if (o := modes.row(r.case.mode).differs_from) in by_mode]
    return [gap for one, other in pairs if (gap := explain(one, other))]


def explain(one: CaseResult, other: CaseResult) -> GapExplained | None:
    """The parts that explain a difference in CPU time; None where none is shown, or no profile fits."""
    ratio = cpu_between(one, other)
    if ratio is None or (ratio.high is not None and not excludes_1(ratio)):
        return None
    cpu = [case.summary("cpu") if fits(case) else None for case in (one, other)]
    if cpu[0] is None or cpu[1] is None:
        return None
    gap_s = abs(cpu[0].centre - cpu[1].centre)
    slower, faster = (one, other) if cpu[0].centre > cpu[1].centre else (other, one)
    if gap_s < SMALL * max(cpu[0].centre, cpu[1].centre):
        return None
    return GapExplained(slower, faster, gap_s, _named(slower, faster, gap_s), ratio.n)


def _named(slower: CaseResult, faster: CaseResult, gap_s: float) -> tuple[PartOfStep, ...]:
    """The largest differences, until what they leave is small."""
    named, left_s = list[PartOfStep](), gap_s
    for part in sorted(_parts(slower, faster), key=lambda part: -abs(part.difference_s))[:MOST_NAMED]:
        if abs(left_s) <= (1 - EXPLAINED) * gap_s or abs(part.difference_s) < NEGLIGIBLE * gap_s:
            break
        named.append(part)
        left_s -= part.difference_s
    return tuple(named)


def _parts(slower: CaseResult, faster: CaseResult) -> list[PartOfStep]:
    in_slower, in_faster = seconds(slower), seconds(faster)
    onednn = _onednn(faster) - _onednn(slower)
    return [
        PartOfStep(
            name,
            in_slower.get(name, 0.0),
            in_faster.get(name, 0.0),
            kernels(slower, name),
            kernels(faster, name),
            fused_with(faster, name),
            name in onednn,
        )
        for name in dict.fromkeys([*in_slower, *in_faster])
    ]


def onednn_executed(group: GroupResult) -> bool | None:
    """Whether TensorFlow's graphs executed their matrix products by oneDNN; None where no profile shows one."""
    products = [
        each
        for result in group.cases
        if not result.case.setting and _in_graph(result) and (found := profiled(result))
        for each in found.operations
        if any(kind in each.name for kind in _ONEDNN_PRODUCTS)
    ]
    return any(each.onednn for each in products) if products else None


def _in_graph(result: CaseResult) -> bool:
    mode = modes.row(result.case.mode)
    return result.case.device == "cpu" and not (mode.compiles or mode.peer or mode.executes == "eager")


def _onednn(result: CaseResult) -> set[str]:
    found = profiled(result)
    return {each.name for each in found.operations if each.onednn} if found else set()


def peak_shares(group: GroupResult, result: CaseResult) -> PeakShares | None:
    """Of a CPU case with a profile and a count of its floating-point operations."""
    found, step, cpu = profiled(result), result.summary("step"), result.summary("cpu")
    peak, rate = costs.peak_flops_per_s(group), costs.rate_flops_per_s(group, result)
    cores = result.case.threads or (result.measurements[0].environment.cores if result.measurements else None)
    if not (found and step and cpu and peak and rate and cores):
        return None
    busy, at_peak = cpu.centre / (cores * step.centre), rate / peak
    if not fits(result):
        return PeakShares(at_peak, None, None, None, 1 - busy)
    scale = busy / found.cpu_s  # a share of the profiled CPU time as one of all cores' time
    products = scale * math.fsum(each.cpu_s for each in found.operations if any(kind in each.name for kind in PRODUCTS))
    operations = scale * math.fsum(each.cpu_s for each in found.operations)
    return PeakShares(at_peak, products - at_peak, operations - products, busy - operations, 1 - busy)
