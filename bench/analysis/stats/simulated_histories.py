"""How well steps are found: simulated histories whose step is known, and histories without one.

`python -m bench.analysis.stats.simulated_histories` prints the table of docs/history.md.
"""

from dataclasses import dataclass

import numpy as np

from bench.analysis.stats.steps import SHORTEST, find_steps

RUNS, HISTORIES = 60, 200
STEP, SPREAD = 0.05, 0.014  # of a step, and from run to run


@dataclass(frozen=True, slots=True)
class StepsFound:
    """Shares (0..1) of simulated histories. `exactly` and `nearly`: a step was found at its run, or one beside it;
    `covered`: its run lies between the places that are named; `more`: a step elsewhere was reported too.
    `false_alarms`: any step, of histories that have none."""

    spread: str
    exactly: float
    nearly: float
    covered: float
    more: float
    false_alarms: float


def characterise_steps(spread: str = "normal", histories: int = HISTORIES, seed: int = 0) -> StepsFound:
    """Histories with a step at a run that is drawn, and as many without."""
    rng = np.random.default_rng([seed, *spread.encode()])
    found = [_with_step(rng, spread) for _ in range(histories)]
    alarms = sum(bool(find_steps(_noise(rng, spread).tolist())) for _ in range(histories))
    exactly, nearly, covered, more = (sum(each[number] for each in found) / histories for number in range(4))
    return StepsFound(spread, exactly, nearly, covered, more, alarms / histories)


def _with_step(rng: np.random.Generator, spread: str) -> tuple[bool, bool, bool, bool]:
    values, at = _noise(rng, spread), int(rng.integers(SHORTEST, RUNS - SHORTEST + 1))
    values[at:] -= np.log(1 + STEP)
    steps = find_steps(values.tolist())
    near = [step for step in steps if abs(step.at - at) <= 1]
    exactly = any(step.at == at for step in steps)
    covered = any(step.first <= at <= step.last for step in steps)
    return exactly, bool(near), covered, len(steps) > len(near)


def _noise(rng: np.random.Generator, spread: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = SPREAD * rng.normal(size=RUNS)
    if spread == "with outliers":  # one run in 20 is disturbed: it is up to 30 % slower
        values -= (rng.random(RUNS) < 0.05) * rng.uniform(0, 0.3, RUNS)
    if spread == "drifting":  # runs resemble the one before: autocorrelation 0.3
        for run in range(1, RUNS):
            values[run] = 0.3 * values[run - 1] + np.sqrt(1 - 0.3**2) * values[run]
    return np.asarray(values, np.float64)


def table() -> str:
    """The characteristics as Markdown."""
    head = "| spread | at the run | ±1 run | its run among those named | another step too | false alarms |"
    rows = [characterise_steps(spread) for spread in ("normal", "with outliers", "drifting")]
    lines = [
        f"| {row.spread} | {row.exactly:.1%} | {row.nearly:.1%} | {row.covered:.1%} | {row.more:.1%} "
        f"| {row.false_alarms:.1%} |"
        for row in rows
    ]
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *lines])


if __name__ == "__main__":
    import sys

    sys.stdout.write(f"{table()}\n")
