"""`list`: every name that an option takes, with what it means."""

import re
from pathlib import Path

from command_line import bench

from bench.modes import MODES


def test_list_names_everything_there_is(tmp_path: Path) -> None:
    printed = bench("list", cwd=tmp_path).stdout
    for name in ("eager", "graph", "function", "xla", "tutorial_cnn", "quick", "standard", "thorough", "cpu"):
        assert f"  {name}" in printed
    for name in ("float32", "mixed_bfloat16", "mixed_float16", "resident", "pipeline"):
        assert re.search(rf"^  {name}  +\w.{{10}}", printed, re.MULTILINE)
    assert re.findall(r"^  (\w+) .* \*$", printed, re.MULTILINE) == [mode.name for mode in MODES if mode.loops]
