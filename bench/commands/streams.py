"""The streams that a command writes to: whatever their encoding lacks, closed, full, or a terminal with escapes.

Nothing here is for what other programs read: that goes as it is.
"""

import codecs
import io
import os
import sys
from typing import TextIO

from bench.errors import BenchError
from bench.records.strings import escaped, on_one_line, visible

PLAINER = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "±": "+-", "×": "x", "→": "->", "≤": "<=", "≥": ">=", "…": "...", "“": '"',
     "”": '"', "’": "'", "µ": "u", "━": "-", "╸": "-", "╺": "-"}
)  # fmt: skip
HANDLER = "cifar-bench-plainer"


def prepare() -> None:
    """Make stdout and stderr take any text, and be there: a file that is opened later must not become one of them."""
    no_backend()
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    codecs.register_error(HANDLER, _plainer)
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def no_backend() -> None:
    """Forget MPLBACKEND: not every Python has a notebook's backend, and drawing to files needs none."""
    os.environ.pop("MPLBACKEND", None)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """For characters that the stream's encoding lacks: their like in ASCII, or their number."""
    assert isinstance(error, UnicodeEncodeError)
    characters = error.object[error.start : error.end].translate(PLAINER)
    return "".join(each if each.isascii() else escaped(each) for each in characters), error.end


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def say(text: str, stream: TextIO | None = None) -> None:
    """Print it, on stdout by default. A reader that has gone away is not an error.

    Raises BenchError where stdout is full.
    """
    write(f"{visible(text)}\n", stream)


def write(text: str, stream: TextIO | None = None) -> None:
    """The same for what is ours throughout, colours included; without an end of the line."""
    stream = stream or sys.stdout
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        if stream is sys.stdout:
            raise BenchError(f"cannot write to stdout: {error.strerror}; make room, or send it elsewhere") from None


def refuse(text: object) -> None:
    """Say on stderr, on one line, why the command ends."""
    say(f"error: {on_one_line(str(text))}", sys.stderr)


def end() -> None:
    """Write out what is held back still: Python itself would fail with a traceback."""
    write("")


def _silence(stream: TextIO) -> None:
    """What comes now, and what is held back, goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
