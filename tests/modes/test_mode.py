"""A row says all of its mode: what a newcomer adds is enough for the checks, the report and the probe."""

from dataclasses import fields, replace

import pytest
from builders import EXECUTIONS, a_case, a_group, a_measurement, a_plan, outcomes

from bench import modes
from bench.analysis import validity
from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.autograph.probe.own_models import refused
from bench.autograph.probe.records import MODES as PROBE_MODES
from bench.errors import BenchError
from bench.modes import MODES
from bench.modes.mode import ExpectedExecution, Mode
from bench.records.probes import ModelProbe, Probes
from bench.records.proof import Execution, Proof
from bench.records.run import FORMAT, Outcome
from bench.report import questions
from bench.report.pytest_benchmark import names
from bench.report.questions import advice, speed, tracing
from bench.report.questions.asking import Known
from bench.report.sections import facts

NEWCOMER = Mode("relaxed", "tf.function, relaxed", "tf.function(reduce_retracing=True)", differs_from="function")
STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modes, "MODES", (*MODES, NEWCOMER))


def a_run(step_s: float = 0.025) -> Run:
    """eager, function and the newcomer; what was measured of it is what function would show."""
    cases = (*a_group(("eager", "function")), a_case(NEWCOMER.name))
    plan = a_plan(cases)
    known = outcomes(a_plan(cases[:-1]), STEPS)
    measured = [a_measurement(a_case("function"), block, step_s) for block in range(6)]
    return analyse(plan, [*known, *(Outcome(measurement=replace(m, case=cases[-1])) for m in measured)])


def reasons(execution: Execution) -> tuple[str, ...]:
    measurement = a_measurement(a_case("function"), proof=Proof(execution, 0, 13, 13))
    return validity.unproven_mode(replace(measurement, case=a_case(NEWCOMER.name)))


@pytest.mark.usefixtures("newcomer")
def test_a_newcomer_is_shown_by_a_test_of_its_own() -> None:
    (view,) = names.views([a_case(NEWCOMER.name)])
    assert view.fullname == "bench/bench_function.py::test_relaxed[tutorial_cnn-b64-cpu]"


@pytest.mark.usefixtures("newcomer")
def test_a_newcomer_is_proven_by_the_defaults_of_its_row() -> None:
    assert reasons(EXECUTIONS["function"]) == ()
    assert reasons(EXECUTIONS["function_unconverted"]) == ()


@pytest.mark.usefixtures("newcomer")
def test_each_way_in_which_a_newcomer_is_not_what_it_claims_is_named() -> None:
    assert reasons(EXECUTIONS["eager"]) == ("nothing was traced", "it called no graph")
    assert reasons(EXECUTIONS["xla"]) == ("XLA compiled it",)
    assert reasons(EXECUTIONS["autocluster"]) == ("XLA formed clusters",)


def test_what_a_row_expects_can_be_a_missing_loop_or_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ExpectedExecution(loops=True, converted=True)
    monkeypatch.setattr(modes, "MODES", (*MODES, replace(NEWCOMER, expected=expected)))
    missing = ("its graph holds no loop", "AutoGraph converted nothing")
    assert reasons(EXECUTIONS["function_unconverted"]) == missing
    assert reasons(EXECUTIONS["function_loop"]) == ()


@pytest.mark.usefixtures("newcomer")
def test_every_question_has_an_answer_for_a_newcomer() -> None:
    run = a_run(step_s=0.01)
    known = Known(run)
    assert all(question(known).text for question in questions.QUESTIONS)
    assert "**tf.function, relaxed**: 5.0" in advice.what_to_use(known).text
    assert "tf.function, relaxed were never traced while timed" in tracing.retraced(known).text


@pytest.mark.usefixtures("newcomer")
def test_of_equally_fast_modes_a_newcomer_is_not_recommended_before_tf_function() -> None:
    assert advice.what_to_use(Known(a_run())).text.startswith("**tf.function**:")


def test_a_newcomer_that_compiles_is_compared_with_the_mode_that_it_differs_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiling = replace(
        NEWCOMER, expected=ExpectedExecution(xla_compilations=None, clusters=True), lesson="clusters do not pay here"
    )
    monkeypatch.setattr(modes, "MODES", (*MODES, compiling))
    run = a_run(step_s=0.05)
    clustered = [
        replace(outcome, measurement=replace(m, proof=replace(m.proof, execution=EXECUTIONS["autocluster"])))
        if (m := outcome.measurement) and m.case.mode == NEWCOMER.name
        else outcome
        for outcome in run.outcomes
    ]
    run = analyse(run.plan, clustered)
    assert speed.xla(Known(run)).text.startswith("It hurts: **tf.function, relaxed** 2.00x slower")
    (lesson,) = [part for part in facts.section(run).parts if isinstance(part, str)]
    assert "slower than tf.function.** [1.89, 2.11]: clusters do not pay here" in lesson


@pytest.mark.usefixtures("newcomer")
def test_an_own_model_that_leaves_other_state_as_a_graph_does_is_refused_in_a_newcomer() -> None:
    case = a_case(NEWCOMER.name, model="my_models:make_net")
    probed = ModelProbe("my_models:make_net", ("eager", "graph"), (), (("graph", "count: 1 / 2"),))
    (refusal,) = refused(a_plan((case,)), Probes(FORMAT, (probed,))).values()
    assert refusal.endswith("count: 1 / 2")


def test_a_mode_that_is_unknown_is_one_line_that_names_those_that_are_known() -> None:
    case = a_case("nonsense")
    with pytest.raises(BenchError, match=r"mode 'nonsense' is unknown here; known: eager, graph, .*keras_eager"):
        names.views([case])
    with pytest.raises(BenchError, match="mode 'nonsense' is unknown here"):
        validity.unproven_mode(replace(a_measurement(), case=case))
    with pytest.raises(BenchError, match="mode 'nonsense' is unknown here"):
        refused(a_plan((case,)), Probes(FORMAT))


def test_the_fields_of_what_is_expected_are_those_of_what_is_seen() -> None:
    expected = {field.name for field in fields(ExpectedExecution)} - {"reason"}
    assert expected <= {field.name for field in fields(Execution)}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_row_names_modes_that_are_there(mode: Mode) -> None:
    assert mode.differs_from in ("", *(other.name for other in MODES if other is not mode))
    assert mode.executes in PROBE_MODES
    assert mode.lesson == "" or mode.differs_from


def test_modes_execute_as_the_probe_knows_them() -> None:
    by_way = {way: [mode.name for mode in MODES if mode.executes == way and not mode.peer] for way in PROBE_MODES}
    assert by_way["eager"] == ["eager", "keras_eager", "custom_loop"]
    assert by_way["xla"] == ["xla", "xla_loop", "keras_jit", "xla_cached"]


def test_no_two_modes_ask_equally_much_of_the_code() -> None:
    efforts = [mode.effort for mode in MODES]
    assert len(set(efforts)) == len(efforts)


def test_what_is_said_of_a_slower_mode_comes_in_one_order() -> None:
    assert [(usual.name, faster.name) for usual, faster in facts._expected_gains()] == [
        ("function", "xla"), ("function", "autocluster"), ("keras_predict", "keras_predict_on_batch"),
        ("xla", "xla_loop"), ("function", "function_loop"), ("keras_fit", "keras_jit"), ("eager", "graph"),
        ("eager", "function"), ("eager", "custom_loop"), ("custom_loop", "custom_loop_function"),
        ("torch_eager", "torch_compile"),
    ]  # fmt: skip
