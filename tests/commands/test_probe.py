"""`probe`: an option that makes no sense is one line, before any code is run."""

import re
from pathlib import Path

import pytest
from probe_runs import a_run, one_that_differs

from bench.autograph.probe import probe as probe_module
from bench.autograph.probe.records import ModeRun, Raised
from bench.commands.probe import probe, refuse_failing
from bench.errors import BenchError, Exit


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"output_format": "sarif"}, "unknown output format 'sarif'; known: full, json"),
        ({"tolerance": -1.0}, "--tolerance and --memory-limit 0 or more"),
        ({"node_limit": 0}, "--node-limit must be more than 0"),
        ({"time_limit": "0"}, "--time-limit '0' is not a duration; type e.g. --time-limit 90s"),
        ({"time_limit": "30"}, "--time-limit 30: the unit is missing; type --time-limit 30s"),
        ({"memory_limit": -1.0}, "--tolerance and --memory-limit 0 or more"),
        ({"file": Path("nowhere.py")}, "there is no Python file nowhere.py"),
    ],
)
def test_a_bad_option_is_refused_before_the_file_is_run(options: dict[str, object], said: str, tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text("raise SystemExit('it was run')\n")
    with pytest.raises(BenchError, match=said):
        probe(**{"file": file, **options})  # type: ignore[arg-type]


def test_a_driver_that_always_fails_or_does_not_end_is_refused_in_one_line() -> None:
    failing = [a_run(mode, raised=Raised("KeyError", "'x'", "train.py:8")) for mode in ("eager", "graph", "xla")]
    refuse_failing("drive", one_that_differs())
    with pytest.raises(BenchError, match=re.escape("drive() fails in every mode: KeyError: 'x' (train.py:8)")):
        refuse_failing("drive", failing)
    endless = [a_run("eager", limit="the driver did not end within 5 s"), a_run("graph")]
    with pytest.raises(BenchError, match=re.escape("did not end within 5 s; let drive() do less")):
        refuse_failing("drive", endless)


@pytest.mark.parametrize(
    ("shown", "code"), [((a_run("eager"), a_run("graph")), Exit.OK), (one_that_differs(), Exit.REGRESSION)]
)
def test_the_exit_code_is_1_where_a_mode_differs(
    shown: tuple[ModeRun, ...], code: Exit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_module, "probe", lambda request, notice: shown)
    file = tmp_path / "train.py"
    file.write_text("import tensorflow as tf\n")
    assert probe(file) is code


def test_a_driver_that_fails_everywhere_says_nothing_but_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = tuple(
        a_run(mode, raised=Raised("TypeError", "Tensor is unhashable"), stderr=("a warning",) * (mode == "eager"))
        for mode in ("eager", "graph", "written", "xla")
    )
    monkeypatch.setattr(probe_module, "probe", lambda request, notice: failing)
    file = tmp_path / "train.py"
    file.write_text("import tensorflow as tf\n")
    with pytest.raises(BenchError, match="fails in every mode"):
        probe(file)
    assert capsys.readouterr().out == ""
