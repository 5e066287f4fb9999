"""What is packed is what was there, whatever form it had; trainings too."""

import shutil
from pathlib import Path

import pytest
from builders import a_plan, a_point, an_accuracy_plan
from places import SUPPORT

from bench.errors import BenchError
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, open_accuracy, read_trainings, training_folder
from bench.records.packing import pack
from bench.records.run import FORMAT
from bench.records.store import Store
from bench.records.training import Broken, TrainingProgress
from bench.runner import accuracy
from cifar_core.cifar10 import SYNTHETIC


def test_files_of_format_1_become_lines(tmp_path: Path) -> None:
    folder = shutil.copytree(SUPPORT / "run_of_format_1", tmp_path / "run")
    before = Store.open(folder).outcomes()
    pack(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["measurements.jsonl.gz", "plan.json"]
    assert Store.open(folder).outcomes() == before


def test_a_packing_that_was_cut_short_is_finished_and_loses_nothing(tmp_path: Path) -> None:
    folder = shutil.copytree(SUPPORT / "run_of_format_1", tmp_path / "run")
    before = Store.open(folder).outcomes()
    files = sorted((folder / "measurements").iterdir())
    saved = {file: file.read_bytes() for file in files[5:]}
    pack(folder)
    packed = (folder / "measurements.jsonl.gz").read_bytes()
    (folder / "measurements").mkdir()
    for file, text in saved.items():  # as if it had been killed after it removed five of ten
        file.write_bytes(text)
    assert Store.open(folder).outcomes() == before
    pack(folder)
    assert Store.open(folder).outcomes() == before
    assert (folder / "measurements.jsonl.gz").read_bytes() == packed
    assert not (folder / "measurements").exists()


def test_an_empty_archive_is_broken_not_an_empty_run(tmp_path: Path) -> None:
    Store.create(tmp_path / "run", a_plan()).close()
    (tmp_path / "run" / "measurements.jsonl.gz").touch()
    with pytest.raises(BenchError, match=r"measurements\.jsonl\.gz is broken \(it is empty\)"):
        Store.open(tmp_path / "run")


def test_what_is_broken_is_not_packed(tmp_path: Path) -> None:
    folder = shutil.copytree(SUPPORT / "run_of_format_1", tmp_path / "run")
    (folder / "measurements" / "x-b0.json").write_text("{")
    with pytest.raises(BenchError, match=r"x-b0\.json is broken"):
        pack(folder)
    assert len(list((folder / "measurements").iterdir())) == 11


def test_a_run_that_is_being_written_is_not_packed(tmp_path: Path) -> None:
    with Store.create(tmp_path / "run", a_plan()):
        (tmp_path / "run" / "measurements.jsonl").touch()
        with pytest.raises(BenchError, match="is being written"):
            pack(tmp_path / "run")


def test_trainings_become_lines_and_are_not_trained_on(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "function"), seeds=2)
    create_accuracy(tmp_path / "a", plan)
    for mode, seed, step in (("function", 1, 100), ("eager", 0, 300)):
        folder = training_folder(tmp_path / "a", mode, seed)
        create_training(folder, plan.of(mode, seed))
        write(folder / "points.json", TrainingProgress(FORMAT, 0.1, (a_point(step),)))
    with pytest.raises(BenchError, match="has trainings that have not ended"):
        pack(tmp_path / "a")
    for mode, seed in (("eager", 1), ("function", 0)):
        create_training(training_folder(tmp_path / "a", mode, seed), plan.of(mode, seed))
    for mode, seed in (("function", 1), ("eager", 1), ("function", 0)):
        broken = Broken(FORMAT, "the loss became nan", "")
        write(training_folder(tmp_path / "a", mode, seed) / "broken.json", broken)
    before = read_trainings(tmp_path / "a", plan)
    assert list(before) == [("eager", 0), ("eager", 1), ("function", 0), ("function", 1)]
    pack(tmp_path / "a")
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == ["accuracy.json", "trainings.jsonl.gz"]
    assert read_trainings(tmp_path / "a", open_accuracy(tmp_path / "a")) == before
    with pytest.raises(BenchError, match="is packed, to be read only"):
        accuracy.execute(tmp_path / "a", SYNTHETIC, None)  # type: ignore[arg-type]
