"""Runs side by side: what changed, what differs around them, what the gates decide."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from builders import ENVIRONMENT, a_case, a_group, a_plan, an_evidence, outcomes
from typer.testing import CliRunner

from bench.analysis.analyse import analyse
from bench.analysis.compare import Difference, NamedRun, changes, differences
from bench.analysis.gates import parse
from bench.analysis.stats.between_runs import BeforeAfter, alternate, contrast
from bench.analysis.stats.ratios import Verdict
from bench.commands.app import app
from bench.errors import BenchError
from bench.records.environment import Environment
from bench.records.run import NOT_APPLICABLE, Failure, Outcome, Plan
from bench.records.store import Store
from bench.report.history import table

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.048}
PLAN = a_plan(a_group(("eager", "function", "xla")))


def a_run(
    folder: Path,
    steps: dict[str, float] = STEPS,
    blocks: int = 6,
    environment: Environment = ENVIRONMENT,
    first_s: float | None = None,
    plan: Plan = PLAN,
    failures: Sequence[Failure] = (),
    **changes: object,
) -> Path:
    """A run; with `first_s`, its blocks began then and every minute after. What failed has no measurement."""
    store, failed = Store.create(folder, plan), {(failure.case, failure.block) for failure in failures}
    for failure in failures:
        store.keep(Outcome(failure=failure))
    for outcome in outcomes(plan, steps, blocks):
        if (outcome.case, outcome.block) in failed:
            continue
        assert outcome.measurement
        at = None if first_s is None else first_s + 60 * outcome.block
        there = replace(environment, at=at)
        store.keep(replace(outcome, measurement=replace(outcome.measurement, environment=there, **changes)))  # type: ignore[arg-type]
    return folder


def named(folder: Path) -> NamedRun:
    store = Store.open(folder)
    return NamedRun(folder.name, analyse(store.plan, store.outcomes()))


def compared(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["compare", *map(str, words)])
    if isinstance(done.exception, BenchError):
        raise done.exception
    return done.exit_code, done.output


def test_welchs_interval_holds_the_true_ratio_and_agrees_with_a_worked_example() -> None:
    random.seed(1)
    before = [random.gauss(0, 0.02) for _ in range(6)]
    after = [random.gauss(0.05, 0.04) for _ in range(8)]
    ratio, p = contrast(BeforeAfter(before, after, interleaved=False))
    from scipy import stats

    known = stats.ttest_ind(after, before, equal_var=False)
    low, high = known.confidence_interval(0.95)
    assert p == pytest.approx(known.pvalue)
    assert (ratio.low, ratio.high) == pytest.approx((math.exp(low), math.exp(high)))
    assert contrast(BeforeAfter([0.0], [1.0], interleaved=False))[1] is None


def test_runs_that_took_turns_are_compared_block_by_block_so_a_common_drift_cancels() -> None:
    before = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    after = [value + change for value, change in zip(before, (0.05, 0.06, 0.04, 0.05, 0.06, 0.04), strict=True)]
    paired, p = contrast(BeforeAfter(before, after, interleaved=True))
    from scipy import stats

    known = stats.ttest_rel(after, before)
    assert p == pytest.approx(known.pvalue)
    assert (paired.low, paired.high) == pytest.approx(tuple(math.exp(end) for end in known.confidence_interval(0.95)))
    apart, _ = contrast(BeforeAfter(before, after, interleaved=False))
    assert apart.high is not None
    assert paired.high is not None
    assert apart.high > 1.2 > paired.high


def test_what_a_machine_does_from_run_to_run_widens_the_interval_of_runs_that_did_not_take_turns() -> None:
    exact = ([0.0] * 6, [0.0] * 6)
    still, _ = contrast(BeforeAfter(*exact, interleaved=False))
    restless, _ = contrast(BeforeAfter(*exact, interleaved=False, between=0.01))
    assert (still.low, still.high) == (1.0, 1.0)
    assert restless.high == pytest.approx(math.exp(1.959964 * math.sqrt(2) * 0.01))  # normal quantile, 97.5 %


@pytest.mark.parametrize(
    ("before", "after", "took_turns"),
    [
        ([0.0, 60.0, 120.0], [30.0, 90.0, 150.0], True),
        ([0.0, 90.0, 120.0], [30.0, 60.0, 150.0], True),  # the order within a pair does not matter
        ([0.0, 60.0, 120.0], [200.0, 260.0, 320.0], False),
        ([0.0, 60.0, 120.0], [30.0, 90.0], False),
        ([0.0, None, 120.0], [30.0, 90.0, 150.0], False),
        ([0.0], [30.0], False),
    ],
)
def test_runs_took_turns_where_each_pair_of_blocks_came_before_the_next(
    before: list[float | None], after: list[float | None], took_turns: bool
) -> None:
    assert alternate(before, after) is took_turns


def test_a_mode_that_became_slower_is_found_against_its_own_baseline(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a", first_s=0.0))
    slower = named(a_run(tmp_path / "b", {**STEPS, "function": 0.025 * 1.05}, first_s=30.0))
    found = {change.case.mode: change for change in changes([first, slower])}
    assert found["eager"].gain is None
    assert found["function"].gain
    assert found["function"].gain.verdict is Verdict.SLOWER
    assert found["function"].gain.ratio
    assert found["function"].gain.ratio.centre == pytest.approx(1 / 1.05, rel=0.005)
    assert found["xla"].gain
    assert found["xla"].gain.verdict is Verdict.SAME


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
    found = changes([first, without, other_weights])
    assert len(found) == 2 * 3
    reasons = {(change.run, change.case.mode): change.step.reason for change in found}
    assert reasons["b", "xla"] == "not measured in b"
    assert reasons["c", "xla"] == "the runs started from other weights"
    assert {change.step.verdict for change in found if change.run == "c"} == {Verdict.NOT_COMPARABLE}


def test_gains_against_other_baselines_are_not_compared(tmp_path: Path) -> None:
    first = named(a_run(tmp_path / "a", first_s=0.0))
    steps = {"function": 0.025, "function-again": 0.025, "xla": 0.048}
    other = named(a_run(tmp_path / "b", steps, first_s=30.0, plan=a_plan(a_group(("function", "xla")))))
    for runs in ([first, other], [other, first]):
        found = {change.case.mode: change for change in changes(runs)}
        for mode in ("function", "xla"):
            assert found[mode].step.verdict is Verdict.SAME
            gain = found[mode].gain
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
    found = {change.case.mode: change for change in changes([first, other])}
    assert found["xla"].step.ratio
    assert "failed in 2 blocks of b" in found["xla"].step.warnings
    assert not any("failed" in text for text in found["function"].step.warnings)


def test_what_no_run_can_hold_is_told_and_stops_no_gate_but_its_own(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "graph", "function", "xla")))
    failures = [Failure(a_case("graph"), 0, NOT_APPLICABLE, "it holds no such model")]
    a, b = (a_run(tmp_path / name, plan=plan, failures=failures, first_s=at) for name, at in (("a", 0.0), ("b", 30.0)))
    code, out = compared(a, b, "--fail-on", "slower 5%", "--out", tmp_path / "1")
    assert code == 0
    assert "it holds no such model" in " ".join(out.split())
    assert compared(a, b, "--fail-on", "graph slower 5%", "--out", tmp_path / "2")[0] == 3


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
        "blocks": ("6", "5"),
        "tensorflow": ("2.21.0", "2.99.0"),
        "flags": ("none", "TF_XLA_FLAGS=x"),
    }


def test_the_gates_decide_the_exit_code(tmp_path: Path) -> None:
    a, b = a_run(tmp_path / "a", first_s=0.0), a_run(tmp_path / "b", first_s=20.0)
    slower = a_run(tmp_path / "slower", {**STEPS, "function": 0.025 * 1.05}, first_s=40.0)
    few = a_run(tmp_path / "few", blocks=1)
    gate = ("--fail-on", "slower 2%", "--out")
    assert compared(a, b, *gate, tmp_path / "1")[0] == 0
    code, out = compared(a, slower, *gate, tmp_path / "2")
    assert (code, "FAILED" in out) == (1, True)
    assert compared(a, few, *gate, tmp_path / "3")[0] == 3
    assert compared(a, b, "--fail-on", "function/eager < 1.5", "--out", tmp_path / "4")[0] == 0
    assert compared(a, b, "--fail-on", "function/eager < 2.5", "--out", tmp_path / "5")[0] == 1
    assert compared(a, slower, "--fail-on", "xla slower 2%", "--out", tmp_path / "6")[0] == 0


def test_a_gate_on_two_modes_is_undecided_of_a_run_that_lacks_one(tmp_path: Path) -> None:
    a, c = a_run(tmp_path / "a"), a_run(tmp_path / "c")
    lacking = a_run(tmp_path / "lacking", plan=a_plan(a_group(("eager", "xla"))))
    code, out = compared(a, lacking, c, "--fail-on", "function/eager < 1.5", "--out", tmp_path / "1")
    assert (code, "it does not hold both modes" in " ".join(out.split())) == (3, True)
    assert compared(a, c, "--fail-on", "function/eager < 1.5", "--out", tmp_path / "2")[0] == 0


def test_a_comparison_overwrites_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    a, b = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    for _ in range(2):
        assert compared(a, b, "--out", tmp_path / "out")[0] == 0
    (tmp_path / "mine" / "tables").mkdir(parents=True)
    (tmp_path / "mine" / "tables" / "mine.csv").touch()
    for taken in (tmp_path / "mine", b):
        with pytest.raises(BenchError, match=r"holds (other files|another run); give another --out"):
            compared(a, b, "--out", taken)
    assert (tmp_path / "mine" / "tables" / "mine.csv").exists()


def test_the_images_that_the_numbers_were_made_on_are_always_named(tmp_path: Path) -> None:
    _, out = compared(a_run(tmp_path / "a"), a_run(tmp_path / "b"), "--out", tmp_path / "out")
    assert "Data: look-alike." in out
    assert "Data: look-alike." in (tmp_path / "out" / "report.md").read_text()
    assert {row["data"] for row in table([tmp_path / "a"]).rows} == {"synthetic"}


def test_runs_that_did_not_take_turns_say_so_and_decide_no_small_change(tmp_path: Path) -> None:
    a, slower = a_run(tmp_path / "a"), a_run(tmp_path / "slower", {**STEPS, "function": 0.025 * 1.05})
    code, out = compared(a, slower, "--fail-on", "slower 2%", "--out", tmp_path / "1")
    assert (code, "made one after the other" in out) == (3, True)
    assert compared(a, slower, "--fail-on", "slower 10%", "--out", tmp_path / "2")[0] == 0
    much = a_run(tmp_path / "much", {**STEPS, "function": 0.025 * 1.2})
    assert compared(a, much, "--fail-on", "slower 10%", "--out", tmp_path / "3")[0] == 1


def test_a_regression_of_the_baseline_itself_is_seen_by_a_gate_on_steps(tmp_path: Path) -> None:
    a = a_run(tmp_path / "a", first_s=0.0)
    slower = a_run(tmp_path / "slower", {**STEPS, "eager": 0.05 * 1.05, "eager-again": 0.05 * 1.05}, first_s=30.0)
    assert compared(a, slower, "--fail-on", "slower 2%", "--out", tmp_path / "1")[0] == 0
    assert compared(a, slower, "--fail-on", "step slower 2%", "--out", tmp_path / "2")[0] == 1
    assert compared(a, slower, "--fail-on", "eager step slower 2%", "--out", tmp_path / "3")[0] == 1
    assert compared(a, slower, "--fail-on", "function step slower 2%", "--out", tmp_path / "4")[0] == 0


def test_a_case_slowed_on_purpose_is_held_against_the_one_that_was_not(tmp_path: Path) -> None:
    clean = a_run(tmp_path / "a")
    slowed = tuple(replace(case, slowdown=0.05 * (case.mode == "function")) for case in PLAN.cases)
    store = Store.create(tmp_path / "b", replace(PLAN, cases=slowed))
    steps = {**STEPS, "function-slowed5": 0.025 * 1.05}
    for outcome in outcomes(store.plan, steps):
        store.keep(outcome)
    runs = [named(clean), named(tmp_path / "b")]
    found = {change.case.mode: change for change in changes(runs)}
    assert found["function"].step.ratio
    assert found["function"].step.ratio.centre == pytest.approx(1 / 1.05, rel=0.005)
    assert Difference("slowed on purpose", ("none", "tf.function, slowed by 5%")) in differences(runs)


def test_a_comparison_leaves_markdown_tables_a_picture_and_json(tmp_path: Path) -> None:
    compared(a_run(tmp_path / "a"), a_run(tmp_path / "b"), "--fail-on", "slower 5%", "--out", tmp_path / "out")
    held = {str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert held >= {"report.md", "comparison.json", "tables/changes.csv", "tables/gates.csv", "plots/changes.png"}
    record = msgspec.json.decode((tmp_path / "out" / "comparison.json").read_bytes())
    assert record["runs"] == ["a", "b"]
    assert [change["case"]["mode"] for change in record["changes"]] == ["eager", "function", "xla"]


@pytest.mark.parametrize(
    "text",
    ["faster 5%", "function/eager > 1", "slower", "nonsense slower 5%", "step step slower 5%", "function/nonsense < 1"],
)
def test_a_gate_that_makes_no_sense_is_one_clear_line(text: str) -> None:
    with pytest.raises(BenchError, match=r"no gate; known forms|unknown mode 'nonsense'"):
        parse(text)


def test_a_gate_that_speaks_of_nothing_does_not_pass_unseen(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="speaks of no case"):
        compared(a_run(tmp_path / "a"), a_run(tmp_path / "b"), "--fail-on", "graph/eager < 1", "--out", tmp_path / "o")


def test_one_run_or_the_same_twice_is_refused(tmp_path: Path) -> None:
    run = a_run(tmp_path / "a")
    with pytest.raises(BenchError, match="one run cannot be compared"):
        compared(run)
    with pytest.raises(BenchError, match="given twice"):
        compared(run, run)


def test_the_history_shows_every_case_of_every_run(tmp_path: Path) -> None:
    rows = table([a_run(tmp_path / "a"), a_run(tmp_path / "b", blocks=1)]).rows
    assert [(row["run"], row["mode"], row["blocks"]) for row in rows] == [
        (run, mode, blocks) for run, blocks in (("a", 6), ("b", 1)) for mode in ("eager", "function", "xla")
    ]


def test_the_history_of_a_folder_holds_the_runs_of_a_matrix_too(tmp_path: Path) -> None:
    a_run(tmp_path / "results" / "alone")
    a_run(tmp_path / "results" / "matrix" / "tf220")
    (tmp_path / "results" / "matrix" / "compare").mkdir()
    done = CliRunner().invoke(app, ["history", str(tmp_path / "results")])
    assert done.exit_code == 0
    assert [done.stdout.count(name) for name in ("alone", "tf220")] == [3, 3]


def test_a_deterministic_run_is_held_against_one_that_is_not_and_the_page_says_so(tmp_path: Path) -> None:
    before = a_run(tmp_path / "before")
    cases = tuple(replace(case, deterministic=True) for case in PLAN.cases)
    after = Store.create(tmp_path / "after", replace(PLAN, cases=cases))
    for outcome in outcomes(after.plan, {arm: 1.25 * step for arm, step in STEPS.items()}):
        after.keep(outcome)
    runs = [named(before), named(after.folder)]
    assert {change.step.verdict for change in changes(runs)} == {Verdict.SLOWER}
    assert Difference("deterministic ops", ("as TensorFlow chooses", "only")) in differences(runs)
