"""Which functions are reached from the compiled ones."""

import ast
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from snippets import checked

from bench.autograph.source.disk import Disk
from bench.autograph.source.files import read_module
from bench.autograph.source.modules import Module, build
from bench.autograph.source.project import Project
from bench.autograph.traced.reach import Reach


def test_tensorflow_s_own_code_is_not_followed(tmp_path: Path) -> None:
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inside.py").write_text("count = []\n\ndef op(x):\n    count.append(1)\n    return x\n")
    (package / "user.py").write_text(
        "import tensorflow as tf\nfrom tensorflow.inside import op\nrows = []\n\n"
        "@tf.function\ndef f(x):\n    rows.append(1)\n    return op(x)\n"
    )
    assert [(Path(one.file).name, one.line) for one in checked(tmp_path).findings] == [("user.py", 7)]


def test_the_suites_own_compiled_functions_are_seen() -> None:
    disk = Disk()
    modules = [read_module(path, disk) for path in (ROOT / "bench" / "modes").glob("*.py")]
    read = [module for module in modules if isinstance(module, Module)]
    bodies = Reach(Project(read, lambda path, name: None), read).bodies()
    traced = {(body.module.path.stem, body.function.name) for body in bodies if body.compiled and body.function}
    assert {("traced", "TracedTrainer._loss_of_step"), ("traced_loop", "LoopTrainer._loss_of_steps")} <= traced


def test_what_a_later_round_learns_reaches_every_body_that_asked_for_it(tmp_path: Path) -> None:
    """`size` is used above its definition, through a global and a helper: each is known one round later."""
    source = """import tensorflow as tf
first = lambda: second()
@tf.function
def step(x):
    if first():
        print("in")
    return helper(x)
def helper(x):
    value = second() if x is None else second()
    while value > 0:
        raise ValueError
    return value
def second():
    return third()
def third():
    return tf.ones([])
"""
    (tmp_path / "train.py").write_text(source)
    assert [(one.line, one.code) for one in checked(tmp_path).findings] == [(6, "AG101"), (11, "AG504")]


def test_a_body_is_walked_again_only_where_what_it_asked_for_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[str] = []
    walk = Reach.walk

    def noting(self: Reach, module: Module, node: ast.AST, *rest: Any) -> Any:
        walked.append(module.functions[node].name if node in module.functions else "module")
        return walk(self, module, node, *rest)

    monkeypatch.setattr(Reach, "walk", noting)
    text = "def early():\n    return late()\ndef late():\n    return []\ndef alone():\n    return 1\n"
    module = build(Path("train.py"), "train", text)
    Reach(Project([module], lambda path, name: None), [module]).bodies()
    assert sorted(walked) == ["alone", "early", "early", "late", "module"]
