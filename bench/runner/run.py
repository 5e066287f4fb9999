"""The run: blocks of every group in turn, each until its plan, goal or precision, or the time limit, is reached."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import Protocol

from bench.analysis.analyse import analyse
from bench.analysis.gradients import noise_in
from bench.analysis.slow_cases import skips_block
from bench.machine import availability
from bench.machine.availability import Availability
from bench.records.case import Case
from bench.records.messages import Order, StageRequest
from bench.records.run import NO_FAULT, NOT_AVAILABLE, UNEQUAL, Failure, Measurement, Outcome, Schedule, groups
from bench.records.store import Store
from bench.runner.ability import after_first_block, could_have_detected
from bench.runner.block import Block
from bench.runner.forkserver import ForkServersAhead
from bench.runner.handover import Handover
from bench.runner.orders import orders_of
from bench.runner.stopping import blocks_wanted, short_of_goal
from bench.runner.worker_process import WORKER
from bench.runner.xla_cache import XlaCache
from cifar_core.cifar10 import Source

NO_TURN = nullcontext()  # of tests and of who has it already: nobody else is kept from timing
TRIES = 3  # of a block that somebody stops
STOPPED = "a process of it was stopped for a while (SIGSTOP, a frozen container, or a machine that slept)"
DEFAULT_BUDGET_S = 1800.0  # for --target-ci without --budget


class Progress(Protocol):
    """Who shows how far a run has come."""

    def start(self, blocks: int) -> None:
        """So many blocks are left, this one included; called before each."""

    def notice(self, text: str, share: float) -> None:
        """What is going on in the current block, and the share of it that is done."""

    def block_done(self) -> None:
        """The current block is over."""


def execute(
    store: Store,
    source: Source,
    progress: Progress,
    command: Sequence[str] = WORKER,
    most_blocks: int | None = None,
    probe: Callable[[], Availability] = availability.probe,
    refused: Mapping[str, str] | None = None,
    turn: AbstractContextManager[object] = NO_TURN,
    say: Callable[[str], None] = lambda text: None,
) -> str:
    """Measure what the plan asks for and the folder does not hold yet. Returns why it stopped early, or ''.

    `most_blocks`: of every group, now; the rest is left to a later call. `probe` is asked once, where a GPU is to be
    used. `refused`: the cases, by key, that are not timed, with the reason why they do other work than the baseline.
    `turn`: entered for each block that is measured; a HostLock lets one command time at once. `say` gets what the
    run will detect, once that is known, and in the end what it could.
    Raises BenchError, before anything is measured, and KeyboardInterrupt, with everything measured kept.
    """
    cases = _available(store, groups(store.plan), probe)
    with ExitStack() as ends, ForkServersAhead(command) as ahead:
        ready = partial(_ready, XlaCache(command, ends), Handover(ends))
        kept = partial(_measure, store, source=source, progress=progress, command=command, turn=turn)
        measure = partial(kept, ready=ready, ahead=ahead)
        stopped = _execute(store, cases, progress, measure, most_blocks, refused or {}, say)
    if text := could_have_detected(analyse(store.plan, store.outcomes())):
        say(text)
    return stopped


def _execute(
    store: Store,
    cases: dict[str, list[Case]],
    progress: Progress,
    measure: Callable[..., bool],
    most_blocks: int | None,
    refused: Mapping[str, str],
    say: Callable[[str], None],
) -> str:
    """Block by block of all groups. `measure(group, block)` says whether any of the cases came through."""
    schedule = store.plan.schedule
    budget_s, started, block, longest_s, done = budget(schedule), time.monotonic(), 0, 0.0, 0
    while wanted := _wanted(store, cases, block, most_blocks):
        taking_part = {name: _taking_part(store, cases[name], block) for name in wanted}
        left = [name for name in wanted if not _complete(store, cases[name], taking_part[name], block)]
        spent_s = time.monotonic() - started
        if left and done == most_blocks:
            return f"so many repetitions were asked for now: {done}"
        if block and left and spent_s + longest_s > budget_s:
            return _dropped(schedule, block, budget_s)
        later = sum(min(blocks - block, (most_blocks or blocks) - done) - 1 for blocks in wanted.values())
        progress.start(len(left) + later)
        for name in left:
            if not measure(_refuse(store, taking_part[name], block, refused), block):
                del cases[name]  # what cannot run here will not run in the next block either
            progress.block_done()
        longest_s = max(longest_s, time.monotonic() - started - spent_s)
        if block == 0 and left and (text := after_first_block(store.plan, store.outcomes())):
            say(text)
        block, done = block + 1, done + bool(left)
    return (
        short_of_goal(store.plan, store.outcomes(), store.folder)
        if cases
        else "no case could be measured, so no more repetitions were tried"
    )


def _wanted(store: Store, cases: dict[str, list[Case]], block: int, most_blocks: int | None) -> dict[str, int]:
    """The groups that are to be measured in this block, each with how many blocks of it are wanted by now.

    `most_blocks`: a person says how many, in place of the plan's rule.
    """
    by_rule = {
        name: blocks_wanted(store.plan, store.outcomes(), name, block)
        for name, group in cases.items()
        if most_blocks is None
    }
    wanted = by_rule or dict.fromkeys(cases, store.plan.schedule.most_blocks)
    return {name: blocks for name, blocks in wanted.items() if blocks > block}


def _available(store: Store, cases: dict[str, list[Case]], probe: Callable[[], Availability]) -> dict[str, list[Case]]:
    """The groups whose device can be used; every case of the others is kept as NOT AVAILABLE, with the reason.

    What was not available when the run began may be now: then it is measured like anything new.
    """
    asked = {name: group[0].device for name, group in cases.items() if group[0].device != "cpu"}
    if not asked:
        return cases
    seen, absent = probe(), dict[str, str]()
    for name, device in asked.items():
        keys = {case.key for case in cases[name]}
        held = [outcome for outcome in store.outcomes() if outcome.case.key in keys]
        if reason := seen.missing(device):
            absent[name] = reason
        for case in cases[name] if reason and not held else ():
            store.keep(Outcome(failure=Failure(case, 0, NOT_AVAILABLE, reason)))
        refused = [outcome for outcome in held if outcome.failure and outcome.failure.stage == NOT_AVAILABLE]
        if refused and not reason:
            store.set_aside(refused, "its device can be used now")
    return {name: group for name, group in cases.items() if name not in absent}


def set_failed_aside(store: Store) -> int:
    """Let every block in which a case failed be measured again, with all its cases. How many failures there were."""
    failed = [outcome for outcome in store.outcomes() if outcome.failure and outcome.failure.stage not in NO_FAULT]
    store.set_aside(failed, "it failed, and is measured again (--retry-failed)")
    return len(failed)


def budget(schedule: Schedule) -> float:
    """Seconds after which no block but the first may end; infinite where nothing was said."""
    return schedule.budget_s or (DEFAULT_BUDGET_S if schedule.precision else float("inf"))


def _dropped(schedule: Schedule, done: int, budget_s: float) -> str:
    """A block is dropped whole, for all groups and cases, so that none is measured less than the others for it."""
    dropped = (
        f"; {schedule.blocks - done} of the {schedule.blocks} planned are dropped" if done < schedule.blocks else ""
    )
    return f"the time budget of {budget_s:g} s left no room for more than {done} repetition{'s' * (done != 1)}{dropped}"


def _taking_part(store: Store, group: Sequence[Case], block: int) -> list[Case]:
    """The cases of a group that are measured in this block."""
    measured: dict[str, list[Measurement]] = {case.key: [] for case in group}
    for outcome in store.outcomes():
        if outcome.measurement and outcome.case.key in measured:
            measured[outcome.case.key].append(outcome.measurement)
    baseline = measured[group[0].key]
    return [case for case in group if not skips_block(block, baseline, measured[case.key])]


def _complete(store: Store, group: Sequence[Case], taking_part: Sequence[Case], block: int) -> bool:
    """Whether the folder holds the block; half a block is moved aside: new cases were not interleaved with its own."""
    held = _held(store, group, block)
    if {case.key for case in taking_part} <= {o.case.key for o in held}:
        return True
    if held:
        store.set_aside(held, "the block was not complete")
    return False


def _refuse(store: Store, group: Sequence[Case], block: int, refused: Mapping[str, str]) -> list[Case]:
    """Keep a failure for each case that is not to be timed; the others."""
    for case in group:
        if case.key in refused:
            store.keep(Outcome(failure=Failure(case, block, UNEQUAL, refused[case.key])))
    return [case for case in group if case.key not in refused]


def _measure(
    store: Store,
    group: Sequence[Case],
    block: int,
    source: Source,
    progress: Progress,
    command: Sequence[str],
    ready: Callable[[list[Order]], list[Order]],
    ahead: ForkServersAhead,
    turn: AbstractContextManager[object],
) -> bool:
    """One block of a group; whether any of its cases came through.

    A block that somebody stopped for a while is set aside and measured again, up to TRIES times in all.
    """
    for _ in range(TRIES):
        orders = ready(orders_of(store, group, block, source))
        noise = noise_in([o.measurement for o in store.outcomes() if o.measurement and o.case == group[0]])
        with turn:
            block_now = Block(orders, store.plan.seed, store.keep, progress.notice, noise=noise)
            undisturbed = block_now.run(command, ahead)
        held = _held(store, group, block)
        if undisturbed:
            break
        ahead.drop()  # they may have been stopped too
        store.set_aside(held, STOPPED)
    return any(outcome.measurement for outcome in held)


def _ready(cache: XlaCache, handover: Handover, orders: list[Order]) -> list[Order]:
    """The orders with what their modes need before anything is measured."""
    return cache.filled_for(handover.given_to(orders), (StageRequest("open"), StageRequest("build")))


def _held(store: Store, group: Sequence[Case], block: int) -> list[Outcome]:
    keys = {case.key for case in group}
    return [outcome for outcome in store.outcomes() if outcome.block == block and outcome.case.key in keys]
