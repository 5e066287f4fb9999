"""Two modes held against each other, and what is said of it; no TensorFlow needed."""

import json
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from bench.autograph.findings import Finding
from bench.autograph.probe.compare import Observation, differences, lines_differ, observations
from bench.autograph.probe.own_models import without_weights
from bench.autograph.probe.predictions import joined, predicted
from bench.autograph.probe.records import ArgumentChange, Leaf, ModeRun, ObservedFunction, Raised, Retrace
from bench.autograph.probe.text import as_json, text
from bench.commands.probe import outcome
from bench.errors import BenchError, Exit

TOLERANCE = 1e-3


def a_leaf(path: str, *values: float, kind: str = "float32") -> Leaf:
    return Leaf(path, kind, str(list(values)), (len(values),), struct.pack(f"{len(values)}d", *values))


def a_function(**changes: object) -> ObservedFunction:
    whole = ObservedFunction("step", "train.py", 12, 1, 3, 1, 1, 0, 20, (), ((a_leaf("result", 1.0),),) * 3)
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_seen(mode: str, **changes: object) -> ModeRun:
    return replace(ModeRun(mode, (a_leaf("result", 1.0),), functions=(a_function(),)), **changes)  # type: ignore[arg-type]


def said(eager: ModeRun, graph: ModeRun) -> list[str]:
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


def test_of_nested_things_the_outermost_difference_is_told() -> None:
    ours = (Leaf("losses", "list", "2 items"), a_leaf("losses[0]", 1.0), a_leaf("losses[1]", 2.0))
    theirs = (Leaf("losses", "list", "1 items"), a_leaf("losses[0]", 3.0))
    assert differences(ours, theirs, TOLERANCE) == ["losses: 2 items / 1 items"]


def test_printed_lines_may_differ_in_a_number_s_last_digits_only() -> None:
    assert lines_differ(["loss 0.12345"], ["loss 0.12346"], TOLERANCE) == ""
    assert lines_differ(["loss 0.12"], ["loss 0.13"], TOLERANCE) == "'loss 0.12' / 'loss 0.13'"
    assert lines_differ(["a", "a"], ["a"], TOLERANCE) == "2 lines / 1"


def test_the_first_call_that_differs_is_named_and_the_driver_s_result_follows() -> None:
    wrong = a_function(results=((a_leaf("result", 1.0),), (a_leaf("result", 9.0),)))
    graph = a_seen("graph", functions=(wrong,), result=(a_leaf("result", 9.0),))
    assert said(a_seen("eager"), graph) == [
        "call: step, call 2: result: [1.0] / [9.0] (eager / here)",
        "result: result: [1.0] / [9.0] (eager / here)",
    ]


def test_the_same_in_two_modes_is_told_once() -> None:
    printed = [a_seen(mode, stdout=("x",)) for mode in ("graph", "xla")]
    (one,) = observations((a_seen("eager"), *printed), TOLERANCE)
    assert one.modes == ("graph", "xla")


def test_an_exception_in_one_mode_only_diverges_and_one_of_the_same_kind_everywhere_does_not() -> None:
    raised = Raised("ValueError", "no", "train.py:3")
    assert said(a_seen("eager"), a_seen("graph", raised=raised)) == ["exception: raised ValueError: no"]
    assert said(a_seen("eager", raised=raised), a_seen("graph")) == [
        "exception: raised nothing where eager raised ValueError: no"
    ]
    assert said(a_seen("eager", raised=raised), a_seen("graph", raised=raised)) == []


def test_state_tells_what_it_was_before() -> None:
    state = {"before": (Leaf("global count", "int", "0"),), "state": (a_leaf("global count", 3.0),)}
    graph = a_seen("graph", state=(a_leaf("global count", 1.0),))
    assert said(a_seen("eager", **state), graph) == ["state: global count: [3.0] / [1.0] (eager / here, 0 before)"]


def test_what_no_mode_changed_may_be_another_in_each_process() -> None:
    started = [(Leaf("global started", "str", f"'{text}'"), a_leaf(f"global runs[{text}]", 1.0)) for text in "ab"]
    eager, graph = (a_seen("eager", before=held, state=held) for held in started)
    assert said(eager, replace(graph, mode="graph")) == []


def test_what_one_mode_alone_changed_is_told() -> None:
    before = (Leaf("global count", "int", "0"),)
    eager = a_seen("eager", before=before, state=(a_leaf("global count", 3.0),))
    graph = a_seen("graph", before=before, state=before)
    assert said(eager, graph) == ["state: global count: [3.0] / 0 (eager / here, 0 before)"]
    assert said(graph, eager) == ["state: global count: 0 / [3.0] (graph / here, 0 before)"]


def test_of_a_run_s_model_all_but_its_weights_is_kept_as_it_was_before_and_after() -> None:
    count, weight = Leaf("global count", "int", "0"), replace(a_leaf("global weight", 1.0), variable=True)
    seen = without_weights(a_seen("eager", before=(count, weight), state=(weight, count)))
    assert (seen.before, seen.state) == ((count,), (count,))


