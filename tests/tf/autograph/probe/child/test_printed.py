"""Whose output counts as the driver's: decided by the code that writes."""

import sys
from collections.abc import Callable

import pytest

from bench.autograph.probe.child.printed import StreamByOrigin, framework_speaks, listen, printed_lines


def speaking(module: str, write: Callable[..., object] = print) -> None:
    """Run a write in code of a module of this name."""
    exec("def say(write, text):\n    write(text)", names := {"__name__": module})  # noqa: S102 - a module's own code
    names["say"](write, f"{module} says")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("module", "counts"),
    [
        ("train", True),
        ("__main__", True),
        ("my_keras.model", True),
        ("tensorflow.python.data.ops.structured_function", False),
        ("keras.src.utils.io_utils", False),
        ("tf_keras.callbacks", False),
        ("tensorflow.python.autograph.operators.py_builtins", True),  # it prints for the code that it converted
        ("logging", True),  # likewise, for the test around it
    ],
)
def test_what_a_framework_writes_is_not_the_driver_s(
    module: str, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    listen()
    assert isinstance(sys.stdout, StreamByOrigin)
    with printed_lines() as printed:
        speaking(module)
        speaking(module, lambda text: sys.stderr.writelines([text, "\n"]))
    assert [bool(lines) for lines in printed] == [counts, counts or module.startswith(("tensor", "keras", "tf_"))]


def test_code_without_frames_around_it_is_nobody_s() -> None:
    assert not framework_speaks(None)


def test_a_block_may_close_and_replace_its_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def flush(self) -> None:
            raise ValueError("closed")

    before = sys.stdout
    with printed_lines() as printed:
        sys.stdout = Broken()  # type: ignore[assignment]
    assert sys.stdout is before
    assert printed == [(), ()]
