"""`fleet`, `accuracy --on`, `run --on --each-machine`: what is refused in one line, before anything heavy is loaded."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import MAIN, bench, the_line
from fleet_end import local_fleet
from kept_runs import PLAN, STEPS, a_run
from waiting import eventually

from bench.commands import accuracy_on, run_on
from bench.commands.report import report
from bench.errors import BenchError, Exit
from bench.records.fleet import FleetPlan, machine_folder
from bench.records.folders import create_fleet
from bench.records.run import FORMAT
from bench.runner.fleet import address
from bench.runner.fleet.address import SchedulerAddress

HERE = SchedulerAddress("127.0.0.1", 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fleet scheduller", "unknown part of a fleet 'scheduller'; known: scheduler, worker, machines"),
        ("fleet scheduler 10.1.1.1", "10.1.1.1 can be reached from other machines, and Dask runs what it is sent"),
        ("fleet worker node1:8786", "node1:8786 can be reached from other machines"),
        ("fleet worker nowhere: --name a", "'nowhere:' is not a scheduler's address; type e.g. 127.0.0.1:8786"),
        ("fleet worker --name a/b --data synthetic", "'a/b' cannot be a machine's name"),
        ("fleet worker --data nowhere", "no data folder nowhere"),
        ("fleet scheduler --tls nowhere", "--tls nowhere: ca.pem is missing or cannot be read"),
        ("accuracy --on node1", "node1 can be reached from other machines"),
        ("accuracy --tls nowhere", "--tls is for --on; type --on ADDRESS too"),
        ("accuracy --on 127.0.0.1:1 --modes fast", "unknown mode 'fast'"),
        ("run --each-machine", "--each-machine is for --on; type --on ADDRESS too"),
        ("run --on 127.0.0.1:1", "--on measures one whole run on each machine; type --each-machine too"),
        ("run --on 127.0.0.1:1 --each-machine --accuracy", "--accuracy is for a run on one machine"),
        ("run --tls x", "--tls is for --on; type --on ADDRESS too"),
        ("run --on 127.0.0.1:1 --each-machine --trace", "--trace is for a run on one machine"),
        ("run --on 127.0.0.1:1 --each-machine --retry-failed", "--retry-failed is for a run on one machine"),
        ("run --on 127.0.0.1:1 --each-machine --json", "--json is for a run on one machine"),
        ("run --on 127.0.0.1:1 --each-machine --modes fast", "unknown mode 'fast'"),
        (
            "run --on 127.0.0.1:1 --each-machine --resume nowhere",
            "there is no folder nowhere (fleet.json is looked for)",
        ),
        ("run --on 127.0.0.1:1 --each-machine --model m:make --data synthetic", "--each-machine ships plans, no code"),
    ],
)
def test_what_makes_no_sense_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra")
    assert the_line(bench(*words.split(), cwd=tmp_path)).startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["accuracy --on 127.0.0.1:1", "run --on 127.0.0.1:1 --each-machine"])
def test_where_no_scheduler_answers_nothing_is_made(tmp_path: Path, words: str) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra")
    line = the_line(bench(*words.split(), "--data", "synthetic", cwd=tmp_path))
    assert line.startswith("error: no scheduler answers at tcp://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


def test_without_dask_each_of_them_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.commands import accuracy, fleet, run

    monkeypatch.setattr(address, "find_spec", lambda name: None)
    for command in (
        lambda: fleet.fleet("scheduler"),
        lambda: fleet.fleet("worker"),
        lambda: accuracy.accuracy(on="127.0.0.1"),
        lambda: run.run(on="127.0.0.1", each_machine=True),
    ):
        with pytest.raises(BenchError, match=r"type: python -m pip install '\.\[fleet\]'"):
            command()


def test_accuracies_beside_a_run_are_not_made_on_other_machines(tmp_path: Path) -> None:
    out = a_run(tmp_path / "run") / "accuracy"
    with pytest.raises(BenchError, match="belong to its machine; leave out --on"):
        accuracy_on.start(lambda source: pytest.fail("nothing is planned"), "synthetic", out, HERE)


def test_another_machines_run_is_reported_here_but_not_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_fleet(tmp_path, FleetPlan(FORMAT, PLAN.created, PLAN, ("a", "b")))
    for name in ("a", "b"):
        a_run(machine_folder(tmp_path, name), STEPS)
    with pytest.raises(BenchError, match="was measured on another machine; remove it and type cifar-bench run"):
        run_on.refuse_shipped(machine_folder(tmp_path, "a"))
    run_on.refuse_shipped(a_run(tmp_path / "own" / "machines" / "a"))
    assert report(tmp_path) is Exit.OK
    said = capsys.readouterr().out
    assert "tf.function vs eager: 2.00x" in said
    assert said.splitlines()[-1] == f"report: {tmp_path / 'report.html'}"


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_what_came_back_and_says_how_to_go_on(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra")
    with local_fleet(tmp_path / "fleet", "a") as local:
        words = ("accuracy", "--on", local.address.url, "--seeds", "2", "--modes", "eager,xla", "--steps", "300")
        local.hold()
        command = [sys.executable, "-c", MAIN, *words, "--data", "synthetic", "--out", "out"]
        ours = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        eventually(lambda: local.marks("seed-0") or local.marks("seed-1"))
        ours.send_signal(signal.SIGINT)
        said = ours.communicate(timeout=120)[1]
        assert ours.returncode == 130
        go_on = f"accuracy --resume out --on {local.address.url}"
        assert f"interrupted; go on with: cifar-bench {go_on}" in said
        local.go_on()
        done = bench(*go_on.split(), cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "(2 seeds)" in done.stdout
