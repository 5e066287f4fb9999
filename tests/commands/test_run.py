"""`run`: a bad option is one line and starts nothing; every end that a run can come to has its exit code."""

import gzip
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest
from batch_files import write_folder
from builders import a_case, a_plan, outcomes
from command_line import bench, the_line
from places import SUPPORT

from bench.autograph.probe import own_models
from bench.commands import run as command
from bench.commands.run import run
from bench.errors import Exit
from bench.records.choices import DEFAULTS, Options
from bench.records.run import Failure, Outcome
from bench.records.store import Store
from bench.runner import accuracy as accuracy_runner
from bench.runner import run as runner

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}
Measure = Callable[..., Exit]


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measure:
    """`run` of eager and tf.function whose workers are not started: these outcomes are kept instead of theirs."""

    def measured(blocks: int = 6, failure: Failure | None = None, **options: object) -> Exit:
        def keep(store: Store, *arguments: object, **rest: object) -> str:
            failed = [Outcome(failure=replace(failure, case=store.plan.cases[-1]))] if failure else []
            for outcome in (*outcomes(store.plan, STEPS, blocks), *failed):
                store.keep(outcome)
            return "" if blocks == 6 else "no time was left"

        monkeypatch.setattr(runner, "execute", keep)
        return run(modes="eager,function", data="synthetic", out=tmp_path / "run", **options)  # type: ignore[arg-type]

    return measured


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--modes egaer", "unknown mode 'egaer', did you mean eager? type --modes eager"),
        (
            "--model my-models:make",
            "'my-models:make' is not package.module:factory; type e.g. --model my_models:make_net",
        ),
        ("--preset fast", "unknown preset 'fast'; known: quick, standard, thorough"),
        ("--batch-sizes 0", "batch size 0 is not positive"),
        ("--batch-sizes 60000", "batch size 60000 exceeds the 50000 training images"),
        ("--data nowhere", "no data folder nowhere"),
        ("--time-limit soon", "--time-limit 'soon' is not a duration; type e.g. --time-limit 90s"),
        ("--time-limit 0", "--time-limit '0' is not a duration"),
        ("--resume nowhere", "there is no folder nowhere (plan.json is looked for)"),
        ("--retry-failed", "--retry-failed needs a run; type e.g. --resume results/RUN --retry-failed"),
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


def test_resuming_with_other_data_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path / "run", a_plan()).close()
    write_folder(tmp_path)
    line = the_line(bench("run", "--resume", "run", "--data", ".", cwd=tmp_path))
    assert "was measured on synthetic, found cifar10-copy-" in line


