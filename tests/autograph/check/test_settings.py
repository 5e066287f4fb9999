"""The settings of a check, and what they select."""

from pathlib import Path

import pytest
from snippets import BAD, HEAD, LOUD, checked, findings, write_files

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings, load
from bench.autograph.rules import RULES
from bench.errors import BenchError


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(select=("AG1", "AG305")), ["AG001"]),
        (Settings(ignore=("AG001",)), []),
        (Settings(per_file_ignores=(("broken.py", ("AG001",)),)), []),
    ],
)
def test_a_file_that_was_not_checked_is_reported_unless_that_is_ignored(
    tmp_path: Path, settings: Settings, codes: list[str]
) -> None:
    write_files(tmp_path, {"broken.py": "def step(:\n"})
    assert [finding.code for finding in checked(tmp_path, settings).findings] == codes


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(select=("AG1",)), ["AG101"]),
        (Settings(ignore=("AG101",)), ["AG301"]),
        (Settings(exclude=("snippet.py",)), []),
        (Settings(per_file_ignores=(("*.py", ("AG3",)),)), ["AG101"]),
    ],
)
def test_codes_and_files_are_chosen(tmp_path: Path, settings: Settings, codes: list[str]) -> None:
    assert [finding.code for finding in findings(tmp_path, BAD, settings)] == codes


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("nothing", ["a.py", "c.py", "b.py"]),
        ("generated", ["a.py", "c.py"]),
        ("src/generated", ["a.py", "c.py"]),
        ("examples/*", ["a.py", "b.py"]),
        ("b.*", ["a.py", "c.py"]),
    ],
)
def test_files_are_left_out_by_where_they_lie_under_the_root_however_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, left: list[str]
) -> None:
    root = tmp_path / "generated" / "project"
    write_files(root, {"a.py": LOUD, "src/generated/b.py": LOUD, "examples/sub/c.py": LOUD})
    monkeypatch.chdir(root)
    settings = Settings(exclude=(pattern,), root=root)
    for typed in (root, Path(), root / "src" / ".."):
        assert [Path(one.file).name for one in checked(typed, settings).findings] == left


def test_the_nearest_pyproject_with_our_table_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.cifar-bench.check]\nselect = ["AG1"]\nfail-on = "error"\n[tool.cifar-bench.check.per-file-ignores]\n'
        '"inner/*.py" = ["AG101"]\n'
    )
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    (tmp_path / "inner" / "snippet.py").write_text(HEAD + BAD)
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    settings = load([tmp_path / "inner"], ("AG101", "AG301"))
    assert (settings.select, settings.fail_on) == (("AG1",), "error")
    found = check([tmp_path], settings, RULES).findings
    assert [(Path(one.file).parent.name, one.code) for one in found] == [(tmp_path.name, "AG101")]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ('select = "AG1"', "select is a list"),
        ('ignore = ["XX"]', "unknown code 'XX'"),
        ('fail-on = "never"', "unknown severity 'never'"),
        ("select = [", "cannot be read"),
    ],
)
def test_a_wrong_table_is_one_clear_line(tmp_path: Path, table: str, says: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.cifar-bench.check]\n{table}\n")
    with pytest.raises(BenchError, match=says):
        load([tmp_path], ("AG101",))
