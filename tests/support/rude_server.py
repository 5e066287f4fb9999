"""A server that answers with whatever bytes it is given, however wrong, as slowly as it is told."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket, threading.Event], None]


def says(*answers: bytes) -> list[Answer]:
    """Each of these bytes to one request, after the other."""
    return [_sends(answer) for answer in answers]


def drips(beginning: bytes, drop: bytes, every_s: float) -> Answer:
    """The beginning, then a drop again and again, until the server ends."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(beginning)
        while not ended.wait(every_s):
            connection.sendall(drop)

    return answer


@contextmanager
def rude_server(answers: Sequence[Answer]) -> Iterator[str]:
    """Its address, while it gives these answers, the last one from then on."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=_serve, args=(listening, answers, ended))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/file"
        finally:
            ended.set()
            thread.join()


def _serve(listening: socket.socket, answers: Sequence[Answer], ended: threading.Event) -> None:
    served = 0
    while not ended.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(5)
            connection.recv(65536)
            with suppress(OSError):  # the other side has hung up
                answers[min(served, len(answers) - 1)](connection, ended)
        served += 1


def _sends(answer: bytes) -> Answer:
    return lambda connection, ended: connection.sendall(answer)
