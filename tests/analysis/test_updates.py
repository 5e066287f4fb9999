"""Whether the updates of a case were its baseline's, as they were taken: judged from records alone."""

from dataclasses import replace
from typing import Any

import pytest
from builders import (
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

from bench.analysis.gradients import FLOORS
from bench.analysis.reached import apart_after
from bench.analysis.updates import (
    ALONG,
    MOMENT,
    OFF,
    ROUGHLY,
    changed_while_timed,
    inexact,
    missed_the_look,
    other_late_update,
    other_updates,
    repeated_few,
    repeats_exactly,
    wrong_settings,
    wrong_updates,
)
from bench.records.proof import GradientSketch, Reached
from bench.records.run import Failure, Measurement

FLOOR = FLOORS["float32", "cpu"]
BASELINE = a_full_measurement()
PLAIN = BASELINE.evidence  # without any measured noise
NOISE = replace(PLAIN, gradients=(GradientSketch("kernel", 1.0, (0.5, -0.5), noise=1e-6),))


def own(device: str = "cpu", deterministic: bool = False, **changes: Any) -> Measurement:
    case = replace(a_case("function", model="mine:make"), device=device, deterministic=deterministic)
    return a_full_measurement(case, **changes)


def test_a_sound_case_has_no_reason_in_any_check() -> None:
    m = a_full_measurement(a_case("function"))
    assert changed_while_timed(m) == []
    assert other_updates(m, BASELINE, PLAIN) == []
    assert other_late_update(m, BASELINE, PLAIN, FLOOR, 1e-5) == []
    assert wrong_settings(m.evidence, PLAIN) == []
    assert inexact([m]) == repeated_few([m]) == []


def test_an_older_file_that_holds_none_of_it_is_judged_as_before() -> None:
    old, new = a_measurement(a_case("function")), a_full_measurement(a_case("function"))
    for m, baseline in ((old, old), (old, BASELINE), (new, a_measurement())):
        assert changed_while_timed(m) == []
        assert other_updates(m, baseline, baseline.evidence) == []
        assert other_late_update(m, baseline, baseline.evidence, FLOOR, 1e-5) == []
        assert wrong_settings(m.evidence, baseline.evidence) == []
        assert apart_after(10, m, baseline, None) is None


# Settings


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ((("beta_1", 0.9), ("learning_rate", 1.01e-3)), "learning_rate is 0.00101 where the baseline's is 0.001"),
        ((("beta_1", 0.9),), "learning_rate is off where the baseline's is 0.001"),
        (
            (("beta_1", 0.9), ("learning_rate", 1e-3), ("weight_decay", 5e-4)),
            "weight_decay is 0.0005 where the baseline's is off",
        ),
    ],
)
def test_another_setting_of_the_optimizer_is_named_with_both_values(settings: Any, reason: str) -> None:
    assert wrong_settings(an_evidence(hyperparameters=settings), PLAIN) == [f"its optimizer's {reason}"]


def test_a_setting_kept_as_float32_is_the_same_setting() -> None:
    rounded = (("beta_1", 0.8999999761581421), ("learning_rate", 0.0010000000474974513))
    assert wrong_settings(an_evidence(hyperparameters=rounded), PLAIN) == []


def test_an_optimizer_without_settings_is_compared_and_an_unknown_one_is_not() -> None:
    assert len(wrong_settings(an_evidence(hyperparameters=()), PLAIN)) == 2
    assert wrong_settings(an_evidence(hyperparameters=None), PLAIN) == []


# Updates in float64


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"off": OFF * 1.1}, "its update 2 of kernel is not Adam's: 2.2e+01 rounding units off (tolerance 20)"),
        ({"off": None}, "its update 2 of kernel is not Adam's: infinitely many rounding units off"),
        ({"along": ALONG * 1.1}, "its update 2 moves a weight along itself, as weight decay does: 5.5e+01"),
        ({"along": None}, "its update 2 moves a weight along itself"),
        ({"moment": MOMENT * 1.1}, "its update 2 has another second moment than Adam's, by 1.1e-04 (tolerance 1e-04)"),
        ({"moment": None}, "its update 2 has another second moment"),
    ],
)
def test_an_update_that_is_not_adams_is_named_with_what_is_off(changes: dict[str, Any], reason: str) -> None:
    (found,) = wrong_updates([an_update(1), an_update(2, **changes)])
    assert found.startswith(reason)


def test_updates_at_their_tolerance_pass_and_of_a_wrong_one_its_direction_is_not_told_twice() -> None:
    assert wrong_updates([an_update(1, off=OFF, along=ALONG, moment=MOMENT)]) == []
    assert len(wrong_updates([an_update(1, off=1e4, along=1e4)])) == 1


