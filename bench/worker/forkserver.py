"""A process that imports TensorFlow once and forks workers that have it: `python -m bench.nursery`, on Linux only.

It runs nothing of TensorFlow, whose threads would be missing in its forks, and collects no garbage that an executed
worker would not. It lives for one block. Its stdin is a socket to its parent (forking.py), with a packet
`NUMBER REQUEST` for each request and `NUMBER ANSWER` back:

    fork        with the new worker's stdin, stdout and stderr; the answer is its process id
    kill ID     the answer is the id
    wait ID     the answer is its exit code, negative for a signal

Leaves out what a worker does (worker.py).
"""

import os
import signal
import socket
import time
import traceback
import warnings
from collections.abc import Callable
from typing import NoReturn

from bench.machine.child_end import connect, die_with_parent
from bench.records.messages import Order
from bench.worker.case import serve
from bench.worker.setup import Opened, open_tensorflow

OpenCase = Callable[[Order], Opened]


def main() -> None:
    """Import, then answer until the parent closes the socket."""
    die_with_parent()
    channel = socket.socket(fileno=0)
    open_case, imported_s = imported()
    while True:
        message, streams, _, _ = socket.recv_fds(channel, 64, 3)
        if not message:
            return
        number, request, *pid = message.decode().split()
        answer = fork(streams, open_case, imported_s) if request == "fork" else ACTIONS[request](int(*pid))
        channel.send(f"{number} {answer}".encode())


def imported() -> tuple[OpenCase, float]:
    """What opens a case in a fork, and the seconds it took to import TensorFlow. An error is each fork's own."""
    start = time.perf_counter()
    try:
        import tensorflow  # noqa: F401 - with Keras, where the environment asks for it
    except Exception as error:
        return _refuse(error), 0.0
    return open_tensorflow, time.perf_counter() - start


def _refuse(error: Exception) -> OpenCase:
    def open_case(_: Order) -> Opened:
        raise error

    return open_case


def fork(streams: list[int], open_case: OpenCase, imported_s: float) -> int:
    """A worker on these streams; its process id."""
    with warnings.catch_warnings():
        # Python 3.12 warns of any thread. The only one is OpenBLAS', which prepares itself for forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        nursery, pid = os.getpid(), os.fork()
    if pid == 0:
        _be_worker(nursery, streams, open_case, imported_s)
    for stream in streams:
        os.close(stream)
    return pid


def _be_worker(nursery: int, streams: list[int], open_case: OpenCase, imported_s: float) -> NoReturn:
    """Never returns: what is above on the stack is the nursery's."""
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the run, which then ends its workers in order
        for number, stream in enumerate(streams):
            os.dup2(stream, number)  # 0 was the nursery's socket
            os.close(stream)
        serve(*connect(nursery), open_case, imported_s=imported_s)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def kill(pid: int) -> int:
    """End a fork that has not been waited for, so that its id is still its own."""
    os.kill(pid, signal.SIGKILL)
    return pid


def wait(pid: int) -> int:
    """Wait for a fork's end; its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


ACTIONS: dict[str, Callable[[int], int]] = {"kill": kill, "wait": wait}

if __name__ == "__main__":
    main()
