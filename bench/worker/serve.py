"""The timed child process: an Order in, one Reply to each request, the Measurement at the end.

Started by the module's name, or forked by the fork server. While the parent asks for nothing, the worker sleeps on its
input; a closed input means that the parent has gone.
"""

import traceback
from collections.abc import Iterator
from typing import IO

import msgspec

from bench.errors import NotAvailable, NotComparable
from bench.machine.child_end import connect
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, NOT_COMPARABLE, Failure
from bench.worker.case import State, Timed, take
from bench.worker.instruments import Instruments
from bench.worker.starting import Ordered
from bench.worker.user_errors import described, telling
from cifar_core.errors import Unsuited

# What a Failure's stage says of such an error
STAGE_OF = {NOT_APPLICABLE: Unsuited, NOT_AVAILABLE: NotAvailable, NOT_COMPARABLE: NotComparable}


def serve(lines: Iterator[bytes], out: IO[bytes], instruments: Instruments) -> None:
    """Answer each request with one line until the input ends, the case closes, or it fails."""
    order = msgspec.json.decode(next(lines), type=Order)
    state: State = Ordered(order, instruments)
    for line in lines:
        request = msgspec.json.decode(line, type=StageRequest)
        try:
            state, reply = take(state, request)
        except Exception as error:  # whatever goes wrong in a case is that case's row, not a crash
            reply = Reply(failure=failure(order, request.stage, error, state))
        out.write(msgspec.json.encode(reply) + b"\n")
        out.flush()
        if reply.failure or reply.measurement:
            return


def failure(order: Order, stage: str, error: BaseException, state: State) -> Failure:
    """The error as a Failure, with the tail of its traceback and the slices that were timed by then."""
    stage = next((name for name, kind in STAGE_OF.items() if isinstance(error, kind)), stage)
    if order.case.workload.own_model:
        message, trace = described(error)
    else:
        message = telling(str(error)) or type(error).__name__
        trace = "".join(traceback.format_exception(error))
    slices_s = state.slices_s if isinstance(state, Timed) else ()
    return Failure(order.case, order.block, stage, message, trace[-4000:], slices_s)


if __name__ == "__main__":
    serve(*connect(), Instruments())
