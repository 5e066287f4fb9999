"""Replays designs, estimators and the run loop on recordings: `python replay.py FOLDER RECORDING ...`.

    python tests/support/replay.py results/sample-designs results/quiet results/noisy

FOLDER/tables.md gets the tables, and docs/designs.md shows them. Each share is of so many replays of a recording that
holds fewer independent ones, so its standard error is larger than theirs.
"""

import math
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from designs import OTHERS, SOUGHT, Design
from estimators import ESTIMATORS, JITTERS, Estimated, estimated
from places import ROOT
from recorded import BASELINES, Recording, Tape, load
from run_loop import OURS, unlike

RUNS = 1000
PAGE = ROOT / "docs" / "designs.md"
SHOWN = re.compile(r"(?:^\|.*\n)+(?=<!-- from: sample-designs/tables.md -->)", re.MULTILINE)
SLOWER = math.log1p(SOUGHT)
Lines = Iterator[str]


def designs(recordings: Sequence[Recording], runs: int) -> Lines:
    """False positives, what is detected, and seconds, of each design on each recording."""
    yield from _head("recording", "design", "reports a difference", "false positives", "3 % detected", "seconds")
    for recording in recordings:
        for design in (*OTHERS, OURS):
            yield _row(recording.name, design.name, design.rule, *_shares(design, recording, runs))


def _shares(design: Design, recording: Recording, runs: int) -> list[str]:
    if design.processes > len(BASELINES) * recording.blocks:
        return ["recording too short", "", ""]
    (false, spent), (found, less) = (played(design, recording, slower, runs) for slower in (0.0, SLOWER))
    return [f"{false:.1%}", f"{found:.1%}", f"{(spent + less) / 2:.0f} s"]


def played(design: Design, recording: Recording, slower: float, runs: int, seed: int = 0) -> tuple[float, float]:
    """The share of replays in which a difference was reported, and their mean seconds."""
    rng = np.random.default_rng([seed, *design.name.encode()])
    told = [design.play(Tape(recording, rng, slower)) for _ in range(runs)]
    return float(np.mean([each.different for each in told])), float(np.mean([each.seconds for each in told]))


def run_loops(recordings: Sequence[Recording], runs: int) -> Lines:
    """The run loop between unlike modes."""
    yield from _head(
        "recording",
        "true difference",
        "this run's interval excludes 1",
        "holds the truth",
        "seconds",
        "nine of ten within",
    )
    for recording in recordings:
        for slower, text in ((0.0, "none"), (SLOWER, f"{SOUGHT:.0%}")):
            of = unlike(recording, slower, runs)
            yield _row(
                recording.name,
                text,
                f"{of.called:.1%}",
                f"{of.covers:.1%}",
                f"{of.seconds:.0f} s",
                f"{of.nine_of_ten_s:.0f} s",
            )


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
    both = [f"{100 * s.within:.2f} %, {100 * s.between:.2f} %, {100 * s.together:.2f} %" for s in (of.alike, of.unlike)]
    return _row(
        of.recording, of.estimator, f"{of.speedup:.3f}x", *both, *(f"{math.expm1(bias):+.1%}" for bias in of.biases)
    )


def _head(*columns: str) -> Lines:
    yield _row(*columns)
    yield "|" + " --- |" * len(columns)


def _row(*cells: str) -> str:
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
