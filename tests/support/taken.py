"""A case taken through the worker's stages in the test's own process."""

from collections.abc import Sequence

from bench.records.messages import Order, StageRequest
from bench.records.run import Failure, Measurement
from bench.worker.case import State, take
from bench.worker.diagnostics import no_diagnostics
from bench.worker.instruments import Instruments
from bench.worker.serve import failure
from bench.worker.setup import SetUp, set_up
from bench.worker.starting import Ordered


def stages(warmup: int, *slices: int) -> list[StageRequest]:
    """From the first stage to the last, with so many steps of warm-up and of each slice."""
    timed = [StageRequest("slice", steps, number) for number, steps in enumerate(slices)]
    return [StageRequest("open"), StageRequest("build"), StageRequest("warmup", warmup), *timed, StageRequest("close")]


def still() -> float:
    """A clock that stands still."""
    return 0.0


def fakes(prepare: SetUp = set_up) -> Instruments:
    """Instruments without diagnostics, on a clock that stands still."""
    return Instruments(prepare, still, no_diagnostics)


def taken(order: Order, instruments: Instruments, requests: Sequence[StageRequest]) -> tuple[State, Measurement]:
    """The last state and the measurement. Raises what a stage raises."""
    state: State = Ordered(order, instruments)
    for request in requests:
        state, reply = take(state, request)
    assert reply.measurement
    return state, reply.measurement


def taken_or_failed(order: Order, instruments: Instruments, requests: Sequence[StageRequest]) -> Measurement | Failure:
    """The measurement, or the failure as the parent would hear of it."""
    state: State = Ordered(order, instruments)
    for request in requests:
        try:
            state, reply = take(state, request)
        except Exception as error:
            return failure(order, request.stage, error, state)
    assert reply.measurement
    return reply.measurement
