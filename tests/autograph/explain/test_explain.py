"""The parent's end of `explain`: its request, and how the stages come together."""

import re

import pytest
from explanations import an_explanation
from places import ROOT

from bench.autograph.explain.explain import BUILTIN_FUNCTIONS, joined, request
from bench.autograph.explain.records import Explanation, Missing
from bench.errors import BenchError


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
        (("T.step", "", ""), "of a method: --driver too, with a function of that file that makes the object"),
        (("train.py", "", ""), "'train.py' names no function; type module:function, file.py::function, or one of"),
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
