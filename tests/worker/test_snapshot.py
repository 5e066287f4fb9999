"""A trainer's state kept and put back, with a fake trainer."""

from typing import Any

import numpy as np
import pytest
from builders import FakeTrainer, a_variable

from bench.worker import snapshot
from bench.worker.snapshot import Snapshot


class Grouped(FakeTrainer):
    """Notes how many variables are read and written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def read(self, variables: Any) -> list[Any]:
        self.sizes.append(len(variables))
        return super().read(variables)

    def write(self, variables: Any, values: Any) -> None:
        self.sizes.append(len(variables))
        super().write(variables, values)


def state(trainer: Any) -> list[Any]:
    return [np.array(value) for value in trainer.read(trainer.task.state())]


def equal(ours: list[Any], theirs: list[Any]) -> bool:
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_every_variable_comes_back_with_its_kind_of_number() -> None:
    trainer: Any = FakeTrainer()
    before, kept = state(trainer), Snapshot(trainer)
    trainer.run(3)
    assert not equal(state(trainer), before)
    kept.put_back()
    assert equal(state(trainer), before)
    assert kept.value(trainer.iterations).dtype == np.int64


def test_what_is_left_out_stays_as_it_is() -> None:
    trainer: Any = FakeTrainer()
    kept = Snapshot(trainer)
    trainer.run(3)
    kept.put_back(but=[trainer.iterations])
    assert int(trainer.iterations.value) == 3
    assert trainer.weight.value.tolist() == [1.0] * 4


def test_weights_alone_may_come_back_changed_each_told_by_its_number() -> None:
    trainer: Any = FakeTrainer()
    kept = Snapshot(trainer)
    kept.put_back(lambda number, value: value + 5 + number)
    assert trainer.weight.value.tolist() == [6.0] * 4
    assert trainer.slot.value.tolist() == [1.0] * 4
    assert int(trainer.iterations.value) == 0


def test_each_variable_then_and_now() -> None:
    trainer: Any = FakeTrainer()
    kept = Snapshot(trainer)
    trainer.run(2)
    seen = {variable.name: (np.max(then), np.max(now)) for variable, then, now in kept.beside_now()}
    assert seen == {"kernel:0": (1.0, -1.0), "m:0": (1.0, 1.0), "iterations:0": (0, 2)}


def test_two_snapshots_hold_each_their_own() -> None:
    trainer: Any = FakeTrainer()
    first = Snapshot(trainer)
    trainer.run(1)
    second = Snapshot(trainer)
    trainer.run(1)
    assert [kept.value(trainer.weight)[0] for kept in (second, first, second)] == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(("most", "sizes"), [(1, [1, 1, 1]), (32, [2, 1]), (36, [3])])
def test_as_many_variables_are_read_and_written_at_once_as_the_memory_allows(
    most: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "GROUP_BYTES", most)  # two of four numbers each, and a counter
    trainer: Any = Grouped()
    kept = Snapshot(trainer)
    assert trainer.sizes == sizes
    kept.put_back()
    list(kept.beside_now())
    assert trainer.sizes == sizes * 3


def test_a_variable_of_no_elements_is_kept_too() -> None:
    trainer: Any = FakeTrainer()
    empty = a_variable("empty", np.zeros((0, 3), np.float32))
    trainer.task.state = lambda: (trainer.weight, empty)
    kept = Snapshot(trainer)
    assert kept.value(empty).shape == (0, 3)


def test_its_file_is_closed_with_it() -> None:
    kept = Snapshot(FakeTrainer())  # type: ignore[arg-type]
    file = kept._file
    assert not file.closed
    del kept
    assert file.closed
