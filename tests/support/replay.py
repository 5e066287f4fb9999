"""Replays designs, estimators and the run loop on recordings: `python replay.py FOLDER RECORDING ...`.

    python tests/support/replay.py results/sample-designs results/quiet results/noisy

FOLDER/tables.md gets the tables, and docs/designs.md shows them. Each share is of so many replays of a recording that
holds fewer independent ones, so its standard error is larger than theirs.
"""

import itertools
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from designs import OTHERS, SOUGHT, Design
from estimators import ESTIMATORS, JITTERS, Estimated, Spreads, estimated
from places import ROOT
from recorded import BASELINES, Recording, Tape, load
from run_loop import OURS, STANDARD, THOROUGH, alike, unlike

RUNS = 1000
PAGE = ROOT / "docs" / "designs.md"
SHOWN = re.compile(r"(?:^\|.*\n)+(?=<!-- from: sample-designs/tables.md -->)", re.MULTILINE)
SLOWER = math.log1p(SOUGHT)
LOOPS = {"standard": STANDARD, "thorough": THOROUGH}
Lines = Iterator[str]


def designs(recordings: Sequence[Recording], runs: int) -> Lines:
    """False positives, what is detected, and seconds, of each design on each recording."""
    shares = ("false positives", "3 % detected", "in time: false positives", "in time: 3 % detected")
    yield from _head("recording", "design", "reports a difference", *shares, "seconds")
    for recording in recordings:
        for design in (*OTHERS, OURS):
            yield row(recording.name, design.name, design.rule, *_shares(design, recording, runs))


def _shares(design: Design, recording: Recording, runs: int) -> Iterator[str]:
    for in_time in (False, True):
        of = [played(design, recording, slower, runs, in_time) for slower in (0.0, SLOWER)]
        seconds = (of[0].seconds + of[1].seconds) / 2
        short = seconds > recording.length_s if in_time else design.processes > len(BASELINES) * recording.blocks
        yield from ("too short", "") if short else (f"{of[0].different:.1%}", f"{of[1].slower:.1%}")
    yield f"{seconds:.0f} s"


@dataclass(frozen=True, slots=True)
class Shares:
    """Of replays: those in which a difference was reported, those in which the copy was called slower; mean seconds."""

    different: float
    slower: float
    seconds: float


def played(design: Design, recording: Recording, slower: float, runs: int, in_time: bool = False) -> Shares:
    """A design on a recording, so often."""
    rng = np.random.default_rng([int(in_time), *design.name.encode()])
    told = [design.play(Tape(recording, rng, slower, in_time)) for _ in range(runs)]
    different, called = [each.faster or each.slower for each in told], [each.slower for each in told]
    return Shares(float(np.mean(different)), float(np.mean(called)), float(np.mean([each.seconds for each in told])))


def run_loops(recordings: Sequence[Recording], runs: int) -> Lines:
    """The run loop between a mode and its copy, and between unlike modes, each preset with a difference of its goal."""
    intervals = ("this run's interval excludes 1", "it holds the truth")
    yield from _head("recording", "preset", "compared", "true difference", *intervals, "seconds", "nine of ten within")
    for recording, (name, schedule) in itertools.product(recordings, LOOPS.items()):
        for replayed, text in ((alike, "a mode and its copy"), (unlike, "two modes")):
            for sought in (0.0, schedule.goal or 0.0):
                of = replayed(recording, math.log1p(sought), runs, schedule)
                shares = (f"{of.called:.1%}", f"{of.covers:.1%}")
                seconds = (f"{of.seconds:.0f} s", f"{of.nine_of_ten_s:.0f} s")
                yield row(recording.name, name, text, f"{sought:.0%}" if sought else "none", *shares, *seconds)


def compared(recordings: Sequence[Recording]) -> Lines:
    """The estimators: spreads in per cent of one stretch's ratio, and the bias of unequal jitter."""
    spread = "within, between, together"
    yield from _head(
        "recording",
        "estimator",
        "speedup",
        f"A/A: {spread}",
        f"two modes: {spread}",
        *(f"bias at {jitter:g} times the jitter" for jitter in JITTERS),
    )
    for recording in recordings:
        yield from (_estimated(estimated(recording, name)) for name in ESTIMATORS)


def _estimated(of: Estimated) -> str:
    biases = [f"{math.expm1(bias):+.1%}" for bias in of.biases]
    return row(of.recording, of.estimator, f"{of.speedup:.3f}x", _spreads(of.alike), _spreads(of.unlike), *biases)


def _spreads(of: Spreads) -> str:
    """Only together where a block holds one stretch, so that the two are not told apart."""
    parts = (of.within, of.between) if of.within else ()
    return ", ".join([*(f"{part:.2%}" for part in parts), f"{of.together:.2%}"])


def _head(*columns: str) -> Lines:
    yield row(*columns)
    yield "|" + " --- |" * len(columns)


def row(*cells: str) -> str:
    """A line of a table as Markdown, per cents as the documentation writes them."""
    return f"| {' | '.join(cells)} |".replace("%", " %").replace("  %", " %")


def tables(recordings: Sequence[Recording], runs: int) -> str:
    """All tables, as Markdown."""
    parts = (designs(recordings, runs), run_loops(recordings, runs), compared(recordings))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def shown(page: str, made: str) -> str:
    """The page with these tables in place of those that it shows."""
    each = iter(made.strip().split("\n\n"))
    return SHOWN.sub(lambda _: f"{next(each)}\n", page)


def main() -> None:
    folder, *paths = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    made = tables([load(path) for path in paths], RUNS)
    (folder / "tables.md").write_text(made)
    PAGE.write_text(shown(PAGE.read_text(), made))


if __name__ == "__main__":
    main()
