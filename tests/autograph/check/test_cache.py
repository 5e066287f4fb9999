"""A kept result: used where nothing has changed, and never a stale or damaged one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from snippets import LOUD, write_files

from bench.autograph.check import cache
from bench.autograph.check.cache import check_or_recall
from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import CheckResult
from bench.autograph.rules import RULES

STEP = "import tensorflow as tf\nfrom lib.log import log\n@tf.function\ndef step(x):\n    log(x)\n    return x\n"
LOG = "def log(x):\n    print(x)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`src` is checked; `lib` lies beside `src/train.py`'s import folder and is only read."""
    write_files(tmp_path, {"src/train.py": STEP, "src/other.py": LOUD, "src/lib/log.py": LOG, "src/net.txt": "x"})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each check read that was not recalled."""
    counts: list[int] = []
    slowly = cache.check_files

    def noting(*arguments: object, **options: object) -> CheckResult:
        result: CheckResult = slowly(*arguments, **options)  # type: ignore[arg-type]
        counts.append(result.files)
        return result

    monkeypatch.setattr(cache, "check_files", noting)
    return counts


def test_an_unchanged_tree_is_not_checked_again_and_the_result_is_the_same(
    project: Path, computed: list[int], tmp_path: Path
) -> None:
    paths, folder = [Path("src/train.py")], tmp_path / "cache"
    first, second = (check_or_recall(paths, Settings(), folder) for _ in range(2))
    assert computed == [1]
    assert first == second == check(paths, Settings(), RULES)
    assert [(one.file, one.code) for one in second.findings] == [("src/lib/log.py", "AG101")]
    check_or_recall(paths, Settings(output_format="json", fail_on="info"), folder)
    os.utime("src/train.py", (1, 1))
    check_or_recall(paths, Settings(), folder)
    assert computed == [1]  # neither the format nor a time of change is an input


CHANGES: dict[str, Callable[[], object]] = {
    "an edit": lambda: Path("src/train.py").write_text(STEP + "#\n"),
    "an edit that keeps size and time": lambda: (
        Path("src/train.py").write_text(STEP.replace("log(x)", "abs(x)")), os.utime("src/train.py", (1, 1)),
    ),
    "an edit of a file that is only read": lambda: Path("src/lib/log.py").write_text("def log(x): pass\n"),
    "a rename": lambda: Path("src/other.py").rename("src/another.py"),
    "a rename of a file that is only read": lambda: Path("src/lib/log.py").rename("src/lib/logs.py"),
    "a deletion": lambda: Path("src/other.py").unlink(),
    "a deletion of a file that is only read": lambda: Path("src/lib/log.py").unlink(),
    "a new file": lambda: Path("src/new.py").write_text(LOUD),
    "a new folder": lambda: write_files(Path(), {"src/sub/deep/new.py": LOUD}),
    "a file that can no longer be read": lambda: (Path("src/other.py").unlink(), Path("src/other.py").mkdir()),
    "a new package": lambda: Path("src/__init__.py").write_text(""),
    "a link elsewhere": lambda: (
        Path("far.py").write_text(LOUD), Path("src/other.py").unlink(), Path("src/other.py").symlink_to("../far.py"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", ["src", "src/train.py"])
def test_a_change_of_the_tree_is_never_missed(
    project: Path, computed: list[int], tmp_path: Path, change: str, path: str
) -> None:
    check_or_recall([Path(path)], Settings(), tmp_path / "cache")
    CHANGES[change]()
    assert check_or_recall([Path(path)], Settings(), tmp_path / "cache") == check([Path(path)], Settings(), RULES)
    if path == "src" or "only read" in change or change.startswith("an edit"):
        assert len(computed) == 2


def test_a_module_that_was_looked_for_in_vain_and_then_is_there_is_read(project: Path, tmp_path: Path) -> None:
    Path("src/lib/log.py").unlink()
    folder, paths = tmp_path / "cache", [Path("src/train.py")]
    assert check_or_recall(paths, Settings(), folder).findings == ()
    write_files(Path("src/lib/log"), {"__init__.py": LOG})
    assert [one.file for one in check_or_recall(paths, Settings(), folder).findings] == ["src/lib/log/__init__.py"]
    write_files(Path("src/lib"), {"log.py": "\n" + LOG})  # now found first
    assert [one.line for one in check_or_recall(paths, Settings(), folder).findings] == [3]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(select=("AG3",)),
        Settings(ignore=("AG101",)),
        Settings(exclude=("other.py",)),
        Settings(per_file_ignores=(("*.py", ("AG1",)),)),
        Settings(per_file_ignores=(("*.py", ("AG1",)),), root=Path("src")),
    ],
)
def test_other_settings_are_another_check(project: Path, tmp_path: Path, settings: Settings) -> None:
    for chosen in (Settings(), settings, Settings()):
        result = check_or_recall([Path("src")], chosen, tmp_path / "cache")
        assert result == check([Path("src")], chosen, RULES)


def test_another_folder_python_or_program_is_another_check(
    project: Path, computed: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    check_or_recall([Path("src")], Settings(), folder)
    monkeypatch.chdir("src")
    assert {one.file for one in check_or_recall([Path()], Settings(), folder).findings} == {"lib/log.py", "other.py"}
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.version", "3.99")
    check_or_recall([Path("src")], Settings(), folder)
    monkeypatch.setattr(cache, "_program", lambda: "edited")
    check_or_recall([Path("src")], Settings(), folder)
    assert len(computed) == 4


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "one letter": lambda whole: whole.replace(b"print", b"paint"),
    "no checksum": lambda whole: whole.partition(b"\n")[2],
    "not text": lambda whole: b"\xff\xfe\0" * 99,
    "nested": lambda whole: b"[" * 99_999,
    "another record": lambda whole: cache._checksum(b"{}") + b"\n{}",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_result_is_computed_anew_and_kept_again(
    project: Path, computed: list[int], tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "cache"
    expected = check_or_recall([Path("src")], Settings(), folder)
    (kept,) = folder.iterdir()
    kept.write_bytes(DAMAGES[damage](kept.read_bytes()))
    assert [check_or_recall([Path("src")], Settings(), folder) for _ in range(2)] == [expected] * 2
    assert len(computed) == 2
    assert [*folder.iterdir()] == [kept]  # no draft is left


def test_a_cache_that_cannot_be_written_or_read_is_no_error(project: Path, computed: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    in_the_way = [tmp_path / "file", tmp_path / "file" / "below"]
    check_or_recall([Path("src")], Settings(), tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.unlink()
    kept.mkdir()
    for folder in (*in_the_way, tmp_path / "cache"):
        assert len(check_or_recall([Path("src")], Settings(), folder).findings) == 2
    assert len(computed) == 4
    assert [*(tmp_path / "cache").iterdir()] == [kept]


def test_only_the_newest_results_are_kept(
    project: Path, computed: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST", 2)
    for name in ("AG1", "AG2", "AG3"):
        check_or_recall([Path("src")], Settings(select=(name,)), tmp_path / "cache")
    assert len([*(tmp_path / "cache").iterdir()]) == 2
    check_or_recall([Path("src")], Settings(select=("AG3",)), tmp_path / "cache")
    assert len(computed) == 3


def test_a_change_while_a_check_runs_is_seen_by_the_next_one(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly = cache.check_files

    def meanwhile(*arguments: object, **options: object) -> CheckResult:
        result: CheckResult = slowly(*arguments, **options)  # type: ignore[arg-type]
        Path("src/other.py").write_text("\n" + LOUD)
        return result

    monkeypatch.setattr(cache, "check_files", meanwhile)
    check_or_recall([Path("src")], Settings(), tmp_path / "cache")
    again = check_or_recall([Path("src")], Settings(), tmp_path / "cache")
    assert again == check([Path("src")], Settings(), RULES)