def test_a_persons_own_adam_may_be_another_one_but_a_built_in_model_has_ours() -> None:
    wrong = an_update(14, off=1e4)
    built_in = a_full_measurement(late=a_late(updated=wrong))
    assert "its update 14" in changed_while_timed(built_in)[0]
    assert changed_while_timed(own(late=a_late(updated=wrong))) == []
    first = replace(built_in, proof=BASELINE.proof, evidence=replace(PLAIN, updated=(an_update(1, off=1e4),)))
    assert "its update 1" in changed_while_timed(first)[0]


def test_a_late_update_of_an_own_model_is_held_to_adam_where_the_baselines_is_adams() -> None:
    wrong, right = own(late=a_late(updated=an_update(14, moment=1.0))), own()
    assert "its update 14 has another second moment" in other_updates(wrong, right, PLAIN)[0]
    assert other_updates(wrong, wrong, PLAIN) == []


# Replay


@pytest.mark.parametrize(
    ("replay", "reason"),
    [
        (
            a_replay(first=a_repeated(loss=1e-7)),
            "its first 5 updates came out otherwise after the last slice: the loss by 1.0e-07, the weights' change by",
        ),
        (a_replay(first=a_repeated(1, whole=0.5, most=2.0, variable="bias")), "its first update came out otherwise"),
        (a_replay(first=a_repeated(1, whole=0.5, most=2.0, variable="bias")), "by 5.0e-01, most in bias"),
        (a_replay(first=a_repeated(most=1e-9)), "came out otherwise"),
        (a_replay(slice=a_repeated(20, whole=1e-9)), "20 steps in one call are not 20 single steps"),
        (a_replay(retraces=2), "it retraced 2 times when its first updates were repeated"),
    ],
)
def test_on_a_cpu_any_bit_that_comes_out_otherwise_is_a_reason(replay: Any, reason: str) -> None:
    (found,) = changed_while_timed(a_full_measurement(replay=replay))
    assert reason in found


def test_a_replay_without_a_slice_of_its_own_is_judged_by_its_first_updates() -> None:
    assert changed_while_timed(a_full_measurement(replay=a_replay(slice=None))) == []


@pytest.mark.parametrize(
    ("device", "deterministic", "own_model", "exactly"),
    [
        ("cpu", False, False, True),
        ("gpu", False, False, False),
        ("gpu:1", True, False, True),
        ("cpu", False, True, False),
        ("cpu", True, True, True),
    ],
)
def test_bits_repeat_on_a_cpu_and_wherever_it_is_asked_for(
    device: str, deterministic: bool, own_model: bool, exactly: bool
) -> None:
    case = replace(a_case(model="mine:make" if own_model else "mlp"), device=device, deterministic=deterministic)
    assert repeats_exactly(a_full_measurement(case)) is exactly
    nearly = a_full_measurement(case, replay=a_replay(first=a_repeated(whole=1e-6, most=1e-5)))
    assert bool(changed_while_timed(nearly)) is exactly
    assert bool(inexact([nearly])) is not exactly


def test_bits_that_differ_from_one_replay_to_the_next_are_no_reason_on_a_cpu_but_a_warning() -> None:
    chance = a_replay(first=a_repeated(whole=1e-6, most=1e-5), by_chance=True)
    m = a_full_measurement(a_case(), replay=chance)
    assert changed_while_timed(m) == []
    assert "differ by 1.0e-06" in inexact([m])[0]
    deterministic = a_full_measurement(replace(a_case(), deterministic=True), replay=chance)
    assert len(changed_while_timed(deterministic)) == 1


@pytest.mark.parametrize("field", ["loss", "whole", "most"])
def test_where_sums_are_left_to_chance_much_more_than_that_is_a_reason_all_the_same(field: str) -> None:
    most = getattr(ROUGHLY, field)
    for share, count in ((0.9, 0), (1.1, 1)):
        m = own("gpu", replay=a_replay(first=a_repeated(**{field: share * most})))
        assert len(changed_while_timed(m)) == count


def test_the_warning_of_inexact_repeats_gives_the_largest_and_not_what_is_a_reason_already() -> None:
    some = [own(replay=a_replay(first=a_repeated(whole=each))) for each in (1e-6, 3e-5, 1.0)]
    (text,) = inexact(some)
    assert "differ by 3.0e-05" in text
    assert inexact(some[2:]) == []


def test_variables_without_a_number_are_named_at_most_three() -> None:
    (found,) = changed_while_timed(a_full_measurement(not_finite=("a", "b", "c", "d")))
    assert found == "a, b, c held NaN or infinities at the end"