def test_a_finished_run_that_is_resumed_foretells_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan())
    for outcome in outcomes(a_plan(), {"eager": 1, "eager-again": 1, "graph": 1, "function": 1, "xla": 1}, blocks=8):
        store.keep(outcome)
    store.close()
    done = bench("run", "--resume", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "plan:" not in done.stderr


def test_a_run_of_valid_cases_ends_with_its_report(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure() is Exit.OK
    assert capsys.readouterr().out.splitlines()[-1].startswith("report: ")


def test_a_case_that_fails_fails_the_run(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(failure=Failure(a_case("function"), 6, "slice", "killed from outside")) is Exit.CASE_FAILED
    assert "killed from outside" in capsys.readouterr().err


def test_json_is_all_that_stands_on_stdout_also_where_a_case_failed(
    measure: Measure, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(failure=Failure(a_case("function"), 6, "slice", "killed from outside"), json=True) == 4
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    kept = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert (said["schema"], said["exit_code"], said["folder"]) == (1, 4, str(tmp_path / "run"))
    assert {**said, "folder": "."} == kept
    assert "run folder: " in printed.err


def test_json_is_written_where_evidence_is_lacking_and_quiet_says_nothing_beside_it(
    measure: Measure, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(blocks=3, target_ci="0.1%", json=True, quiet=True) is Exit.NOT_ENOUGH_EVIDENCE
    printed = capsys.readouterr()
    assert json.loads(printed.out)["exit_code"] == 3
    assert printed.err == ""


def test_quiet_leaves_the_result_and_nothing_else(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(quiet=True) is Exit.OK
    printed = capsys.readouterr()
    assert "Use tf.function: 2.50x" in printed.out
    assert printed.err == ""


def test_accuracy_trains_the_run_s_modes_after_its_timing_into_one_report(
    measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = (sys.executable, str(SUPPORT / "fake_train_worker.py"))
    monkeypatch.setattr(accuracy_runner, "execute", partial(accuracy_runner.execute, command=fake))
    assert measure(accuracy=True, seeds=2, steps=200) is Exit.OK
    printed = capsys.readouterr()
    assert "accuracy: 2 modes x 2 seeds x 200 steps: shows a mode that learns nothing or much less" in printed.err
    assert " accuracy " in printed.out
    assert "test accuracy after 200 steps" in printed.out
    assert (tmp_path / "run" / "accuracy" / "accuracy.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--models mlp,resnet9", "--accuracy takes one model, not mlp, resnet9; type e.g. --models mlp"),
        ("--models mine:make", "--accuracy trains the suite's own models on CIFAR-10, not yours; leave it out"),
        ("--modes xla_loop,keras_fit", "none of these modes can follow a recipe, so --accuracy trains nothing"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_timed(tmp_path: Path, words: str, said: str) -> None:
    line = the_line(bench("run", "--data", "synthetic", "--accuracy", *words.split(), cwd=tmp_path))
    assert line.startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


def test_an_interval_that_stays_too_wide_is_not_enough_evidence(
    measure: Measure, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(blocks=3, target_ci="0.1%") is Exit.NOT_ENOUGH_EVIDENCE
    assert "note: no time was left" in capsys.readouterr().err


def test_an_interrupted_run_is_reported_and_says_how_to_resume(
    measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(own_models, "probe_first", interrupt)
    assert measure() is Exit.INTERRUPTED
    assert capsys.readouterr().err.endswith(f"go on with: cifar-bench run --resume {tmp_path / 'run'}\n")
    assert (tmp_path / "run" / "report.md").exists()


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options that reach the plan of a run, which is not started."""
    options_of_runs: list[Options] = []
    monkeypatch.setattr(command, "_start", lambda options, *rest: options_of_runs.append(options))
    return options_of_runs


def test_without_a_word_a_run_has_the_defaults(planned: list[Options]) -> None:
    run()
    assert planned == [DEFAULTS]


def test_every_option_reaches_the_plan_under_its_own_name(planned: list[Options]) -> None:
    asked = Options(
        modes="xla", models="mlp", batch_sizes="8", devices="gpu", threads="2", dtypes="tf32", inputs="pipeline",
        steps_per_call="3", data="synthetic", seed=4, preset="thorough", target_ci="2%", budget="1h",
        slow_down="xla 5%", determinism=True, time_limit="90s",
    )  # fmt: skip
    run(**asdict(asked))
    assert planned == [asked]


def test_a_run_that_is_being_written_is_not_resumed(tmp_path: Path) -> None:
    with Store.create(tmp_path / "run", a_plan()):
        line = the_line(bench("run", "--resume", "run", cwd=tmp_path))
    assert re.fullmatch(rf"error: run is being written by process {os.getpid()} on .*, since 20.*; wait .*", line)


def test_a_packed_run_says_how_to_unpack_it(tmp_path: Path) -> None:
    Store.create(tmp_path / "run", a_plan()).close()
    (tmp_path / "run" / "measurements.jsonl.gz").write_bytes(gzip.compress(b""))
    line = the_line(bench("run", "--resume", "run", cwd=tmp_path))
    assert line.endswith("type: gunzip run/measurements.jsonl.gz")


@pytest.mark.parametrize(
    ("words", "said"),
    [(f"--threads 1{'0' * 20}", f"threads is 1{'0' * 20}"), (f"--budget 1{'0' * 20}h", "budget_s is 3.6e+23")],
)
def test_a_number_that_no_run_can_keep_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    line = the_line(bench("run", "--data", "synthetic", *words.split(), cwd=tmp_path))
    assert line.startswith(f"error: such a run cannot be kept: {said}; see ")
    assert list(tmp_path.iterdir()) == []


def test_what_failed_is_set_aside_on_request_and_own_models_are_probed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = a_plan()
    with Store.create(tmp_path / "run", plan) as store:
        for outcome in outcomes(plan, STEPS, 2):
            store.keep(outcome)
        for block, stage in ((0, "slice"), (1, "not applicable")):
            store.keep(Outcome(failure=Failure(plan.cases[-1], block, stage, "it died")))
    (tmp_path / "run" / "probes.json").write_text("{")
    monkeypatch.setattr(runner, "execute", lambda *arguments, **options: "")
    run(resume=tmp_path / "run", retry_failed=True)
    assert "to be measured again: 1 that failed" in capsys.readouterr().err
    kept = Store.open(tmp_path / "run").outcomes()
    assert [outcome.failure.stage for outcome in kept if outcome.failure] == ["not applicable"]
    assert not (tmp_path / "run" / "probes.json").exists()
    run(resume=tmp_path / "run", retry_failed=True)
    assert "nothing failed in" in capsys.readouterr().err
