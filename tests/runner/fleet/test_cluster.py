"""A real scheduler and real workers on loopback: what is shipped comes back once, whoever dies on the way."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from builders import SCHEDULE, a_group, a_plan, an_accuracy_plan
from waiting import eventually
from watcher import Watcher

pytest.importorskip("distributed", reason="Dask is an extra")

from fleet_end import LocalFleet, local_fleet

from bench.analysis.learning import Learning, read_learning
from bench.analysis.machines import read_machines
from bench.errors import BenchError, NotMeasured
from bench.records.folders import create_accuracy, create_fleet
from bench.records.training import AccuracyPlan
from bench.runner.fleet import machines, seeds, shipping
from bench.runner.fleet.offer import code, of_this_machine, offered
from bench.runner.fleet.shipping import Fleet, Unmeasured
from bench.runner.fleet.unit import UnitResult
from cifar_core.cifar10 import SYNTHETIC

MODES = ("eager", "xla")
RUN = a_plan(a_group(("eager", "function")), schedule=replace(SCHEDULE, blocks=2))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[LocalFleet]:
    with local_fleet(tmp_path / "fleet", "a", "b") as fleet:
        yield fleet


def planned(seeds: int) -> AccuracyPlan:
    plan = an_accuracy_plan(MODES, seeds)
    here = of_this_machine("here", SYNTHETIC)
    environment = replace(plan.training.environment, tensorflow=here.tensorflow)
    return replace(plan, training=replace(plan.training, environment=environment))


def trained(folder: Path, fleet: LocalFleet, patience_s: float = 60.0) -> list[Unmeasured]:
    with Fleet(fleet.address) as ours:
        return seeds.execute(folder, ours, Watcher(), patience_s)


class InBackground:
    """`trained` in a thread, so that the test can interfere."""

    def __init__(self, folder: Path, fleet: LocalFleet, patience_s: float = 60.0) -> None:
        self.failed: list[Unmeasured] | None = None
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(folder, fleet, patience_s))
        self._thread.start()

    def _run(self, folder: Path, fleet: LocalFleet, patience_s: float) -> None:
        try:
            self.failed = trained(folder, fleet, patience_s)
        except Exception as error:
            self.error = error

    def join(self) -> None:
        self._thread.join(120)
        assert not self._thread.is_alive()


def whole(folder: Path, plan: AccuracyPlan) -> Learning:
    """What came back: each training once, nothing half."""
    found = read_learning(folder)
    assert not found.failed
    assert [len(mode.finals) for mode in found.modes] == [len(plan.seeds)] * len(plan.modes)
    names = {f"{mode}-s{seed}" for mode in plan.modes for seed in plan.seeds}
    assert {place.name for place in (folder / "trainings").iterdir()} == names
    assert [place.name for place in folder.iterdir() if place.name.startswith(".")] == []
    return found


def test_each_seed_is_trained_once_with_all_its_modes_on_one_machine(tmp_path: Path, two: LocalFleet) -> None:
    create_accuracy(tmp_path / "out", plan := planned(seeds=4))
    assert trained(tmp_path / "out", two) == []
    found = whole(tmp_path / "out", plan)
    by_seed = {
        seed: {t.training.machine for mode in found.modes for t in mode.trainings if t.training.recipe.seed == seed}
        for seed in plan.seeds
    }
    assert all(len(names) == 1 and names <= {"a", "b"} for names in by_seed.values())
    assert [len(two.marks(f"seed-{seed}")) for seed in plan.seeds] == [1] * 4
    assert trained(tmp_path / "out", two) == []  # nothing is left, so nothing is trained again
    assert [len(two.marks(f"seed-{seed}")) for seed in plan.seeds] == [1] * 4


def test_what_a_killed_worker_measured_another_one_measures_again(tmp_path: Path, two: LocalFleet) -> None:
    create_accuracy(tmp_path / "out", plan := planned(seeds=3))
    two.hold()
    ours = InBackground(tmp_path / "out", two)
    eventually(lambda: len([pid for seed in plan.seeds for pid in two.marks(f"seed-{seed}")]) == 2)
    begun = {seed: two.marks(f"seed-{seed}") for seed in plan.seeds}
    killed = next(end for end in two._ends if "a offers" in end.said)
    units = [child.pid for child in psutil.Process(killed.process.pid).children(recursive=True)]
    killed.kill()
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in units))  # its unit does not go on without it
    two.go_on()
    ours.join()
    assert (ours.error, ours.failed) == (None, [])
    assert whole(tmp_path / "out", plan).machines == ("b",)
    again = [seed for seed in plan.seeds if begun[seed] and len(two.marks(f"seed-{seed}")) == 2]
    assert len(again) == 1


@pytest.mark.slow
def test_each_machine_measures_the_whole_run_and_one_that_comes_back_its_own(tmp_path: Path, two: LocalFleet) -> None:
    out = tmp_path / "out"
    with Fleet(two.address) as fleet:
        there = fleet.machines(machines.needs(RUN), lambda text: None)
        assert [offer.name for offer in there] == ["a", "b"]
        create_fleet(out, machines.fleet_plan(RUN, there))
        next(end for end in two._ends if "a offers" in end.said).kill()
        (missing,) = machines.execute(out, fleet, Watcher(), patience_s=0.0)
        assert missing.unit.title == "run on a"
        assert "no machine that can measure it was there" in missing.why
        assert read_machines(out).missing == ("a",)
        two.worker("a").ready("a offers")
        assert machines.execute(out, fleet, Watcher()) == []
    assert len(two.marks("run")) == 2  # b's came back the first time
    found = read_machines(out)
    assert [named.name for named in found.runs] == ["a", "b"]
    assert {each.machine for each in found.speedups} == {"a", "b"}


def test_a_machine_with_other_images_or_another_version_is_refused(tmp_path: Path) -> None:
    with local_fleet(tmp_path / "fleet", "a") as local, Fleet(local.address) as fleet:
        with pytest.raises(BenchError, match="a has the images synthetic, not cifar10; start the worker"):
            fleet.machines((f"code={code()}", "images=cifar10"), lambda text: None)
        with pytest.raises(BenchError, match=r"a has cifar-bench .* not 0\.0\.1 \(sources 01234567\)"):
            fleet.machines(("code=0.0.1 (sources 01234567)", "images=synthetic"), lambda text: None)
        assert [offer.name for offer in fleet.wait_for(1, pytest.fail)] == ["a"]
        with pytest.raises(BenchError, match=r"1 machines have joined .*; type on each: cifar-bench fleet worker tcp"):
            fleet.wait_for(2, lambda text: None, patience_s=0.0)
        (periods_ms,) = fleet._client.run(
            lambda dask_worker: {name: each.callback_time for name, each in dask_worker.periodic_callbacks.items()}
        ).values()
        assert "profile" not in periods_ms
        assert min(periods_ms.values()) >= 500.0  # little disturbs what is timed beside it


@pytest.mark.slow
def test_what_nobody_wants_any_more_is_ended_on_its_machine(tmp_path: Path) -> None:
    with local_fleet(tmp_path / "fleet", "a") as local:
        create_accuracy(tmp_path / "out", planned(seeds=1))
        local.hold()
        with Fleet(local.address) as fleet:
            unit = seeds._unit(planned(seeds=1), 0)
            future = fleet._submit(unit)
            eventually(lambda: local.marks("seed-0"))
            assert future.status == "pending"
        (pid,) = local.marks("seed-0")
        eventually(lambda: not psutil.pid_exists(pid))
        local.go_on()
        assert trained(tmp_path / "out", local) == []  # the machine takes the next unit


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_ends_with_its_unit(tmp_path: Path) -> None:
    with local_fleet(tmp_path / "fleet", "a") as local:
        create_accuracy(tmp_path / "out", planned(seeds=1))
        local.hold()
        ours = InBackground(tmp_path / "out", local, patience_s=1.0)
        eventually(lambda: local.marks("seed-0"))
        assert local._ends[-1].end() == 143
        (pid,) = local.marks("seed-0")
        eventually(lambda: not psutil.pid_exists(pid))
        ours.join()
    assert ours.failed
    assert "no machine that can measure it was there for 1 s" in ours.failed[0].why


@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_one_error_and_what_came_back_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping.dask, "CONNECT_S", 2.0)
    monkeypatch.setitem(shipping.dask.SETTINGS, "distributed.comm.timeouts.connect", "2s")
    create_accuracy(tmp_path / "out", planned(seeds=2))
    with local_fleet(tmp_path / "fleet", "a") as local:
        ours = InBackground(tmp_path / "out", local)
        eventually(lambda: (tmp_path / "out" / "trainings" / "xla-s0").exists() or local.marks("seed-1"))
        local.hold()
        eventually(lambda: local.marks("seed-1"))
        local.scheduler.kill()
        ours.join()
        assert isinstance(ours.error, NotMeasured)
        assert "is gone; what had come back by then is kept" in str(ours.error)
        eventually(lambda: local._ends[-1].process.poll() == 0)  # its worker ends by itself
    assert len(read_learning(tmp_path / "out").baseline.finals) == 1


@pytest.mark.slow
def test_between_machines_all_is_encrypted_and_without_the_key_nobody_comes_in(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    tls = certificates(tmp_path / "tls")
    with local_fleet(tmp_path / "fleet", "a", tls=tls) as local:
        assert local.address.url.startswith("tls://")
        create_accuracy(tmp_path / "out", plan := planned(seeds=1))
        assert trained(tmp_path / "out", local) == []
        whole(tmp_path / "out", plan)
        stranger = certificates(tmp_path / "other")
        with pytest.raises(BenchError, match="no scheduler answers"), Fleet(replace(local.address, tls=stranger)):
            pass
        with pytest.raises(BenchError, match="no scheduler answers"), Fleet(replace(local.address, tls=None)):
            pass


def certificates(folder: Path) -> Path:
    """As docs/fleet.md makes them."""
    folder.mkdir()
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=fleet -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, env={**os.environ})
    shutil.copy(folder / "cert.pem", folder / "ca.pem")
    (folder / "key.pem").chmod(0o600)
    return folder


@pytest.mark.slow
def test_a_result_that_is_lost_with_its_machine_is_measured_again(tmp_path: Path, two: LocalFleet) -> None:
    with Fleet(two.address) as fleet:
        future = fleet._submit(seeds._unit(planned(seeds=1), 0))
        eventually(lambda: future.status == "finished")
        ((address,),) = fleet._client.who_has([future]).values()
        worker = fleet._client.scheduler_info(n_workers=-1)["workers"][address]
        holder = offered(worker["resources"])
        assert holder
        next(end for end in two._ends if f"{holder.name} offers" in end.said).kill()
        came = list[tuple[object, object]]()
        eventually(lambda: came.extend(fleet._come_back([future])) or came)
    ((_, result),) = came
    assert isinstance(result, UnitResult)
    assert {result.machine, holder.name} == {"a", "b"}
