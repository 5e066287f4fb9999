"""An explanation as a page: one HTML file that needs nothing else, with the stages side by side.

The template (page.html.jinja) says how it looks; this file what goes into it.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bench.autograph.explain.explain import TITLES
from bench.autograph.explain.records import (
    Explanation,
    FuncGraph,
    Listing,
    ListingLine,
    TracedGraph,
    Visit,
    XlaCompilation,
)
from bench.autograph.explain.text import kinds, lowered, summary, took
from bench.errors import BenchError


@dataclass(frozen=True, slots=True)
class Box:
    """One listing with its heading; `note` says something of it in a line."""

    title: str
    note: str
    listing: Listing


@dataclass(frozen=True, slots=True)
class Stage:
    """A column: a title, its counts or why it is missing, and its listings."""

    title: str
    summary: str
    missing: bool
    boxes: tuple[Box, ...]


def write(found: Explanation, file: Path) -> None:
    """Write the page. Raises BenchError where it cannot."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page(found), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write the page to {file}: {error.strerror}; give another --out") from None


def page(found: Explanation) -> str:
    """The page's HTML."""
    from jinja2 import Environment, StrictUndefined

    template = files("bench.autograph.explain").joinpath("page.html.jinja").read_text(encoding="utf-8")
    # Read, not imported: the style sheet's package draws reports, and would bring pandas and matplotlib.
    style = files("bench.report.form.page").joinpath("style.css").read_text(encoding="utf-8")
    drawn = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    times = found.times or ()
    return drawn.from_string(template).render(
        found=found,
        style=style,
        stages=stages(found),
        trace=found.trace,
        times=[(timing.mode, took(timing, times)) for timing in times],
        times_summary=found.reason("times") or summary(found, "times"),
    )


def stages(found: Explanation) -> list[Stage]:
    """The five stages as columns."""
    made = {
        "source": [Box("", "", found.source.listing)] if found.source else [],
        "code": [Box("", "", found.code)] if found.code else [],
        "trace": [Box("in order", "what each line recorded, and in which graph", _visits(found))],
        "graph": graph_boxes(found.graph) if found.graph else [],
        "program": program_boxes(found.program) if found.program else [],
    }
    columns = []
    for place, (stage, boxes) in enumerate(made.items(), 1):
        reason = found.reason(stage)
        missing = bool(reason) or getattr(found, stage) is None
        said = reason or ("it was not reached" if missing else summary(found, stage))
        columns.append(Stage(f"{place} {TITLES[stage]}", said, missing, () if missing else tuple(boxes)))
    return columns


def _visits(found: Explanation) -> Listing:
    visits = found.trace.visits if found.trace else ()
    return Listing(tuple(map(_visit, visits)), found.trace.visits_total if found.trace else 0)


def _visit(visit: Visit) -> ListingLine:
    where = f"  in {visit.graph}" if visit.graph else ""
    return ListingLine(f"{kinds(visit.ops) or 'no operation'}{where}", visit.line)


def graph_boxes(graph: TracedGraph) -> list[Box]:
    """The graph and each body in it, before and after the optimiser."""
    boxes = _bodies(graph.traced)
    if graph.optimised:
        note = "loops and branches are opened up for the runtime: Enter, Merge, Switch, Exit"
        after = _bodies(graph.optimised)
        boxes.append(Box("after Grappler", note if lowered(graph.optimised) else "", after[0].listing))
        boxes += after[1:]
    return boxes


def _bodies(body: FuncGraph) -> list[Box]:
    inner = [box for part in body.bodies for box in _bodies(part)]
    title = f"{body.role} ({body.name})" if body.role else "as traced"
    return [Box(title, f"{body.ops} operations: {kinds(body.kinds)}", body.listing), *inner]


def program_boxes(compiled: XlaCompilation) -> list[Box]:
    """Both programs."""
    return [
        Box("as XLA is given it", kinds(compiled.given.kinds), compiled.given.listing),
        Box("after XLA's optimisation", kinds(compiled.optimised.kinds), compiled.optimised.listing),
    ]
