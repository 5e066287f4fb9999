"""The user's module and its driver, found by name."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.autograph.driver import find_driver, load_module, located_file
from bench.errors import BenchError


@pytest.fixture
def importing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what importing a file changes: the search path and the loaded modules."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", {**sys.modules})


@pytest.mark.usefixtures("importing")
def test_a_file_is_imported_with_the_modules_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("FACTOR = 2\n")
    (tmp_path / "driven.py").write_text("from beside_it import FACTOR\n\ndef drive():\n    return FACTOR\n")
    module = load_module(str(tmp_path / "driven.py"))
    assert find_driver(module, "drive")() == 2
    assert find_driver(module, f"{tmp_path / 'driven.py'}::drive")() == 2


@pytest.mark.usefixtures("importing")
def test_a_module_that_is_not_there_is_one_line_and_one_that_it_imports_is_its_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "importing_nothing.py").write_text("import nothing_like_this\n")
    with pytest.raises(BenchError, match="there is no module nowhere_at_all, neither in"):
        load_module("nowhere_at_all")
    with pytest.raises(ModuleNotFoundError, match="nothing_like_this"):
        load_module("importing_nothing")
    with pytest.raises(BenchError, match=r"there is no file nowhere\.py"):
        load_module("nowhere.py")


def test_a_driver_that_is_not_there_or_no_function_is_refused() -> None:
    module = SimpleNamespace(__name__="train", steps=3)
    for name in ("nobody", "steps"):
        with pytest.raises(BenchError, match=f"train has no function {name}; --driver names a zero-argument function"):
            find_driver(module, name)  # type: ignore[arg-type]


def test_where_a_module_lies_is_known_without_importing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raising = "raise AssertionError('it is imported')\n"
    (tmp_path / "located_package").mkdir()
    (tmp_path / "located_package" / "__init__.py").write_text(raising)
    (tmp_path / "located_spaces").mkdir()
    (tmp_path / "located_module.py").write_text(raising)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert located_file("located_package.nets") == tmp_path / "located_package" / "__init__.py"
    assert located_file("located_module") == tmp_path / "located_module.py"
    assert located_file("located_spaces.nets").parent == tmp_path / "located_spaces"
    assert located_file("located_nowhere.nets").parent == tmp_path
    assert located_file("parts/train.py") == Path("parts/train.py")
