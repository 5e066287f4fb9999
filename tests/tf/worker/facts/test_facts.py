"""What a device shows first, made on the CPU, and what is not sound."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import tensorflow as tf
from places import ROOT

from bench.records.facts import DeviceFact
from bench.worker.facts import allocation, arithmetic, pace, places
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
