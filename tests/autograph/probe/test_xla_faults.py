"""The cause where XLA alone differs."""

from dataclasses import replace

import pytest
from probe_runs import a_finding

from bench.autograph.probe.observation import Observation
from bench.autograph.probe.records import CallPlace, FaultyOperation
from bench.autograph.probe.xla_faults import attributed, fault_of_xla

FAULT = FaultyOperation(("SquaredDifference", "Mean"), "train.py", 8, "[0.]", "[7.]")
CALL = Observation("call", ("written", "xla"), "step, call 2: [0.] / [7.]", ("AG803",), "step", "train.py", 5, call=2)


def test_numbers_that_no_rule_explains_are_searched_once_a_function_at_the_call_that_differs() -> None:
    asked = list[tuple[str, CallPlace]]()

    def search(mode: str, place: CallPlace) -> FaultyOperation:
        asked.append((mode, place))
        return FAULT

    found = attributed([CALL, replace(CALL, modes=("xla",), text="other digits")], (), search)
    assert asked == [("xla", CallPlace("step", 5, 2))]
    assert [(one.faulty, one.codes) for one in found] == [(FAULT, ())] * 2
    assert fault_of_xla(FAULT) == ("XLA computes SquaredDifference of Mean wrongly: [0.] without XLA, [7.] with it")


@pytest.mark.parametrize(
    "observed",
    [replace(CALL, modes=("graph", "xla")), replace(CALL, kind="result"), replace(CALL, diverges=False)],
)
def test_what_a_graph_does_too_and_what_is_no_call_is_not_searched(observed: Observation) -> None:
    assert attributed([observed], (), lambda mode, place: FAULT) == (observed,)


def test_what_check_predicts_is_not_searched() -> None:
    assert attributed([CALL], [a_finding("AG803")], lambda mode, place: FAULT) == (CALL,)


def test_where_nothing_was_found_the_observation_stays_as_it_was() -> None:
    assert attributed([CALL], (), lambda mode, place: None) == (CALL,)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("raised InvalidArgumentError: Squeeze op does not support bounded dynamic dimensions", ("AG802",)),
        ("raised InvalidArgumentError: the input of Foo must have a rank known to the compiler: shape", ("AG802",)),
        ("raised UnimplementedError: Foo is for CPUs", ("AG801",)),
        ("raised InternalError: during Foo", ("AG801",)),
        ("raised KeyError: 'foo'", ()),
    ],
)
def test_an_error_of_xla_alone_has_a_rule_of_its_family(text: str, codes: tuple[str, ...]) -> None:
    (found,) = attributed([Observation("exception", ("written", "xla"), text)], (), lambda mode, place: None)
    assert found.codes == codes
    in_graphs = Observation("exception", ("graph", "xla"), "raised UnimplementedError: Foo is for CPUs")
    assert attributed([in_graphs], (), lambda mode, place: None) == (in_graphs,)
