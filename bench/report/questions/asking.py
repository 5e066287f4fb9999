"""What all questions share: what they are answered from, the form of an answer, the command that would tell more."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.analysis.learning import Learning
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import judged
from bench.analysis.stats.ratios import Comparison, Verdict
from bench.modes import MODES
from bench.modes.groups import members
from bench.records.choices import DEFAULTS
from bench.report.form.wording import speedup_interval
from bench.report.sections.steady import step_ms, verdict_of


@dataclass(frozen=True, slots=True)
class Known:
    """What a question may be answered from: the run, and the trainings that lie beside it, if any do."""

    run: Run
    learned: Learning | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what this run says to it; `cannot` where it says nothing, and the text what to type instead."""

    title: str
    text: str
    cannot: bool = False


MOST_NAMED = 10  # modes in a command that is to be read and typed

Question = Callable[[Known], Answer]
Say = Callable[[GroupResult], str]

WORDS = {
    Verdict.FASTER: "Yes",
    Verdict.SLOWER: "No, it is slower",
    Verdict.SAME: "No, it is as fast",
    Verdict.LIKELY_FASTER: "Likely yes",
    Verdict.LIKELY_SLOWER: "Likely no, it seems slower",
    Verdict.UNCERTAIN: "Not shown",
    Verdict.NONE: "One repetition cannot say",
}


def by_group(run: Run, title: str, say: Say, why_not: str, command: str) -> Answer:
    """What `say` says of each group, '' being nothing; where it is nothing of all, the command that would tell."""
    texts = [(group, text) for group in run.groups if (text := say(group))]
    if not texts:
        return cannot_say(title, why_not, command)
    if len(run.groups) == 1:
        return Answer(title, texts[0][1])
    return Answer(title, "\n".join(f"- {group.title}: {text}" for group, text in texts))


def cannot_say(title: str, why_not: str, command: str) -> Answer:
    """The answer of a run that has none."""
    return Answer(title, f"This run cannot say: {why_not}. Run `{command}`.", cannot=True)


def run_command(run: Run, modes: str, **changed: str) -> str:
    """What to type to measure this run's workloads in these modes; `changed` are options by name."""
    options = _asked_for(run) | changed
    if not {*modes.split(",")} & {"replicas", *members("replicas")}:
        del options["replicas"]  # which these modes refuse
    needed = {name: text for name, text in options.items() if text != str(getattr(DEFAULTS, name))}
    words = [f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in ({"modes": modes} | needed).items()]
    return " ".join(["cifar-bench run", *words])


def _asked_for(run: Run) -> dict[str, str]:
    """The options that this run was started with, but for its modes and its schedule."""
    cases = run.plan.cases
    values_by_option = {
        "models": [case.workload.model for case in cases],
        "batch_sizes": [str(case.workload.batch_size) for case in cases],
        "devices": [case.device for case in cases],
        "threads": [str(case.threads) for case in cases],
        "dtypes": [case.workload.precision for case in cases],
        "inputs": [case.workload.input for case in cases],
        "replicas": [str(case.replicas) for case in cases if case.replicas > 1] or [DEFAULTS.replicas],
        "seed": [str(run.plan.seed)],
        "data": [run.plan.data],
    }
    return {option: ",".join(dict.fromkeys(values)) for option, values in values_by_option.items()}


def modes_of(run: Run, trains: bool = False) -> str:
    """The run's modes, as --modes takes them; with `trains` only those that can follow a recipe.

    `all` for a run that had more modes than anyone would read: it measures them, and what has been added since.
    """
    asked = {case.mode for case in run.plan.cases}
    chosen = [mode.name for mode in MODES if mode.name in asked and (mode.trains or not trains)]
    beside = [name for name in chosen if name not in members("all")]
    many = not trains and len(chosen) - len(beside) > MOST_NAMED
    return ",".join(["all", *beside] if many else chosen)


def found(group: GroupResult, mode: str) -> CaseResult | None:
    """The group's first valid result in a mode."""
    return next((r for r in group.cases if r.case.mode == mode and r.valid and not r.case.again), None)


def measured(group: GroupResult, modes: Sequence[str]) -> list[CaseResult]:
    """Whatever was measured in these modes, valid or not."""
    return [r for r in group.cases if r.case.mode in modes and r.measurements and not r.case.again]


_OPPOSITES = ((Verdict.FASTER, Verdict.SLOWER), (Verdict.LIKELY_FASTER, Verdict.LIKELY_SLOWER))
_TURNED = dict((*_OPPOSITES, *((slower, faster) for faster, slower in _OPPOSITES)))


def versus(group: GroupResult, behind: CaseResult, ahead: CaseResult) -> Comparison | None:
    """The speedup of `ahead` over `behind`: the run's own comparison with its baseline, else one judged on its own."""
    if behind.case == group.baseline.case:
        return ahead.comparison if ahead.comparison and ahead.comparison.ratio else None
    if ahead.case == group.baseline.case:
        reverse = versus(group, ahead, behind)
        return reverse and _turned(reverse)
    return judged(group, behind, ahead)


def _turned(comparison: Comparison) -> Comparison:
    """The same seen from the other side."""
    ratio, over_time = (each and each.inverse for each in (comparison.ratio, comparison.over_time))
    verdict = _TURNED.get(comparison.verdict, comparison.verdict)
    return replace(comparison, ratio=ratio, over_time=over_time, verdict=verdict)


def verdict(group: GroupResult, behind: str, ahead: str) -> tuple[Verdict, str] | None:
    """The verdict on one mode against another, and 'X 1.95x [1.90, 2.00] vs Y (32.4 ms a step, Y 64.3)'."""
    a, b = found(group, behind), found(group, ahead)
    compared = versus(group, a, b) if a and b else None
    if not a or not b or not compared:
        return None
    times = f"{step_ms(b)} ms a step, {a.title} {step_ms(a)}"
    ratio = compared.ratio if compared.verdict is Verdict.SAME else compared.over_time  # what the verdict rests on
    return compared.verdict, f"**{b.title}** {speedup_interval(ratio)} vs {a.title} ({times})"


def answer(group: GroupResult, behind: str, ahead: str, words: Mapping[Verdict, str]) -> str:
    """'Yes: X 1.95x [1.90, 2.00] vs Y (...).'; what became of a mode that came to nothing; '' without one."""
    if judged := verdict(group, behind, ahead):
        return f"{words[judged[0]]}: {judged[1]}."
    asked = {r.case.mode for r in group.cases}
    return unknown(fallen(group, (behind, ahead))) if {behind, ahead} <= asked else ""


def fallen(group: GroupResult, modes: Sequence[str] = ()) -> list[str]:
    """'**XLA** is INVALID (XLA compiled nothing)': each case, of these modes or of all, that failed or is not valid."""
    not_valid = [(r, *verdict_of(group, r)) for r in group.cases if not r.valid and (r.invalid or r.failures)]
    return [
        f"**{r.title}** is {word}" + (f" ({why})" if why else "")
        for r, word, why in not_valid
        if not r.case.again and (not modes or r.case.mode in modes)
    ]


def unknown(texts: Sequence[str]) -> str:
    """What is said in place of an answer; '' for no texts."""
    return f"Not known: {'; '.join(texts)}." if texts else ""


def listed(texts: Sequence[str]) -> str:
    """'a, b and c'; with semicolons where a text has a comma of its own."""
    between = "; " if any("," in text for text in texts) else ", "
    return " and ".join([between.join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
