"""Which files are read, and what becomes of those that Python cannot read."""

from pathlib import Path

import pytest
from snippets import BAD, HEAD, LOUD, checked, findings, write_files
from specials import KINDS, no_waiting, put

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES
from bench.commands.check import check as check_command
from bench.errors import BenchError, Exit

LONG = " + ".join(["'a'"] * 600)


def test_a_syntax_error_is_a_finding_and_the_other_files_are_checked(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def step(:\n")
    (tmp_path / "good.py").write_text(HEAD + BAD)
    result = checked(tmp_path)
    assert [(Path(one.file).name, one.code) for one in result.findings] == [
        ("broken.py", "AG001"), ("good.py", "AG301"), ("good.py", "AG101"),
    ]  # fmt: skip
    assert result.findings[0].line == 1
    assert result.files == 2


def test_a_named_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {"train.ipynb": '{"cells": []}', "net.pyi": "def net(x): ...\n"})
    with pytest.raises(BenchError, match=r"train\.ipynb is not a Python file; known: .*\.py or \.pyi; type e\.g\. "):
        checked(tmp_path / "train.ipynb")
    assert checked(tmp_path / "net.pyi").files == 1


@pytest.mark.parametrize(
    "deep", ["if 1:\n    x = 1\n" + "".join(f"elif {n}:\n    x = {n}\n" for n in range(600)), f"x = {LONG}\n"]
)
def test_a_file_that_is_nested_too_deeply_is_a_finding_and_the_other_files_are_checked(
    tmp_path: Path, deep: str
) -> None:
    write_files(tmp_path, {"deep.py": deep, "good.py": HEAD + BAD})
    assert [(Path(one.file).name, one.code) for one in checked(tmp_path).findings] == [
        ("deep.py", "AG001"), ("good.py", "AG301"), ("good.py", "AG101"),
    ]  # fmt: skip


def test_beside_what_is_nested_too_deeply_the_same_file_s_functions_are_checked(tmp_path: Path) -> None:
    source = f"TEXT = {LONG}\n@tf.function\ndef step(x):\n    print(x, TEXT)\n    return x\n"
    assert [(one.line, one.code) for one in findings(tmp_path, source, head="import tensorflow as tf\n")] == [
        (1, "AG001"), (5, "AG101"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"x = '\xff\xfe'\n", b"# coding: nonsense\nx = 1\n", b"x = 1\0\n", b"x = " + b"(" * 5000 + b"\n"]
)
def test_a_file_that_is_no_python_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content)
    assert [finding.code for finding in checked(tmp_path).findings] == ["AG001"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "cp1252"])
def test_a_files_own_encoding_is_honoured(tmp_path: Path, encoding: str) -> None:
    coding = "" if encoding == "utf-8-sig" else f"# -*- coding: {encoding} -*-\n"
    (tmp_path / "snippet.py").write_bytes((coding + HEAD + "# é\n" + BAD).encode(encoding))
    assert [finding.code for finding in checked(tmp_path).findings] == ["AG301", "AG101"]


def test_a_file_that_is_named_twice_is_checked_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/train.py": LOUD})
    result = check([tmp_path / "a", tmp_path / "a" / ".." / "a" / "train.py"], Settings(), RULES)
    assert (len(result.findings), result.files) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_a_finding_and_the_other_files_are_checked(tmp_path: Path, kind: str) -> None:
    write_files(tmp_path, {"good.py": HEAD + BAD})
    put(kind, tmp_path / "odd.py")
    with no_waiting():
        result = checked(tmp_path)
    assert [(Path(one.file).name, one.code) for one in result.findings] == [
        ("good.py", "AG301"), ("good.py", "AG101"), ("odd.py", "AG001"),
    ]  # fmt: skip
    assert KINDS[kind] in result.findings[2].message


@pytest.mark.parametrize("kind", ["fifo", "device", "terminal", "sparse"])
def test_what_is_no_file_is_a_finding_where_it_is_named(tmp_path: Path, kind: str) -> None:
    put(kind, tmp_path / "odd.py")
    with no_waiting():
        (finding,) = checked(tmp_path / "odd.py").findings
    assert (finding.code, KINDS[kind] in finding.message) == ("AG001", True)


def test_links_that_lead_nowhere_are_one_line_where_they_are_named(tmp_path: Path) -> None:
    for kind, words in (("loop", "cannot read .*: Too many levels"), ("dangling", "there is no")):
        put(kind, tmp_path / "odd.py")
        with pytest.raises(BenchError, match=words):
            checked(tmp_path / "odd.py")
    for name, words in (
        ("odd.py/train.py", "there is no"),
        ("a\0b.py", "null (byte|character)"),
        ("x" * 300, "too long"),
    ):
        with pytest.raises(BenchError, match=words):
            checked(tmp_path / name)


def test_folders_that_lead_back_to_themselves_are_walked_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/train.py": LOUD})
    (tmp_path / "a" / "again").symlink_to("..")
    (tmp_path / "loop").symlink_to("loop")
    with no_waiting():
        result = checked(tmp_path)
    assert (len(result.findings), result.files) == (1, 1)


@pytest.mark.parametrize("kind", ["fifo", "device", "loop"])
def test_an_imported_module_and_settings_that_are_no_files_are_passed_over(tmp_path: Path, kind: str) -> None:
    write_files(tmp_path, {"good.py": "import odd\nfrom odd import helper\n" + HEAD + BAD})
    put(kind, tmp_path / "odd.py")
    put(kind, tmp_path / "pyproject.toml")
    with no_waiting():
        assert check_command([tmp_path / "good.py"]) is Exit.REGRESSION


@pytest.mark.parametrize("content", [None, b"[tool]\nx = " + b"[" * 50_000, b"\xff", b"[tool"])
def test_settings_that_cannot_be_read_are_one_line(tmp_path: Path, content: bytes | None) -> None:
    write_files(tmp_path, {"good.py": HEAD})
    if content is None:
        put("sparse", tmp_path / "pyproject.toml")
    else:
        (tmp_path / "pyproject.toml").write_bytes(content)
    with no_waiting(), pytest.raises(BenchError, match=r"pyproject\.toml cannot be read"):
        check_command([tmp_path / "good.py"])
