"""`compare`: what changed from the first run to each later one, and what the gates decide.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands.console import JSON, QUIET, aside, results, say_where, slowly, speaking
from bench.commands.streams import say, write
from bench.errors import BenchError, Exit

COLUMNS = {"what", "data"}  # of a table that has a column for each run too, by its name

if TYPE_CHECKING:
    from bench.analysis.comparable import NamedRun
    from bench.analysis.compare import CaseChange, Difference
    from bench.analysis.gates import GateResult


def compare(
    folders: Annotated[
        list[Path], typer.Argument(help="Run folders, or baselines' names; each later one is compared with the first.")
    ],
    fail_on: Annotated[
        list[str] | None, typer.Option(help="Exit 1 where it holds: 'slower 5%', 'memory worse 9%'.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the comparison goes.", show_default="results/<time>-compare")
    ] = None,
    bisect: Annotated[
        bool, typer.Option("--bisect", help="Find the commit that made a gate fail: compare --bisect GOOD BAD.")
    ] = False,
    run: Annotated[str, typer.Option(help="With --bisect: options of `run` for each commit.", show_default=False)] = "",
    repetitions: Annotated[int, typer.Option(min=1, help="With --bisect: repetitions of each commit.")] = 12,
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
) -> Exit:
    """Compare runs: what changed, in speed and in their environments; gates for CI."""
    if bisect:
        from bench.commands.bisect import bisect as search

        return search(folders, fail_on or [], run, repetitions, out or results("bisect"))
    with speaking(json, quiet) as stream, slowly(f"comparing {len(folders)} runs"):
        return _compare(_named(folders), fail_on or [], out or results("compare"), stream if json else None)


def _compare(folders: list[Path], fail_on: list[str], out: Path, json: TextIO | None) -> Exit:
    from bench.analysis import compare as comparing
    from bench.analysis import gates
    from bench.report import comparison, comparison_summary, summary

    asked_gates = [gates.parse(text) for text in fail_on]
    runs = _runs(folders)
    differences, changes = comparing.differences(runs), comparing.changes(runs)
    judged = [judgement for gate in asked_gates for judgement in gates.judge(gate, runs, changes)]
    path = comparison.build(out, runs, differences, changes, judged)
    if json:
        document = comparison_summary.document(runs, differences, changes, judged) | {"folder": str(out)}
        write(summary.in_words(document), json)
    else:
        _show(folders, runs, differences, changes, judged)
        say_where(path)
        _show_gates(judged, changes, runs, most=1)
    return comparison_summary.exit_code(runs, judged)


def _named(folders: Sequence[Path]) -> list[Path]:
    from bench.records.baselines import run_named

    return [run_named(folder) for folder in folders]


def _show(
    folders: Sequence[Path],
    runs: "Sequence[NamedRun]",
    differences: "Sequence[Difference]",
    changes: "Sequence[CaseChange]",
    judged: "Sequence[GateResult]",
) -> None:
    from bench.commands import compare_result, terminal
    from bench.report import comparison

    interleaved = all(change.in_turns for change in changes if change.step.ratio)
    if judged:
        _show_gates(judged, changes, runs)
        say("")
    terminal.tell(compare_result.heading(runs, interleaved))
    terminal.tell(comparison.data_line(runs))
    say("")
    terminal.show_grid(compare_result.table(changes, runs))
    say("")
    advice = compare_result.how_to_decide(judged, folders, interleaved)
    apart = [] if interleaved else comparison.interleaving(changes)
    for sentence in filter(None, (compare_result.differing(differences), *apart, *advice)):
        terminal.tell(sentence)
    for sentence in comparison.left_out(runs):
        aside(f"warning: {sentence.replace('**', '')}")


def _show_gates(
    judged: "Sequence[GateResult]",
    changes: "Sequence[CaseChange]",
    runs: "Sequence[NamedRun]",
    most: int | None = None,
) -> None:
    """A line each, the worst first; at most so many."""
    from bench.commands import compare_result, terminal
    from bench.report.gate_words import gate_line

    for result in compare_result.worst_first(judged)[:most]:
        terminal.tell(gate_line(result, changes, runs))


def _runs(folders: Sequence[Path]) -> "list[NamedRun]":
    from bench.analysis.analyse import analyse
    from bench.analysis.comparable import NamedRun
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
