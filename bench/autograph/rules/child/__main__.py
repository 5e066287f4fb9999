"""The child of `rules`: runs the examples in one mode and writes one JSON line per example."""

import json
import math
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TextIO

LIMIT_S = 60  # for one example; TensorFlow may trace forever


def main(mode: str, codes: list[str]) -> None:
    """Run both examples of each rule."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    prepare(mode)
    for code in codes:
        example = import_module(f"bench.autograph.rules.examples.{code.lower()}")
        for part in ("fails", "passes"):
            outcome, printed = run(getattr(example, part))
            answers.write(json.dumps({"code": code, "part": part, "outcome": outcome, "printed": printed}) + "\n")
            answers.flush()


def prepare(mode: str) -> None:
    """Make every tf.function of the examples run in this mode, whatever its own options."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.autograph.set_verbosity(0)
    tf.config.run_functions_eagerly(mode == "eager")
    original = tf.function

    def in_mode(func: Any = None, **options: Any) -> Any:
        return original(func, **{**options, "jit_compile": mode == "xla"})

    tf.function = in_mode
    if mode == "xla":
        in_mode(lambda: tf.zeros([]) + 1.0)()  # up to TensorFlow 2.19 XLA prints lines of its log when it starts


def run(example: Callable[[], Any]) -> tuple[str, list[str]]:
    """The value or exception of the example as text, and the lines it printed."""
    with _captured() as lines:
        try:
            with _time_limit():
                outcome = written(example())
        except BaseException as error:
            outcome = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return outcome, lines


def written(value: Any) -> str:
    """A result in the notation of the rules' rows: plain numbers with six digits."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(part) for part in value)}]"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else f"{value:.6g}" if value % 1 else f"{value:.1f}"
    if isinstance(value, str | int):
        return str(value)
    if hasattr(value, "numpy"):
        return written(value.numpy().tolist())
    return f"a {type(value).__name__}"


@contextmanager
def _captured() -> Iterator[list[str]]:
    """The lines that Python and TensorFlow's C++ code write to stdout and stderr."""
    lines: list[str] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
        saved = [os.dup(1), os.dup(2)]
        _send(file)
        try:
            yield lines
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, descriptor in enumerate(saved, start=1):
                os.dup2(descriptor, number)
                os.close(descriptor)
            file.seek(0)
            lines += [line.rstrip() for line in file if line.strip()]


def _send(file: TextIO) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(file.fileno(), 1)
    os.dup2(file.fileno(), 2)


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        raise TimeoutError(f"after {LIMIT_S} s")

    if not hasattr(signal, "SIGALRM"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
