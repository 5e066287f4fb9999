"""What other frameworks' modes are given of TensorFlow's tasks: one file a workload, made once, and none for others."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case

from bench.modes import extras
from bench.records.case import Case
from bench.records.messages import Order
from bench.runner import handover
from bench.runner.forkserver import ForkServers
from bench.runner.handover import Handover
from bench.runner.worker_process import WORKER
from cifar_core.cifar10 import SYNTHETIC


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders for which a TensorFlow process was started."""
    found = list[Order]()
    monkeypatch.setattr(handover, "_make", found.append)
    monkeypatch.setattr(extras, "find_spec", lambda package: package)
    return found


def an_order(case: Case) -> Order:
    return Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)


def test_each_workload_is_handed_over_once_and_the_folder_goes_at_the_end(made: list[Order]) -> None:
    cases = [a_case("eager"), a_case("torch_eager"), a_case("jax_jit"), a_case("jax_jit", batch_size=8)]
    with ExitStack() as ends:
        given = Handover(ends)
        for _ in range(2):
            orders = given.given_to([an_order(case) for case in cases])
        eager, torch, jax, other = (order.handed_over for order in orders)
        assert (eager, torch) == ("", jax)
        assert len({torch, other}) == len(made) == 2
        assert Path(torch).parent.is_dir()
    assert not Path(torch).parent.exists()


def test_without_the_framework_no_process_is_started(made: list[Order], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    with ExitStack() as ends:
        given = Handover(ends)
        (order,) = given.given_to([an_order(a_case("torch_eager"))])
    assert (order.handed_over, made) == ("", [])


def test_an_own_model_is_handed_over_to_keras_modes_only(made: list[Order]) -> None:
    with ExitStack() as ends:
        given = Handover(ends)
        torch, keras = given.given_to([an_order(a_case(m, model="mine:make")) for m in ("torch_eager", "keras_torch")])
    assert not torch.handed_over
    assert keras.handed_over
    assert [order.case.mode for order in made] == ["keras_torch"]


def test_another_frameworks_process_is_never_forked_from_one_that_has_tensorflow() -> None:
    servers = ForkServers(WORKER)
    assert servers._forks(an_order(a_case("torch_eager"))) is False
    assert servers._forks(an_order(a_case("keras_jax"))) is False
