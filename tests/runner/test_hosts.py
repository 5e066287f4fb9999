"""--hosts: several commands on one machine stand for several machines; their workers are fake."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case, a_group, a_plan
from children import running
from places import SUPPORT
from waiting import LATE_S

from bench.errors import BenchError
from bench.machine.far import connected, far
from bench.machine.launcher import executed
from bench.machine.parent_end import Child, Gone
from bench.records.messages import Order, StageRequest
from bench.records.run import Plan
from bench.runner.gang import free_addresses
from bench.runner.host_service import HostService
from bench.runner.hosts import claimed, fingerprint, joined, tensorflow_address
from bench.runner.worker_process import CaseFailed, WorkerProcess
from cifar_core.cifar10 import SYNTHETIC

CASE = replace(a_case("multi_worker"), replicas=2, hosts=2)


def fake(*faults: str) -> tuple[str, ...]:
    return (sys.executable, str(SUPPORT / "fake_worker.py"), *faults)


def a_plan_over_hosts() -> Plan:
    return a_plan((*a_group(("function",)), CASE), hosts=tuple(free_addresses(2)))


@contextmanager
def second_machine(plan: Plan, *faults: str) -> Iterator[threading.Thread]:
    """The same command, on what stands for another machine, for as long as the first one is joined."""
    with claimed(plan.hosts[1:]) as place:
        assert place
        service = HostService(plan, SYNTHETIC, fake(*faults))
        thread = threading.Thread(target=service.serve, args=(place, lambda far: nullcontext()))
        thread.start()
        yield thread
        thread.join(20)


def on_both(plan: Plan) -> WorkerProcess:
    order = Order(CASE, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, hosts=plan.hosts)
    worker = WorkerProcess(order, executed(fake(), {}))
    try:
        for stage, steps in (("open", 0), ("build", 0), ("warmup", 2)):
            worker.take(StageRequest(stage, steps))
    except CaseFailed:
        worker.end()
        raise
    return worker


def test_each_command_finds_out_which_of_the_hosts_it_is() -> None:
    hosts = tuple(free_addresses(2))
    with claimed(hosts) as first, claimed(hosts) as second:
        assert first
        assert second
        assert (first.number, second.number) == (0, 1)
        with (
            pytest.raises(BenchError, match=r"none of .* is an address of this machine with a free port"),
            claimed(hosts),
        ):
            pass


def test_without_hosts_nothing_is_claimed_and_nothing_joined() -> None:
    said: list[str] = []
    with claimed(()) as place, joined(a_plan(), said.append):
        assert place is None
    assert said == []


def test_another_machines_workers_take_their_turn_and_end_with_the_first_command() -> None:
    plan = a_plan_over_hosts()
    with second_machine(plan) as serving:
        with joined(plan, lambda text: None):
            worker = on_both(plan)
            worker.take(StageRequest("slice", 1))
            assert worker.slices_s
            assert serving.is_alive()
            worker.end()
        serving.join(20)
        assert not serving.is_alive()


def test_a_worker_killed_on_another_machine_is_named() -> None:
    plan = a_plan_over_hosts()
    with second_machine(plan, f"{CASE.arm}=hang"), joined(plan, lambda text: None):
        worker = on_both(plan)
        worker.ask(StageRequest("slice", 20))
        time.sleep(0.5)
        (victim,) = running("hang")
        victim.kill()
        address = tensorflow_address(plan.hosts[1], again=False)
        with pytest.raises(CaseFailed, match=rf"worker 2 of 2 \({address}\): killed from outside"):
            worker.answer()
        worker.end()


def test_another_command_or_other_images_are_refused() -> None:
    plan = a_plan_over_hosts()
    other = replace(plan, seed=plan.seed + 1)
    assert fingerprint(other) != fingerprint(plan)
    with second_machine(plan):
        with pytest.raises(BenchError, match="another command, or has other images"), joined(other, lambda text: None):
            pass
        with joined(plan, lambda text: None):  # it goes on waiting for the right one
            pass


def test_a_machine_that_cannot_be_reached_is_named() -> None:
    plan, said = a_plan_over_hosts(), list[str]()
    with pytest.raises(BenchError, match=f"{plan.hosts[1]} cannot be reached"), joined(plan, said.append, wait_s=0.0):
        pass
    assert said == [f"waiting for {plan.hosts[1]}: type the same command there"]


def test_a_case_that_is_not_in_its_own_plan_is_not_started() -> None:
    plan = a_plan_over_hosts()
    fewer = replace(plan, cases=plan.cases[:-1])
    lost = pytest.raises(CaseFailed, match=r"worker 2 of 2 .* was lost")
    with second_machine(fewer), joined(fewer, lambda text: None), lost:
        on_both(plan)


@contextmanager
def resetting() -> Iterator[str]:
    """The address of a host that resets each connection, as one that was just started again does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.recv(1)
                    reset(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_worker_whose_connection_is_reset_is_gone_at_once() -> None:
    with resetting() as address:
        child = Child(far(address))
        child.send("an order")
        with pytest.raises(Gone, match=r"ended by itself with code 255"):
            child.receive(LATE_S)
        child.send("nobody hears it")
        child.end()


def test_a_machine_that_resets_the_connection_is_named() -> None:
    with resetting() as address:
        plan = replace(a_plan_over_hosts(), hosts=("127.0.0.1:1", address))
        with pytest.raises(BenchError, match=f"{address}: it is not cifar-bench"), joined(plan, lambda text: None):
            pass


def test_a_connection_that_is_reset_does_not_end_the_waiting_for_the_first_machine() -> None:
    plan = a_plan_over_hosts()
    with second_machine(plan) as serving:
        stranger = connected(plan.hosts[1])
        stranger.sendall(b"GET")
        reset(stranger)
        with joined(plan, lambda text: None):
            assert serving.is_alive()
