"""The README's Python does what it says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_three_ways_to_build_a_graph_print_the_same(tmp_path: Path) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    # From a file: AutoGraph reads the source of what it converts.
    (tmp_path / "snippet.py").write_text(snippet)
    done = subprocess.run([sys.executable, "snippet.py"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["13.0"] * 3
