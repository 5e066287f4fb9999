"""Several machines for real: TensorFlow trains on two workers, one of which is killed while it trains."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from command_line import bench
from fleet_end import a_free_address
from places import ROOT
from waiting import eventually, still_there

from bench.analysis.learning import read_learning
from bench.analysis.machines import read_machines

MAIN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from bench.__main__ import main; main()"
QUICK = ("--modes", "eager,function", "--model", "mlp", "--data", "synthetic")

pytest.importorskip("distributed", reason="Dask is an extra")


@pytest.fixture
def address() -> str:
    return a_free_address(None).url


@pytest.fixture
def workers(tmp_path: Path, address: str) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Of machines a and b, and their scheduler."""
    ends = {"scheduler": ("scheduler", address)}
    ends |= {name: ("worker", address, "--name", name, "--data", "synthetic") for name in ("a", "b")}
    started = {
        name: subprocess.Popen([sys.executable, "-c", MAIN, "fleet", *words], stderr=subprocess.DEVNULL)
        for name, words in ends.items()
    }
    try:
        done = bench("fleet", "machines", address, "--count", "2", cwd=tmp_path, timeout=120)
        assert [line.split()[0] for line in done.stdout.splitlines()] == ["machine", "a", "b"]
        yield started
    finally:
        for process in started.values():
            process.kill()
            process.wait()


def training(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Its processes that train."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ended while we looked
            found += [child] if "bench.worker.training" in " ".join(child.cmdline()) else []
    return found


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_trains_loses_and_doubles_nothing(
    tmp_path: Path, address: str, workers: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    words = ("accuracy", "--on", address, "--seeds", "3", "--steps", "40", "--display-step", "20", *QUICK)
    ours = subprocess.Popen([sys.executable, "-c", MAIN, *words, "--out", "out"], cwd=tmp_path)
    eventually(lambda: len(training(workers["a"])) >= 2)
    trained = training(workers["a"])
    workers["a"].kill()
    assert still_there(trained) == []
    assert ours.wait(400) == 0
    found = read_learning(tmp_path / "out")
    assert [len(mode.finals) for mode in found.modes] == [3, 3]
    assert "b" in found.machines
    assert len(list((tmp_path / "out" / "trainings").iterdir())) == 6


@pytest.mark.slow
@pytest.mark.usefixtures("workers")
def test_each_machine_measures_a_run(tmp_path: Path, address: str) -> None:
    words = ("run", "--on", address, "--each-machine", "--blocks", "1", *QUICK, "--out", "out")
    done = bench(*words, cwd=tmp_path, timeout=500)
    assert done.returncode == 0, done.stderr
    found = read_machines(tmp_path / "out")
    assert [named.name for named in found.runs] == ["a", "b"]
    assert all(result.valid for named in found.runs for _, result in named.run.rows())
    assert "tf.function vs eager:" in done.stdout
