"""What makes a mode trace or compile again although it does the same thing."""

from pathlib import Path

from bench.autograph.probe.observation import Observation
from bench.autograph.probe.records import ArgumentChange, LibraryTraces, ModeRun, ObservedFunction, Retrace

CAUSES = {"value": "AG401", "shape": "AG402", "object": "AG403"}  # cause of a retrace -> the rule it breaks


def costly(run: ModeRun) -> list[Observation]:
    """What makes a mode retrace or recompile although it does the same thing."""
    observed = [_of_library(run.mode, traced) for traced in run.libraries if traced.traces > 1]
    for function in run.functions:
        location = {"function": function.name, "file": function.file, "line": function.line, "diverges": False}
        for text, codes in _function_costs(function):
            observed.append(Observation("cost", (run.mode,), f"{function.name}: {text}", codes, **location))  # type: ignore[arg-type]
    return observed


def _function_costs(function: ObservedFunction) -> list[tuple[str, tuple[str, ...]]]:
    costs = list[tuple[str, tuple[str, ...]]]()
    by_cause = dict[str, list[Retrace]]()
    for retrace in function.retraces:
        for change in retrace.changes:
            by_cause.setdefault(_cause(change), []).append(retrace)
    for cause, retraces in by_cause.items():
        change = next(change for change in retraces[0].changes if _cause(change) == cause)
        times = f", {len(retraces)} retraces" if len(retraces) > 1 else ""
        codes = (CAUSES[change.what],) if change.what in CAUSES else ()
        costs.append((f"call {retraces[0].call} caused a retrace: {changed(change)}{times}", codes))
    if function.built > 1 and function.traces > 1:
        costs.append((f"{function.built} tf.functions were made from it, each with its own traces", ("AG404",)))
    for copied in function.copied:
        place = f"{Path(copied.file).name}:{copied.line}"
        costs.append((f"{place} was copied into the graph {copied.copies} times ({copied.operation})", ("AG102",)))
    if function.compiles > max(function.traces, 1):
        costs.append((f"XLA compiled it {function.compiles} times for {function.traces} traces", ("AG805",)))
    return costs


def _of_library(mode: str, traced: LibraryTraces) -> Observation:
    """The traces of functions that a library made, at the line of the user's code that calls it."""
    again = f", by {traced.made} tf.functions that were made for it" if traced.made > 1 else ""
    text = f"{traced.called} was traced {traced.traces} times{again}"
    codes = ("AG404",) if traced.made > 1 else ("AG402",)
    return Observation("cost", (mode,), text, codes, file=traced.file, line=traced.line, diverges=False)


def _cause(change: ArgumentChange) -> str:
    return f"{change.what} of `{change.argument}`"


def changed(change: ArgumentChange) -> str:
    """'the shape of `x` (32,) -> (17,)'."""
    return f"the {_cause(change)}, {change.before} -> {change.after}"
