"""`advise`: what costs a run's best step, and what would help on this machine.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import QUIET, WAIT, aside, host_lock, say_where, slowly, source_of, speaking, warn_of_caches
from bench.errors import BenchError, Exit, unknown
from bench.machine.signals import exit_code

if TYPE_CHECKING:
    from bench.analysis.results import CaseResult, GroupResult
    from bench.records.store import Store
    from bench.runner.advise import Tries
    from cifar_core.cifar10 import Source

REPETITIONS = 6


def advise(
    folder: Annotated[Path, typer.Argument(help="A run folder.")],
    try_: Annotated[
        str | None,
        typer.Option(
            "--try",
            show_default=False,
            help="Measure these beside the best mode: threads, dtypes, allocator, xla-flags, onednn, grappler, "
            "steps-per-call, or all.",
        ),
    ] = None,
    mode: Annotated[str | None, typer.Option(show_default="the best one", help="The mode that is tried on.")] = None,
    repetitions: Annotated[int, typer.Option(min=1, help="Of each thing to try.")] = REPETITIONS,
    data: Annotated[str, typer.Option(help="auto: what the run was measured on; or where that is now.")] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Where what is tried goes: a new run folder.", show_default="RUN-advice")
    ] = None,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """What costs this step, and what would help on this machine? Only what is certain is advised."""
    from bench.records.store import Store
    from bench.runner.advise import kinds

    asked = kinds(try_) if try_ is not None else []
    with speaking(False, quiet):
        with slowly(f"reading {folder}"):
            store = Store.open(folder)
            group, best = _best(store, mode)
        _say_what_is_known(group, best)
        if not asked:
            aside(f"to measure what would help: cifar-bench advise {folder} --try all")
            return Exit.OK
        return _try(store, best, asked, repetitions, data, out or folder.with_name(f"{folder.name}-advice"), wait)


def _best(store: "Store", mode: str | None) -> "tuple[GroupResult, CaseResult]":
    """The mode that the run recommends, or `mode`, of its first group. Raises BenchError where there is none."""
    from bench.analysis.analyse import analyse
    from bench.report.questions.advice import recommended

    run = analyse(store.plan, store.outcomes(), store.left_out)
    group = run.groups[0]
    if len(run.groups) > 1:
        aside(f"note: of {len(run.groups)} cases, the advice is on the first: {group.title}")
    if mode is not None:
        measured = {result.case.mode: result for result in group.cases if result.valid and not result.case.again}
        if mode not in measured:
            raise unknown("mode of this run", mode, list(measured), "--mode")
        return group, measured[mode]
    if (best := recommended(group)) is None:
        raise BenchError(f"{store.folder} recommends no mode, so there is nothing to improve; type: cifar-bench run")
    return group, best


def _say_what_is_known(group: "GroupResult", best: "CaseResult") -> None:
    from bench.commands import terminal
    from bench.report import advice

    for sentence in (*advice.step(best), *advice.hints(group, best)):
        terminal.tell(sentence)


def _try(
    store: "Store", best: "CaseResult", asked: list[str], repetitions: int, data: str, out: Path, wait: bool
) -> Exit:
    """Measure what was asked for as a run of its own, and say what helped."""
    from bench.records.store import Store
    from bench.runner.advise import plan, tries

    tried = tries(best.case, asked)
    for refused in tried.refused:
        aside(f"not tried: {refused}")
    if not _anything(tried):
        raise BenchError("nothing of that can be tried here; type e.g. --try dtypes")
    source = source_of(store, data)
    host_lock(wait).ask()
    aside(f"data: {source.title}\nrun folder: {out}")
    warn_of_caches()
    with Store.create(out, plan(store.plan, tried, repetitions)) as made:
        return _measure(made, source, wait)


def _anything(tried: "Tries") -> bool:
    first = tried.cases[0]
    return any(not case.is_like(first) for case in tried.cases)


def _measure(made: "Store", source: "Source", wait: bool) -> Exit:
    from bench.analysis.advice import tried
    from bench.commands import terminal
    from bench.report import advice
    from bench.report.run import build
    from bench.runner.run import execute

    try:
        with terminal.progress("repetition") as progress:
            execute(made, source, progress, turn=host_lock(wait), say=aside)
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: cifar-bench run --resume {made.folder}")
        return exit_code(error)
    report = build(made)
    results = tried(report.run)
    for each in results:
        terminal.tell(advice.line(each))
    for sentence in advice.conclusion(results, report.run.groups[0].baseline):
        terminal.tell(sentence)
    say_where(report.path)
    return Exit.CASE_FAILED if report.run.breakdowns else Exit.OK
