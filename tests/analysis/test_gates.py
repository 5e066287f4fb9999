"""Gates on comparisons: which pass, fail or stay undecided, and which are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_case, a_costs, a_group, a_plan
from kept_runs import STEPS, a_run, named

from bench.analysis.compare import changes
from bench.analysis.gates import Decision, judge, parse
from bench.errors import BenchError
from bench.records.run import NOT_APPLICABLE, Failure

SLOWER = {**STEPS, "function": 0.025 * 1.05}


def decisions(gate: str, *folders: Path) -> set[Decision]:
    """What the gate decides on the ratios of these runs, the first the one that others are compared with."""
    runs = [named(folder) for folder in folders]
    return {result.decision for result in judge(parse(gate), runs, changes(runs))}


def test_a_gate_passes_fails_or_is_undecided_by_the_whole_interval(tmp_path: Path) -> None:
    first, same = a_run(tmp_path / "a", first_s=0.0), a_run(tmp_path / "b", first_s=20.0)
    slower, few = a_run(tmp_path / "slower", SLOWER, first_s=40.0), a_run(tmp_path / "few", blocks=1)
    assert decisions("slower 2%", first, same) == {Decision.PASSED}
    assert Decision.FAILED in decisions("slower 2%", first, slower)
    assert decisions("slower 2%", first, few) == {Decision.UNDECIDED}


def test_a_gate_with_a_mode_judges_that_mode_alone(tmp_path: Path) -> None:
    first, slower = a_run(tmp_path / "a", first_s=0.0), a_run(tmp_path / "slower", SLOWER, first_s=40.0)
    assert decisions("function slower 2%", first, slower) == {Decision.FAILED}
    assert decisions("xla slower 2%", first, slower) == {Decision.PASSED}


def test_a_gate_on_two_modes_judges_their_ratio_in_the_later_run(tmp_path: Path) -> None:
    first, later = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    assert decisions("function/eager < 1.5", first, later) == {Decision.PASSED}
    assert decisions("function/eager < 2.5", first, later) == {Decision.FAILED}


def test_a_gate_on_two_modes_is_undecided_for_a_run_that_lacks_one(tmp_path: Path) -> None:
    first, later = a_run(tmp_path / "a"), a_run(tmp_path / "c")
    lacking = a_run(tmp_path / "lacking", plan=a_plan(a_group(("eager", "xla"))))
    runs = [named(folder) for folder in (first, lacking, later)]
    undecided, passed = judge(parse("function/eager < 1.5"), runs, changes(runs))
    assert (undecided.where, undecided.reason) == ("lacking", "it does not hold both modes")
    assert (undecided.decision, passed.decision) == (Decision.UNDECIDED, Decision.PASSED)


def test_runs_made_one_after_the_other_decide_no_small_change(tmp_path: Path) -> None:
    first, slower = a_run(tmp_path / "a"), a_run(tmp_path / "slower", SLOWER)
    assert Decision.UNDECIDED in decisions("slower 2%", first, slower)
    assert decisions("slower 15%", first, slower) == {Decision.PASSED}
    much_slower = a_run(tmp_path / "much", {**STEPS, "function": 0.025 * 1.2})
    assert Decision.FAILED in decisions("slower 10%", first, much_slower)


def test_a_regression_of_the_baseline_itself_only_fails_a_gate_on_steps(tmp_path: Path) -> None:
    first = a_run(tmp_path / "a", first_s=0.0)
    slower = a_run(tmp_path / "slower", {**STEPS, "eager": 0.05 * 1.05, "eager-again": 0.05 * 1.05}, first_s=30.0)
    assert decisions("slower 2%", first, slower) == {Decision.PASSED}
    assert Decision.FAILED in decisions("step slower 2%", first, slower)
    assert decisions("eager step slower 2%", first, slower) == {Decision.FAILED}
    assert decisions("function step slower 2%", first, slower) == {Decision.PASSED}


def test_a_mode_that_neither_run_has_only_matters_to_a_gate_that_names_it(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "graph", "function", "xla")))
    failures = [Failure(a_case("graph"), 0, NOT_APPLICABLE, "it holds no such model")]
    runs = [a_run(tmp_path / name, plan=plan, failures=failures, first_s=s) for name, s in (("a", 0.0), ("b", 30.0))]
    assert decisions("slower 5%", *runs) == {Decision.PASSED}
    assert decisions("graph slower 5%", *runs) == {Decision.UNDECIDED}


def test_a_gate_that_names_no_case_of_the_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="speaks of no case"):
        decisions("graph/eager < 1", a_run(tmp_path / "a"), a_run(tmp_path / "b"))


SIXTY_MIB_MORE = {"peak_memory_bytes": 760 * 2**20}
TWICE_THE_FIRST_STEP = {"first_call_s": 2.0}


def test_gates_on_costs_judge_first_step_cpu_time_and_memory_as_they_are(tmp_path: Path) -> None:
    """Of 700 MiB 60 more are 8.6 %; a first step of 2 s is twice as long; 0.3 s of CPU time become 0.33 s."""
    costs = a_costs("function")
    first = a_run(tmp_path / "a", first_s=0.0, first_call_s=1.0, costs=costs)
    more = replace(costs, cpu_s=1.1 * costs.cpu_s)
    later = a_run(tmp_path / "b", first_s=30.0, **SIXTY_MIB_MORE, **TWICE_THE_FIRST_STEP, costs=more)
    for quantity, failing, passing in (("first step", 90, 110), ("cpu", 9, 11)):
        assert decisions(f"{quantity} slower {failing}%", first, later) == {Decision.FAILED}
        assert decisions(f"{quantity} slower {passing}%", first, later) == {Decision.PASSED}
        assert decisions(f"function {quantity} slower {failing}%", later, first) == {Decision.PASSED}
    assert decisions("memory worse 8%", first, later) == {Decision.FAILED}
    assert decisions("xla memory worse 9%", first, later) == {Decision.PASSED}


def test_runs_made_one_after_the_other_widen_the_interval_of_a_cost(tmp_path: Path) -> None:
    first, later = a_run(tmp_path / "a"), a_run(tmp_path / "b", **SIXTY_MIB_MORE)
    assert decisions("memory worse 8%", first, later) == {Decision.UNDECIDED}
    assert decisions("memory worse 5%", first, later) == {Decision.FAILED}
    assert decisions("first step slower 5%", first, later) == {Decision.UNDECIDED}


def test_a_cost_that_one_run_did_not_measure_is_undecided(tmp_path: Path) -> None:
    first, later = a_run(tmp_path / "a", costs=a_costs("function")), a_run(tmp_path / "b")
    assert decisions("cpu slower 3%", first, later) == {Decision.UNDECIDED}


def test_a_gate_on_two_modes_costs_judges_how_many_times_as_much_one_needs(tmp_path: Path) -> None:
    """eager's first step takes 0.3 s, tf.function's 0.5 s: 1.67 times as long. Their memory is the same."""
    run, other = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    assert decisions("function/eager first step > 1.4", other, run) == {Decision.FAILED}
    assert decisions("function/eager first step > 1.6", other, run) == {Decision.UNDECIDED}
    assert decisions("function/eager first step > 2", other, run) == {Decision.PASSED}
    assert decisions("eager/function first step > 0.9", other, run) == {Decision.PASSED}
    assert decisions("function/eager memory > 1.1", other, run) == {Decision.PASSED}
    assert decisions("function/eager memory > 0.9", other, run) == {Decision.FAILED}
    assert decisions("function/eager cpu > 1.1", other, run) == {Decision.UNDECIDED}


@pytest.mark.parametrize(
    "text",
    [
        "memory slower 5%",
        "cpu worse 5%",
        "worse 5%",
        "function/eager memory < 1.5",
        "function/eager step > 1.5",
        "function/eager > 1.5",
        "first slower 5%",
    ],
)
def test_each_quantity_has_one_spelling(text: str) -> None:
    with pytest.raises(BenchError, match=r"not a gate; known forms|unknown mode 'first'"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["faster 5%", "function/eager > 1", "slower", "nonsense slower 5%", "step step slower 5%", "function/nonsense < 1"],
)
def test_a_gate_that_makes_no_sense_is_one_clear_line(text: str) -> None:
    with pytest.raises(BenchError, match=r"not a gate; known forms|unknown mode 'nonsense'"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "function/eager < 0",
        "function/eager < 0.0",
        "function/eager < 0.00000001",
        "slower 1000000000%",
        f"xla step slower {'9' * 400}%",
    ],
)
def test_a_gate_that_can_never_fail_is_refused(text: str) -> None:
    with pytest.raises(BenchError, match="passes whatever is measured; type a limit such as 'slower 5%'"):
        parse(text)


def test_a_gate_that_always_fails_or_compares_a_mode_with_itself_is_refused() -> None:
    with pytest.raises(BenchError, match="fails whatever is measured"):
        parse("function/eager < 1000000")
    for text in ("eager/eager < 0.9", "xla / xla < 1.5"):
        with pytest.raises(BenchError, match="with itself; name two modes"):
            parse(text)
