from dataclasses import replace
from typing import Any

import pytest
from builders import EXECUTIONS, a_case, a_measurement, an_evidence

from bench.analysis import validity
from bench.modes import MODES
from bench.records.proof import GradientSketch, Proof


def test_equal_evidence_gives_no_reasons() -> None:
    assert validity.unequal_work(an_evidence(), an_evidence(), "float32") == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"batches_digest": "x"}, "other batches"),
        ({"weights_digest": "x"}, "other weights"),
        ({"first_losses": (2.3001, 2.2, 2.1, 2.0, 1.9)}, "first loss"),
        ({"first_losses": (2.3, 2.2, 2.1, 2.0, 1.8)}, "drift"),
        ({"first_losses": (2.3, None, 2.1, 2.0, 1.9)}, "not finite at step 2"),
        ({"gradients": (GradientSketch("kernel", 1.0, (0.54, -0.5)),)}, "gradient of kernel"),
        ({"gradients": (GradientSketch("kernel", None, (None, None)),)}, "gradient of kernel"),
        ({"gradients": ()}, "it trains 0 weights where the baseline trains 1"),
    ],
)
def test_unequal_work_is_named(changes: dict[str, Any], reason: str) -> None:
    (found, *_) = validity.unequal_work(an_evidence(**changes), an_evidence(), "float32")
    assert reason in found


def test_reading_files_while_timed_is_refused_but_for_batches_of_a_persons_own() -> None:
    def found(model: str) -> tuple[str, ...]:
        proof = replace(a_measurement().proof, io_bytes_while_timing=1_000_000)
        return validity.unproven_mode(a_measurement(a_case(model=model), proof=proof))

    assert found("mlp") == ("it read and wrote 1,000,000 bytes while timed",)
    assert found("my_models:make_net") == ()


def test_rounding_is_not_called_other_work() -> None:
    rounded = an_evidence(first_losses=(2.3000002, 2.2, 2.1, 2.0, 1.9001))
    assert validity.unequal_work(rounded, an_evidence(), "float32") == ()


def test_of_a_loss_curve_that_was_cut_short_the_beginning_is_compared() -> None:
    assert validity.unequal_work(an_evidence(first_losses=(2.3, 2.2)), an_evidence(), "float32") == ()
    (found,) = validity.unequal_work(an_evidence(first_losses=(2.3, 2.0)), an_evidence(), "float32")
    assert "within 2 steps" in found


@pytest.mark.parametrize("mode", sorted(EXECUTIONS))
def test_a_sound_measurement_of_each_mode_is_proven(mode: str) -> None:
    assert validity.unproven_mode(a_measurement(a_case(mode))) == ()


@pytest.mark.parametrize(
    ("mode", "proof", "reason"),
    [
        ("function", Proof(EXECUTIONS["function"], 2, 13, 13), "retraced 2 times"),
        ("function", Proof(EXECUTIONS["function"], 0, 14, 13), "counted 14 updates where 13"),
        ("function", Proof(EXECUTIONS["eager"], 0, 13, 13), "nothing was traced"),
        ("xla", Proof(EXECUTIONS["function"], 0, 13, 13), "XLA compiled nothing"),
        ("function", Proof(EXECUTIONS["function_unconverted"], 0, 13, 13), "AutoGraph converted nothing"),
        ("function_unconverted", Proof(EXECUTIONS["function"], 0, 13, 13), "AutoGraph converted it"),
        ("function_loop", Proof(EXECUTIONS["function"], 0, 13, 13), "holds no loop"),
        ("function_loop", Proof(EXECUTIONS["xla_loop"], 0, 13, 13), "holds no loop"),
        ("xla_loop", Proof(EXECUTIONS["function_loop"], 0, 13, 13), "XLA compiled nothing"),
        ("xla_loop", Proof(EXECUTIONS["xla"], 0, 13, 13), "or no loop"),
        ("autocluster", Proof(EXECUTIONS["function"], 0, 13, 13), "formed no cluster"),
        ("keras_fit", Proof(EXECUTIONS["keras_jit"], 0, 13, 13), "compiled with XLA"),
        ("keras_jit", Proof(EXECUTIONS["keras_fit"], 0, 13, 13), "compiled nothing"),
        ("keras_eager", Proof(EXECUTIONS["keras_fit"], 0, 13, 13), "not eagerly"),
        ("eager", Proof(EXECUTIONS["graph"], 0, 13, 13), "not eagerly"),
        ("graph", Proof(EXECUTIONS["eager"], 0, 13, 13), "no static graph"),
        ("eager", Proof(replace(EXECUTIONS["eager"], devices=("CPU:0", "GPU:0")), 0, 13, 13), "used GPU:0"),
        ("eager", Proof(replace(EXECUTIONS["eager"], devices=()), 0, 13, 13), "no device"),
    ],
)
def test_a_mode_that_was_not_what_its_name_says_is_named(mode: str, proof: Proof, reason: str) -> None:
    (found,) = validity.unproven_mode(a_measurement(a_case(mode), proof=proof))
    assert reason in found


def test_a_retrace_names_what_changed() -> None:
    execution = replace(EXECUTIONS["function"], retraces=("argument 3: Python int 3 became 4",))
    (found,) = validity.unproven_mode(a_measurement(a_case("function"), proof=Proof(execution, 2, 13, 13)))
    assert found == "it retraced 2 times while timed: argument 3: Python int 3 became 4"


def test_a_first_change_may_differ_by_more_than_a_gradient() -> None:
    flipped = an_evidence(gradients=(GradientSketch("kernel", 1.0, (0.55, -0.5)),), by_change=True)
    assert validity.unequal_work(flipped, an_evidence(by_change=True), "float32") == ()
    (reason,) = validity.unequal_work(replace(flipped, by_change=False), an_evidence(), "float32")
    assert "gradient of kernel" in reason


def test_a_loss_that_is_not_finite_is_loud() -> None:
    assert "NaN" in validity.unproven_mode(a_measurement(last_loss=None))[0]


def test_every_mode_has_something_to_prove() -> None:
    assert set(EXECUTIONS) == {mode.name for mode in MODES}