def test_a_slow_modes_few_losses_are_told() -> None:
    short = replace(BASELINE, evidence=an_evidence(first_losses=(2.3, 2.2)))
    (text,) = repeated_few([BASELINE, short])
    assert "only its first 2 losses" in text
    assert repeated_few([]) == []
    assert repeated_few([replace(short, proof=a_measurement().proof)]) == []  # kept reports stay as they are


def test_a_case_that_failed_where_the_weights_were_looked_at_says_that_they_were_not_compared() -> None:
    looked_at = replace(BASELINE, proof=replace(BASELINE.proof, reached=(Reached(10, 1.9, (0.01,)),)))
    later = replace(BASELINE, block=1, proof=replace(BASELINE.proof, reached=()))
    baseline = [looked_at, later]
    failure = Failure(a_case("function"), 0, "slice", "killed")
    (text,) = missed_the_look([later], [failure], baseline)
    assert "were not compared" in text
    assert "--retry-failed" in text
    assert missed_the_look([looked_at, later], [], baseline) == []
    assert missed_the_look([later], [replace(failure, block=2)], baseline) == []
    assert missed_the_look([later], [failure], [later]) == []  # nobody was looked at: a run of an older version


# While timed


def test_a_training_that_has_come_elsewhere_is_among_the_reasons() -> None:
    m = a_full_measurement(a_case("function"), reached=(a_reached(lengths=(0.011,)),))
    (found,) = other_updates(m, BASELINE, PLAIN)
    assert "its weights have come another way" in found


def test_a_weight_that_stands_still_in_slices_is_a_reason_unless_the_baselines_does_too() -> None:
    m = a_full_measurement(still=3)
    assert other_updates(m, BASELINE, PLAIN) == ["in 3 slices a weight did not move that had moved before"]
    assert other_updates(m, a_full_measurement(still=1), PLAIN) == []


def test_tracing_while_timed_is_a_reason_unless_the_baseline_traces_too() -> None:
    m = a_full_measurement(tracing_us=2775)
    assert other_updates(m, BASELINE, PLAIN) == ["it traced functions for 2.8 ms while timed, unlike the baseline"]
    assert other_updates(m, a_full_measurement(tracing_us=10), PLAIN) == []


# The late update


def test_another_late_loss_or_gradient_is_other_work() -> None:
    other_loss = a_full_measurement(late=a_late(last_loss=2.301))
    (found,) = other_late_update(other_loss, BASELINE, PLAIN, None, 1e-5)
    assert found == "the loss of a late step differs by 4.3e-04 (tolerance 1e-05)"
    scaled = a_full_measurement(late=a_late(gradients=(GradientSketch("kernel", 1.01, (0.505, -0.505)),)))
    found, _ = other_late_update(scaled, BASELINE, NOISE, FLOOR, 1e-5)
    assert found.startswith("its late gradient of kernel differs by 4.5e+03 rounding units")
    assert other_late_update(scaled, BASELINE, NOISE, None, 1e-5) == []  # no floor, no comparison of gradients


@pytest.mark.parametrize(("far_noise", "count"), [(1e-3, 0), (0.0, 1)])
def test_on_the_late_batch_other_relus_may_turn_than_on_the_first(far_noise: float, count: int) -> None:
    turned = a_full_measurement(late=a_late(gradients=(GradientSketch("kernel", 1.0, (0.52, -0.48)),)))
    noise = replace(NOISE, gradients=(replace(NOISE.gradients[0], far_noise=far_noise),))
    assert len(other_late_update(turned, BASELINE, noise, FLOOR, 1e-5)) == count


def test_late_updates_of_other_counts_are_of_other_batches_and_not_compared() -> None:
    other = a_full_measurement(late=a_late(updates=14, last_loss=5.0))
    assert other_late_update(other, BASELINE, PLAIN, FLOOR, 1e-5) == []


@pytest.mark.parametrize(("batch", "count"), [(0, 1), (3, 0), (None, 0)])
def test_late_updates_of_other_counts_are_compared_on_the_same_batch(batch: int | None, count: int) -> None:
    baseline = a_full_measurement(late=a_late(updates=16, batch=0))
    other = a_full_measurement(late=a_late(updates=24, last_loss=5.0, batch=batch))
    assert len(other_late_update(other, baseline, PLAIN, None, 1e-5)) == count


def test_a_late_loss_that_is_not_finite_differs_infinitely() -> None:
    (found, *_) = other_late_update(a_full_measurement(late=a_late(last_loss=None)), BASELINE, PLAIN, None, 1e-5)
    assert "differs by inf" in found
