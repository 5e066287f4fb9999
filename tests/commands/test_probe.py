"""`probe`: an option that makes no sense is one line, before any code is run."""

import re
from pathlib import Path

import pytest
from probe_runs import a_run, one_that_differs

from bench.autograph.probe.records import Raised
from bench.commands.probe import outcome, probe
from bench.errors import BenchError, Exit


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"output_format": "sarif"}, "unknown output format 'sarif'; known: full, json"),
        ({"tolerance": -1.0}, "--tolerance and --memory-limit 0 or more"),
        ({"node_limit": 0}, "--node-limit and --time-limit must be more than 0"),
        ({"time_limit": 0.0}, "--node-limit and --time-limit must be more than 0"),
        ({"memory_limit": -1.0}, "--tolerance and --memory-limit 0 or more"),
        ({"file": Path("nowhere.py")}, "there is no Python file nowhere.py"),
    ],
)
def test_a_bad_option_is_refused_before_the_file_is_run(options: dict[str, object], said: str, tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text("raise SystemExit('it was run')\n")
    with pytest.raises(BenchError, match=said):
        probe(**{"file": file, **options})  # type: ignore[arg-type]


def test_the_exit_code_is_1_for_a_divergence_and_a_driver_that_always_fails_is_an_error() -> None:
    failing = [a_run(mode, raised=Raised("KeyError", "'x'")) for mode in ("eager", "graph", "xla")]
    assert outcome("drive", one_that_differs(), diverges=False) is Exit.OK
    assert outcome("drive", one_that_differs(), diverges=True) is Exit.REGRESSION
    with pytest.raises(BenchError, match=re.escape("drive() fails in every mode: KeyError: 'x'")):
        outcome("drive", failing, diverges=False)
    endless = [a_run("eager", limit="the driver did not end within 5 s"), a_run("graph")]
    with pytest.raises(BenchError, match=re.escape("did not end within 5 s; let drive() do less")):
        outcome("drive", endless, diverges=False)
