from dataclasses import replace
from typing import Any

import pytest
from builders import (
    CALLS,
    EXECUTIONS,
    a_case,
    a_full_measurement,
    a_late,
    a_measurement,
    a_reached,
    a_repeated,
    a_replay,
    an_evidence,
    an_update,
)

from bench.analysis import gradients, validity
from bench.modes import MODES
from bench.records.costs import Costs, Profile
from bench.records.proof import Evidence, GradientSketch, Proof
from bench.records.run import Measurement


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
        ("custom_loop", Proof(EXECUTIONS["custom_loop_function"], 0, 13, 13), "instead of running eagerly"),
        ("custom_loop_function", Proof(EXECUTIONS["custom_loop"], 0, 13, 13), "nothing was traced"),
        ("custom_loop_function", Proof(EXECUTIONS["xla"], 0, 13, 13), "nothing was traced"),
        ("xla_cached", Proof(EXECUTIONS["xla"], 0, 13, 13), "read no program from XLA's disk cache"),
        ("keras_fit", Proof(EXECUTIONS["keras_jit"], 0, 13, 13), "compiled with XLA"),
        ("keras_jit", Proof(EXECUTIONS["keras_fit"], 0, 13, 13), "compiled nothing"),
        ("keras_eager", Proof(EXECUTIONS["keras_fit"], 0, 13, 13), "instead of running eagerly"),
        ("eager", Proof(EXECUTIONS["graph"], 0, 13, 13), "instead of running eagerly"),
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


def with_noise(*sketches: GradientSketch, **changes: Any) -> Evidence:
    """A baseline's evidence: what it measured of its own rounding is in the sketches and the moved losses."""
    moved = (2.3000001, 2.2, 2.1, 2.0, 1.9)
    return an_evidence(gradients=sketches, **{"moved_losses": moved, **changes})


KERNEL = GradientSketch("kernel", 1.0, (0.5, -0.5), noise=1e-6)
BIAS = GradientSketch("bias", 2e-8, (1e-8, -2e-8), noise=3e-8)  # before a normalisation: nothing but rounding
BASELINE = with_noise(KERNEL, BIAS)


def test_a_gradient_of_nothing_but_rounding_may_be_any_other_rounding() -> None:
    rounded = an_evidence(gradients=(KERNEL, replace(BIAS, norm=4e-8, projections=(-3e-8, 3e-8))))
    assert validity.unequal_work(rounded, BASELINE, "float32") == ()
    without_noise = an_evidence(gradients=(replace(KERNEL, noise=None), replace(BIAS, noise=None)))
    (reason,) = validity.unequal_work(rounded, without_noise, "float32")
    assert reason.startswith("its first gradient of bias differs by 2.")  # of its own norm, as in files of before


def test_one_weights_gradient_scaled_by_a_hundredth_is_other_work() -> None:
    scaled = replace(KERNEL, norm=1.01, projections=(0.505, -0.505))
    reasons = validity.unequal_work(an_evidence(gradients=(scaled, BIAS)), BASELINE, "float32")
    assert reasons[0] == "its first gradient of kernel differs by 4.5e+03 rounding units (tolerance 50)"
    assert reasons[1] == "its first gradients' length differs by 1.0e-02 (tolerance 5e-03)"
    without_noise = an_evidence(gradients=(replace(KERNEL, noise=None), replace(BIAS, noise=None)))
    assert validity.unequal_work(an_evidence(gradients=(scaled, BIAS)), without_noise, "float32") == ()


def test_gradients_may_differ_by_a_turned_relu_where_the_baseline_has_seen_one_but_never_by_a_third() -> None:
    turned, scaled = (replace(KERNEL, projections=(0.5 + by, -0.5)) for by in (4e-2, 0.5))
    sees_one = with_noise(replace(KERNEL, far_noise=1.0), BIAS)
    assert validity.unequal_work(an_evidence(gradients=(turned, BIAS)), sees_one, "float32") == ()
    for baseline, other in ((BASELINE, turned), (sees_one, scaled)):
        (reason,) = validity.unequal_work(an_evidence(gradients=(other, BIAS)), baseline, "float32")
        assert "of kernel" in reason


