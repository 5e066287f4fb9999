import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import ENVIRONMENT, a_case, a_group, a_measurement, a_plan, an_accuracy_plan, an_evidence, outcomes
from trainings import kept_trainings

from bench.analysis.analyse import analyse
from bench.machine.environment import Stolen
from bench.records.case import Case
from bench.records.run import Failure, Measurement, Outcome, Plan, Samples
from bench.records.store import Store
from bench.report import run as report
from bench.report.form.document import Figure
from bench.report.sections import proof, steady

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}


def built(folder: Path, records: list[Outcome], plan: Plan | None = None) -> report.Report:
    store = Store.create(folder, plan or a_plan())
    for outcome in records:
        store.keep(outcome)
    return report.build(store)


def test_the_headline_gives_ratio_interval_and_pay_back(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS)
    text = built(tmp_path, records).path.read_text()
    headline = text.split("## ")[1]
    assert (
        "**tf.function** runs this step 2.00x [2.00, 2.00] as fast as eager and repays its dearer start after 8 steps"
        in headline
    )
    assert "**XLA** 0.83" in headline
    assert "(slower)" in headline


def test_numbers_on_synthetic_images_are_labelled_wherever_they_stand(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS)).path.read_text()
    titles = [
        line for line in text.splitlines() if line.startswith(("## Steady", "## Start", "![")) or "On this" in line
    ]
    assert len(titles) == 6
    assert all("synthetic" in title for title in titles)
    tables = list((tmp_path / "tables").iterdir())
    assert len(tables) == 7
    assert all(set(pd.read_csv(file)["data"]) == {"look-alike"} for file in tables)


def test_real_images_are_not_called_synthetic(tmp_path: Path) -> None:
    plan = a_plan(synthetic=False, data_title="CIFAR-10")
    assert "synthetic image" not in built(tmp_path, outcomes(plan, STEPS), plan).path.read_text()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    first = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    report.build(Store.open(tmp_path))
    assert first == {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert len([file for file in first if file.suffix == ".png"]) == 3


def test_few_blocks_are_an_indication_and_the_report_says_what_it_cannot_claim(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS, blocks=2)).path.read_text()
    assert "An indication from 2 of 6 blocks" in text
    assert "cannot claim" in text


def test_the_case_that_has_too_few_blocks_is_named_with_their_number(tmp_path: Path) -> None:
    records = [o for o in outcomes(a_plan(), STEPS, blocks=7) if o.case.arm != "xla" or o.block not in (2, 5)]
    died = [Outcome(failure=Failure(a_case("xla"), block, "slice", "died of SIGSEGV")) for block in (2, 5)]
    text = built(tmp_path, records + died).path.read_text()
    assert "An indication from 5 of 6 blocks (XLA): On this machine" in text
    assert "with 5 blocks (XLA) no difference reaches" in text
    assert "Indications only, from 5 of the 6 blocks a claim needs (XLA)." in text
    assert "An indication only: 5 blocks of the 6 a claim needs (XLA), the baseline" in text


def test_a_failed_case_is_a_row_with_its_reason(tmp_path: Path) -> None:
    steps = {arm: step for arm, step in STEPS.items() if arm != "xla"}
    failed = [Outcome(failure=Failure(a_case("xla"), block, "slice", "died of SIGSEGV")) for block in range(6)]
    made = built(tmp_path, outcomes(a_plan(), steps) + failed)
    assert made.run.failed
    text = made.path.read_text()
    assert "NOT COMPARABLE | failed at stage slice: died of SIGSEGV" in text
    assert len(pd.read_csv(tmp_path / "tables" / "failures.csv")) == 6


def test_an_invalid_case_is_reported_with_no_ratio_and_not_plotted(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS)
    nan = [o for o in records if o.case.arm == "xla"]
    bad = [Outcome(measurement=a_measurement(o.case, o.block, last_loss=None)) for o in nan]
    made = built(tmp_path, [o for o in records if o not in nan] + bad)
    (row,) = [row for row in steady.table(made.run).rows if row["mode"] == "xla"]
    assert (row["verdict"], row["ratio"], row["step_s"]) == ("INVALID", None, None)
    figures = [part.alt for s in made.sections for part in s.parts if isinstance(part, Figure)]
    assert not [alt for alt in figures if "XLA" in alt]


def test_an_invalid_baseline_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS, last_loss=None)
    text = built(tmp_path, records).path.read_text()
    assert "there is no comparison" in text
    assert "FASTER |" not in text


