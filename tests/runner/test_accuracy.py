"""Trainings over modes and seeds: interleaving, what breaks, what resumes, what the report may say."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_training, an_accuracy_plan
from places import SUPPORT

from bench.analysis import learning
from bench.errors import BenchError
from bench.records.files import write
from bench.records.folders import create_accuracy
from bench.records.training import AccuracyPlan
from bench.report import accuracy as report
from bench.report.sections import learning as section
from bench.report.sections import learning_tables
from bench.runner import accuracy, train
from cifar_core import cifar10

KINDS = (".md", ".csv", ".png")
FAKE = (sys.executable, str(SUPPORT / "fake_train_worker.py"))


class Watched:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.seeds = 0

    def start(self, blocks: int) -> None:
        pass

    def notice(self, text: str, share: float) -> None:
        assert 0 <= share <= 1
        self.notices.append(text)

    def block_done(self) -> None:
        self.seeds += 1


def trained(folder: Path, *faults: str, plan: AccuracyPlan | None = None) -> learning.Learning:
    if not folder.exists():
        create_accuracy(folder, plan or an_accuracy_plan())
    accuracy.execute(folder, cifar10.SYNTHETIC, Watched(), (*FAKE, *faults))
    return learning.read_learning(folder)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> learning.Learning:
    return trained(tmp_path_factory.mktemp("accuracy") / "sound")


def test_modes_are_interleaved_in_an_order_drawn_anew(tmp_path: Path) -> None:
    watched = Watched()
    create_accuracy(tmp_path / "a", an_accuracy_plan(seeds=2))
    accuracy.execute(tmp_path / "a", cifar10.SYNTHETIC, watched, FAKE)
    advanced = [notice.split()[0] for notice in watched.notices if "step" in notice]
    rounds = [advanced[i : i + 4] for i in range(0, len(advanced), 4)]
    assert watched.seeds == 2
    assert all(sorted(round_) == ["eager", "function", "graph", "xla"] for round_ in rounds)
    assert len({tuple(round_) for round_ in rounds}) > 1


def test_equal_modes_are_the_same_and_a_shift_of_a_fifth_of_a_point_is_seen_and_is_within_a_point(
    found: learning.Learning,
) -> None:
    by_mode = {mode.mode: mode for mode in found.modes}
    assert not found.failed
    same, shifted = by_mode["graph"].difference, by_mode["function"].difference
    assert same
    assert same.mean == pytest.approx(0)
    assert shifted
    assert shifted.same
    assert shifted.differs
    assert shifted.mean == pytest.approx(0.002)
    text = section.sentences(found)[0]
    assert text.startswith(
        "eager reaches 73.16% ± 0.17 test accuracy after 300 steps (5 seeds); **TF1 graph, tf.function and XLA"
    )


def test_time_to_the_target_counts_the_first_call_or_leaves_it_out(found: learning.Learning) -> None:
    eager = found.modes[0].trained[0]
    point = eager.reached(found.plan.target)
    assert point
    assert point.step == 300
    assert learning.seconds_to(eager, 0.6, first_call=True) == pytest.approx(0.5 + 1.0 + 300 * 0.05)
    assert learning.seconds_to(eager, 0.6, first_call=False) == pytest.approx(300 * 0.05)
    assert learning.seconds_to(eager, 0.99, first_call=True) is None
    graph = next(mode for mode in found.modes if mode.mode == "graph")
    ratio = found.sooner(graph, first_call=False)
    assert ratio
    assert ratio.centre == pytest.approx(0.05 / 0.03)
    assert "1.57x [1.57, 1.57] as soon" in section.sentences(found)[1]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("xla-s1=nan", "xla, seed 1, **broke off** after step 100: the loss became nan"),
        ("xla-s1=die", "xla, seed 1, **broke off** after step 100: killed from outside"),
        ("xla-s1=refuse", "xla, seed 1, **broke off** after step 0: no such file"),
        ("xla-s1=flat", "xla, seed 1, **learned nothing**: 10.0% (chance is 10 %)"),
    ],
)
def test_a_training_that_breaks_is_loud_and_the_others_go_on(tmp_path: Path, fault: str, said: str) -> None:
    found = trained(tmp_path / "a", fault, plan=an_accuracy_plan(("eager", "xla"), seeds=2))
    assert found.failed
    assert section.alarms(found)[0].startswith(said)
    table = learning_tables.table(found)
    assert [row["verdict"] for row in table.rows][-1] == "FAILED"
    assert len(found.baseline.finals) == 2
    assert "**XLA** failed in 1 of 2 seeds, so nothing is claimed of it" in section.sentences(found)[0]
    assert "Trainings that went wrong" in report.build(tmp_path / "a").read_text()


def test_of_seeds_that_survive_a_failure_nothing_is_claimed(tmp_path: Path) -> None:
    """Four of five seeds would have been called the same."""
    found = trained(tmp_path / "a", "xla-s4=nan", plan=an_accuracy_plan(("eager", "xla")))
    assert found.modes[1].difference
    assert found.modes[1].difference.same
    assert "the same" not in section.sentences(found)[0]
    assert len(section.sentences(found)) == 1
    broken = trained(tmp_path / "b", "eager-s0=nan", plan=an_accuracy_plan(("eager", "xla"), seeds=2))
    assert section.sentences(broken)[0] == "eager, the baseline, failed in 1 of 2 seeds: nothing is claimed."


def test_a_mode_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "LOAD_S", 2.0)
    monkeypatch.setattr(train, "STEP_S", 0.0)
    found = trained(tmp_path / "a", "graph=hang", plan=an_accuracy_plan(("eager", "graph"), seeds=1))
    assert "it hung and was ended" in section.alarms(found)[0]


def test_what_broke_is_trained_on_from_where_it_was_and_what_is_done_is_left_alone(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "graph"), seeds=2)
    trained(tmp_path / "a", "graph-s1=die", plan=plan)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "a").rglob("points.json")}
    found = trained(tmp_path / "a")
    changed = {file.parent.name for file, time in before.items() if file.stat().st_mtime_ns != time}
    assert changed == {"graph-s1"}
    assert not found.failed
    assert not (tmp_path / "a" / "trainings" / "graph-s1" / "broken.json").exists()


def test_one_seed_or_one_mode_claims_nothing(tmp_path: Path) -> None:
    one_seed = trained(tmp_path / "seed", plan=an_accuracy_plan(("eager", "function"), seeds=1))
    assert "+0.20 points from one seed, which says nothing about the mode" in section.sentences(one_seed)[0]
    one_mode = trained(tmp_path / "mode", plan=an_accuracy_plan(("function",), seeds=2))
    assert section.sentences(one_mode)[0].endswith("no other mode was asked for.")


def test_a_difference_that_cannot_be_excluded_is_said_with_its_size(tmp_path: Path) -> None:
    tight = replace(an_accuracy_plan(("eager", "xla"), seeds=3), margin=0.001)
    text = section.sentences(trained(tmp_path / "a", plan=tight))[0]
    assert "no difference was shown, nor that it is smaller than 1.27 points" in text


def test_nothing_learned_anywhere_asks_for_more_steps(tmp_path: Path) -> None:
    faults = ("eager=flat", "graph=flat")
    found = trained(tmp_path / "a", *faults, plan=an_accuracy_plan(("eager", "graph"), seeds=1))
    assert section.alarms(found) == [
        "**No training learned anything** in 300 steps (chance is 10 %); give more --steps."
    ]


def test_the_same_files_give_the_same_report_and_every_number_is_in_a_table(
    tmp_path: Path,
) -> None:
    trained(tmp_path / "a", plan=an_accuracy_plan(("eager", "graph"), seeds=2))
    first = {
        file.name: file.read_bytes() for file in report.build(tmp_path / "a").parent.rglob("*") if file.suffix in KINDS
    }
    report.build(tmp_path / "a")
    assert {name: (next((tmp_path / "a").rglob(name))).read_bytes() for name in first} == first
    assert {"report.md", "accuracies.png", "learning.png", "learning.csv", "to_target.csv", "trainings.csv"} <= set(
        first
    )


def test_a_run_that_holds_an_accuracy_reports_it(tmp_path: Path) -> None:
    from builders import a_plan, outcomes

    from bench.records.store import Store
    from bench.report.run import build

    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
        store.keep(outcome)
    assert "Does it learn the same?" not in build(store).path.read_text()
    trained(tmp_path / "run" / "accuracy", plan=an_accuracy_plan(("eager", "xla"), seeds=2))
    text = build(store).path.read_text()
    assert "## Does it learn the same?" in text
    assert text.index("## Does it learn") < text.index("## Conditions and warnings")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("fast", 5, 0.7, 0.01), "unknown mode 'fast'"),
        (("all", 0, 0.7, 0.01), "0 seeds make no distribution"),
        (("all", 5, 72.07, 0.01), "--target and --margin are shares between 0 and 1"),
        (("all", 5, 0.7, 0.0), "--target and --margin are shares between 0 and 1"),
    ],
)
def test_bad_options_are_named(options: tuple[str, int, float, float], said: str) -> None:
    with pytest.raises(BenchError, match=said):
        accuracy.plan(*options, a_training())


def test_a_folder_that_is_taken_or_none_is_one_line(tmp_path: Path) -> None:
    write(tmp_path / "something.json", {})
    with pytest.raises(BenchError, match="holds other files"):
        create_accuracy(tmp_path, an_accuracy_plan())
    with pytest.raises(BenchError, match=r"has no accuracy\.json"):
        learning.read_learning(tmp_path)
