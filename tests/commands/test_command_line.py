"""Bad input ends in one clear line and exit code 2; nothing is started."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from batch_files import write_folder
from builders import a_plan, an_accuracy_plan, outcomes
from places import ROOT

from bench.modes import MODES
from bench.records.folders import create_accuracy
from bench.records.run import FORMAT
from bench.records.store import Store
from cifar_core import cifar10


def bench(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    root = str(ROOT)
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {root!r}); from bench.__main__ import main; main()",
    ]
    return subprocess.run([*command, *words], capture_output=True, text=True, check=False, cwd=cwd)


def the_line(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--modes egaer", "unknown mode 'egaer'; known: eager, graph, function, function_unconverted"),
        (
            "--model my-models:make",
            "'my-models:make' is no package.module:factory; type e.g. --model my_models:make_net",
        ),
        ("--preset fast", "unknown preset 'fast'; known: quick, standard, thorough"),
        ("--batch-sizes 0", "batch size 0 is not positive"),
        ("--batch-sizes 60000", "batch size 60000 exceeds the 50000 training images"),
        ("--data nowhere", "no data folder nowhere"),
        ("--resume nowhere", "nowhere is no run folder"),
        ("--out taken", "taken holds other files"),
        ("--out taken/file.txt/run", "cannot write to"),
    ],
)
def test_a_bad_option_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file.txt").write_text("mine")
    data = [] if "--data" in words else ["--data", "synthetic"]
    line = the_line(bench("run", *data, *words.split(), cwd=tmp_path))
    assert line.startswith(f"error: {said}")
    assert not (tmp_path / "results").exists()


def test_a_corrupt_data_file_stops_the_run_before_it_starts(tmp_path: Path) -> None:
    (write_folder(tmp_path) / "data_batch_5").write_bytes(b"rubbish")
    assert "data_batch_5 is truncated or corrupt" in the_line(bench("run", "--data", ".", cwd=tmp_path))


def test_a_broken_or_newer_run_folder_is_one_line(tmp_path: Path) -> None:
    Store.create(tmp_path / "newer", a_plan(format=FORMAT + 1)).close()
    assert "update cifar-bench" in the_line(bench("report", "newer", cwd=tmp_path))
    Store.create(tmp_path / "broken", a_plan()).close()
    (tmp_path / "broken" / "measurements.jsonl").write_text("{\n")
    assert "measurements.jsonl line 1 is broken" in the_line(bench("report", "broken", cwd=tmp_path))


def test_resuming_with_other_data_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path / "run", a_plan()).close()
    write_folder(tmp_path)
    line = the_line(bench("run", "--resume", "run", "--data", ".", cwd=tmp_path))
    assert "was measured on synthetic, found cifar10-copy-" in line


def test_samples_of_each_class_are_drawn(tmp_path: Path) -> None:
    done = bench("data", "--show", "--data", "synthetic", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["data: " + cifar10.SYNTHETIC.title, "samples: cifar10-samples.png"]
    assert (tmp_path / "cifar10-samples.png").read_bytes().startswith(b"\x89PNG")
    write_folder(tmp_path)
    assert bench("data", "--show", "--data", ".", "--png", "few.png", cwd=tmp_path).returncode == 0
    assert (tmp_path / "few.png").exists()
    line = the_line(bench("data", "--show", "--data", "synthetic", "--png", "no/such/folder.png", cwd=tmp_path))
    assert "cannot draw to no/such/folder.png" in line


def test_without_a_network_getting_the_data_is_one_line(tmp_path: Path) -> None:
    done = bench("data", "--out", "here", "--url", "http://127.0.0.1:9/cifar-10-python.tar.gz", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: cannot download http://127.0.0.1:9/")
    assert list((tmp_path / "here").iterdir()) == []


def test_data_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    write_folder(tmp_path)
    done = bench("data", "--out", ".", "--url", "http://127.0.0.1:9/x", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "unofficial copy" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--recipe fancy", "unknown recipe 'fancy'; known: tutorial, tuned"),
        ("--mode fast", "unknown mode 'fast'"),
        ("--model mine:make", "unknown model 'mine:make'; known: tutorial_cnn, mlp, resnet9"),
        ("--mode keras_fit", "keras_fit is only timed, by `run`; modes that train: eager, graph, function"),
        ("--display-step 0", "--steps and --seed must be at least 0, --display-step at least 1"),
        ("--resume nowhere", "nowhere is no training"),
    ],
)
def test_a_bad_training_option_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    assert the_line(bench("train", "--data", "synthetic", *words.split(), cwd=tmp_path)).startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--modes fast", "unknown mode 'fast'"),
        ("--model mine:make", "unknown model 'mine:make'; known: tutorial_cnn, mlp, resnet9"),
        ("--seeds 0", "0 seeds make no distribution"),
        ("--margin 1", "--target and --margin are shares between 0 and 1"),
        ("--resume nowhere", "nowhere has no accuracy.json"),
    ],
)
def test_a_bad_option_of_accuracy_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    line = the_line(bench("accuracy", "--data", "synthetic", *words.split(), cwd=tmp_path))
    assert line.startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


def test_an_accuracy_that_has_not_begun_says_so(tmp_path: Path) -> None:
    create_accuracy(tmp_path / "a", an_accuracy_plan())
    done = bench("report", "a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("eager, the baseline, has no training that reached step 300")
    assert done.stderr.splitlines() == ["20 trainings have not begun"]


def test_a_finished_run_that_is_resumed_foretells_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), {"eager": 1, "eager-again": 1, "graph": 1, "function": 1, "xla": 1}, blocks=2):
        store.keep(outcome)
    store.close()
    done = bench("run", "--resume", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "plan:" not in done.stderr


def test_an_unknown_option_or_command_is_a_usage_error(tmp_path: Path) -> None:
    assert bench("run", "--speed", "9", cwd=tmp_path).returncode == 2
    assert bench("rnu", cwd=tmp_path).returncode == 2


def test_list_names_everything_there_is(tmp_path: Path) -> None:
    printed = bench("list", cwd=tmp_path).stdout
    for name in ("eager", "graph", "function", "xla", "tutorial_cnn", "quick", "standard", "thorough", "cpu"):
        assert f"  {name}" in printed
    for name in ("float32", "mixed_bfloat16", "mixed_float16", "resident", "pipeline"):
        assert re.search(rf"^  {name}  +\w.{{10}}", printed, re.MULTILINE)
    assert re.findall(r"^  (\w+) .* \*$", printed, re.MULTILINE) == [mode.name for mode in MODES if mode.loops]


def test_report_prints_the_sentence_the_table_and_the_path(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(
        a_plan(), {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.02, "xla": 0.06}
    ):
        store.keep(outcome)
    done = bench("report", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "tf.function runs this step 2.50x" in lines[0]
    assert "synthetic" in lines[1]
    assert lines[2].split("  ")[0] == "mode"
    assert lines[-1] == f"report: {Path('run') / 'report.md'}"
