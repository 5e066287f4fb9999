"""Errors out of a person's own code, as they are shown."""

import pytest

from bench.worker.user_errors import described
from cifar_core.errors import ModelError

REWRITTEN = """in user code:

    File "/home/someone/model.py", line 12, in call  *
        return self.dense(inputs)
    File "/usr/lib/python3/site-packages/keras/src/layer.py", line 7, in dense  **
        raise ValueError("shape")

    ValueError: shapes do not match
"""


def test_a_persons_error_is_its_type_its_text_and_their_line() -> None:
    namespace: dict[str, object] = {}
    exec(compile("def make():\n    raise KeyError('units')", "/somewhere/model.py", "exec"), namespace)  # noqa: S102
    with pytest.raises(KeyError) as raised:
        namespace["make"]()  # type: ignore[operator]
    message, trace = described(raised.value)
    assert message == "KeyError: 'units' (/somewhere/model.py:2)"
    assert trace.startswith("Traceback (most recent call last):\n")
    assert trace.endswith("KeyError: 'units'\n")


def test_autographs_error_names_the_persons_line_and_leaves_library_frames_out() -> None:
    message, trace = described(ValueError(REWRITTEN))
    assert message == "ValueError: shapes do not match (/home/someone/model.py:12)"
    assert "site-packages/keras" not in trace
    assert "return self.dense(inputs)" in trace


def test_what_is_wrong_with_a_model_is_said_in_our_own_words_alone() -> None:
    assert described(ModelError("it has no trainable variable")) == ("it has no trainable variable",) * 2


def test_an_error_without_a_text_is_its_type() -> None:
    assert described(RuntimeError())[0] == "RuntimeError"
