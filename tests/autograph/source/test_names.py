"""Names in a file, resolved to dotted names."""

import ast
from pathlib import Path

import pytest

from bench.autograph.source import names
from bench.autograph.source.modules import Module, build


def parsed(text: str) -> Module:
    return build(Path("train.py"), "train", text)


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("import tensorflow as tf\ntf.function", "tensorflow.function"),
        ("from tensorflow import function as compiled\ncompiled", "tensorflow.function"),
        ("import tensorflow.compat.v2 as tf\ntf.keras.Model", "keras.Model"),
        ("import tensorflow as tf\nshow = tf.print\nshow", "tensorflow.print"),
        ("print", "builtins.print"),
        ("try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None\ntf.Variable", "tensorflow.Variable"),
        ("try:\n    import other as tf\nexcept ImportError:\n    import tensorflow as tf\ntf.cond", "tensorflow.cond"),
        ("import tensorflow as tf\ntf = 3\ntf.function", None),
        ("def print(x): pass\nprint", None),
        ("unknown", None),
    ],
)
def test_imports_and_aliases_are_followed_and_an_ambiguous_name_is_not(text: str, dotted: str | None) -> None:
    module = parsed(text)
    last = module.tree.body[-1]
    assert isinstance(last, ast.Expr)
    assert names.dotted(module, last.value) == dotted


def test_a_function_does_not_see_the_names_of_the_class_around_it() -> None:
    module = parsed("rate = 1\nclass Net:\n    rate = 2\n    def call(self):\n        return rate")
    (function,) = module.functions.values()
    bound = names.lookup("rate", module.scopes[function.node])
    assert bound
    assert bound.scope.node is module.tree
