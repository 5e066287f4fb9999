"""An explanation as text for the terminal. The page (explain_page.py) holds the same with nothing cut."""

from collections.abc import Iterator, Sequence

from bench.autograph.explain.explain import TITLES
from bench.autograph.explain.records import STAGES, Count, Explanation, FuncGraph, Listing, Timing, Trace
from bench.report.form.wording import number

WIDTH = 150  # of a line of a program; they can be very long
KINDS = 6  # of operations or instructions that are named


def text(found: Explanation, most_lines: int) -> str:
    """All of it; of each listing `most_lines` lines, 0 for all."""
    shown = [_head(found)]
    for place, stage in enumerate(STAGES, 1):
        reason = found.reason(stage)
        shown += ["", f"{place} {TITLES[stage]}: {reason or summary(found, stage)}"]
        shown += [] if reason else [f"  {line}".rstrip() for line in _LINES[stage](found, most_lines)]
    return "\n".join(shown)


def _head(found: Explanation) -> str:
    source, trace = found.source, found.trace
    place = f"{source.name} ({source.file}:{source.first})" if source else "a function"
    return f"{place}, called with {trace.signature}" if trace else place


def summary(found: Explanation, stage: str) -> str:
    """A stage's counts in a line. The stage must be there."""
    if stage == "source" and found.source:
        return plural(found.source.listing.total, "line")
    if stage == "code" and found.code:
        return f"{plural(found.code.total, 'line')}; the number before a line is that of the source line it stands for"
    if stage == "trace" and found.trace:
        how = "AutoGraph's code" if found.trace.converted else "the code as written, which AutoGraph did not convert,"
        return (
            f"Python ran {how} once, going {plural(found.trace.visits_total, 'time')} to a line, and recorded a graph"
        )
    if stage == "graph" and found.graph:
        traced, optimised = found.graph.traced, found.graph.optimised
        end = f"{optimised.ops_total} after Grappler" if optimised else f"no optimised graph: {found.graph.reason}"
        return f"{traced.ops_total} operations, {traced.ops} of them outside loops, branches and calls; {end}"
    if stage == "program" and found.program:
        before, after = found.program.given.instructions, found.program.optimised.instructions
        fused = plural(found.program.fusions, "fusion")
        return f"{before} instructions before XLA's optimisation, {after} after it, {fused}"
    return "median of some slices with its 95 % interval, all in one process: an indication; `run` measures"


def _source(found: Explanation, most: int) -> list[str]:
    return numbered(found.source.listing, most) if found.source else []


def _code(found: Explanation, most: int) -> list[str]:
    return numbered(found.code, most) if found.code else []


def _trace(found: Explanation, most: int) -> list[str]:
    """Line by line, then in order."""
    if not (trace := found.trace):
        return []
    texts = source_texts(found)
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
    return [*lines, *_rest(len(visits), trace.visits_total)]


def source_texts(found: Explanation) -> dict[int, str]:
    """The source's lines by their numbers."""
    lines = found.source.listing.lines if found.source else ()
    return {line.source: line.text.strip() for line in lines if line.source}


def _graph(found: Explanation, most: int) -> list[str]:
    if not (graph := found.graph):
        return []
    lines = list(tree(graph.traced))
    if graph.optimised:
        lines += ["after Grappler:", *tree(graph.optimised)]
        if lowered(graph.optimised):
            lines.append("(Enter, Merge, Switch, NextIteration, Exit: loops and branches, opened up for the runtime)")
    return lines


def tree(body: FuncGraph, depth: int = 0) -> Iterator[str]:
    """A body and those in it, a line each."""
    name = body.role or body.name
    yield f"{'  ' * depth}{name}: {body.ops} = {kinds(body.kinds)}"
    for part in body.bodies:
        yield from tree(part, depth + 1)


def lowered(body: FuncGraph) -> bool:
    """Whether loops or branches were turned into the runtime's own operations."""
    return any(count.kind == "Merge" for count in body.kinds)


def _program(found: Explanation, most: int) -> list[str]:
    if not (compiled := found.program):
        return []
    return [
        f"given: {kinds(compiled.given.kinds)}",
        *numbered(compiled.given.listing, most),
        f"optimised: {kinds(compiled.optimised.kinds)}",
        *numbered(compiled.optimised.listing, most),
    ]


def _times(found: Explanation, _: int) -> list[str]:
    return [f"{timing.mode:<12} {took(timing, found.times or ())}" for timing in found.times or ()]


def took(timing: Timing, all_of_them: Sequence[Timing]) -> str:
    """'0.307 ms [0.295, 0.322], 6.19 times as fast as eager; first call 31.4 ms', or why it cannot run."""
    if timing.median_s is None or timing.low_s is None or timing.high_s is None:
        return timing.reason
    span = f"{number(timing.median_s * 1e3)} ms [{number(timing.low_s * 1e3)}, {number(timing.high_s * 1e3)}]"
    eager = next((other.median_s for other in all_of_them if other.mode == "eager"), None)
    ratio = f", {number(eager / timing.median_s)} times as fast as eager" if eager and timing.mode != "eager" else ""
    return f"{span}{ratio}; first call {number((timing.first_call_s or 0) * 1e3)} ms"


def numbered(listing: Listing, most: int) -> list[str]:
    """Each line after the number of its source line."""
    lines = listing.lines[: most or None]
    texts = [f"{line.source or '':>5} | {_cut(line.text)}" for line in lines]
    return [*texts, *_rest(len(lines), listing.total)]


def kinds(counted: Sequence[Count]) -> str:
    """'3 Const, Identity, While'; the most frequent ones where there are many."""
    named = [f"{count.number} {count.kind}" if count.number > 1 else count.kind for count in counted[:KINDS]]
    others = sum(count.number for count in counted[KINDS:])
    return ", ".join([*named, *([f"{others} others"] if others else [])])


def plural(count: int, noun: str) -> str:
    """'1 line', '2 lines'."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _rest(shown: int, total: int) -> list[str]:
    return [f"      ... {total - shown:,} more; --lines 0 and the page show them"] if total > shown else []


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


_LINES = {"source": _source, "code": _code, "trace": _trace, "graph": _graph, "program": _program, "times": _times}
