"""Errors out of a person's own code, as they are shown."""

import pytest

from bench.worker.user_errors import described, telling
from cifar_core.errors import ModelError, Unsuited

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


IN_A_GRAPH = """Graph execution error:

Detected at node PyFunc defined at (most recent call last):
  File "/home/someone/data.py", line 9, in batches
    yield x
<stack traces unavailable>
TypeError: `generator` yielded an element of shape (8, 9) where (None, 7) was expected.
Traceback (most recent call last):

  File "/usr/lib/python3/site-packages/tensorflow/script_ops.py", line 269, in __call__
    ret = func(*args)

\t [[{{node PyFunc}}]] [Op:__inference_multi_step_379]"""


def test_of_a_multi_line_error_of_tensorflow_the_line_that_says_it_is_told() -> None:
    told = "TypeError: `generator` yielded an element of shape (8, 9) where (None, 7) was expected."
    assert telling(IN_A_GRAPH) == told
    assert described(ValueError(IN_A_GRAPH))[0].endswith("was expected. (/home/someone/data.py:9)")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Detected unsupported operations when trying to compile graph __inference_f_4[_XlaMustCompile=true,x=1] on "
            "XLA_CPU_JIT: AsString (No registered 'AsString' OpKernel for XLA_CPU_JIT devices compatible with node "
            "{{node AsString}}){{node AsString}}\nThe op is created at: ",
            "Detected unsupported operations when trying to compile graph __inference_f_4 on XLA_CPU_JIT: AsString "
            "(No registered 'AsString' OpKernel for XLA_CPU_JIT devices)",
        ),
        ("Exception encountered when calling Dense.call().\n\nshapes do not match", "shapes do not match"),
        ("Graph execution error:", "Graph execution error:"),
        ("", ""),
    ],
)
def test_a_heading_is_told_only_where_there_is_nothing_else(text: str, told: str) -> None:
    assert telling(text) == told


def test_a_step_that_cannot_be_traced_is_told_without_autographs_frames() -> None:
    text = REWRITTEN.replace("ValueError: shapes", "Unsuited: its train_step cannot be traced: shapes")
    assert described(Unsuited(text))[0] == "its train_step cannot be traced: shapes do not match"