def test_a_first_step_that_cannot_be_repeated_measures_no_noise() -> None:
    """As with random numbers that each step draws again: its change is not rounding."""
    other_draw = replace(BASELINE, moved_losses=(2.4, 2.2, 2.1, 2.0, 1.9))
    assert gradients.floor_of(BASELINE, "float32", "cpu")
    for baseline in (other_draw, replace(BASELINE, by_change=True), an_evidence()):
        assert gradients.floor_of(baseline, "float32", "cpu") is None


def test_where_no_noise_was_measured_for_a_precision_or_device_the_rule_of_before_stands() -> None:
    assert {kind for kind in gradients.FLOORS if kind[1] != "cpu"} == set()
    assert gradients.floor_of(BASELINE, "tf32", "gpu") is None
    assert gradients.floor_of(BASELINE, "float32", "gpu:1") is None


def test_losses_may_drift_as_far_as_rounding_drives_the_baselines_own_but_fifteen_times() -> None:
    unstable = replace(BASELINE, moved_losses=(2.3000001, 2.2, 2.1, 2.0, 1.8))
    for last, count in ((1.5, 0), (0.3, 1)):
        drifting = an_evidence(gradients=(KERNEL, BIAS), first_losses=(2.3, 2.2, 2.1, 2.0, last))
        assert len(validity.unequal_work(drifting, unstable, "float32")) == count
        assert len(validity.unequal_work(drifting, BASELINE, "float32")) == 1


def test_a_first_loss_may_differ_as_far_as_rounding_drives_the_baselines_own_but_fifteen_times() -> None:
    unstable = replace(BASELINE, moved_losses=(2.3 * (1 + 9e-6), 2.2, 2.1, 2.0, 1.9))
    for difference, count in ((1.3e-4, 0), (1.5e-4, 1)):
        other = an_evidence(gradients=(KERNEL, BIAS), first_losses=(2.3 * (1 + difference), 2.2, 2.1, 2.0, 1.9))
        assert len(validity.unequal_work(other, unstable, "float32")) == count
        assert len(validity.unequal_work(other, BASELINE, "float32")) == 1


@pytest.mark.parametrize(
    ("random_layers", "advice"),
    [
        (None, "has the model random layers, such as Dropout? They draw other numbers"),
        (("Dropout", "GaussianNoise"), "its random layers (Dropout, GaussianNoise) draw other numbers"),
        ((), "the model has no random layers"),
    ],
)
def test_advice_names_random_layers_only_where_the_model_may_have_some(
    random_layers: tuple[str, ...] | None, advice: str
) -> None:
    evidence = an_evidence(random_layers=random_layers)
    assert validity.advice(evidence, an_evidence()).startswith(advice)
    assert "must give the same" in validity.advice(evidence, an_evidence(weights_digest="x"))


def test_a_loss_that_is_not_finite_is_loud() -> None:
    assert "NaN" in validity.unproven_mode(a_measurement(last_loss=None))[0]


def test_a_compilation_in_calls_like_the_timed_ones_is_loud() -> None:
    case = a_case("xla_loop")

    def compiling(programs: int | None) -> Measurement:
        profile = Profile(5, 0.2, 0.1, 1, compilations=programs)
        return replace(a_full_measurement(case), costs=Costs(1.0, 0, 0, profile=profile))

    (found,) = validity.unproven_mode(compiling(1))
    assert "XLA compiled 1 program in calls like the timed ones" in found
    assert validity.unproven_mode(compiling(0)) == validity.unproven_mode(compiling(None)) == ()


def test_every_mode_has_something_to_prove() -> None:
    assert set(EXECUTIONS) == {mode.name for mode in MODES}


@pytest.mark.parametrize("mode", sorted(EXECUTIONS))
def test_a_measurement_with_all_its_evidence_is_proven_in_each_mode(mode: str) -> None:
    m, baseline = a_full_measurement(a_case(mode)), a_full_measurement()
    assert validity.unproven_mode(m) == ()
    assert validity.unequal_work(m.evidence, baseline.evidence, "float32") == ()
    assert validity.other_training(m, baseline, None) == ()


