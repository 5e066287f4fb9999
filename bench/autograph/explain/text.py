"""An explanation as text for the terminal."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.autograph.explain.explain import TITLES
from bench.autograph.explain.records import (
    STAGES,
    Count,
    Explanation,
    FuncGraph,
    Listing,
    SourceCode,
    Timing,
    Trace,
    TracedGraph,
    XlaCompilation,
)
from bench.report.form.wording import number

WIDTH = 150  # characters of a line; the lines of a program can be very long
KINDS = 6  # kinds of operations or instructions that are named


def text(explanation: Explanation, most_lines: int) -> str:
    """The whole explanation, with at most `most_lines` lines of each listing; 0 for all lines."""
    output = [_head(explanation)]
    for position, stage in enumerate(STAGES, 1):
        reason = explanation.reason(stage)
        output += ["", f"{position} {TITLES[stage]}: {reason or summary(explanation, stage)}"]
        output += [] if reason else [f"  {line}".rstrip() for line in _LINES[stage](explanation, most_lines)]
    return "\n".join(output)


def _head(explanation: Explanation) -> str:
    source, trace = explanation.source, explanation.trace
    title = f"{source.name} ({source.file}:{source.first})" if source else "a function"
    return f"{title}, called with {trace.signature}" if trace else title


def summary(explanation: Explanation, stage: str) -> str:
    """The counts of a stage in one line. The stage must not be missing."""
    record = getattr(explanation, stage)
    return _SUMMARIES[stage](record) if record and stage in _SUMMARIES else _TIMES_SUMMARY


def _source_summary(source: SourceCode) -> str:
    return plural(source.listing.total, "line")


def _code_summary(code: Listing) -> str:
    return f"{plural(code.total, 'line')}; the number before a line is its source line"


def _trace_summary(trace: Trace) -> str:
    code = "AutoGraph's code" if trace.converted else "the code as written (AutoGraph did not convert it)"
    return f"Python ran {code} once, visited lines {plural(trace.visits_total, 'time')}, and recorded a graph"


def _graph_summary(graph: TracedGraph) -> str:
    traced, optimised = graph.traced, graph.optimised
    after = f"{optimised.ops_total} after Grappler" if optimised else f"no optimised graph: {graph.reason}"
    return f"{traced.ops_total} operations, {traced.ops} of them outside loops, branches and calls; {after}"


def _program_summary(program: XlaCompilation) -> str:
    before, after = program.given.instructions, program.optimised.instructions
    fusions = plural(program.fusions, "fusion")
    return f"{before} instructions before XLA's optimisation, {after} after it, {fusions}"


_TIMES_SUMMARY = "median of slices with its 95 % interval, in one process: a rough indication; cifar-bench run measures"
_SUMMARIES: dict[str, Callable[[Any], str]] = {
    "source": _source_summary,
    "code": _code_summary,
    "trace": _trace_summary,
    "graph": _graph_summary,
    "program": _program_summary,
}


def _source(explanation: Explanation, most: int) -> list[str]:
    return numbered(explanation.source.listing, most) if explanation.source else []


def _code(explanation: Explanation, most: int) -> list[str]:
    return numbered(explanation.code, most) if explanation.code else []


def _trace(explanation: Explanation, most: int) -> list[str]:
    """The counts line by line, then the visits in order."""
    if not (trace := explanation.trace):
        return []
    texts = source_texts(explanation)
    lines = [f"{'line':>5} {'eager':>6} {'traced':>6} {'ops':>5}"]
    for row in trace.lines:
        eager = "-" if row.eager is None else f"{row.eager}x"
        lines.append(f"{row.line:>5} {eager:>6} {f'{row.traced}x':>6} {row.ops:>5}  {texts.get(row.line, '')}")
    return [*lines, "in order, with the operations that each visit recorded:", *_visits(trace, texts, most)]


def _visits(trace: Trace, texts: dict[int, str], most: int) -> list[str]:
    visits = trace.visits[: most or None]
    lines = [
        f"{visit.line:>5} {(visit.graph or 'its own graph'):<22} {kinds(visit.ops) or '-'}"
        for visit in visits
    ]  # fmt: skip
    return [*lines, *_remaining(len(visits), trace.visits_total)]


def source_texts(explanation: Explanation) -> dict[int, str]:
    """The source lines by line number."""
    lines = explanation.source.listing.lines if explanation.source else ()
    return {line.source: line.text.strip() for line in lines if line.source}


def _graph(explanation: Explanation, most: int) -> list[str]:
    if not (graph := explanation.graph):
        return []
    lines = list(tree(graph.traced))
    if graph.optimised:
        lines += ["after Grappler:", *tree(graph.optimised)]
        if lowered(graph.optimised):
            lines.append("(Enter, Merge, Switch, NextIteration, Exit: loops and branches, lowered for the runtime)")
    return lines


def tree(body: FuncGraph, depth: int = 0) -> Iterator[str]:
    """A graph and those nested in it, one line each."""
    name = body.role or body.name
    yield f"{'  ' * depth}{name}: {body.ops} = {kinds(body.kinds)}"
    for nested_body in body.bodies:
        yield from tree(nested_body, depth + 1)


def lowered(body: FuncGraph) -> bool:
    """Were loops or branches lowered to the runtime's own operations?"""
    return any(count.kind == "Merge" for count in body.kinds)


def _program(explanation: Explanation, most: int) -> list[str]:
    if not (compilation := explanation.program):
        return []
    return [
        f"given: {kinds(compilation.given.kinds)}",
        *numbered(compilation.given.listing, most),
        f"optimised: {kinds(compilation.optimised.kinds)}",
        *numbered(compilation.optimised.listing, most),
    ]


def _times(explanation: Explanation, _: int) -> list[str]:
    return [f"{timing.mode:<12} {took(timing, explanation.times or ())}" for timing in explanation.times or ()]


def took(timing: Timing, timings: Sequence[Timing]) -> str:
    """'0.307 ms [0.295, 0.322], 6.19x vs eager; first call 31.4 ms', or why it cannot run."""
    if timing.median_s is None or timing.low_s is None or timing.high_s is None:
        return timing.reason
    duration = f"{number(timing.median_s * 1e3)} ms [{number(timing.low_s * 1e3)}, {number(timing.high_s * 1e3)}]"
    eager = next((other.median_s for other in timings if other.mode == "eager"), None)
    ratio = f", {number(eager / timing.median_s)}x vs eager" if eager and timing.mode != "eager" else ""
    return f"{duration}{ratio}; first call {number((timing.first_call_s or 0) * 1e3)} ms"


def numbered(listing: Listing, most: int) -> list[str]:
    """The lines of a listing, each after the number of its source line."""
    lines = listing.lines[: most or None]
    texts = [f"{line.source or '':>5} | {_cut(line.text)}" for line in lines]
    return [*texts, *_remaining(len(lines), listing.total)]


def kinds(counted: Sequence[Count]) -> str:
    """'3 Const, Identity, While'; the most frequent ones where there are many."""
    named = [f"{count.number} {count.kind}" if count.number > 1 else count.kind for count in counted[:KINDS]]
    others = sum(count.number for count in counted[KINDS:])
    return ", ".join([*named, *([f"{others} others"] if others else [])])


def plural(count: int, noun: str) -> str:
    """'1 line', '2 lines'."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _remaining(shown: int, total: int) -> list[str]:
    return [f"      ... {total - shown:,} more; --lines 0 and the page show them"] if total > shown else []


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


_LINES = {"source": _source, "code": _code, "trace": _trace, "graph": _graph, "program": _program, "times": _times}
