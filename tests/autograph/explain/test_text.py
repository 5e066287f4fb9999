"""What `explain` shows of an explanation, and what it makes of the times; no TensorFlow needed."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from places import ROOT

from bench.autograph.explain.explain import BUILTIN_FUNCTIONS, joined, request
from bench.autograph.explain.page import page
from bench.autograph.explain.records import (
    Count,
    Explanation,
    FuncGraph,
    LineCount,
    Listing,
    ListingLine,
    Missing,
    Program,
    SourceCode,
    Timing,
    Trace,
    TracedGraph,
    Visit,
    XlaCompilation,
)
from bench.autograph.explain.text import kinds, text
from bench.errors import BenchError


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


def test_the_terminal_shows_every_stage_with_its_counts() -> None:
    shown = text(an_explanation(), 40)
    assert "1 source: 2 lines" in shown
    assert "4 graph: 4 operations, 2 of them outside loops, branches and calls; 2 after Grappler" in shown
    assert "5 XLA's program: 3 instructions before XLA's optimisation, 1 after it, 1 fusion" in shown
    assert "    2     5x     1x     1  return x + x < 3 & 1" in shown
    assert "eager        2.00 ms [1.90, 2.10]; first call 5.00 ms" in shown
    assert "XLA          it has strings" in shown


def test_a_missing_stage_is_one_line_with_its_reason() -> None:
    found = replace(an_explanation(), program=None, missing=(Missing("program", "XLA knows no strings"),))
    assert "5 XLA's program: XLA knows no strings\n\n6 time" in text(found, 40)


def test_a_long_listing_is_cut_and_says_so() -> None:
    found = replace(an_explanation(), code=listing(*(f"line {number}" for number in range(9))))
    assert "line 2\n        ... 6 more; --lines 0 and the page show them" in text(found, 3)
    assert "line 8" in text(found, 0)


def test_many_kinds_are_summed_up() -> None:
    counted = [Count(kind, 2) for kind in "abcdefgh"]
    assert kinds(counted) == "2 a, 2 b, 2 c, 2 d, 2 e, 2 f, 4 others"
    assert kinds([Count("Const", 1)]) == "Const"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.headings, self.lines, self.outside = list[int](), list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: "list[tuple[str, str | None]]") -> None:
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.lines += [value or "" for name, value in attrs if name == "data-line"]
        self.outside += [value or "" for name, value in attrs if name in ("src", "href")]


def read(found: Explanation) -> Reader:
    reader = Reader()
    reader.feed(page(found))
    return reader


def test_the_page_needs_nothing_from_elsewhere_and_its_headings_are_in_order() -> None:
    reader = read(an_explanation())
    assert reader.outside == []
    assert "://" not in page(an_explanation())
    assert reader.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))


def test_the_page_marks_a_source_line_in_every_stage() -> None:
    source, trace, given, optimised = 1, 1, 1, 1
    assert read(an_explanation()).lines.count("2") == source + trace + given + optimised
    assert "return x + x &lt; 3 &amp; 1" in page(an_explanation())


def test_the_page_tells_why_a_stage_is_missing() -> None:
    found = Explanation(source=an_explanation().source, missing=(Missing("code", "it is kept"),), done=True)
    assert "<p>it is kept</p>" in page(found)
    assert "<p>it was not reached</p>" in page(found)


def test_parts_are_joined_in_the_order_they_come() -> None:
    whole = an_explanation()
    found = joined(Explanation(source=whole.source), Explanation(code=whole.code))
    found = joined(found, Explanation(missing=(Missing("trace", "no"),)))
    assert (found.source, found.code, found.reason("trace"), found.done) == (whole.source, whole.code, "no", False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("step", "", ""), ""),
        (("a.py::f", "1", ""), ""),
        (("package.module:Class.method", "", "drive"), ""),
        (("stpe", "", ""), "'stpe' names no function"),
        (("a.py::", "", ""), "'a.py::' names no function"),
        (("a:f", "1", "drive"), "--args and --driver both"),
    ],
)
def test_a_target_is_a_function_of_a_module_or_of_a_file(words: "tuple[str, str, str]", said: str) -> None:
    if not said:
        target = request(*words).target
        assert target == (BUILTIN_FUNCTIONS[words[0]].target if words[0] in BUILTIN_FUNCTIONS else words[0])
        return
    with pytest.raises(BenchError, match=re.escape(said)):
        request(*words)


def test_our_functions_and_their_drivers_are_where_they_are_said_to_be() -> None:
    root = ROOT
    for ours in BUILTIN_FUNCTIONS.values():
        for place in (ours.target, ours.driver):
            module, _, name = place.partition(":")
            source = root.joinpath(*module.split(".")).with_suffix(".py").read_text()
            assert f"def {name.rpartition('.')[2]}(" in source
