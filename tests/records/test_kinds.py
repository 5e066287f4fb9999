"""A folder of another kind than was asked for: the error says what it holds and the command for that."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.records.folders import open_accuracy, open_selftest, open_training
from bench.records.kinds import KINDS, refuse_others
from bench.records.store import Store

OPEN = {
    "plan.json": Store.open,
    "training.json": open_training,
    "accuracy.json": open_accuracy,
    "selftest.json": open_selftest,
}


@pytest.mark.parametrize(
    ("held", "command"),
    [
        ("training.json", "train --resume"),
        ("accuracy.json", "accuracy --resume"),
        ("plan.json", "run --resume"),
        ("selftest.json", "report"),
    ],
)
def test_resume_names_the_command_that_fits_the_folder(tmp_path: Path, held: str, command: str) -> None:
    (tmp_path / held).touch()
    for kind in KINDS:
        if kind.file != held:
            with pytest.raises(
                BenchError, match=rf"holds .*, not {kind.title}; type cifar-bench {command} {tmp_path}$"
            ):
                refuse_others(tmp_path, kind.file)
    refuse_others(tmp_path, held)


@pytest.mark.parametrize("wanted", OPEN)
def test_whoever_only_reads_a_folder_is_told_to_report_it(tmp_path: Path, wanted: str) -> None:
    held = "training.json" if wanted != "training.json" else "plan.json"
    (tmp_path / held).touch()
    with pytest.raises(BenchError, match=f"; type cifar-bench report {tmp_path}"):
        OPEN[wanted](tmp_path)


def test_an_empty_folder_and_one_that_is_not_there_say_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"holds no run \(plan\.json is looked for\); `cifar-bench run` makes one"):
        refuse_others(tmp_path, "plan.json")
    with pytest.raises(BenchError, match=r"there is no folder .*none .*`cifar-bench train` makes one"):
        refuse_others(tmp_path / "none", "training.json")
