"""Which functions are reached from the compiled ones."""

from pathlib import Path

from places import ROOT
from snippets import checked

from bench.autograph.source.files import read_module
from bench.autograph.source.modules import Module
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
    modules = [read_module(path) for path in (ROOT / "bench" / "modes").glob("*.py")]
    read = [module for module in modules if isinstance(module, Module)]
    bodies = Reach(Project(read, lambda path, name: None), read).bodies()
    traced = {(body.module.path.stem, body.function.name) for body in bodies if body.compiled and body.function}
    assert {("traced", "TracedTrainer._loss_of_step"), ("traced_loop", "LoopTrainer._loss_of_steps")} <= traced