def test_of_a_model_without_source_nothing_is_predicted(tmp_path: Path) -> None:
    (tmp_path / "net.so").write_bytes(b"\x7fELF")
    assert predicted(tmp_path / "net.so") == ()


def test_leaks_are_gathered_by_the_variable_that_holds_them() -> None:
    leaks = tuple(Leaf(f"global losses[{place}]", "SymbolicTensor", symbolic=True) for place in range(3))
    assert said(a_seen("eager"), a_seen("graph", state=leaks)) == [
        "leak: global losses is left holding 3 symbolic tensors, of no use outside the trace"
    ]


def test_retraces_are_gathered_by_their_cause() -> None:
    retraces = tuple(
        Retrace(n, (ArgumentChange("lr", "value", f"Python float {n}", "Python float 9"),)) for n in (2, 3)
    )
    (one,) = observations((a_seen("eager"), a_seen("graph", functions=(a_function(retraces=retraces),))), TOLERANCE)
    assert (
        one.text == "step: call 2 was traced anew: the value of `lr`, Python float 2 -> Python float 9, 2 times in all"
    )
    assert (one.codes, one.diverges) == (("AG401",), False)


def a_finding(code: str, message: str = "", function: str = "step", line: int = 14) -> Finding:
    return Finding(code, "name", "error", None, "train.py", line, 5, line, 9, message, function, fix="do otherwise")


def an_observation(*codes: str, name: str = "", kind: str = "state", function: str = "") -> Observation:
    return Observation(kind, ("graph",), "seen", codes, function, name=name)


@pytest.mark.parametrize(
    ("finding", "seen", "evidence"),
    [
        (a_finding("AG301", "outer list `losses` changes"), an_observation("AG301", name="losses"), ["both"]),
        (
            a_finding("AG301", "outer list `losses` changes"),
            an_observation("AG301", name="other"),
            ["observed", "predicted"],
        ),
        (a_finding("AG702"), an_observation("AG702", "AG703", function="Net.step"), ["both"]),
        (a_finding("AG702", function="other"), an_observation("AG702", function="step"), ["observed", "predicted"]),
        (a_finding("AG401", function="drive"), an_observation("AG401", function="step"), ["both"]),
    ],
)
def test_a_finding_and_what_was_seen_are_joined_by_rule_and_name(
    finding: Finding, seen: Observation, evidence: "list[str]"
) -> None:
    assert [one.evidence for one in joined([finding], [seen])] == evidence


def test_an_exception_s_message_names_its_rule() -> None:
    seen = replace(an_observation(kind="exception"), text="ValueError: f should not modify its Python input arguments.")
    (one,) = joined([], [seen])
    assert one.codes == ("AG304",)


def the_three() -> tuple[ModeRun, ...]:
    xla = a_seen("xla", functions=(a_function(compiles=4),), stdout=("more",))
    return a_seen("eager"), a_seen("graph"), xla


def test_the_text_has_a_table_a_function_and_says_what_may_not_be_timed() -> None:
    seen = the_three()
    shown = text("train.py", "drive", seen, joined([a_finding("AG101")], observations(seen, TOLERANCE)))
    assert re.search(r"^train.py::step +line 12, 3 calls$", shown, re.MULTILINE)
    assert re.search(r"^  xla +yes +1 +1 +4 +20$", shown, re.MULTILINE)
    assert "train.py:14:5: AG101 error, predicted and observed: \n   observed: xla: stdout: 0 lines / 1" in shown
    assert "AG805, observed: xla: step: XLA compiled it 4 times for 1 traces" in shown
    assert shown.endswith("xla did not do what eager did: a time of it is no speed-up")


def test_json_holds_modes_and_findings() -> None:
    seen = the_three()
    whole = json.loads(as_json("train.py", "drive", seen, joined([], observations(seen, TOLERANCE))))
    assert [mode["diverges"] for mode in whole["modes"]] == [False, False, True]
    assert [one["evidence"] for one in whole["findings"]] == ["observed", "observed"]


def test_the_exit_code_is_1_for_a_divergence_and_a_driver_that_always_fails_is_an_error() -> None:
    failing = [a_seen(mode, raised=Raised("KeyError", "'x'")) for mode in ("eager", "graph", "xla")]
    assert outcome("drive", the_three(), diverges=False) is Exit.OK
    assert outcome("drive", the_three(), diverges=True) is Exit.REGRESSION
    with pytest.raises(BenchError, match=re.escape("drive() fails in every mode: KeyError: 'x'")):
        outcome("drive", failing, diverges=False)
    endless = [a_seen("eager", limit="the driver did not end within 5 s"), a_seen("graph")]
    with pytest.raises(BenchError, match=re.escape("did not end within 5 s; let drive() do less")):
        outcome("drive", endless, diverges=False)


def test_what_is_shown_of_a_file_in_this_folder_is_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    finding = replace(a_finding("AG101"), file=str(Path.cwd() / "train.py"))
    assert "\ntrain.py:14:5: AG101" in text("train.py", "drive", (a_seen("eager"),), joined([finding], []))
