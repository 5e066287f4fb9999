"""What `compare` and `history` do between their options and their exit codes. Leaves out the options (__main__.py).

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.commands.console import aside, results
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.analysis.compare import NamedRun
    from bench.analysis.gates import GateResult


def compare(folders: Sequence[Path], fail_on: Sequence[str], out: Path | None) -> Exit:
    """Put runs side by side, against the first; judge the gates."""
    from bench.analysis import compare, gates
    from bench.commands import terminal
    from bench.report import comparison

    wanted = [gates.parse(text) for text in fail_on]
    runs = _runs(folders)
    differing, changes = compare.differences(runs), compare.changes(runs)
    judged = [found for gate in wanted for found in gates.judge(gate, runs, changes)]
    path = comparison.build(out or results("compare"), runs, differing, changes, judged)
    typer.echo(comparison.data_line(runs))
    for table in comparison.tables(runs, differing, changes, judged):
        terminal.show(table)
    for sentence in comparison.interleaving(changes):
        typer.echo(sentence.replace("**", "").replace("`", ""))
    typer.echo(f"report: {path}")
    return _exit(judged, _damaged(runs))


def _exit(judged: "Sequence[GateResult]", damaged: bool) -> Exit:
    from bench.analysis.gates import Decision

    decisions = {found.decision for found in judged}
    if Decision.FAILED in decisions:
        return Exit.REGRESSION
    if damaged:
        return Exit.CASE_FAILED
    return Exit.NOT_ENOUGH_EVIDENCE if Decision.UNDECIDED in decisions else Exit.OK


def _damaged(runs: "Sequence[NamedRun]") -> bool:
    """Whether a run holds lines that contradict its plan; each is said."""
    lines = [(named.name, line) for named in runs for line in named.run.left_out]
    for name, line in lines:
        aside(f"warning: {name}: left out: {line.text}")
    return any(line.contradicts for _, line in lines)


def _runs(folders: Sequence[Path]) -> "list[NamedRun]":
    from bench.analysis.analyse import analyse
    from bench.analysis.compare import NamedRun
    from bench.records.store import Store

    if len(folders) < 2:
        raise BenchError("one run cannot be compared; type e.g. cifar-bench compare results/A results/B")
    short = [folder.resolve().name for folder in folders]
    names = short if len(set(short)) == len(short) else [str(folder) for folder in folders]
    if len(set(names)) < len(names):
        raise BenchError("the same run was given twice; give different ones")
    stores = [Store.open(folder) for folder in folders]
    return [NamedRun(name, analyse(s.plan, s.outcomes(), s.left_out)) for name, s in zip(names, stores, strict=True)]


def history(folder: Path) -> Exit:
    """One row for each case of each run in a folder, oldest run first."""
    from bench.commands import terminal
    from bench.report.history import table

    found = sorted(path.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/plan.json"))
    if not found:
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench history results")
    terminal.show(table(found))
    return Exit.OK
