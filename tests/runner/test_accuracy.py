"""Trainings over modes and seeds: interleaving, what breaks, what resumes."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_training, an_accuracy_plan
from places import SUPPORT

from bench.analysis import learning
from bench.errors import BenchError
from bench.records.files import write
from bench.records.folders import create_accuracy, open_training, training_folder
from bench.records.training import AccuracyPlan
from bench.runner import accuracy, train
from cifar_core import cifar10

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


def test_modes_are_interleaved_in_an_order_drawn_anew(tmp_path: Path) -> None:
    watched = Watched()
    create_accuracy(tmp_path / "a", an_accuracy_plan(seeds=2))
    accuracy.execute(tmp_path / "a", cifar10.SYNTHETIC, watched, FAKE)
    advanced = [notice.split()[0] for notice in watched.notices if "step" in notice]
    rounds = [advanced[i : i + 4] for i in range(0, len(advanced), 4)]
    assert watched.seeds == 2
    assert all(sorted(round_) == ["eager", "function", "graph", "xla"] for round_ in rounds)
    assert len({tuple(round_) for round_ in rounds}) > 1


@pytest.mark.parametrize(
    ("fault", "steps", "said"),
    [
        ("xla-s1=nan", 100, "the loss became nan"),
        ("xla-s1=die", 100, "killed from outside"),
        ("xla-s1=refuse", 0, "no such file"),
        ("xla-s1=flat", 300, ""),
    ],
)
def test_a_training_that_breaks_is_kept_with_its_reason_and_the_others_go_on(
    tmp_path: Path, fault: str, steps: int, said: str
) -> None:
    found = trained(tmp_path / "a", fault, plan=an_accuracy_plan(("eager", "xla"), seeds=2))
    broken = found.modes[1].trainings[1]
    assert found.failed
    assert broken.failure.startswith(said)
    assert (broken.points[-1].step if broken.points else 0) == steps
    assert len(found.baseline.finals) == 2


def test_a_mode_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "LOAD_S", 2.0)
    monkeypatch.setattr(train, "STEP_S", 0.0)
    found = trained(tmp_path / "a", "graph=hang", plan=an_accuracy_plan(("eager", "graph"), seeds=1))
    assert "it hung and was ended" in found.modes[1].trainings[0].failure


def test_what_broke_is_trained_on_from_where_it_was_and_what_is_done_is_left_alone(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "graph"), seeds=2)
    trained(tmp_path / "a", "graph-s1=die", plan=plan)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "a").rglob("points.json")}
    found = trained(tmp_path / "a")
    changed = {file.parent.name for file, time in before.items() if file.stat().st_mtime_ns != time}
    assert changed == {"graph-s1"}
    assert not found.failed
    assert not (tmp_path / "a" / "trainings" / "graph-s1" / "broken.json").exists()


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


def test_a_folder_that_is_taken_is_one_line(tmp_path: Path) -> None:
    write(tmp_path / "something.json", {})
    with pytest.raises(BenchError, match="holds other files"):
        create_accuracy(tmp_path, an_accuracy_plan())


def test_a_seed_that_began_on_another_machine_does_not_go_on_here(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "graph"), seeds=2)
    trained(tmp_path / "a", "graph-s1=die", plan=plan)
    for mode in plan.modes:
        file = training_folder(tmp_path / "a", mode, 1) / "training.json"
        write(file, replace(open_training(file.parent)[0], machine="node1"))
    before = (training_folder(tmp_path / "a", "graph", 1) / "points.json").read_bytes()
    with pytest.raises(BenchError, match=r"seed 1 was trained on node1; go on with: --resume .* --on ADDRESS"):
        trained(tmp_path / "a")
    assert (training_folder(tmp_path / "a", "graph", 1) / "points.json").read_bytes() == before


def test_what_arrived_from_another_machine_is_put_in_its_place_first(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "graph"), seeds=1)
    trained(tmp_path / "a", plan=plan)
    (tmp_path / "a" / ".arrived-s0").mkdir()
    (tmp_path / "a" / "trainings").rename(tmp_path / "a" / ".arrived-s0" / "trainings")
    (tmp_path / "a" / ".draft-s1").mkdir()
    assert len(trained(tmp_path / "a", "eager=die", "graph=die").baseline.finals) == 1  # nothing was trained again
    assert [place.name for place in (tmp_path / "a").iterdir() if place.name.startswith(".")] == []
