"""`check`: the exit code says whether a finding is severe enough to fail."""

from pathlib import Path

import pytest

from bench.commands.check import check
from bench.errors import BenchError, Exit

PRINTS = "import tensorflow as tf\n\n\n@tf.function\ndef step(x):\n    print(x)\n    return x\n"


@pytest.fixture
def file(tmp_path: Path, own_cache: Path) -> Path:
    (tmp_path / "train.py").write_text(PRINTS)
    return tmp_path / "train.py"


def test_a_finding_fails_the_command_from_the_severity_that_was_asked_for(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check([file], fail_on="info") is Exit.REGRESSION
    assert "train.py:6:" in capsys.readouterr().out
    assert check([file], fail_on="error") is Exit.OK


def test_a_code_that_is_ignored_is_not_found(file: Path) -> None:
    assert check([file], ignore="AG101", fail_on="info") is Exit.OK


def test_no_code_to_look_for_is_refused(file: Path) -> None:
    with pytest.raises(BenchError, match="--select names no code"):
        check([file], select="")


@pytest.mark.parametrize(("select", "ignore"), [(None, "AG"), ("AG101", "AG1"), ("AG1,AG3", "AG3,AG1")])
def test_a_check_that_looks_for_nothing_is_refused_for_it_could_never_fail(
    file: Path, select: str | None, ignore: str
) -> None:
    with pytest.raises(BenchError, match="none is left to look for; type a smaller --ignore"):
        check([file], select=select, ignore=ignore)