def test_what_an_earlier_report_wrote_does_not_survive_a_rebuild(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    (tmp_path / "tables" / "failures.csv").write_text("of an earlier report")
    (tmp_path / "plots" / "old.png").write_text("of an earlier report")
    report.build(Store.open(tmp_path))
    assert not (tmp_path / "tables" / "failures.csv").exists()
    assert not (tmp_path / "plots" / "old.png").exists()


def test_only_a_gain_that_was_shown_repays_anything(tmp_path: Path) -> None:
    records = outcomes(a_plan(), {**STEPS, "graph": 0.0502})
    text = built(tmp_path, records).path.read_text()
    table = pd.read_csv(tmp_path / "tables" / "startup.csv").set_index("mode")["repaid"]
    assert table["xla"] == "never"
    assert table["graph"] == "no gain shown"
    assert re.search(r"\*\*TF1 graph\*\* 0\.99.x \[[0-9., ]+\] \(same\)", text)


def test_blocks_measured_under_other_conditions_are_a_warning(tmp_path: Path) -> None:
    alike, resumed = [], []
    for outcome in outcomes(a_plan(), STEPS):
        assert outcome.measurement
        there = replace(ENVIRONMENT, at=60.0 * outcome.block, load_before=0.1 * outcome.block)
        elsewhere = replace(there, cpu="another CPU", commit=None) if outcome.block == 5 else there
        alike.append(Outcome(measurement=replace(outcome.measurement, environment=there)))
        resumed.append(Outcome(measurement=replace(outcome.measurement, environment=elsewhere)))
    assert "these differ: cpu, commit" in built(tmp_path / "resumed", resumed).path.read_text()
    assert "these differ" not in built(tmp_path / "alike", alike).path.read_text()


def test_a_run_without_a_single_outcome_still_has_a_report(tmp_path: Path) -> None:
    text = built(tmp_path, []).path.read_text()
    assert "NOT MEASURED" in text


def test_a_run_of_one_mode_has_its_noise_floor_and_no_ratio(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager",)))
    assert "only the baseline was asked for" in built(tmp_path, outcomes(plan, STEPS), plan).path.read_text()


def test_a_a_that_misses_1_is_a_warning(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), {**STEPS, "eager-again": 0.06})).path.read_text()
    assert "does **not** contain 1" in text


def test_several_groups_have_their_own_rows_sentences_and_figures(tmp_path: Path) -> None:
    plan = a_plan((*a_group(), *(case for case in a_group_of(8))))
    made = built(tmp_path, outcomes(plan, STEPS), plan)
    assert len(steady.table(made.run).rows) == 10
    assert made.path.read_text().count("runs this step") == 2
    assert len(list((tmp_path / "plots").iterdir())) == 2 * 3 + 1  # and one over both


def a_group_of(batch_size: int) -> tuple[Case, ...]:
    return tuple(replace(case, workload=replace(case.workload, batch_size=batch_size)) for case in a_group())


