"""A program that is run to its end within a time limit: what it wrote, and how it ended."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from bench.machine.launcher import KeptProgram


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program wrote and its exit code, negative for a signal. `code` None: the time limit came first."""

    code: int | None
    out: bytes
    errors: bytes


def completed(command: Sequence[str], env: dict[str, str], time_limit_s: float, kept: bool = True) -> Completed:
    """Run a program without input. It writes to files: a pipe would stay open as long as any process left behind.

    `kept`: see launcher.KeptProgram.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        program = KeptProgram(command, env, subprocess.DEVNULL, out, errors, kept)
        try:
            ended = program.ends_within(time_limit_s)
        finally:
            program.kill()
            code = program.wait()
        out.seek(0)
        errors.seek(0)
        return Completed(code if ended else None, out.read(), errors.read())
