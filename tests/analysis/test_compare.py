"""Runs compared with the first: what changed, what cannot be compared, which conditions differ."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT, a_case, a_group, a_plan, an_evidence, outcomes
from kept_runs import PLAN, STEPS, a_run, named

from bench.analysis.analyse import analyse
from bench.analysis.comparable import NamedRun
from bench.analysis.compare import Difference, changes, differences
from bench.analysis.stats.ratios import Verdict
from bench.records.proof import Evidence, GradientSketch
from bench.records.run import Failure, Outcome
from bench.records.store import Store


def test_a_mode_that_became_slower_is_found_against_its_own_baseline(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a", first_s=0.0))
    slower = named(a_run(tmp_path / "b", {**STEPS, "function": 0.025 * 1.05}, first_s=30.0))
    by_mode = {change.case.mode: change for change in changes([first, slower])}
    assert by_mode["eager"].gain is None
    assert by_mode["function"].gain
    assert by_mode["function"].gain.verdict is Verdict.SLOWER
    assert by_mode["function"].gain.ratio
    assert by_mode["function"].gain.ratio.centre == pytest.approx(1 / 1.05, rel=0.005)
    assert by_mode["xla"].gain
    assert by_mode["xla"].gain.verdict is Verdict.SAME


def test_a_machine_that_is_slower_in_all_changes_the_steps_and_not_the_gains(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a", first_s=0.0))
    other = named(a_run(tmp_path / "b", {arm: 2 * step_s for arm, step_s in STEPS.items()}, first_s=30.0))
    for change in changes([first, other]):
        assert change.step.verdict is Verdict.SLOWER
        assert change.gain is None or change.gain.verdict is Verdict.SAME


def test_what_cannot_be_compared_says_why_and_nothing_is_skipped(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a"))
    without = named(a_run(tmp_path / "b", {arm: s for arm, s in STEPS.items() if arm != "xla"}))
    other_weights = named(a_run(tmp_path / "c", evidence=an_evidence(weights_digest="x")))
    by_mode = changes([first, without, other_weights])
    assert len(by_mode) == 2 * 3
    reasons = {(change.run, change.case.mode): change.step.reason for change in by_mode}
    assert reasons["b", "xla"] == "not measured in b"
    assert reasons["c", "xla"] == "the runs started from other weights"
    assert {change.step.verdict for change in by_mode if change.run == "c"} == {Verdict.NOT_COMPARABLE}


def test_runs_are_compared_in_the_rounding_units_that_the_baseline_before_measured() -> None:
    """Another version's gradient of nothing but rounding is other rounding. Only the baseline has the noise."""
    kernel, noisy = GradientSketch("kernel", 1.0, (0.5, -0.5), 1e-6), GradientSketch("bias", 1e-8, (1e-8, 0.0), 3e-8)
    plain = an_evidence(gradients=(replace(kernel, noise=None), replace(noisy, noise=None)))
    rounded = replace(plain, gradients=(plain.gradients[0], replace(noisy, projections=(0.0, 2e-8), noise=None)))
    with_noise = replace(plain, gradients=(kernel, noisy), moved_losses=(2.3,))

    def run(name: str, baseline: Evidence, other: Evidence) -> NamedRun:
        records = [o.measurement for o in outcomes(PLAN, STEPS) if o.measurement]
        by_mode = {"eager": baseline, "function": other, "xla": other}
        kept = [Outcome(measurement=replace(m, evidence=by_mode[m.case.mode])) for m in records]
        return NamedRun(name, analyse(PLAN, kept))

    for baseline, comparable in ((with_noise, True), (plain, False)):
        verdicts = {change.step.verdict for change in changes([run("a", baseline, plain), run("b", rounded, rounded)])}
        assert (verdicts != {Verdict.NOT_COMPARABLE}) is comparable
        assert (Verdict.NOT_COMPARABLE not in verdicts) is comparable


