"""The checkpoint of a training: its state as arrays, and the step it had reached, in one .npz file."""

import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import BenchError
from cifar_core.plain_files import open_draft

UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError)


def keep(file: Path, state: Sequence[Any], done: int) -> None:
    """Write it all or nothing: an interruption leaves the checkpoint before. Raises OSError."""
    draft = file.with_suffix(".tmp")
    with open_draft(draft) as stream:
        np.savez(stream, np.int64(done), *state)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)


def read(file: Path) -> tuple[list[Any], int]:
    """The state and the step reached; nothing and 0 where there is no checkpoint yet. Raises BenchError.

    Each array has a checksum in the file, so a damaged one is broken too.
    """
    if not file.exists():
        return [], 0
    try:
        with file.open("rb") as stream:
            done, *state = _arrays(np.load(stream, allow_pickle=False))
        if done.shape != () or done.dtype != np.int64 or done < 0 or not state:
            raise ValueError("it holds no step and state")
    except UNREADABLE as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise BenchError(f"{file} is broken ({reason}); delete it and type --resume to start again") from None
    return state, int(done)


def _arrays(loaded: Any) -> list[Any]:
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("it is a single array")
    with loaded:
        return [loaded[f"arr_{number}"] for number in range(len(loaded.files))]
