"""What to try on a run's best mode, as a plan: each setting a configuration beside it, in the same repetitions.

A data type computes other numbers, so it is a group of its own, whose repetitions alternate with the others'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from bench.errors import BenchError, unknown
from bench.machine.settings import missing
from bench.modes import MODES, row
from bench.records.case import Case
from bench.records.choices import PRESETS, Options
from bench.records.run import Plan
from bench.records.settings import SETTINGS, Setting
from bench.runner.plan import schedule

DTYPE_KIND, CALLS_KIND = "dtypes", "steps-per-call"
KINDS = tuple(dict.fromkeys((DTYPE_KIND, CALLS_KIND, *(each.kind for each in SETTINGS))))
STEPS_PER_CALL = (10, 100)


@dataclass(frozen=True, slots=True)
class Tries:
    """What is measured, and a line for each thing that cannot be tried here."""

    cases: tuple[Case, ...]
    refused: tuple[str, ...]


def kinds(text: str) -> list[str]:
    """The kinds that were typed, with commas; `all` is every one. Raises BenchError for another."""
    asked = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not asked:
        raise BenchError(f"--try is empty; type e.g. --try {KINDS[0]}, or --try all")
    for name in asked:
        if name not in (*KINDS, "all"):
            raise unknown("thing to try", name, ["all", *KINDS], "--try")
    return [kind for kind in KINDS if kind in asked or "all" in asked]


def tries(best: Case, asked: Sequence[str]) -> Tries:
    """The cases to measure: the best mode first, with its A/A control, then each thing to try."""
    refused = list[str]()
    best = replace(best, again=False, slowdown=0.0, setting="")
    group = [best, replace(best, again=True)]
    for each in SETTINGS:
        if each.kind in asked:
            if why := _refusal(best, each):
                refused.append(f"{each.title}: {why}")
            else:
                group.append(replace(best, setting=each.name))
    others = [*_loops(best)] if CALLS_KIND in asked else []
    if CALLS_KIND in asked and not others:
        refused.append(f"steps-per-call: {row(best.mode).title} has no form that loops inside a call")
    dtypes = _dtypes(best, refused) if DTYPE_KIND in asked else ()
    return Tries((*group, *others, *dtypes), tuple(refused))


def plan(source: Plan, tried: Tries, repetitions: int) -> Plan:
    """An ordinary plan of them, on the run's data and seed, with so many repetitions.

    Six rounds a repetition, however noisy the first was: with a dozen things to try the noisiest would ask for four
    times as many of all, and what saves less than a few per cent is not worth a setting.
    """
    options = Options(preset=PRESETS[1].name, blocks=repetitions)
    steady = replace(schedule(options), rounds_by_noise=False)
    created = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return replace(source, created=created, cases=tried.cases, schedule=steady, spreads=(), needed=(), trace=False)


def _refusal(best: Case, each: Setting) -> str:
    """Why it cannot be tried on this mode and machine; '' where it can."""
    mode = row(best.mode)
    if mode.peer:
        return f"{mode.title} does not read it"
    if each.needs == "xla" and not mode.compiles:
        return f"XLA does not compile {mode.title}"
    if each.needs == "graph" and mode.executes == "eager":
        return f"{mode.title} has no graph"
    return missing(each)


def _loops(best: Case) -> Iterator[Case]:
    """The mode's own loop, or that of the mode that only loops, with some steps a call."""
    names = [mode.name for mode in MODES if mode.loops and mode.name in (best.mode, f"{best.mode}_loop")]
    for name in names:
        for steps in STEPS_PER_CALL:
            case = replace(best, mode=name, steps_per_call=steps)
            if case != best:
                yield case


def _dtypes(best: Case, refused: list[str]) -> tuple[Case, ...]:
    """Each narrower type with an A/A control of its own. A person's own keras.Model has its own policy."""
    workload, on_gpu = best.workload, best.device != "cpu"
    if workload.precision != "float32":
        refused.append(f"dtypes: the run is in {workload.precision} already")
        return ()
    names = ("mixed_bfloat16", "mixed_float16", "tf32") if on_gpu else ("mixed_bfloat16",)
    cases = [replace(best, workload=replace(workload, precision=name)) for name in names]
    return tuple(each for case in cases for each in (case, replace(case, again=True)))
