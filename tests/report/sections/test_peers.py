"""Other frameworks in a report: a section of their own, a question, and what to type where one is not installed."""

from dataclasses import replace

from builders import a_case, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.run import NOT_AVAILABLE, Failure, Outcome
from bench.report.form.document import Table
from bench.report.questions import advice
from bench.report.questions.asking import Known
from bench.report.questions.peers import another_framework
from bench.report.sections import headline, peers

MODES = ("eager", "function", "torch_eager", "jax_jit")
STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "torch_eager": 0.02, "jax_jit": 0.06}
MISSING = "JAX not installed: python -m pip install '.[peers]'"


def a_run(modes: tuple[str, ...] = MODES) -> Run:
    plan = a_plan(a_group(modes))
    return analyse(plan, outcomes(plan, STEPS))


def without_jax(*needed: str) -> Run:
    """JAX's mode was asked for and could not be imported."""
    plan, absent = a_plan(a_group(MODES), needed=needed), a_case("jax_jit")
    measured = outcomes(a_plan(a_group(MODES[:-1])), STEPS)
    return analyse(plan, [*measured, Outcome(failure=Failure(absent, 0, NOT_AVAILABLE, MISSING))])


def test_each_framework_is_compared_with_tensorflows_fastest_mode_and_named_with_its_version() -> None:
    table = next(part for part in peers.section(a_run()).parts if isinstance(part, Table))
    torch, jax = table.rows
    assert (torch["framework"], torch["fastest_of_tensorflow"]) == ("PyTorch 2.13.0, fused Adam", "tf.function")
    assert torch["verdict"] == "FASTER"
    assert jax["verdict"] == "SLOWER"


def test_the_question_names_the_fastest_framework_first_and_says_what_to_type_without_one() -> None:
    text = another_framework(Known(a_run())).text
    assert text.startswith("Yes: **PyTorch eager** 1.25x")
    assert "**JAX**" in text
    none = another_framework(Known(a_run(("eager", "function"))))
    assert none.cannot
    assert "`python -m pip install '.[peers]'`" in none.text
    assert "--modes eager,function,keras_fit,peers" in none.text


def test_the_headline_and_the_advice_stay_with_tensorflow_unless_the_baseline_is_another_framework() -> None:
    run = a_run()
    assert "PyTorch" not in " ".join(headline.sentences(run))
    choice = advice.recommended(run.groups[0])
    assert choice
    assert choice.title == "tf.function"
    assert "JAX" in " ".join(headline.sentences(analyse(*only_peers())))


def test_a_run_of_one_tensorflow_mode_and_other_frameworks_is_answered_by_the_question() -> None:
    run = a_run(("eager", "torch_eager"))
    assert "only other frameworks were measured beside the baseline" in " ".join(headline.sentences(run))
    assert another_framework(Known(run)).text.startswith("Yes: **PyTorch eager** 2.50x")


def only_peers() -> tuple:
    plan = a_plan(a_group(("torch_eager", "jax_jit")))
    return plan, outcomes(plan, {**STEPS, "torch_eager-again": 0.02})


def test_a_run_without_other_frameworks_has_no_such_section() -> None:
    assert peers.section(a_run(("eager", "function"))).parts == ()


def test_what_is_not_installed_is_said_with_what_to_type_and_fails_a_run_that_named_it() -> None:
    run = without_jax()
    assert run.absent == {}
    assert run.not_installed == {"jax_jit": MISSING}
    assert f"- **JAX**: {MISSING}" in peers.section(run).parts
    table = next(part for part in peers.section(run).parts if isinstance(part, Table))
    assert (table.rows[-1]["verdict"], table.rows[-1]["reason"]) == ("NOT AVAILABLE", MISSING)
    assert not run.failed
    assert without_jax("jax_jit").failed


def test_an_absent_gpu_is_the_devices_fault_not_a_frameworks() -> None:
    cases = tuple(replace(case, device="gpu") for case in a_group(MODES))
    refused = [Outcome(failure=Failure(case, 0, NOT_AVAILABLE, "no driver")) for case in cases]
    run = analyse(a_plan(cases), refused)
    assert run.absent == {"gpu": "no driver"}
    assert run.not_installed == {}
