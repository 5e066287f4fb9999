"""The fork server: a process that imports TensorFlow once and forks workers that have it, on Linux only.

It runs nothing of TensorFlow, whose threads would be missing in its forks, and collects no garbage that an executed
worker would not. It lives for one block. Its stdin is a socket to its parent (runner/forkserver.py), with a packet
`NUMBER REQUEST` for each request and `NUMBER ANSWER` back:

    fork        with the new worker's stdin, stdout and stderr; the answer is its process id
    kill ID     the answer is the id
    wait ID     the answer is its exit code, negative for a signal
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
from bench.worker.instruments import Instruments
from bench.worker.serve import serve
from bench.worker.setup import SetUp, Setup, set_up


def main() -> None:
    """Import, then answer until the parent closes the socket."""
    die_with_parent()
    channel = socket.socket(fileno=0)
    instruments = import_tensorflow()
    while True:
        message, streams, _, _ = socket.recv_fds(channel, 64, 3)
        if not message:
            return
        number, request, *pid = message.decode().split()
        answer = fork(streams, instruments) if request == "fork" else ACTIONS[request](int(*pid))
        channel.send(f"{number} {answer}".encode())


def import_tensorflow() -> Instruments:
    """What a fork times its case with, once TensorFlow is imported. An error in that is raised again in each fork."""
    start = time.perf_counter()
    try:
        import tensorflow  # noqa: F401 - with Keras, where the environment asks for it
    except Exception as error:
        return Instruments(set_up=_raiser(error))
    return Instruments(set_up=set_up, imported_s=time.perf_counter() - start)


def _raiser(error: Exception) -> SetUp:
    def raise_again(_: Order) -> Setup:
        raise error

    return raise_again


def fork(streams: list[int], instruments: Instruments) -> int:
    """A worker on these streams; its process id."""
    with warnings.catch_warnings():
        # Python 3.12 warns of any thread. The only one is OpenBLAS', which prepares itself for forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        server, pid = os.getpid(), os.fork()
    if pid == 0:
        _be_worker(server, streams, instruments)
    for stream in streams:
        os.close(stream)
    return pid


def _be_worker(server: int, streams: list[int], instruments: Instruments) -> NoReturn:
    """Never returns: what is above on the stack is the fork server's."""
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the run, which then ends its workers in order
        for number, stream in enumerate(streams):
            os.dup2(stream, number)  # 0 was the fork server's socket
            os.close(stream)
        serve(*connect(server), instruments)
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
