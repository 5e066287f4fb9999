"""Two modes of a driver compared."""

from dataclasses import replace

from probe_runs import TOLERANCE, a_function, a_leaf, a_run

from bench.autograph.probe.compare import observations, xla_alone
from bench.autograph.probe.differences import differences, lines_differ
from bench.autograph.probe.records import ArgumentChange, CopiedLine, Leaf, LibraryTraces, ModeRun, Raised, Retrace


def lines(eager: ModeRun, graph: ModeRun) -> list[str]:
    return [f"{one.kind}: {one.text}" for one in observations((eager, graph), TOLERANCE)]


def test_rounding_is_no_difference_and_more_is_one() -> None:
    ours = (a_leaf("result[0]", 1.0, 0.0),)
    assert differences(ours, (a_leaf("result[0]", 1.0009, 1e-6),), TOLERANCE) == []
    assert differences(ours, (a_leaf("result[0]", 1.002, 0.0),), TOLERANCE) == ["result[0]: [1.0, 0.0] / [1.002, 0.0]"]


def test_shapes_and_types_of_tensors_count_and_a_number_may_become_a_tensor() -> None:
    assert differences((a_leaf("x", 1.0),), (a_leaf("x", 1.0, 2.0),), TOLERANCE) == ["x: shape [1] / [2]"]
    assert differences((a_leaf("x", 1.0),), (a_leaf("x", 1.0, kind="int32"),), TOLERANCE) == ["x: float32 / int32"]
    assert differences((a_leaf("x", 1.0, kind="float"),), (a_leaf("x", 1.0),), TOLERANCE) == []


def test_a_nan_is_like_a_nan_and_unlike_a_number() -> None:
    nan = float("nan")
    assert differences((a_leaf("x", nan),), (a_leaf("x", nan),), TOLERANCE) == []
    assert differences((a_leaf("x", nan),), (a_leaf("x", 1.0),), TOLERANCE) == ["x: [nan] / [1.0]"]


def test_of_nested_things_the_outermost_difference_is_reported() -> None:
    ours = (Leaf("losses", "list", "2 items"), a_leaf("losses[0]", 1.0), a_leaf("losses[1]", 2.0))
    theirs = (Leaf("losses", "list", "1 items"), a_leaf("losses[0]", 3.0))
    assert differences(ours, theirs, TOLERANCE) == ["losses: 2 items / 1 items"]


def test_printed_lines_may_differ_in_a_number_s_last_digits_only() -> None:
    assert lines_differ(["loss 0.12345"], ["loss 0.12346"], TOLERANCE) == ""
    assert lines_differ(["loss 0.12"], ["loss 0.13"], TOLERANCE) == "'loss 0.12' / 'loss 0.13'"
    assert lines_differ(["a", "a"], ["a"], TOLERANCE) == "2 lines / 1"


def test_the_first_call_that_differs_is_named_and_the_driver_s_result_follows() -> None:
    wrong = a_function(results=((a_leaf("result", 1.0),), (a_leaf("result", 9.0),)))
    graph = a_run("graph", functions=(wrong,), result=(a_leaf("result", 9.0),))
    assert lines(a_run("eager"), graph) == [
        "call: step, call 2: result: [1.0] / [9.0] (eager / here)",
        "result: result: [1.0] / [9.0] (eager / here)",
    ]


def test_the_same_in_two_modes_is_reported_once() -> None:
    printed = [a_run(mode, stdout=("x",)) for mode in ("graph", "xla")]
    (one,) = observations((a_run("eager"), *printed), TOLERANCE)
    assert one.modes == ("graph", "xla")


def test_an_exception_in_one_mode_only_diverges_and_one_of_the_same_kind_everywhere_does_not() -> None:
    raised = Raised("ValueError", "no", "train.py:3")
    assert lines(a_run("eager"), a_run("graph", raised=raised)) == ["exception: raised ValueError: no"]
    assert lines(a_run("eager", raised=raised), a_run("graph")) == [
        "exception: did not raise; eager raised ValueError: no"
    ]
    assert lines(a_run("eager", raised=raised), a_run("graph", raised=raised)) == []