def test_another_setting_or_update_before_the_timing_is_other_work() -> None:
    baseline = a_full_measurement().evidence
    other = replace(baseline, hyperparameters=(("beta_1", 0.9), ("learning_rate", 2e-3)))
    (found,) = validity.unequal_work(other, baseline, "float32")
    assert "learning_rate is 0.002" in found
    wrong = replace(baseline, updated=(an_update(1), an_update(2, off=1e4)))
    (found,) = validity.unequal_work(wrong, baseline, "float32")
    assert "its update 2 of kernel is not Adam's" in found
    assert validity.unequal_work(wrong, wrong, "float32") == ()  # a person's own Adam, in every mode alike


def test_a_change_while_timed_and_a_hidden_graph_leave_a_mode_unproven() -> None:
    replay = a_replay(first=a_repeated(whole=0.1))
    (found,) = validity.unproven_mode(a_full_measurement(replay=replay))
    assert "came out otherwise" in found
    (found,) = validity.unproven_mode(a_full_measurement(calls=replace(CALLS["eager"], functions=("step",))))
    assert "not all of its step is eager" in found


def test_a_later_training_is_compared_with_the_noise_of_another_block() -> None:
    """The second block's baseline measured none of its own."""
    measured = replace(KERNEL, far_noise=0.0)
    noise = an_evidence(gradients=(measured,), moved_losses=(2.3,), moved=a_reached(lengths=(0.0101,)))
    baseline = a_full_measurement(block=1)
    late = a_late(gradients=(replace(KERNEL, norm=1.01, projections=(0.505, -0.505), noise=None),))
    scaled = a_full_measurement(a_case("function"), 1, late=late)
    assert validity.other_training(scaled, baseline, None) == ()  # its own norm's tolerance is for the first gradient
    assert "late gradient of kernel" in validity.other_training(scaled, baseline, noise)[0]
    further = a_full_measurement(a_case("function"), 1, reached=(a_reached(lengths=(0.0104,)),))
    assert validity.other_training(further, baseline, noise) == ()
    assert "another way" in validity.other_training(further, baseline, None)[0]
    others = replace(noise, weights_digest="others")
    assert validity.other_training(further, baseline, others) == validity.other_training(further, baseline, None)


def test_where_one_rounding_moved_the_first_loss_by_nothing_a_further_move_says_what_is_rounding() -> None:
    """MobileNetV2 at batch 8: XLA's first loss is 1.7e-5 apart, and one draw of roundings moved eager's by 7e-7."""
    lucky = replace(BASELINE, moved_losses=(2.3 * (1 + 7e-7), 2.2, 2.1, 2.0, 1.9))
    other = replace(BASELINE, first_losses=(2.3 * (1 + 1.7e-5), 2.2, 2.1, 2.0, 1.9))
    (found,) = validity.unequal_work(other, lucky, "float32")
    assert "its first loss differs by 1.7e-05 (tolerance 1e-05)" in found
    assert validity.unequal_work(other, replace(lucky, far_loss=2.3 * (1 + 1.1e-3)), "float32") == ()
    assert len(validity.unequal_work(other, replace(lucky, far_loss=2.3 * (1 + 1e-5)), "float32")) == 1


@pytest.mark.parametrize(("precision", "count"), [("float32", 1), ("mixed_bfloat16", 0)])
def test_a_late_loss_may_differ_by_its_precisions_tolerance(precision: str, count: int) -> None:
    m = a_full_measurement(a_case("function", precision=precision), late=a_late(last_loss=2.301))
    baseline = a_full_measurement(a_case(precision=precision))
    assert len(validity.other_training(m, baseline, None)) == count


def test_a_late_loss_may_differ_in_proportion_to_how_far_rounding_drives_the_first() -> None:
    most = 9e-6 * gradients.FLOORS["float32", "cpu"].losses
    noise = an_evidence(gradients=(replace(KERNEL, far_noise=0.0),), moved_losses=(2.3 * (1 + 9e-6),))
    for apart, count in ((0.95 * most, 0), (1.05 * most, 1)):
        m = a_full_measurement(a_case("function"), late=a_late(last_loss=2.3 * (1 + apart)))
        assert len(validity.other_training(m, a_full_measurement(), noise)) == count


def test_records_of_an_older_version_have_trained_no_other_way() -> None:
    assert validity.other_training(a_measurement(a_case("function")), a_measurement(), None) == ()
