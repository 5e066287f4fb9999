"""The processes that a test's own process has started and that run now."""

from contextlib import suppress

import psutil


def running(words: str) -> list[psutil.Process]:
    """Those with these words in their command line, keepers apart, and without what has ended in between."""
    mine = psutil.Process().children(recursive=True)
    return [each for each in mine if words in (said := command_line(each)) and "keeper.py" not in said]


def command_line(process: psutil.Process) -> str:
    """'' where it has ended."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""