def test_state_tells_what_it_was_before() -> None:
    state = {"before": (Leaf("global count", "int", "0"),), "state": (a_leaf("global count", 3.0),)}
    graph = a_run("graph", state=(a_leaf("global count", 1.0),))
    assert lines(a_run("eager", **state), graph) == ["state: global count: [3.0] / [1.0] (eager / here, 0 before)"]


def test_what_no_mode_changed_may_be_another_in_each_process() -> None:
    started = [(Leaf("global started", "str", f"'{text}'"), a_leaf(f"global runs[{text}]", 1.0)) for text in "ab"]
    eager, graph = (a_run("eager", before=held, state=held) for held in started)
    assert lines(eager, replace(graph, mode="graph")) == []


def test_what_one_mode_alone_changed_is_reported() -> None:
    before = (Leaf("global count", "int", "0"),)
    eager = a_run("eager", before=before, state=(a_leaf("global count", 3.0),))
    graph = a_run("graph", before=before, state=before)
    assert lines(eager, graph) == ["state: global count: [3.0] / 0 (eager / here, 0 before)"]
    assert lines(graph, eager) == ["state: global count: 0 / [3.0] (graph / here, 0 before)"]


def test_leaks_are_gathered_by_the_variable_that_holds_them() -> None:
    leaks = tuple(Leaf(f"global losses[{place}]", "SymbolicTensor", symbolic=True) for place in range(3))
    assert lines(a_run("eager"), a_run("graph", state=leaks)) == [
        "leak: global losses is left with 3 symbolic tensors, unusable outside the trace"
    ]


def test_retraces_are_gathered_by_their_cause() -> None:
    retraces = tuple(
        Retrace(n, (ArgumentChange("lr", "value", f"Python float {n}", "Python float 9"),)) for n in (2, 3)
    )
    (one,) = observations((a_run("eager"), a_run("graph", functions=(a_function(retraces=retraces),))), TOLERANCE)
    assert one.text == "step: call 2 caused a retrace: the value of `lr`, Python float 2 -> Python float 9, 2 retraces"
    assert (one.codes, one.diverges) == (("AG401",), False)


def test_where_xla_alone_differs_only_rules_of_xla_may_explain_it() -> None:
    wrong = a_function(results=((a_leaf("result", 9.0),),))
    xla = a_run("xla", functions=(wrong,))
    (call,) = observations((a_run("eager"), a_run("graph"), xla), TOLERANCE)
    assert xla_alone(call)
    assert call.call == 1
    assert {code[:3] for code in call.codes} == {"AG8"}
    (everywhere,) = observations((a_run("eager"), replace(xla, mode="graph"), xla), TOLERANCE)
    assert not xla_alone(everywhere)
    assert "AG301" not in call.codes
    assert "AG701" in everywhere.codes


def test_traces_of_a_library_and_copies_of_a_line_are_costs() -> None:
    traced = (
        LibraryTraces("predict", "train.py", 9, 1, 2),
        LibraryTraces("fit", "train.py", 8, 3, 3),
        LibraryTraces("evaluate", "train.py", 7, 1, 1),
    )
    copied = a_function(copied=(CopiedLine("/home/train.py", 4, "Mul", 604),))
    graph = a_run("graph", libraries=traced, functions=(copied,))
    costs = observations((a_run("eager"), graph), TOLERANCE)
    assert [(one.text, one.codes) for one in costs] == [
        ("predict was traced 2 times", ("AG402",)),
        ("fit was traced 3 times, by 3 tf.functions that were made for it", ("AG404",)),
        ("step: train.py:4 was copied into the graph 604 times (Mul)", ("AG102",)),
    ]


def test_random_numbers_of_a_library_explain_what_xla_alone_leaves_behind() -> None:
    drawn = LibraryTraces("fit", "train.py", 9, 1, 1, "AG806")
    run = a_run("xla", result=(a_leaf("result", 3.0),), state=(a_leaf("global weight", 3.0),))
    seen = observations((a_run("eager"), a_run("graph"), replace(run, libraries=(drawn,))), TOLERANCE)
    assert [(one.kind, one.codes) for one in seen] == [("result", ("AG806",)), ("state", ("AG806",))]
