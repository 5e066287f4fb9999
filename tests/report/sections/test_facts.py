"""The section of key findings: results that differ from what people expect."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_group, a_measurement, a_plan, outcomes
from built_reports import built

from bench.records.run import Outcome


def test_what_people_expect_otherwise_gets_a_sentence_of_its_own(tmp_path: Path) -> None:
    modes = ("eager", "function", "xla", "xla_loop")
    plan = a_plan(a_group(modes))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.045, "xla_loop": 2.0}
    text = built(tmp_path, outcomes(plan, steps), plan).path.read_text()
    assert "**XLA is 1.80x slower than tf.function.** [1.70, 1.90]: compiling the step" in text
    assert "**XLA loop is 44.4x slower than XLA.** [42, 47]:" in text
    assert "**XLA loop never breaks even.** Its start-up takes 1.10 s" in text
    assert "tf.function does not pay here" not in text


def test_few_repetitions_find_what_is_likely_only(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function", "xla")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.1}
    text = built(tmp_path, outcomes(plan, steps, 3), plan).path.read_text()
    assert "**XLA is likely 4.00x slower than tf.function.** [" in text
    assert "**XLA likely never breaks even.** Its start-up takes 2.60 s, its steps are likely slower." in text
    assert "*Break-even after 8 steps; never: XLA (rough)*" in text
    assert "| never (rough) |" in text


def test_what_the_table_calls_the_same_is_no_surprise(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.0508}
    made = built(tmp_path, outcomes(plan, steps), plan)
    (ratio,) = [r.comparison.ratio for _, r in made.run.rows() if r.comparison]
    assert ratio
    assert ratio.high
    assert ratio.high < 1
    text = made.path.read_text()
    assert ": same" in text
    assert "Key findings" not in text


def test_no_surprise_is_no_section(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}
    assert "Key findings" not in built(tmp_path, outcomes(plan, steps), plan).path.read_text()


def test_a_retrace_in_the_loop_says_what_to_look_for(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05}
    retraced = [
        Outcome(measurement=replace(m, proof=replace(m.proof, traces_while_timing=2)))
        for m in (a_measurement(plan.cases[-1], block) for block in range(6))
    ]
    text = built(tmp_path, [*outcomes(plan, steps), *retraced], plan).path.read_text()
    assert "**tf.function was traced 12 times again while it was timed.**" in text


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ("argument 2 (labels): int32 [64] became int32 [16]", True),
        ("argument 1 (inputs): float32 [64, 8] became float32 [16, 8]", True),
        ("argument 1 (inputs): float32 [64, 8] became float32 [64, 9]", False),
        ("argument 2 (labels): int32 [64] became int64 [16]", False),
        ("argument 3: Python int 3 became 4", False),
    ],
)
def test_the_argument_that_retraced_is_named_and_a_ragged_batch_told_apart(
    tmp_path: Path, change: str, advice: bool
) -> None:
    plan = a_plan(a_group(("eager", "function")))
    m = a_measurement(plan.cases[-1])
    execution = replace(m.proof.execution, retraces=(change,))
    records = outcomes(plan, {"eager": 0.05, "eager-again": 0.05})
    for count, said in (
        (2, "was traced 2 times again while it was timed"),
        (0, "was traced again before it was timed"),
    ):
        proof = replace(m.proof, traces_while_timing=count, execution=execution)
        run = [*records, Outcome(measurement=replace(m, proof=proof))]
        text = built(tmp_path / str(count), run, plan).path.read_text()
        assert f"**tf.function {said}.** {change}" in text
        assert ("drop_remainder=True" in text) == advice
        assert ("it is INVALID" in text) == bool(count)
