"""The report of a run as a whole: the same bytes from the same files, labels, groups, very slow cases."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from builders import a_group, a_plan, an_accuracy_plan, an_evidence, outcomes
from built_reports import STEPS, built
from trainings import kept_trainings

from bench.records.case import Case
from bench.records.run import Outcome, Samples
from bench.records.store import Store
from bench.report import run as report
from bench.report.sections import steady


def test_numbers_on_synthetic_images_are_labelled_wherever_they_stand(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS)).path.read_text()
    titles = [
        line for line in text.splitlines() if line.startswith(("## Answer", "## Start", "![")) or "On this" in line
    ]
    assert len(titles) == 6
    assert all("synthetic" in title for title in titles)
    tables = list((tmp_path / "tables").iterdir())
    assert len(tables) == 7
    assert all(set(pd.read_csv(file)["data"]) == {"made-up images"} for file in tables)


def test_real_images_are_not_called_synthetic(tmp_path: Path) -> None:
    plan = a_plan(synthetic=False, data_title="CIFAR-10")
    assert "synthetic image" not in built(tmp_path, outcomes(plan, STEPS), plan).path.read_text()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    first = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    report.build(Store.open(tmp_path))
    assert first == {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert len([file for file in first if file.suffix == ".svg"]) == 3


def test_what_an_earlier_report_wrote_does_not_survive_a_rebuild(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    (tmp_path / "tables" / "failures.csv").write_text("of an earlier report")
    (tmp_path / "plots" / "old.png").write_text("of an earlier report")
    report.build(Store.open(tmp_path))
    assert not (tmp_path / "tables" / "failures.csv").exists()
    assert not (tmp_path / "plots" / "old.png").exists()


def test_a_run_without_a_single_outcome_still_has_a_report(tmp_path: Path) -> None:
    text = built(tmp_path, []).path.read_text()
    assert "NOT MEASURED" in text


def test_several_groups_have_their_own_rows_sentences_and_figures(tmp_path: Path) -> None:
    plan = a_plan((*a_group(), *(case for case in a_group_of(8))))
    made = built(tmp_path, outcomes(plan, STEPS), plan)
    assert len(steady.table(made.run).rows) == 10
    assert made.path.read_text().count("On this machine (") == 2
    assert len(list((tmp_path / "plots").iterdir())) == 2 * 3 + 2  # and two over both


def a_group_of(batch_size: int) -> tuple[Case, ...]:
    return tuple(replace(case, workload=replace(case.workload, batch_size=batch_size)) for case in a_group())


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
    assert "repetitions that a claim needs" not in text
    assert "took part in 2 of 3 rounds, in 3 of 6 repetitions, with 1 step a slice: its interval is wider" in text
    table = pd.read_csv(tmp_path / "tables" / "steady.csv").set_index("mode")
    assert (table.loc["xla_loop", "verdict"], table.loc["xla_loop", "this_run_blocks"]) == ("SLOWER", 3)


def test_blocks_that_a_far_slower_case_failed_to_take_part_in_are_missing(tmp_path: Path) -> None:
    made = a_slow_run(tmp_path, (0, 2))
    assert not made.run.enough
    assert "2 of the 6 repetitions that a claim needs" in made.path.read_text()


def test_a_loss_curve_that_was_cut_short_is_said_to_be(tmp_path: Path) -> None:
    assert "fewer losses are compared: XLA loop 2." in a_slow_run(tmp_path, (0, 2, 4)).path.read_text()


def test_a_run_that_holds_an_accuracy_reports_it(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), STEPS):
        store.keep(outcome)
    before = report.build(store).path.read_text()
    assert "Does it learn the same?" not in before
    assert "plots/seconds.svg" not in before
    kept_trainings(tmp_path / "run" / "accuracy", an_accuracy_plan(("eager", "xla"), seeds=2))
    text = report.build(store).path.read_text()
    assert "## Does it learn the same?" in text
    assert text.index("## Does it learn") < text.index("## Conditions and warnings")
    answer, rest = text.split("\n## ", 2)[1:]
    assert "plots/seconds.svg" in answer  # the one figure of speed and accuracy
    assert "plots/seconds.svg" not in rest
