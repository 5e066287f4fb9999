"""End to end, with real workers: the main job, and what is left when a process is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import psutil
import pytest
from places import ROOT
from waiting import eventually, still_there

from bench.records.store import Store

QUICK = ("--preset", "quick", "--data", "synthetic")
SMALL = (*QUICK, "--blocks", "2", "--modes", "eager,function", "--models", "mlp")


def start(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench", "run", *words]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    process = start(*words)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def workers(parent: int) -> list[psutil.Process]:
    """In the order of their start: on the CPU they are forked from fork servers, whose command line they keep."""
    try:
        servers = [server for keeper in psutil.Process(parent).children() for server in keeper.children()]
        forks = [p for server in servers for p in server.children() if p.status() != psutil.STATUS_ZOMBIE]
        return sorted(
            (p for p in forks if any("bench.worker.forkserver" in word for word in p.cmdline())), key=lambda p: p.pid
        )
    except psutil.NoSuchProcess:  # one ended while we looked, at the end of a block: look again
        return []


def measurements(folder: Path) -> list[bytes]:
    file = folder / "measurements.jsonl"
    return file.read_bytes().splitlines(keepends=True) if file.exists() else []


@pytest.mark.parametrize("model", ["mlp", pytest.param("tutorial_cnn", marks=pytest.mark.slow)])
def test_a_quick_run_measures_four_valid_modes_and_its_report_is_rebuilt_byte_for_byte(
    tmp_path: Path, model: str
) -> None:
    folder = tmp_path / "run"
    done = run(*QUICK, "--blocks", "2", "--models", model, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert "plan: 2 repetitions x 5 configurations, about " in done.stderr.split("repetition 1 of")[0]
    assert f"report: {folder / 'report.html'}" in done.stdout
    assert len(measurements(folder)) == 2 * 5
    table = pd.read_csv(folder / "tables" / "steady.csv")
    assert sorted(table["mode"]) == ["eager", "eager", "function", "graph", "xla"]
    assert not set(table["verdict"]) & {"INVALID", "NOT COMPARABLE", "FAILED", "NOT MEASURED"}
    proof = pd.read_csv(folder / "tables" / "proof.csv").set_index("title")
    assert proof["traces_while_timing"].tolist() == [0] * 5
    assert proof.loc["XLA", "xla_compilations"] == 1
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    subprocess.run([sys.executable, "-m", "bench", "report", str(folder)], check=True, capture_output=True, cwd=ROOT)
    assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_killed_worker_is_a_failure_row_and_exit_code_4_while_the_others_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start(*SMALL, "--out", str(folder))
    eventually(lambda: len(workers(process.pid)) == 3)
    os.kill(workers(process.pid)[2].pid, signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 4, err
    assert "SIGKILL" in err
    assert "tf.function" in out
    failures = pd.read_csv(folder / "tables" / "failures.csv")
    assert failures[["mode", "block"]].to_numpy().tolist() == [["function", 0]]
    assert len(measurements(folder)) == 2 * 3


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_run_that_is_stopped_leaves_no_worker_and_goes_on_with_resume(tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "run"
    process = start(*SMALL, "--out", str(folder))
    eventually(lambda: len(measurements(folder)) == 3)
    eventually(lambda: len(workers(process.pid)) == 3)
    orphans = psutil.Process(process.pid).children(recursive=True)
    kept = measurements(folder)
    process.send_signal(how)
    _, err = process.communicate(timeout=300)
    assert "Traceback" not in err
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert f"cifar-bench run --resume {folder}" in err
        assert (folder / "report.md").exists()
    assert still_there(orphans) == []
    done = run("--resume", str(folder))
    assert done.returncode == 0, done.stderr
    assert len(Store.open(folder).outcomes()) == 2 * 3
    assert measurements(folder)[: len(kept)] == kept


def test_a_gpu_that_is_not_there_is_a_failure_with_a_reason(tmp_path: Path) -> None:
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU here")
    words = ("--preset", "quick", "--modes", "eager", "--devices", "gpu", "--data", "synthetic")
    done = run(*words, "--out", str(tmp_path / "run"))
    assert done.returncode == 4
    assert done.stdout.count("GPU NOT AVAILABLE: ") == 1
