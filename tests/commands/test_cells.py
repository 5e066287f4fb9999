"""A notebook's function becomes a module: with what it uses, and a refusal that names what cannot go along."""

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from bench.commands import cells
from bench.errors import BenchError

CELLS = (
    "import math\nfrom collections import OrderedDict as Ordered",
    "WIDTH = 3\nNAMES = ('a', {'b': [1, 2.5, None]})",
    """
class Base:
    scale = WIDTH

    def half(self):
        return self.scale / 2


class Model(Base):
    def area(self):
        return round_up(math.pi * self.scale)
""",
    """
def round_up(x):
    return math.ceil(x)


def make():
    return Ordered(model=Model().area(), names=NAMES)
""",
    "held = object()",
    "def give():\n    return held",
)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Its names, as they stand in __main__ once all cells have run; their source is found as a notebook's is."""
    names = types.ModuleType("__main__")
    for number, text in enumerate(CELLS):
        file = tmp_path / f"cell_{number}.py"
        file.write_text(text)
        exec(compile(text, str(file), "exec"), vars(names))  # noqa: S102 - as a notebook does
    monkeypatch.setitem(sys.modules, "__main__", names)
    return names


def written(folder: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("written", folder / f"{cells.NAME}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_function_takes_along_what_it_uses(notebook: Any, tmp_path: Path) -> None:
    spelled = cells.spelled(notebook.make, tmp_path)
    assert spelled == f"{tmp_path}/{cells.NAME}.py:make"
    assert written(tmp_path).make() == {"model": 10, "names": ("a", {"b": [1, 2.5, None]})}
    assert "held" not in (tmp_path / f"{cells.NAME}.py").read_text()


def test_what_lives_in_the_notebook_alone_is_refused_by_name(notebook: Any, tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"held \(object\) exists in this process only; make it inside the function"):
        cells.spelled(notebook.give, tmp_path)
    with pytest.raises(BenchError, match="is not a function with a name"):
        cells.spelled(3, tmp_path)  # type: ignore[arg-type]


def test_a_function_of_a_file_is_found_there(tmp_path: Path) -> None:
    assert cells.spelled(written, tmp_path) == f"{Path(__file__).resolve()}:written"
    with pytest.raises(BenchError, match="inner is made inside another function"):
        cells.spelled(_inner(), tmp_path)


def _inner() -> Any:
    def inner() -> None:
        """Found by nobody else."""

    return inner
