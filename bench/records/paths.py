"""Whatever is written for a folder lies inside it, whatever names and links the folder came with."""

import os
from pathlib import Path

from bench.errors import BenchError


def inside(folder: Path, path: Path) -> Path:
    """The path, where it lies in the folder once all links are followed. Raises BenchError where it does not."""
    root, target = os.path.realpath(folder), os.path.realpath(path)
    if os.path.commonpath([root, target]) != root:
        raise BenchError(f"{path} leads out of {folder}, to {target}; remove that link, nothing is written through it")
    return path
