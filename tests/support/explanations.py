"""Explanations made of real records, for tests of what is shown of them."""

from dataclasses import replace

from bench.autograph.explain.records import (
    Count,
    Explanation,
    FuncGraph,
    LineCount,
    Listing,
    ListingLine,
    Program,
    SourceCode,
    Timing,
    Trace,
    TracedGraph,
    Visit,
    XlaCompilation,
)


def listing(*texts: str, first: int = 1) -> Listing:
    return Listing(tuple(ListingLine(line, first + place) for place, line in enumerate(texts)), len(texts))


def a_body(name: str, *bodies: FuncGraph, role: str = "") -> FuncGraph:
    total = 2 + sum(body.ops_total for body in bodies)
    return FuncGraph(name, role, 2, total, (Count("Const", 2),), listing(f"{name}/x = Const()"), bodies)


def an_explanation() -> Explanation:
    program = Program(3, (Count("add", 3),), listing("%add.1 = add()", first=2))
    return Explanation(
        source=SourceCode("double", "a.py", 1, listing("def double(x):", "    return x + x < 3 & 1")),
        code=listing("def tf__double(x):"),
        trace=Trace("(x: int32 [])", True, (Visit(2, "", (Count("AddV2", 1),)),), 1, (LineCount(2, 5, 1, 1),)),
        graph=TracedGraph(a_body("double", a_body("body_1", role="the loop's body of while")), a_body("double")),
        program=XlaCompilation(program, replace(program, instructions=1), 1),
        times=(Timing("eager", 2e-3, 1.9e-3, 2.1e-3, 5e-3, 15, 10), Timing("XLA", reason="it has strings")),
        done=True,
    )
