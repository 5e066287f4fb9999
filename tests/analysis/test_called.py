"""What a step called against what its mode's name says."""

from dataclasses import replace
from typing import Any

import pytest
from builders import CALLS, a_case, a_full_measurement, a_measurement

from bench.analysis.called import by_own_code, other_calls
from bench.records.proof import Calls
from bench.records.run import Measurement


def called(mode: str, model: str = "mlp", **changes: Any) -> Measurement:
    return a_full_measurement(a_case(mode, model=model), calls=replace(CALLS[mode], **changes))


@pytest.mark.parametrize("mode", sorted(CALLS))
def test_each_mode_calls_what_its_name_says(mode: str) -> None:
    assert other_calls(called(mode)) == []
    assert by_own_code([called(mode, "mine:make")]) == []


@pytest.mark.parametrize("mode", sorted(CALLS))
def test_an_older_file_does_not_say_what_was_called(mode: str) -> None:
    assert other_calls(a_measurement(a_case(mode))) == []
    assert by_own_code([a_measurement(a_case(mode, model="mine:make"))]) == []


@pytest.mark.parametrize("mode", ["eager", "keras_eager"])
def test_an_eager_step_in_which_python_updates_no_variable_is_a_graph(mode: str) -> None:
    reasons = other_calls(called(mode, ops=2, updates=0, functions=("step",)))
    assert reasons[0] == "Python ran none of the ops that change a variable; it called step"
    (found,) = other_calls(called(mode, updates=0))
    assert found.endswith("it called no graph")


@pytest.mark.parametrize("mode", ["function", "function_unconverted", "function_loop", "xla", "autocluster"])
def test_a_mode_that_traces_one_graph_and_calls_another_is_named(mode: str) -> None:
    (found,) = other_calls(called(mode, functions=("other", "other"), as_traced=False))
    assert found == "the graph that it has traced is not the one that it calls: it called other"


@pytest.mark.parametrize("mode", ["xla", "xla_loop", "keras_jit"])
def test_a_mode_of_xla_whose_step_holds_nothing_that_is_compiled_is_named(mode: str) -> None:
    (found,) = other_calls(called(mode, compiled=()))
    assert found.startswith("XLA compiles nothing of what a step calls: it called ")


@pytest.mark.parametrize("mode", ["eager", "graph", "function", "function_loop", "autocluster", "keras_fit"])
def test_a_hidden_compiled_function_is_a_fault_of_a_built_in_model_and_a_warning_of_an_own_one(mode: str) -> None:
    (found,) = other_calls(called(mode, compiled=("block",)))
    assert found == "XLA compiles block in it"
    mine = called(mode, "mine:make", compiled=("block",))
    assert other_calls(mine) == []
    assert by_own_code([mine, mine]) == ["XLA compiles block in it: the model's own code does that"]


def test_a_graph_within_an_eager_step_is_a_fault_of_a_built_in_model_and_a_warning_of_an_own_one() -> None:
    (found,) = other_calls(called("eager", functions=("block",)))
    assert found == "not all of its step is eager, it called block"
    assert by_own_code([called("eager", "mine:make", functions=("block",))]) == [
        f"{found}: the model's own code does that"
    ]


def test_what_makes_a_case_invalid_is_no_warning_beside_it() -> None:
    assert by_own_code([called("eager", "mine:make", updates=0, functions=("step",))]) == []


def test_of_many_functions_the_first_three_are_named_and_the_others_counted() -> None:
    (found,) = other_calls(called("eager", functions=("a", "b", "a", "c", "d", "e")))
    assert found.endswith("it called a, b, c and 2 more")


def test_a_session_of_which_python_sees_nothing_is_not_called_empty() -> None:
    assert other_calls(a_full_measurement(a_case("graph"), calls=Calls(0, 0, ()))) == []


def test_tracing_while_timed_is_a_fault_of_a_built_in_model_and_a_warning_of_an_own_one() -> None:
    (found,) = other_calls(a_full_measurement(a_case("function"), tracing_us=2775))
    assert found == "it traced functions for 2.8 ms while timed"
    mine = a_full_measurement(a_case("function", model="mine:make"), tracing_us=2775)
    assert other_calls(mine) == []
    assert by_own_code([mine]) == [f"{found}: the model's own code does that"]
