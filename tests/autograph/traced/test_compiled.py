"""Functions that the source compiles, and how."""

from pathlib import Path

import pytest

from bench.autograph.source.modules import Module, build
from bench.autograph.source.project import Project
from bench.autograph.traced.compiled import CompiledFunction, compiled_functions, known_functions

HEAD = "import functools, keras\nimport tensorflow as tf\n"


def parsed(text: str) -> Module:
    return build(Path("train.py"), "train", HEAD + text)


def compiled(text: str) -> list[CompiledFunction]:
    module = parsed(text)
    return list(compiled_functions(Project([module], lambda path, name: None), module))


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("@tf.function\ndef step(x): pass", "@tf.function"),
        ("@tf.function(reduce_retracing=True)\ndef step(x): pass", "@tf.function(reduce_retracing=True)"),
        ("@functools.partial(tf.function, jit_compile=True)\ndef step(x): pass",
         "@functools.partial(tf.function, jit_compile=True)"),
        ("def step(x): pass\nfast = tf.function(step)", "tf.function(step)"),
        ("def step(x): pass\nfast = tf.function(func=step)", "tf.function(func=step)"),
        ("def step(x): pass\nfast = tf.function(jit_compile=True)(step)", "tf.function(jit_compile=True)(step)"),
        ("compile = tf.function(autograph=False)\n@compile\ndef step(x): pass", "@compile"),
    ],
)  # fmt: skip
def test_each_spelling_compiles_the_function(text: str, because: str) -> None:
    (function,) = compiled(text)
    assert (function.function.name, function.because, function.kind) == ("step", because, "tf.function")


def test_the_options_of_tf_function_are_read() -> None:
    (function,) = compiled("@tf.function(jit_compile=True, autograph=False, input_signature=[None])\ndef f(x): pass")
    assert (function.jit, function.autograph, function.relaxed) == (True, False, False)
    assert function.signature


def test_keras_traces_the_methods_of_a_layer_unconverted() -> None:
    (function,) = compiled("class Net(keras.Model):\n    def call(self, x): pass\n    def build(self, shape): pass")
    assert (function.function.name, function.kind, function.autograph) == ("Net.call", "keras", False)


@pytest.mark.parametrize("text", ["def step(x): pass\nstep(1)", "@functools.cache\ndef step(x): pass"])
def test_other_calls_and_decorators_compile_nothing(text: str) -> None:
    assert compiled(text) == []


def test_a_function_that_is_known_to_be_traced_is_found_by_its_first_line() -> None:
    module = parsed("@staticmethod\ndef step(x): pass\ndef other(x): pass")
    path = str(module.path.resolve())
    assert [found.function.name for found in known_functions(module, {(path, 3), (path, 4)})] == ["step"]
