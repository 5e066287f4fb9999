"""Whether a step called what its mode's name says: ops one by one, the traced graph, or a program of XLA."""

from collections.abc import Sequence

from bench import modes
from bench.records.run import Measurement
from cifar_core.workload import INFER


def other_calls(m: Measurement) -> list[str]:
    """Why the step cannot have run as its mode says; empty where it can, or where an older file does not say."""
    calls, expected = m.proof.calls, modes.row(m.case.mode).expected
    if calls is None:
        return []
    reasons = []
    if expected.graph_ops is False and not calls.updates and m.case.workload.task != INFER:
        reasons.append(f"Python ran none of the ops that change a variable; {_called(calls.functions)}")
    if calls.as_traced is False and not m.proof.traces_while_timing:  # a retrace is named as that
        reasons.append(f"the graph that it has traced is not the one that it calls: {_called(calls.functions)}")
    if expected.xla_compilations and not calls.compiled:
        reasons.append(f"XLA compiles nothing of what a step calls: {_called(calls.functions)}")
    return reasons if m.case.workload.own_model else [*reasons, *_besides(m)]


def by_own_code(measurements: Sequence[Measurement]) -> list[str]:
    """Warnings of what a person's own model calls beside what the mode says; for a built-in one that is INVALID."""
    own = [m for m in measurements if m.case.workload.own_model and not other_calls(m)]
    return list(dict.fromkeys(f"{what}: the model's own code does that" for m in own for what in _besides(m)))


def _besides(m: Measurement) -> list[str]:
    """Graphs in an eager step, what XLA compiles in a mode without XLA, and traces of any function in the slices."""
    calls, expected = m.proof.calls, modes.row(m.case.mode).expected
    if calls is None:
        return []
    found = []
    if expected.graph_ops is False and calls.functions:
        found.append(f"not all of its step is eager, {_called(calls.functions)}")
    if not expected.xla_compilations and calls.compiled:
        found.append(f"XLA compiles {_names(calls.compiled)} in it")
    if m.proof.tracing_us and not modes.row(m.case.mode).prepares_each_call:
        found.append(f"it traced functions for {m.proof.tracing_us / 1e3:.1f} ms while timed")
    return found


def _called(functions: Sequence[str]) -> str:
    return f"it called {_names(functions)}" if functions else "it called no graph"


def _names(functions: Sequence[str]) -> str:
    names = list(dict.fromkeys(functions))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
