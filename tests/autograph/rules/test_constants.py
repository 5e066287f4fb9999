"""Whole numbers that the source names."""

import ast
from pathlib import Path

import pytest
from snippets import write_files

from bench.autograph.rules.constants import whole_number
from bench.autograph.source.disk import Disk
from bench.autograph.source.files import read_module
from bench.autograph.source.modules import Module
from bench.autograph.source.project import Project
from bench.autograph.traced.reach import Reach

SOURCE = """
from sizes import ROWS
LAYERS = 12
TWICE = LAYERS * 2
AGAIN = 1
AGAIN = 2

def step(n):
    own = 7
    return asked
"""


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("LAYERS", 12), ("TWICE - 1", 23), ("-own", -7), ("ROWS // 2", 50), ("AGAIN", None), ("n", None),
        ("LAYERS // 0", None), ("True", None), ("unknown", None),
    ],
)  # fmt: skip
def test_a_constant_is_followed_through_names_and_files(tmp_path: Path, asked: str, number: int | None) -> None:
    write_files(tmp_path, {"sizes.py": "ROWS = 100\n", "net.py": SOURCE.replace("asked", asked)})
    disk = Disk()
    module = read_module(tmp_path / "net.py", disk)
    assert isinstance(module, Module)

    def read(path: Path, name: str) -> Module | None:
        beside = read_module(path, disk, name)
        return beside if isinstance(beside, Module) else None

    bodies = Reach(Project([module], read), [module]).bodies()
    body = next(each for each in bodies if each.function and each.function.name == "step")
    (returned,) = body.each(ast.Return)
    assert isinstance(returned, ast.Return)
    assert returned.value
    assert whole_number(body, returned.value) == number
