"""`probe`: an option that makes no sense is one line, before any code is run."""

from pathlib import Path

import pytest

from bench.commands.probe import probe
from bench.errors import BenchError


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
