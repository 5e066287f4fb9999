"""The section on where the CPU time of a step goes: operation by operation, mode against mode."""

import math
from collections.abc import Callable
from functools import partial

from bench.analysis import operations
from bench.analysis.operations import GapExplained, PartOfStep
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS
from bench.report import onednn
from bench.report.form.document import Column, Part, Row, Section, Table, column, number_of
from bench.report.form.wording import grouping, number

SHOWN = 0.01  # of the largest CPU time of a step: smaller operations stand together in one row
_READING = (
    "CPU time of all threads, in milliseconds a step. After the timing of the first repetition each mode trains some "
    "steps under TensorFlow's profiler with all its threads on one core, where time and CPU time are the same. "
    "A dash: the mode runs no kernel of that operation; *fused*: another operation's kernel does it. XLA's "
    "instructions count for the operation that they were made for. *TensorFlow's runtime* is dispatching, scheduling "
    "and waiting while no operation is executed. The parts are scaled to add up to the timed step. The last row is "
    "what a profiled step takes; where that differs by a third or more, nothing is explained. Operations that run at "
    "the same time are separated only roughly."
)
_WITHOUT = (
    "oneDNN brings graphs other kernels for convolutions, matrix products and pools, so these speedups do not carry "
    "over to a CPU where it is on."
)
_PEAK = (
    "Where the cores' time goes while a step is timed. *At the matmul peak* is what the step's floating-point "
    "operations would take at the rate of the fastest product of two large matrices; the other columns are what is "
    "lost. Below zero: products ran at a higher rate than that one. A dash: the profiled step differs from the timed "
    "one by a third or more."
)
LEAST_S = 5e-6  # what a table shows
LAST = (operations.RUNTIME, operations.PYTHON)


def section(run: Run) -> Section:
    """No parts where no mode was profiled, as in older runs and on a GPU."""
    shown = (result for group in run.groups for result in _shown(group))
    modes = {result.case.arm: result.title for result in shown}
    if not modes:
        return Section("", ())
    gaps = [(group, gap) for group in run.groups for gap in operations.gaps(group)]
    several = len(run.groups) > 1
    lines = [f"- {f'{group.title}: ' if several else ''}{sentence(gap)}" for group, gap in gaps]
    without = [f"{off} {_WITHOUT}"] if (off := onednn.off(run.groups)) else []
    said = ["\n".join(lines)] if lines else []
    parts: tuple[Part, ...] = (*said, *without, _table(run, modes), _READING, *_peaks(run))
    return Section(f"Where the step goes{run.label}", parts, _summary(gaps))


def sentence(gap: GapExplained) -> str:
    """'tf.function needs 29.4 ms less CPU time a step than eager. ...': the largest causes, and what they leave."""
    slower, faster = gap.slower.title, gap.faster.title
    first = f"**{faster} {_needs(gap)} {_ms(gap.gap_s)} ms less CPU time a step than {slower}.**"
    if not gap.named:
        return f"{first} No operation explains it."
    causes = "; ".join(_cause(part, slower, faster) for part in gap.named)
    explained = f"{100 * (1 - gap.left_s / gap.gap_s):.0f} % of the difference"
    return f"{first} {causes}. Together {explained}; {_ms(abs(gap.left_s))} ms {_left(gap)}."


def _needs(gap: GapExplained) -> str:
    if gap.repetitions == 1:
        return "needed, in the one repetition measured,"
    return "likely needs" if gap.repetitions < ENOUGH_BLOCKS else "needs"


def _left(gap: GapExplained) -> str:
    return "are not explained" if gap.left_s >= 0 else "too many, which smaller parts make up for"


def _cause(part: PartOfStep, slower: str, faster: str) -> str:
    """'MaxPoolGrad 17.1 ms (18.2 in eager, 1.11 in tf.function, by oneDNN)', with what stands behind it."""
    sign = "" if part.difference_s > 0 else "−"
    times = f"{_ms(part.slower_s)} in {slower}, {_ms(part.faster_s)} in {faster}"
    return f"{part.name} {sign}{_ms(abs(part.difference_s))} ms ({times}{_behind(part, faster)})"


def _behind(part: PartOfStep, faster: str) -> str:
    if part.fused:
        return f", which fuses it with {' and '.join(part.fused)}"
    kernel = ", by oneDNN" if part.onednn else ""
    more, fewer = part.slower_kernels, part.faster_kernels
    if more is None or fewer is None or round(more) == round(fewer):
        return kernel
    return f"{kernel}; {more:.0f} kernels a step against {fewer:.0f}"


