"""The section of key findings: results that differ from what people expect."""

import re
from collections.abc import Sequence

from bench import modes
from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.modes.mode import Mode
from bench.report.form.document import Section
from bench.report.form.wording import ends, number, speedup_interval
from bench.report.questions.asking import versus

MOST = 12  # findings that are shown unfolded


def section(run: Run) -> Section:
    """One bullet for each finding; no parts where there is none."""
    several = len(run.groups) > 1
    findings = [
        f"- {finding}{f' ({group.title})' if several else ''}" for group in run.groups for finding in _findings(group)
    ]
    parts = ("\n".join(findings),) if findings else ()
    folded = f"{len(findings)} results that differ from what people expect" if len(findings) > MOST else ""
    return Section(f"Key findings{run.label}", parts, folded)


def _findings(group: GroupResult) -> list[str]:
    results = [result for result in group.cases if not result.case.again]
    never = [_never_breaks_even(result) for result in results if _has_no_break_even(result)]
    return [*_slower(group, results), *never, *_conversion(group, results), *_retraced(results)]


def _slower(group: GroupResult, results: Sequence[CaseResult]) -> list[str]:
    return [
        text
        for usual, faster in _expected_gains()
        for a in results
        for b in results
        if (a.case.mode, b.case.mode) == (usual.name, faster.name)
        if (text := _disappoints(group, a, b, faster.lesson))
    ]


def _expected_gains() -> list[tuple[Mode, Mode]]:
    """Two modes of which the second is expected to be faster. XLA comes first, then loops, what eager lacks last."""

    def place(pair: tuple[Mode, Mode]) -> tuple[bool, bool, bool]:
        usual, faster = pair
        return usual.executes == "eager", faster.loops, not usual.compiles

    return sorted([pair for pair in modes.pairs() if pair[1].lesson], key=place)


def _disappoints(group: GroupResult, a: CaseResult, b: CaseResult, lesson: str) -> str:
    """By how much b is slower than a, where it was found to be; '' otherwise."""
    compared = versus(group, a, b)
    if not compared or not compared.over_time or not compared.verdict.slower:
        return ""
    ratio, likely = compared.over_time.inverse, "likely " * compared.rough
    return f"**{b.title} is {likely}{number(ratio.centre)}x slower than {a.title}.** {ends(ratio)}: {lesson}."


def _has_no_break_even(result: CaseResult) -> bool:
    return bool(result.break_even and result.break_even.text == "never" and result.summary("startup"))


def _never_breaks_even(result: CaseResult) -> str:
    startup, likely = result.summary("startup"), "likely " * bool(result.break_even and result.break_even.rough)
    assert startup
    return (
        f"**{result.title} {likely}never breaks even.** Its start-up takes {number(startup.centre)} s, its steps are "
        f"{likely}slower."
    )


def _conversion(group: GroupResult, results: list[CaseResult]) -> list[str]:
    """The cost and the speedup of AutoGraph's conversion: the same step traced with it and without."""
    by_mode = {result.case.mode: result for result in results}
    converted, plain = by_mode.get("function"), by_mode.get("function_unconverted")
    if not converted or not plain or (extra_s := costs.conversion_s(converted, plain)) is None:
        return []
    compared, said = versus(group, plain, converted), "Of a step nothing is known"
    if compared:
        said = f"Speedup of a step with it {speedup_interval(compared.over_time)}: {compared.verdict.value.lower()}"
    return [f"**AutoGraph's conversion adds {number(extra_s)} s to the trace, once.** {said}."]


def _retraced(results: list[CaseResult]) -> list[str]:
    return [text for result in results if (text := _retrace(result))]


def _retrace(result: CaseResult) -> str:
    """What caused a step's retraces, and what to do; empty where there were none."""
    count = sum(m.proof.traces_while_timing for m in result.measurements)
    changes = tuple(dict.fromkeys(text for m in result.measurements for text in m.proof.execution.retraces))
    if not count and not changes:
        return ""
    when = f"{count} times again while it was timed" if count else "again before it was timed"
    why = "something in its arguments changes from step to step (a Python number, a new shape, a new object)"
    advice = " A last, ragged batch did it: use drop_remainder=True, or pad it." if _ragged(changes) else ""
    invalid = "; it is INVALID" if count else ""
    return f"**{result.title} was traced {when}.** {'; '.join(changes) or why}{invalid}.{advice}"


def _ragged(changes: Sequence[str]) -> bool:
    """Whether nothing changed but the size of first dimensions, as a ragged last batch does."""
    shapes = [re.findall(r"(\w+) \[(\d+)((?:, \d+)*)\]", change.partition(": ")[2]) for change in changes]
    first_only = [len(pair) == 2 and pair[0][::2] == pair[1][::2] and pair[0][1] != pair[1][1] for pair in shapes]
    return bool(first_only) and all(first_only)
