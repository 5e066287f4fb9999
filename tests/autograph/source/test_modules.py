"""A file as a tree: its lines, scopes and bindings."""

import ast
from pathlib import Path

import pytest
from snippets import findings

from bench.autograph.source.modules import Module, build


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    above = "import tensorflow as tf\n\f\n@tf.function\ndef step(x):\n    y = 'a\u2028b\x85c'\n"
    source = f"{above}    print(x)  # noqa: AG101\n    print(y)\n    return x\n"
    (finding,) = findings(tmp_path, source, head="")
    assert (finding.line, finding.code, finding.source[-1]) == (7, "AG101", (7, "    print(y)"))


def parsed(text: str, name: str = "package.train", path: str = "package/train.py") -> Module:
    return build(Path(path), name, text)


@pytest.mark.parametrize(
    ("text", "name", "kinds"),
    [
        ("import os.path", "os", ["import"]),
        ("def step(): pass", "step", ["function"]),
        ("class Net: pass", "Net", ["class"]),
        ("count = 1", "count", ["value"]),
        ("for row in rows: pass", "row", ["other"]),
        ("count = 1\ndef step():\n    global count\n    count = 2", "count", ["value", "value"]),
        ("try:\n    pass\nexcept OSError as error:\n    pass", "error", ["other"]),
    ],
)
def test_each_statement_binds_its_names(text: str, name: str, kinds: list[str]) -> None:
    module = parsed(text)
    assert [binding.kind for binding in module.scopes[module.tree].bindings[name]] == kinds


def test_unpacking_gives_each_name_its_own_value() -> None:
    module = parsed("a, (b, c) = 1, (2, 3)")
    bindings = module.scopes[module.tree].bindings
    values = {name: ast.unparse(bindings[name][0].value or ast.Constant(None)) for name in "abc"}
    assert values == {"a": "1", "b": "2", "c": "3"}


def test_a_method_is_named_after_its_class_and_a_default_belongs_to_the_scope_around_it() -> None:
    module = parsed("class Net:\n    def call(self, x, scale=lambda: 1): pass")
    assert sorted(function.name for function in module.functions.values()) == ["Net.<lambda>", "Net.call"]
    (function,) = [function for function in module.functions.values() if function.name == "Net.call"]
    assert function.owner
    assert module.enclosing[function.node.args.defaults[0]].node is function.owner


@pytest.mark.parametrize(
    ("text", "path", "dotted"),
    [
        ("from . import parts", "package/train.py", "package.parts"),
        ("from .parts import parts", "package/train.py", "package.parts.parts"),
        ("from . import parts", "package/train/__init__.py", "package.train.parts"),
    ],
)
def test_a_relative_import_is_resolved_from_its_package(text: str, path: str, dotted: str) -> None:
    module = parsed(text, path=path)
    assert module.scopes[module.tree].bindings["parts"][0].dotted == dotted
