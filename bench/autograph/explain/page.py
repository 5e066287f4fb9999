"""An explanation as a page: one self-contained HTML file with the stages side by side."""

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
from bench.records.files import new_folder

PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class Box:
    """One listing with its heading and a note of one line."""

    title: str
    note: str
    listing: Listing


@dataclass(frozen=True, slots=True)
class Stage:
    """A column: a title, the counts or why the stage is missing, and the listings."""

    title: str
    summary: str
    missing: bool
    boxes: tuple[Box, ...]


def write(explanation: Explanation, folder: Path) -> Path:
    """Write the page into a new folder, or one that holds such a page; its path. Raises BenchError."""
    with new_folder(folder, "give another --out", again=PAGE):
        (folder / PAGE).write_text(page(explanation), encoding="utf-8")
    return folder / PAGE


def page(explanation: Explanation) -> str:
    """The page's HTML."""
    from jinja2 import Environment, StrictUndefined

    template = files("bench.autograph.explain").joinpath("page.html.jinja").read_text(encoding="utf-8")
    # Read, not imported: importing the style sheet's package would load pandas and matplotlib.
    style = files("bench.report.form.page").joinpath("style.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    times = explanation.times or ()
    return environment.from_string(template).render(
        explanation=explanation,
        style=style,
        stages=stages(explanation),
        trace=explanation.trace,
        times=[(timing.mode, took(timing, times)) for timing in times],
        times_summary=explanation.reason("times") or summary(explanation, "times"),
    )


def stages(explanation: Explanation) -> list[Stage]:
    """The five stages as columns."""
    boxes_by_stage = {
        "source": [Box("", "", explanation.source.listing)] if explanation.source else [],
        "code": [Box("", "", explanation.code)] if explanation.code else [],
        "trace": [Box("in order", "what each line recorded, and in which graph", _visits(explanation))],
        "graph": graph_boxes(explanation.graph) if explanation.graph else [],
        "program": program_boxes(explanation.program) if explanation.program else [],
    }
    columns = []
    for position, (stage, boxes) in enumerate(boxes_by_stage.items(), 1):
        reason = explanation.reason(stage)
        missing = bool(reason) or getattr(explanation, stage) is None
        headline = reason or ("it was not reached" if missing else summary(explanation, stage))
        columns.append(Stage(f"{position} {TITLES[stage]}", headline, missing, () if missing else tuple(boxes)))
    return columns


def _visits(explanation: Explanation) -> Listing:
    visits = explanation.trace.visits if explanation.trace else ()
    return Listing(tuple(map(_visit, visits)), explanation.trace.visits_total if explanation.trace else 0)


def _visit(visit: Visit) -> ListingLine:
    graph = f"  in {visit.graph}" if visit.graph else ""
    return ListingLine(f"{kinds(visit.ops) or 'no operation'}{graph}", visit.line)


def graph_boxes(graph: TracedGraph) -> list[Box]:
    """The graph and each function body in it, before and after Grappler."""
    boxes = _func_graph_boxes(graph.traced)
    if graph.optimised:
        note = "loops and branches are opened up for the runtime: Enter, Merge, Switch, Exit"
        optimised = _func_graph_boxes(graph.optimised)
        boxes.append(Box("after Grappler", note if lowered(graph.optimised) else "", optimised[0].listing))
        boxes += optimised[1:]
    return boxes


def _func_graph_boxes(body: FuncGraph) -> list[Box]:
    nested = [box for nested_body in body.bodies for box in _func_graph_boxes(nested_body)]
    title = f"{body.role} ({body.name})" if body.role else "as traced"
    return [Box(title, f"{body.ops} operations: {kinds(body.kinds)}", body.listing), *nested]


def program_boxes(compilation: XlaCompilation) -> list[Box]:
    """XLA's program before and after its optimisation."""
    return [
        Box("as XLA is given it", kinds(compilation.given.kinds), compilation.given.listing),
        Box("after XLA's optimisation", kinds(compilation.optimised.kinds), compilation.optimised.listing),
    ]
