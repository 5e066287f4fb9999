"""The mode xla_cached on real workers: proven where its program was read from the disk, INVALID wherever it was not."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case

from bench.analysis import validity
from bench.records.messages import Order, StageRequest
from bench.records.run import Measurement, Outcome
from bench.runner.block import Block
from bench.runner.worker_process import WORKER
from bench.runner.xla_cache import XlaCache
from cifar_core.cifar10 import SYNTHETIC

CASE = a_case("xla_cached", model="mlp", batch_size=4)
STAGES = (StageRequest("open"), StageRequest("build"))
NOT_READ = ("it read no program from XLA's disk cache",)


def an_order(**changes: object) -> Order:
    return Order(replace(CASE, **changes), 1, SCHEDULE, ENVIRONMENT, SYNTHETIC)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def measured() -> dict[str, Measurement]:
    """One block: a cache that was filled, its A/A control; one that was left empty; a worker that uses none."""
    with ExitStack() as ends:
        filled, empty = XlaCache(WORKER, ends), XlaCache(WORKER, ends)
        read = filled.filled_for([an_order(), an_order(again=True)], STAGES)
        (compiled,) = empty.filled_for([an_order(slowdown=0.01)], ())
        orders = [*read, compiled, an_order(deterministic=True)]
        outcomes: list[Outcome] = []
        Block(orders, 0, lambda outcome, _: outcomes.append(outcome), lambda *_: None).run()
    assert [outcome.failure for outcome in outcomes if outcome.failure] == []
    names = dict(zip((order.case.key for order in orders), ("read", "again", "empty", "none"), strict=True))
    return {names[each.case.key]: each for outcome in outcomes if (each := outcome.measurement)}


def test_a_program_that_was_read_from_the_disk_proves_the_mode(measured: dict[str, Measurement]) -> None:
    for name in ("read", "again"):
        assert measured[name].proof.execution.cache_reads == 1
        assert validity.unproven_mode(measured[name]) == ()


def test_a_program_that_was_compiled_anew_does_not(measured: dict[str, Measurement]) -> None:
    assert measured["empty"].proof.execution.xla_compilations == 1
    assert validity.unproven_mode(measured["empty"]) == NOT_READ


def test_a_worker_that_writes_to_no_cache_has_read_none(measured: dict[str, Measurement]) -> None:
    """It wrote nothing either, which alone would look like reading."""
    assert measured["none"].proof.execution.xla_compilations == 1
    assert validity.unproven_mode(measured["none"]) == NOT_READ


def test_the_program_from_the_disk_does_the_same_work(measured: dict[str, Measurement]) -> None:
    read, compiled = measured["read"].evidence, measured["empty"].evidence
    assert validity.unequal_work(compiled, read, "float32") == ()
    assert compiled.first_losses == read.first_losses
