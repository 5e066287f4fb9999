"""What `advise` says: what a step of the best mode costs, what this run already shows, and what helped when tried."""

import math
from collections.abc import Sequence

from bench.analysis import operations
from bench.analysis.advice import Tried, helping
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import ENOUGH_BLOCKS
from bench.modes import row
from bench.records.environment import ONEDNN_VARIABLE
from bench.records.settings import setting
from bench.report import onednn
from bench.report.form.wording import number, speedup_interval

MOST_NAMED = 4
IDLE = 0.25  # of the cores: from here on it is said
_POOL = "MaxPool"
_KEEP_DTYPE = "keras.mixed_precision.set_global_policy({!r}), or cifar-bench run --dtypes {}"


def step(best: CaseResult) -> list[str]:
    """What a step of the mode costs, and where its CPU time goes."""
    time, cpu, cores = (best.summary(name) for name in ("step", "cpu", "cores"))
    if not time:
        return []
    counted = f", {number(1e3 * cpu.centre)} ms of CPU time on {number(cores.centre)} cores" if cpu and cores else ""
    said = [f"{best.title}: {number(1e3 * time.centre)} ms a step{counted}."]
    spent = operations.seconds(best)
    total_s = math.fsum(spent.values())
    if total_s:
        largest = sorted(spent, key=lambda name: -spent[name])[:MOST_NAMED]
        parts = ", ".join(f"{name} {spent[name] / total_s:.0%}" for name in largest)
        said.append(f"Its CPU time goes to {parts}.")
    return said


def hints(group: GroupResult, best: CaseResult) -> list[str]:
    """What the run itself shows, without measuring anything."""
    return [text for hint in (_onednn, _idle, _pool) if (text := hint(group, best))]


def _onednn(group: GroupResult, best: CaseResult) -> str:
    mode = row(best.case.mode)
    off = "" if mode.peer or mode.compiles else onednn.off([group])  # XLA has kernels of its own
    tip = f"`export {ONEDNN_VARIABLE}=1` switches it on; `--try onednn` measures the difference here."
    return f"{off} {tip}" if off else ""


def _idle(group: GroupResult, best: CaseResult) -> str:
    """A CPU whose cores are not all kept busy, though nothing else ran when the run began."""
    cores, environment = best.summary("cores"), best.measurements[0].environment
    there = environment.cores
    if (environment.load_before or 0.0) > IDLE * there:
        return ""
    if best.case.device != "cpu" or not cores or cores.centre > (1 - IDLE) * there:
        return ""
    return (
        f"{number(cores.centre)} of {there} cores were busy: a larger batch may use them better; "
        "`cifar-bench run --batch-sizes` measures it."
    )


def _pool(group: GroupResult, best: CaseResult) -> str:
    """XLA that loses CPU time on max pooling to the best mode, which is not XLA's."""
    spent = {} if row(best.case.mode).compiles else operations.seconds(best)
    for xla in group.cases:
        if not (row(xla.case.mode).compiles and xla.valid):
            continue
        lost_s = math.fsum(s - spent.get(name, 0.0) for name, s in operations.seconds(xla).items() if _POOL in name)
        cpu, own = xla.summary("cpu"), best.summary("cpu")
        if spent and cpu and own and 0 < cpu.centre - own.centre < 2 * lost_s:
            return (
                f"{xla.title} spends {number(1e3 * lost_s)} ms more CPU time a step on max pooling than {best.title}. "
                "Written as a reshape and a maximum over the window it becomes cheap under XLA, and slower in "
                "tf.function: write it so only for XLA, and measure both."
            )
    return ""


def line(each: Tried) -> str:
    """One thing that was tried, in a line: its speedup, its verdict, how far its losses are."""
    name = title(each.result)
    if not each.comparison:
        return f"{name}: not measured ({each.reason})"
    apart = "" if each.loss_apart is None else f"; first losses differ by {each.loss_apart:.2g}"
    verdict = each.comparison.verdict.value
    return f"{name}: {speedup_interval(each.comparison.over_time)}, {verdict}{apart}"


def conclusion(results: Sequence[Tried], best: CaseResult) -> list[str]:
    """What helped for certain, with what to type; or that nothing did."""
    certain = helping(list(results))
    likely = [title(each.result) for each in results if each.comparison and each.comparison.verdict.faster]
    if not certain and likely:
        more = f"for a claim, measure again with --repetitions {ENOUGH_BLOCKS}"
        return [f"Nothing that was tried is certain to help. Likely faster: {'; '.join(likely)}; {more}."]
    if not certain:
        return [f"Nothing that was tried is shown to make {best.title} faster. Leave it as it is."]
    return [f"Use {title(each.result)}: {_times(each)}. Type: {keep(each.result)}" for each in certain]


def title(result: CaseResult) -> str:
    """What was tried, in words."""
    case = result.case
    if case.setting:
        return setting(case.setting).title
    return f"{result.title}, {case.workload.precision}" if case.workload.precision != "float32" else result.title


def keep(result: CaseResult) -> str:
    """What to type or write to have it always."""
    case = result.case
    if case.setting:
        return setting(case.setting).keep
    if case.steps_per_call:
        return f"a loop of {case.steps_per_call} steps inside one call (`--modes {case.mode}` shows it)"
    return _KEEP_DTYPE.format(case.workload.precision, case.workload.precision)


def _times(each: Tried) -> str:
    return speedup_interval(each.comparison.over_time if each.comparison else None)
