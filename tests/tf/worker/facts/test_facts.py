"""What a device shows first, made on the CPU, and what is not sound."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import tensorflow as tf
from builders import FakeClock, FakeTrainer
from places import ROOT
from recorded_nvml import RecordedNvml

from bench.machine.nvml import find
from bench.records.costs import Profile
from bench.records.devices import DeviceTime
from bench.records.facts import DeviceFact
from bench.worker.facts import __main__ as child
from bench.worker.facts import allocation, arithmetic, card, pace, places
from bench.worker.facts.subject import Subject

CPU = Subject("cpu")


@pytest.mark.parametrize(
    ("seconds", "settled"),
    [
        ([2.0, *[0.01] * 39], 1),
        ([2.0, *[0.05] * 6, *[0.01] * 33], 7),  # autotuning in the first steps
        ([0.01, *[0.03] * 3, *[0.01] * 36], 4),  # one fast step before slow ones has not settled
        ([0.001 * n for n in range(40, 0, -1)], 27),  # of the second half the median is 10.5 ms; 13 is near it
        ([0.01, 0.01, 0.01, 0.1] * 10, None),
    ],
)
def test_steps_have_settled_where_some_in_a_row_are_near_the_later_ones(
    seconds: list[float], settled: int | None
) -> None:
    assert pace.settled_after(seconds) == settled


def test_products_in_float32_are_told_from_products_of_fewer_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert arithmetic.float32(CPU).sound
    exact: Callable[..., Any] = tf.matmul

    def tf32(*factors: Any) -> Any:
        """Keeps 10 of 23 bits of each factor."""
        kept = [tf.bitcast(tf.bitcast(f, tf.int32) & ~((1 << 13) - 1), tf.float32) for f in factors]
        return exact(*kept)

    monkeypatch.setattr(tf, "matmul", tf32)
    fact = arithmetic.float32(CPU)
    assert fact.sound is False
    assert "e-04 (TF32" in fact.found


def test_an_op_elsewhere_and_a_mode_that_cannot_run_are_not_sound() -> None:
    assert places.placement(CPU, "function").sound
    stray = places.placement(Subject("gpu"), "function")  # computes on the CPU, where there is no GPU
    assert stray.sound is False
    assert "of its ops ran on CPU:0" in stray.found


def test_what_needs_a_gpu_says_so_on_a_cpu() -> None:
    assert all(
        fact(CPU).gpu_only for fact in (arithmetic.tf32, allocation.growth, allocation.allocator, pace.hosts_clock)
    )


def test_a_child_process_gives_every_fact_a_line() -> None:
    command = [sys.executable, "-m", "bench.worker.facts", "cpu", "all", "function"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    facts = [msgspec.json.decode(line, type=DeviceFact) for line in done.stdout.splitlines()]
    titles = [fact.title for fact in facts]
    assert titles[-1] == "ops of tf.function"
    assert len(titles) == len(set(titles)) == 11
    assert all(fact.gpu_only or fact.found for fact in facts)


class FakeSubject(Subject):
    """A GPU whose trainer only lets the clock pass."""

    def trainer(self, mode: str) -> Any:
        assert isinstance(self.clock, FakeClock)
        return FakeTrainer(mode, self.clock, 0.01)


def a_gpu_subject(**readings: Any) -> Subject:
    gpu = find(0, RecordedNvml(**readings))
    assert gpu
    return FakeSubject("gpu", gpu, FakeClock())


def test_clocks_are_read_between_steps_for_some_seconds() -> None:
    subject = a_gpu_subject(bits=[0x1] * 3 + [0x4] * 100)
    fact = card.under_load(subject)
    assert (fact.sound, "throttled: power cap" in fact.found) == (False, True)
    assert subject.clock() >= card.LOAD_S
    assert card.under_load(a_gpu_subject()).sound


def test_a_gpu_without_nvml_or_without_a_counter_is_not_sound() -> None:
    assert card.readings(Subject("gpu")).sound is False
    assert card.readings(a_gpu_subject(silent=("nvmlDeviceGetTotalEnergyConsumption",))).sound is False
    assert card.readings(a_gpu_subject(joules=lambda: 7.0)).sound is True


@pytest.mark.parametrize("grows", [True, False])
def test_memory_that_does_not_grow_is_not_sound(grows: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: ["a GPU"])
    monkeypatch.setattr(tf.config.experimental, "get_memory_growth", lambda gpu: grows)
    monkeypatch.setattr(tf.config.experimental, "get_memory_info", lambda name: {"peak": 3 * 2**20})
    fact = allocation.growth(a_gpu_subject())
    assert fact.sound is grows
    assert fact.found == f"growth {'on' if grows else 'OFF'}; 3 MiB at most, 3,072 MiB of the card taken by all"


@pytest.mark.parametrize(("after_s", "sound"), [(0.0, True), (0.05, False)])
def test_a_clock_that_stops_before_the_gpu_is_not_sound(
    after_s: float, sound: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = DeviceTime(0.2, 0.15, 0.01, 0.001, after_s, 400)
    monkeypatch.setattr(pace, "profile", lambda *_: Profile(20, 0.2, 0.15, 5, True, device))
    fact = pace.hosts_clock(a_gpu_subject())
    assert fact.sound is sound
    assert fact.found.startswith("GPU busy for 75% of 200 ms, and for ")
    monkeypatch.setattr(pace, "profile", lambda *_: None)
    assert pace.hosts_clock(a_gpu_subject()).sound is False


def test_a_fact_that_fails_is_told_and_the_others_are_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_fact(subject: Subject) -> DeviceFact:
        raise RuntimeError("CUDA_ERROR_OUT_OF_MEMORY\nand more")

    monkeypatch.setattr(child, "FACTS", (broken_fact, allocation.allocator))
    first, second = child.observe(CPU, [], all_facts=True)
    assert first == DeviceFact("broken fact", "CUDA_ERROR_OUT_OF_MEMORY", False)
    assert second.gpu_only
