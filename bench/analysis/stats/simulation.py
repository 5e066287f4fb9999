"""A simulated machine: slices of cases in turns, whose true ratio is known. NumPy only.

The noise is added to the logarithm of a slice's time. Leaves out what the statistics make of it (characteristics.py).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
CASES = 5  # that take turns, as in a run of four modes
SEEN = 3  # of them are looked at: the baseline twice, and a candidate
TAIL_INDEX = 1.5  # of the Pareto tail: mean finite, variance not


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine adds to the logarithm of a slice's time. A slot is the time of one slice of any case.

    `process`: standard deviation of what a fresh process adds to all of its slices. `drift`: standard deviation of a
    slow change that all cases meet (autoregressive), `drift_slots` its correlation length. `visits`: share of slots in
    which a neighbour is busy, in visits of `visit_slots` on average; each adds an exponential amount of mean `visit`.
    `jitter`: mean of what each slice gets of its own (exponential). `tails`: share of slices that are struck by a
    Pareto tail of scale `tail`. `unrest`: standard deviation of the logarithm of a block's own noise level, which
    scales drift, visits and jitter.
    """

    title: str
    process: float = 0.0
    drift: float = 0.0
    drift_slots: float = 60.0
    visits: float = 0.0
    visit_slots: float = 4.0
    visit: float = 0.0
    jitter: float = 0.01
    tails: float = 0.0
    tail: float = 0.0
    unrest: float = 0.0


# The last one was set so that its slices, and its block ratios by each estimator, spread as those measured on a shared
# machine of 2 cores with the tutorial CNN (METHODS.md); each of the others has one kind of noise, larger than there.
MACHINES = (
    Machine("quiet"),
    Machine("per-process offsets", process=0.02),
    Machine("slow drift", drift=0.15, drift_slots=500.0),
    Machine("bursts of a neighbour", visits=0.3, visit=0.3),
    Machine("heavy tails", tails=0.1, tail=0.2),
    Machine(
        "shared 2-core machine",
        process=0.009,
        drift=0.04,
        visits=0.25,
        visit=0.16,
        jitter=0.042,
        tails=0.03,
        tail=0.1,
        unrest=0.4,
    ),
)


def blocks(machine: Machine, rng: np.random.Generator, count: int, rounds: int, ratio: float) -> Floats:
    """Seconds a step, [count, SEEN, rounds], of SEEN of CASES cases that take turns in an order drawn for each round.

    The last is `ratio` times as fast as the others.
    """
    added = _slots(machine, rng, count, rounds * CASES)
    places = np.argsort(rng.random((count, rounds, CASES)), axis=2)[:, :, :SEEN]
    slots = (np.arange(rounds)[None, :, None] * CASES + places).transpose(0, 2, 1)
    taken = np.take_along_axis(added[:, None, :].repeat(SEEN, axis=1), slots, axis=2)
    taken += machine.process * rng.normal(size=(count, SEEN, 1))
    taken[:, -1] -= np.log(ratio)
    return np.asarray(np.exp(taken), np.float64)


def in_sequence(machine: Machine, rng: np.random.Generator, count: int, slices: int, ratio: float) -> Floats:
    """The naive way, [count, 2, slices]: one process each, all slices of the first case before those of the second."""
    taken = _slots(machine, rng, count, 2 * slices).reshape(count, 2, slices)
    taken += machine.process * rng.normal(size=(count, 2, 1))
    taken[:, 1] -= np.log(ratio)
    return np.asarray(np.exp(taken), np.float64)


def _slots(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """What each slot adds, [count, slots]."""
    level = np.exp(machine.unrest * rng.normal(size=(count, 1)))
    shared = _drift(machine, rng, count, slots) + _visits(machine, rng, count, slots)
    added = level * (shared + machine.jitter * rng.exponential(size=(count, slots)))
    struck = rng.random((count, slots)) < machine.tails
    return np.asarray(added + struck * np.log1p(machine.tail * rng.pareto(TAIL_INDEX, (count, slots))), np.float64)


def _drift(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """Stationary and autoregressive of order one."""
    kept = np.exp(-1 / machine.drift_slots)
    shocks = machine.drift * rng.normal(size=(slots, count))
    shocks[1:] *= np.sqrt(1 - kept**2)
    for slot in range(1, slots):
        shocks[slot] += kept * shocks[slot - 1]
    return np.asarray(shocks.T, np.float64)


def _visits(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """A neighbour that comes and goes (a Markov chain of two states), each time with an amount of its own."""
    added = np.zeros((slots, count))
    if not machine.visits:
        return added.T
    leaves = 1 / machine.visit_slots
    comes = leaves * machine.visits / (1 - machine.visits)
    there, amount = rng.random(count) < machine.visits, machine.visit * rng.exponential(size=count)
    for slot in range(slots):
        added[slot] = there * amount
        chance = rng.random(count)
        arrives = ~there & (chance < comes)
        there = np.where(there, chance >= leaves, arrives)
        amount = np.where(arrives, machine.visit * rng.exponential(size=count), amount)
    return added.T