def _summary(gaps: list[tuple[GroupResult, GapExplained]]) -> str:
    """The largest cause of the first difference that has one; it may be more than all of it."""
    causes = [(gap, part) for _, gap in gaps for part in gap.named if part.difference_s > 0]
    if not causes:
        return "CPU time of a step, operation by operation"
    gap, part = causes[0]
    return (
        f"{part.name} takes {_ms(part.difference_s)} ms more CPU time a step in {gap.slower.title} than in "
        f"{gap.faster.title}; the whole step {_ms(gap.gap_s)} ms more"
    )


def _ms(seconds: float) -> str:
    return number(1e3 * seconds) if not 0 < seconds < LEAST_S else "< 0.01"


def _shown(group: GroupResult) -> list[CaseResult]:
    """Whose operations are known."""
    return [result for result in group.cases if operations.seconds(result) and not result.case.again]


def _table(run: Run, modes: dict[str, str]) -> Table:
    """A row an operation, a column a mode."""
    columns = (column("operation", "operation", role="key"), *(_column(arm, title) for arm, title in modes.items()))
    rows = tuple(row for group in run.groups for row in _rows(group, modes))
    return Table("operations", columns, rows, "CPU time a step by operation (ms)", group=grouping(run))


def _column(arm: str, title: str) -> Column:
    def text(row: Row) -> str:
        seconds = number_of(row, f"{arm}_cpu_s")
        return f"{row[f'{arm}_cpu_s'] or '–'}" if seconds is None else _ms(seconds)

    return Column(title, text, "operation_cpu_s", partial(number_of, key=f"{arm}_cpu_s"), "high")


def _rows(group: GroupResult, modes: dict[str, str]) -> list[Row]:
    """The operations that take most in any mode first; then all small ones, the runtime, Python, and the whole."""
    by_arm = {result.case.arm: result for result in _shown(group)}
    seconds = {arm: operations.seconds(result) for arm, result in by_arm.items()}
    names = dict.fromkeys(name for parts in seconds.values() for name in parts if name not in LAST)
    most = {name: max(parts.get(name, 0.0) for parts in seconds.values()) for name in names}
    least = SHOWN * max((math.fsum(parts.values()) for parts in seconds.values()), default=0.0)
    large = sorted((name for name in names if most[name] >= least), key=lambda name: -most[name])
    small = [name for name in names if name not in large]

    def row(title: str, cell: Callable[[str], object]) -> Row:
        cells = {f"{arm}_cpu_s": cell(arm) if arm in by_arm else None for arm in modes}
        return {"group": group.title, "operation": title, **cells}

    def of(name: str) -> Row:
        return row(name, lambda arm: _fused(by_arm[arm], name) or seconds[arm].get(name))

    others = f"{len(small)} other operations" if len(small) > 1 else "another operation"
    return [
        *map(of, large),
        *([row(others, lambda arm: math.fsum(seconds[arm].get(name, 0.0) for name in small))] if small else []),
        *map(of, LAST),
        row("in all, as timed", lambda arm: math.fsum(seconds[arm].values())),
        row(
            "in all, as profiled",
            lambda arm: math.fsum(seconds[arm].values()) * (operations.stretch(by_arm[arm]) or 0.0),
        ),
    ]


def _fused(result: CaseResult, name: str) -> str | None:
    return "fused" if operations.fused_with(result, name) else None


def _peaks(run: Run) -> tuple[Part, ...]:
    """The table of what is lost beside the fastest matrix product; nothing where no rate is known."""
    shares = (
        ("at the matmul peak", "at_peak"),
        ("products slower than that", "slower_products"),
        ("other operations", "other_operations"),
        ("Python and runtime", "outside"),
        ("idle cores", "idle"),
    )
    rows = tuple(
        {"group": group.title, "mode": result.case.mode, "title": result.title}
        | {key: getattr(found, key) for _, key in shares}
        for group, result in run.rows()
        if not result.case.again and (found := operations.peak_shares(group, result))
    )
    if not rows:
        return ()
    columns = (column("mode", "title"), *(_share(title, key) for title, key in shares))
    return (Table("peak", columns, rows, "Why a step is slower than a matrix product", group=grouping(run)), _PEAK)


def _share(title: str, key: str) -> Column:
    def text(row: Row) -> str:
        share = number_of(row, key)
        return "–" if share is None else f"{share:.0%}"

    return Column(title, text, key, partial(number_of, key=key), "high")
