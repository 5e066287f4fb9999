"""The fork server: a process that imports TensorFlow once and forks workers that have it, on Linux only.

It runs nothing of TensorFlow, whose threads would be missing in its forks, and collects no garbage that an executed
worker would not. It lives for one block. Its stdin is a socket to its parent (runner/forkserver.py), with a packet
`NUMBER REQUEST` for each request and `NUMBER ANSWER` back:

    fork        with the new worker's stdin, stdout and stderr; the answer is its process id
    imported    the answer is 1, once TensorFlow is imported
    kill ID     the answer is the id
    wait ID     the answer is its exit code, negative for a signal
    stopped ID  the answer is 1 if somebody has stopped it for a while, else 0
"""

import gc
import select
import socket
import time
from collections.abc import Callable

from bench.machine.child_end import die_with_parent, leave_signals_to_parent
from bench.machine.keeper import adopt
from bench.records.messages import Order
from bench.worker.forks import Forks
from bench.worker.instruments import Instruments
from bench.worker.setup import SetUp, Setup, set_up


def main() -> None:
    """Import, then answer until the parent closes the socket."""
    die_with_parent()
    leave_signals_to_parent()
    adopt()
    channel = socket.socket(fileno=0)
    forks = Forks(import_tensorflow())
    while True:
        ready, _, _ = select.select([channel.fileno(), *forks.descriptors()], [], [])
        forks.bury()
        if channel.fileno() not in ready:
            continue
        message, streams, _, _ = socket.recv_fds(channel, 64, 3)
        if not message:
            return
        channel.send(answer(message.decode(), streams, forks).encode())


def answer(message: str, streams: list[int], forks: Forks) -> str:
    """The packet that answers this one."""
    number, request, *pid = message.split()
    actions: dict[str, Callable[[int], int]] = {"kill": forks.kill, "wait": forks.wait, "stopped": forks.stopped}
    if request == "imported":  # as nothing is answered before
        return f"{number} 1"
    return f"{number} {forks.fork(streams) if request == 'fork' else actions[request](int(*pid))}"


def import_tensorflow() -> Instruments:
    """What a fork times its case with, once TensorFlow is imported. An error in that is raised again in each fork."""
    start = time.perf_counter()
    gc.disable()  # collecting in between takes a fifth of the import, and each fork collects once it has opened
    try:
        import tensorflow  # noqa: F401 - with Keras, where the environment asks for it
    except Exception as error:
        return Instruments(set_up=_raiser(error))
    finally:
        gc.enable()
    return Instruments(set_up=set_up, imported_s=time.perf_counter() - start)


def _raiser(error: Exception) -> SetUp:
    def raise_again(_: Order) -> Setup:
        raise error

    return raise_again


if __name__ == "__main__":
    main()