def test_gains_against_other_baselines_are_not_compared(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a", first_s=0.0))
    steps = {"function": 0.025, "function-again": 0.025, "xla": 0.048}
    other = named(a_run(tmp_path / "b", steps, first_s=30.0, plan=a_plan(a_group(("function", "xla")))))
    for runs in ([first, other], [other, first]):
        by_mode = {change.case.mode: change for change in changes(runs)}
        for mode in ("function", "xla"):
            assert by_mode[mode].step.verdict is Verdict.SAME
            gain = by_mode[mode].gain
            assert gain
            assert gain.verdict is Verdict.NOT_COMPARABLE
            assert gain.reason.startswith("the runs' baselines differ: ")


def test_other_losses_from_the_same_weights_and_batches_are_other_work(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a"))
    other = named(a_run(tmp_path / "b", evidence=an_evidence(first_losses=(2.4, 2.2, 2.1, 2.0, 1.9))))
    for change in changes([first, other]):
        assert change.step.verdict is Verdict.NOT_COMPARABLE
        assert change.step.reason.startswith("other work than in a: its first loss differs by 4.3e-02")


def test_a_mode_that_failed_in_some_blocks_is_compared_and_it_is_said(tmp_path: Path) -> None:
    failures = [Failure(a_case("xla"), block, "slice", "it died") for block in (1, 4)]
    first, other = named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", failures=failures))
    by_mode = {change.case.mode: change for change in changes([first, other])}
    assert by_mode["xla"].step.ratio
    assert "failed in 2 repetitions of b" in by_mode["xla"].step.warnings
    assert not any("failed" in text for text in by_mode["function"].step.warnings)


def test_a_run_that_holds_a_case_both_slowed_and_not_loses_neither(tmp_path: Path) -> None:
    slowed = replace(a_case("function"), slowdown=0.05)
    plan, steps = a_plan((*PLAN.cases, slowed)), {**STEPS, "function-slowed5": 0.025 * 1.05}
    runs = [named(a_run(tmp_path / name, steps, plan=plan)) for name in ("a", "b")]
    assert [change.case.arm for change in changes(runs)] == ["eager", "function", "xla", "function-slowed5"]
    assert all(change.step.ratio for change in changes(runs))


def test_what_differs_around_the_runs_is_named(tmp_path: Path) -> None:
    newer = replace(ENVIRONMENT, tensorflow="2.99.0", flags=(("TF_XLA_FLAGS", "x"),))
    rows = differences([named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", environment=newer, blocks=5))])
    assert {row.what: row.values for row in rows} == {
        "repetitions": ("6", "5"),
        "tensorflow": ("2.21.0", "2.99.0"),
        "flags": ("none", "TF_XLA_FLAGS=x"),
    }


def test_a_case_slowed_on_purpose_is_held_against_the_one_that_was_not(tmp_path: Path) -> None:
    clean = a_run(tmp_path / "a")
    slowed = tuple(replace(case, slowdown=0.05 * (case.mode == "function")) for case in PLAN.cases)
    store = Store.create(tmp_path / "b", replace(PLAN, cases=slowed))
    steps = {**STEPS, "function-slowed5": 0.025 * 1.05}
    for outcome in outcomes(store.plan, steps):
        store.keep(outcome)
    runs = [named(clean), named(tmp_path / "b")]
    by_mode = {change.case.mode: change for change in changes(runs)}
    assert by_mode["function"].step.ratio
    assert by_mode["function"].step.ratio.centre == pytest.approx(1 / 1.05, rel=0.005)
    assert Difference("injected slowdown", ("none", "tf.function, slowed by 5%")) in differences(runs)


def test_a_deterministic_run_is_held_against_one_that_is_not_and_the_page_says_so(tmp_path: Path) -> None:
    before = a_run(tmp_path / "before")
    cases = tuple(replace(case, deterministic=True) for case in PLAN.cases)
    after = Store.create(tmp_path / "after", replace(PLAN, cases=cases))
    for outcome in outcomes(after.plan, {arm: 1.25 * step for arm, step in STEPS.items()}):
        after.keep(outcome)
    runs = [named(before), named(after.folder)]
    assert {change.step.verdict for change in changes(runs)} == {Verdict.SLOWER}
    assert Difference("deterministic ops", ("as TensorFlow chooses", "only")) in differences(runs)
