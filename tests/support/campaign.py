"""Seeded faults of every kind, and what held: `python campaign.py SEED [KIND=TRIALS ...]` prints it as a table.

The table is in docs/methods.md. Without a kind all but the last are tried, as many as its row says. One rule holds
for each: damaged input is read as what it is or refused in one printable line, in bounded time, and nothing of it is
obeyed.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from soak import Faked, Real, prepare, soak
from trials import KINDS, Kind

SOAKS = {"signals": ("signals to the processes of a run, times made up", 200),
         "real-signals": ("signals to the processes of a run with TensorFlow", 20)}  # fmt: skip


def tried(kind: Kind, seed: int, count: int) -> Iterator[str]:
    """For each fault '' where it held, else what broke."""
    with tempfile.TemporaryDirectory() as place:
        trial = kind.make(Path(place))
        for number in range(count):
            try:
                trial(random.Random(f"{seed}/{kind.name}/{number}"))
                yield ""
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                yield f"{kind.name} {number}: {type(error).__name__}: {error}"


def soaked(name: str, seed: int, count: int) -> list[str]:
    """For each signal '' where it held, else what broke."""
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place))
        kind = Faked(Path(place) / "reference") if name == "signals" else Real()
        return soak(seed, count, kind, Path(place)).ends()


def row(title: str, ends: list[str], at_once: int = 1) -> str:
    """A row of the table; of faults that were tried at once and broke something, all count as broken."""
    broke = [end for end in ends if end]
    shown = "; ".join(text[:200].replace("|", "\\|").replace("\n", " ") for text in broke[:3]) or "nothing"
    return f"| {title} | {at_once * len(ends):,} | {at_once * (len(ends) - len(broke)):,} | {shown} |"


def main() -> None:
    seed, asked = int(sys.argv[1]), dict(word.split("=") for word in sys.argv[2:])
    write = sys.stdout.write
    write("| faults | tried | held | what broke |\n| --- | --- | --- | --- |\n")
    for kind in KINDS:
        if not asked or kind.name in asked:
            ends = list(tried(kind, seed, int(asked.get(kind.name, kind.trials))))
            write(row(kind.title, ends, kind.at_once) + "\n")
            sys.stdout.flush()
    for name, (title, count) in SOAKS.items():
        if name in asked or (not asked and name == "signals"):
            write(row(title, soaked(name, seed, int(asked.get(name, count)))) + "\n")


if __name__ == "__main__":
    main()
