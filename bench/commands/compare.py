"""`compare`: what changed from the first run to each later one, and what the gates decide.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import aside, results
from bench.commands.streams import say
from bench.errors import BenchError, Exit

COLUMNS = {"what", "data"}  # of a table that has a column for each run too, by its name

if TYPE_CHECKING:
    from bench.analysis.compare import NamedRun
    from bench.analysis.gates import GateResult


def compare(
    folders: Annotated[list[Path], typer.Argument(help="Run folders; the others are held against the first.")],
    fail_on: Annotated[list[str] | None, typer.Option(help="Exit 1 where it holds: 'slower 5%'. Repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the comparison goes; default results/<time>-compare.")] = None,
) -> Exit:
    """Put runs side by side: what changed, what differs around them; gates for CI."""
    from bench.analysis import compare as comparing
    from bench.analysis import gates
    from bench.commands import terminal
    from bench.report import comparison

    asked_gates = [gates.parse(text) for text in fail_on or []]
    runs = _runs(folders)
    differences, changes = comparing.differences(runs), comparing.changes(runs)
    judged = [judgement for gate in asked_gates for judgement in gates.judge(gate, runs, changes)]
    path = comparison.build(out or results("compare"), runs, differences, changes, judged)
    say(comparison.data_line(runs))
    for table in comparison.tables(runs, differences, changes, judged):
        terminal.show(table)
    for sentence in comparison.interleaving(changes):
        say(sentence.replace("**", "").replace("`", ""))
    say(f"report: {path}")
    return _exit(judged, _damaged(runs))


def _exit(judged: "Sequence[GateResult]", damaged: bool) -> Exit:
    from bench.analysis.gates import Decision

    decisions = {judgement.decision for judgement in judged}
    if Decision.FAILED in decisions:
        return Exit.REGRESSION
    if damaged:
        return Exit.CASE_FAILED
    return Exit.NOT_ENOUGH_EVIDENCE if Decision.UNDECIDED in decisions else Exit.OK


def _damaged(runs: "Sequence[NamedRun]") -> bool:
    """Whether a run's files contradict its plan; says what of them does not count."""
    from bench.report import comparison

    for sentence in comparison.left_out(runs):
        aside(f"warning: {sentence.replace('**', '')}")
    return any(named.run.damaged for named in runs)


def _runs(folders: Sequence[Path]) -> "list[NamedRun]":
    from bench.analysis.analyse import analyse
    from bench.analysis.compare import NamedRun
    from bench.records.store import Store
    from bench.records.strings import on_one_line

    if len(folders) < 2:
        raise BenchError("one run cannot be compared; type e.g. cifar-bench compare results/A results/B")
    short_names = [on_one_line(os.path.basename(os.path.realpath(folder))) for folder in folders]
    unclear = len(set(short_names)) < len(short_names) or not COLUMNS.isdisjoint(short_names)
    names = [on_one_line(str(folder)) for folder in folders] if unclear else short_names
    if len(set(names)) < len(names):
        raise BenchError("the same run was given twice; give different ones")
    stores = [Store.open(folder) for folder in folders]
    return [
        NamedRun(name, analyse(store.plan, store.outcomes(), store.left_out))
        for name, store in zip(names, stores, strict=True)
    ]
