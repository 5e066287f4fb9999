"""What walks were told, and whether they would be told the same again."""

import ast
from pathlib import Path

from bench.autograph.inference.known import Asked, KnownValues, Outside
from bench.autograph.inference.values import PYTHON, TENSOR, UNKNOWN
from bench.autograph.source.modules import FunctionDefinition, build


def a_function() -> FunctionDefinition:
    (function,) = build(Path("train.py"), "train", "def step(): pass\n").functions.values()
    return function


def a_name() -> ast.expr:
    return ast.parse("name", mode="eval").body


def test_a_changed_return_value_changes_what_asked_for_it_and_what_was_computed_from_that() -> None:
    known, function, name = KnownValues(), a_function(), a_name()
    inner, outer = Asked(), Asked()
    assert known.outside(name, outer) is None
    known.begin(name)
    assert known.returned(function, inner) is UNKNOWN
    known.end(name, Outside(PYTHON, inner))
    assert known.outside(name, outer) is PYTHON
    known.new_round()
    assert known.same(outer)
    known.returns[function] = TENSOR
    assert known.outside(name, Asked()) is PYTHON  # as it was when this round first asked
    known.new_round()
    assert not known.same(outer)
    assert known.outside(name, Asked()) is None


def test_an_expression_that_refers_back_to_itself_is_unknown_there_and_nothing_depends_on_that() -> None:
    known, name, inner = KnownValues(), a_name(), Asked()
    known.begin(name)
    assert known.outside(name, inner) is UNKNOWN
    known.end(name, Outside(PYTHON, inner))
    assert not inner.outside
    known.new_round()
    assert known.outside(name, Asked()) is PYTHON


def test_a_chain_that_is_too_long_to_compare_is_not_the_same() -> None:
    known, asked = KnownValues(), Asked()
    for _ in range(3000):
        name, inner = a_name(), asked
        asked = Asked(outside={name: PYTHON})
        known.end(name, Outside(PYTHON, inner))
    known.new_round()
    assert not known.same(asked)
