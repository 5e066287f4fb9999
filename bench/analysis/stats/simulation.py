"""A simulated machine: interleaved slices of cases whose true ratio is known. Noise adds to the log of their times."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
CASES = 5  # interleaved, as in a run of four modes
SEEN = 3  # of them are returned: the baseline twice, and a candidate
TAIL_INDEX = 1.5  # of the Pareto tail: mean finite, variance not


@dataclass(frozen=True, slots=True)
class Machine:
    """The noise that a machine adds to the logarithm of a slice's time. A slot is the time of one slice of any case.

    `process`: standard deviation of the offset of a fresh process, shared by all its slices; with `bimodal` a process
    is slower by that much in half of the cases. `drift`: standard
    deviation of a slow change common to all cases (autoregressive), `drift_slots` its correlation length. `visits`:
    share of slots in which a neighbour is busy, in visits of `visit_slots` on average; each adds an exponential amount
    of mean `visit`. `jitter`: mean of the independent noise of a slice (exponential). `tails`: share of slices with an
    added Pareto tail of scale `tail`. `unrest`: standard deviation of the logarithm of a block's own noise level,
    which scales drift, visits and jitter.

    Two unlike modes differ by more than that: `run`, the standard deviation of their log ratio from run to run, and
    `block`, that from block to block, of which a share of `kept` stays in the next block. `rounds` are as many as a
    run settles on there (runner/rounds.py).
    """

    title: str
    process: float = 0.0
    bimodal: float = 0.0
    drift: float = 0.0
    drift_slots: float = 60.0
    visits: float = 0.0
    visit_slots: float = 4.0
    visit: float = 0.0
    jitter: float = 0.01
    tails: float = 0.0
    tail: float = 0.0
    unrest: float = 0.0
    run: float = 0.0
    block: float = 0.0
    kept: float = 0.0
    rounds: int = 6


# The last one was set so that its slices, and its block ratios by each estimator, spread as those measured on a shared
# machine of 2 cores with the tutorial CNN, and its runs as twelve unchanged ones on another such machine
# (docs/methods.md). Each of the others has one kind of noise, and more of it.
MACHINES = (
    Machine("quiet"),
    Machine("per-process offsets", process=0.02),
    Machine("bimodal processes", bimodal=0.03),
    Machine("slow drift", drift=0.15, drift_slots=500.0),
    Machine("bursts of a neighbour", visits=0.3, visit=0.3, rounds=24),
    Machine("heavy tails", tails=0.1, tail=0.2, rounds=12),
    Machine("autocorrelated blocks", block=0.02, kept=0.4),
    Machine("runs that differ by 2.5 %", run=0.025),
    Machine("runs that differ by 4 %", run=0.04),
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
        run=0.025,
        rounds=12,
    ),
)


def blocks(machine: Machine, rng: np.random.Generator, count: int, rounds: int, ratio: float) -> Floats:
    """Seconds a step, [count, SEEN, rounds], of SEEN of CASES cases, interleaved in an order drawn for each round.

    The last has a speedup of `ratio` over the others.
    """
    noise = _slots(machine, rng, count, rounds * CASES)
    order = np.argsort(rng.random((count, rounds, CASES)), axis=2)[:, :, :SEEN]
    slots = (np.arange(rounds)[None, :, None] * CASES + order).transpose(0, 2, 1)
    logs = np.take_along_axis(noise[:, None, :].repeat(SEEN, axis=1), slots, axis=2)
    logs += _processes(machine, rng, (count, SEEN, 1))
    logs[:, -1] -= np.log(ratio)
    return np.asarray(np.exp(logs), np.float64)


def unlike(machine: Machine, rng: np.random.Generator, runs: int, count: int) -> tuple[Floats, Floats]:
    """What the log ratio of two unlike modes has more than that of two alike: by run, [runs], and by block.

    The second, [runs, blocks], holds the first; it is autoregressive around it.
    """
    by_run = machine.run * rng.normal(size=runs)
    shocks = machine.block * rng.normal(size=(count, runs))
    shocks[1:] *= np.sqrt(1 - machine.kept**2)
    for block in range(1, count):
        shocks[block] += machine.kept * shocks[block - 1]
    return by_run, np.asarray(by_run[:, None] + shocks.T, np.float64)


def _processes(machine: Machine, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    offsets = machine.process * rng.normal(size=shape) + machine.bimodal * (rng.random(shape) < 0.5)
    return np.asarray(offsets, np.float64)


def in_sequence(machine: Machine, rng: np.random.Generator, count: int, slices: int, ratio: float) -> Floats:
    """Seconds a step by the naive method, [count, 2, slices]: one process each, one after the other."""
    logs = _slots(machine, rng, count, 2 * slices).reshape(count, 2, slices)
    logs += _processes(machine, rng, (count, 2, 1))
    logs[:, 1] -= np.log(ratio)
    return np.asarray(np.exp(logs), np.float64)


def _slots(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """The noise of each slot, [count, slots]."""
    level = np.exp(machine.unrest * rng.normal(size=(count, 1)))
    shared = _drift(machine, rng, count, slots) + _visits(machine, rng, count, slots)
    noise = level * (shared + machine.jitter * rng.exponential(size=(count, slots)))
    in_tail = rng.random((count, slots)) < machine.tails
    return np.asarray(noise + in_tail * np.log1p(machine.tail * rng.pareto(TAIL_INDEX, (count, slots))), np.float64)


def _drift(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """Stationary and autoregressive of order one."""
    kept = np.exp(-1 / machine.drift_slots)
    shocks = machine.drift * rng.normal(size=(slots, count))
    shocks[1:] *= np.sqrt(1 - kept**2)
    for slot in range(1, slots):
        shocks[slot] += kept * shocks[slot - 1]
    return np.asarray(shocks.T, np.float64)


def _visits(machine: Machine, rng: np.random.Generator, count: int, slots: int) -> Floats:
    """A neighbour that comes and goes (a Markov chain of two states), each time with a newly drawn amount."""
    noise = np.zeros((slots, count))
    if not machine.visits:
        return noise.T
    leaves = 1 / machine.visit_slots
    comes = leaves * machine.visits / (1 - machine.visits)
    there, amount = rng.random(count) < machine.visits, machine.visit * rng.exponential(size=count)
    for slot in range(slots):
        noise[slot] = there * amount
        chance = rng.random(count)
        arrives = ~there & (chance < comes)
        there = np.where(there, chance >= leaves, arrives)
        amount = np.where(arrives, machine.visit * rng.exponential(size=count), amount)
    return noise.T
