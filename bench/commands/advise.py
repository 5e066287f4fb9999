"""`advise`: what costs a run's best step, and what would help on this machine.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands.console import (
    JSON,
    QUIET,
    WAIT,
    aside,
    host_lock,
    say_where,
    slowly,
    source_of,
    speaking,
    warn_of_caches,
    write_json,
)
from bench.errors import BenchError, Exit, unknown
from bench.machine.signals import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.analysis.advice import Tried
    from bench.analysis.results import CaseResult, GroupResult, Run
    from bench.records.run import Plan
    from bench.records.store import Store
    from cifar_core.cifar10 import Source

    Write = Callable[[Store, list[Tried] | None, Exit], None]  # says it as JSON, if that was asked for

REPETITIONS = 6


def advise(
    folder: Annotated[Path, typer.Argument(help="A run folder, or one of what was tried.")],
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
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """What costs this step, and what would help on this machine? Only what is certain is advised."""
    from bench.records.store import Store
    from bench.runner.advise import kinds

    asked = kinds(try_) if try_ is not None else []
    with speaking(json, quiet) as stdout:
        with slowly(f"reading {folder}"):
            store = Store.open(folder)
            known = _tried_before(store, asked)
            group, best = (known.groups[0], known.groups[0].baseline) if known else _best(store, mode)
        write = partial(_write, stdout, group, best) if json else _write_nothing
        if known:
            return _say_tried(store, known, write)
        _say_what_is_known(group, best)
        if not asked:
            aside(f"to measure what would help: cifar-bench advise {folder} --try all")
            write(store, None, Exit.OK)
            return Exit.OK
        planned, source = _planned(store, best, asked, repetitions), source_of(store, data)
        return _try(planned, source, out or folder.with_name(f"{folder.name}-advice"), wait, write)


def _write(
    stdout: TextIO, group: "GroupResult", best: "CaseResult", store: "Store", tried: "list[Tried] | None", code: Exit
) -> None:
    from bench.report.advice_summary import document

    write_json(document(group, best, tried, code, store.raw_files), store.folder, stdout)


def _write_nothing(store: "Store", tried: "list[Tried] | None", code: Exit) -> None:
    """Without --json."""


def _tried_before(store: "Store", asked: list[str]) -> "Run | None":
    """The run, where it is of what was tried on another run. Raises BenchError where more is to be tried on it."""
    from bench.analysis.advice import holds_tries
    from bench.analysis.analyse import analyse

    if not holds_tries(store.plan):
        return None
    if asked:
        raise BenchError(f"{store.folder} holds what was tried on a run; type --try with that run's folder")
    return analyse(store.plan, store.outcomes(), store.left_out)


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
        raise BenchError(f"{store.folder} recommends no mode to improve; name one, e.g. --mode function")
    return group, best


def _say_what_is_known(group: "GroupResult", best: "CaseResult") -> None:
    from bench.commands import terminal
    from bench.report import advice

    for sentence in (*advice.step(best), *advice.hints(group, best)):
        terminal.tell(sentence)


def _planned(store: "Store", best: "CaseResult", asked: list[str], repetitions: int) -> "Plan":
    """A run of what can be tried. Raises BenchError where nothing can."""
    from bench.runner.advise import plan, tries

    tried = tries(best.case, asked)
    for refused in tried.refused:
        aside(f"not tried: {refused}")
    first = tried.cases[0]
    if all(case.is_like(first) for case in tried.cases):
        raise BenchError("nothing of that can be tried here; type e.g. --try dtypes")
    return plan(store.plan, tried, repetitions)


def _try(planned: "Plan", source: "Source", out: Path, wait: bool, write: "Write") -> Exit:
    """Measure what was asked for as a run of its own, and say what helped."""
    from bench.records.store import Store

    host_lock(wait).ask()
    aside(f"data: {source.title}\nrun folder: {out}")
    warn_of_caches()
    with Store.create(out, planned) as made:
        return _measure(made, source, wait, write)


def _measure(made: "Store", source: "Source", wait: bool, write: "Write") -> Exit:
    from bench.commands import terminal
    from bench.report.run import build
    from bench.runner.run import execute

    try:
        with terminal.progress("repetition") as progress:
            execute(made, source, progress, turn=host_lock(wait), say=aside)
    except KeyboardInterrupt as error:
        aside(
            f"interrupted; go on with: cifar-bench run --resume {made.folder}; then: cifar-bench advise {made.folder}"
        )
        return exit_code(error)
    report = build(made)
    code = _say_tried(made, report.run, write)
    say_where(report.path)
    return code


def _say_tried(made: "Store", run: "Run", write: "Write") -> Exit:
    """A line for each thing that was tried, then what to type."""
    from bench.analysis.advice import tried
    from bench.commands import terminal
    from bench.report import advice

    results = tried(run)
    for each in results:
        terminal.tell(advice.line(each))
    for sentence in advice.conclusion(results, run.groups[0].baseline):
        terminal.tell(sentence)
    code = Exit.CASE_FAILED if run.breakdowns else Exit.OK
    write(made, results, code)
    return code