def test_every_printed_throughput_times_its_step_time_is_the_batch(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    table = pd.read_csv(tmp_path / "tables" / "steady.csv")
    assert (table.step_s * table.images_per_s).tolist() == pytest.approx([64] * 5)


def test_differences_of_equal_work_are_shown(tmp_path: Path) -> None:
    def rounded(m: Measurement) -> Measurement:
        losses = (2.3000002, 2.2, 2.1, 2.0, 1.9)
        return a_measurement(m.case, m.block, evidence=an_evidence(first_losses=losses))

    records = outcomes(a_plan(), STEPS)
    records = [
        Outcome(measurement=rounded(o.measurement)) if o.case.arm == "xla" and o.measurement else o for o in records
    ]
    built(tmp_path, records)
    table = pd.read_csv(tmp_path / "tables" / "equal_work.csv").set_index("mode")
    assert table.loc["xla", "loss_difference"] == pytest.approx(0.0000002 / 2.3, rel=1e-3)


@pytest.mark.parametrize(
    ("device", "precision", "said"),
    [
        ("cpu", "float32", "first loss (tolerance 1e-05), its first gradients (2e-02 of each one's length) and its"),
        ("gpu:1", "float32", "first loss (tolerance 1e-05 in float32 on CPU, 1e-04 in float32 on GPU), its"),
        ("cpu", "mixed_bfloat16", "losses (1e-02 in float32 on CPU, 5e-02 in mixed_bfloat16 on CPU) must"),
    ],
)
def test_each_tolerance_of_a_mixed_run_is_told(device: str, precision: str, said: str) -> None:
    first = a_group()
    others = (replace(c, device=device, workload=replace(c.workload, precision=precision)) for c in first)
    cases = tuple(dict.fromkeys((*first, *others)))
    assert said in str(proof.section(analyse(a_plan(cases), [])).parts[0])


SLOW = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla_loop": 2.0}


def a_slow_run(folder: Path, blocks: tuple[int, ...]) -> report.Report:
    """A run whose XLA loop, measured in these blocks, took part in two rounds and a short loss curve."""
    plan = a_plan(a_group(("eager", "function", "xla_loop")))
    records = [o for o in outcomes(plan, SLOW) if o.case.arm != "xla_loop"]
    for o in outcomes(plan, SLOW):
        if o.measurement and o.case.arm == "xla_loop" and o.block in blocks:
            m = replace(o.measurement, evidence=an_evidence(first_losses=(2.3, 2.2)))
            steady = Samples(m.steady.seconds[:2], 1, (0, 2))
            records.append(Outcome(measurement=replace(m, steady=steady)))
    return built(folder, records, plan)


def test_blocks_that_a_far_slower_case_sat_out_are_not_missing(tmp_path: Path) -> None:
    made = a_slow_run(tmp_path, (0, 2, 4))
    text = made.path.read_text()
    assert made.run.enough
    assert "An indication" not in text
    assert "blocks that a claim needs" not in text
    assert "took part in 2 of 3 rounds, in 3 of 6 blocks, with 1 step a slice: its interval is wider" in text
    table = pd.read_csv(tmp_path / "tables" / "steady.csv").set_index("mode")
    assert (table.loc["xla_loop", "verdict"], table.loc["xla_loop", "ratio_blocks"]) == ("SLOWER", 3)


def test_blocks_that_a_far_slower_case_failed_to_take_part_in_are_missing(tmp_path: Path) -> None:
    made = a_slow_run(tmp_path, (0, 2))
    assert not made.run.enough
    assert "2 of the 6 blocks that a claim needs" in made.path.read_text()


def test_a_loss_curve_that_was_cut_short_is_said_to_be(tmp_path: Path) -> None:
    assert "fewer losses are compared: XLA loop 2." in a_slow_run(tmp_path, (0, 2, 4)).path.read_text()


def test_what_people_expect_otherwise_gets_a_sentence_of_its_own(tmp_path: Path) -> None:
    modes = ("eager", "function", "xla", "xla_loop")
    plan = a_plan(a_group(modes))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.045, "xla_loop": 2.0}
    text = built(tmp_path, outcomes(plan, steps), plan).path.read_text()
    assert "**XLA takes 1.80x [1.79, 1.81] as long as tf.function** a step" in text
    assert "**XLA loop takes 44.4x [44.3, 44.6] as long as XLA** a step" in text
    assert "**XLA loop's start of 1.10 s is never repaid**" in text
    assert "tf.function does not pay here" not in text


def test_what_the_table_calls_the_same_is_no_surprise(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.0508}
    made = built(tmp_path, outcomes(plan, steps), plan)
    (ratio,) = [r.comparison.ratio for _, r in made.run.rows() if r.comparison]
    assert ratio
    assert ratio.high
    assert ratio.high < 1
    text = made.path.read_text()
    assert "(same)" in text
    assert "Worth knowing" not in text


def test_no_surprise_is_no_section(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}
    assert "Worth knowing" not in built(tmp_path, outcomes(plan, steps), plan).path.read_text()


def test_a_retrace_in_the_loop_says_what_to_look_for(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    steps = {"eager": 0.05, "eager-again": 0.05}
    retraced = [
        Outcome(measurement=replace(m, proof=replace(m.proof, traces_while_timing=2)))
        for m in (a_measurement(plan.cases[-1], block) for block in range(6))
    ]
    text = built(tmp_path, [*outcomes(plan, steps), *retraced], plan).path.read_text()
    assert "**tf.function was traced 12 times again while it was timed**" in text


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
        assert f"**tf.function {said}**: {change}" in text
        assert ("drop_remainder=True" in text) == advice
        assert ("it is INVALID" in text) == bool(count)


def test_time_that_a_hypervisor_takes_is_warned_of(tmp_path: Path) -> None:
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}
    for name, stolen, warned in (("a", 0.13, True), ("b", 0.001, False)):
        store = Store.create(tmp_path / name, a_plan())
        for outcome in outcomes(a_plan(), steps, environment=replace(ENVIRONMENT, stolen=stolen)):
            store.keep(outcome)
        text = report.build(store).path.read_text()
        assert ("took up to 13% of this machine's CPU time" in text) == warned
        assert "CPU time stolen in a block, at most" in text


def test_a_run_that_holds_an_accuracy_reports_it(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), STEPS):
        store.keep(outcome)
    assert "Does it learn the same?" not in report.build(store).path.read_text()
    kept_trainings(tmp_path / "run" / "accuracy", an_accuracy_plan(("eager", "xla"), seeds=2))
    text = report.build(store).path.read_text()
    assert "## Does it learn the same?" in text
    assert text.index("## Does it learn") < text.index("## Conditions and warnings")


def test_stolen_time_is_a_share() -> None:
    watch = Stolen()
    sum(range(3_000_000))
    share = watch.share()
    assert share is None or 0 <= share <= 1
