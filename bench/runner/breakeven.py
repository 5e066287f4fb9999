"""Test a run's predicted break-evens: does a mode lose at half the predicted steps, and win at twice as many?

trials.json        every test so far; a second call continues where one was stopped
"""

import contextlib
import random
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from bench.analysis.analyse import analyse
from bench.analysis.stats.ratios import BreakEven
from bench.errors import BenchError
from bench.machine import environment
from bench.machine.signals import noting_stops
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.case import Case
from bench.records.files import write
from bench.records.folders import read_break_evens
from bench.records.messages import Order, StageRequest
from bench.records.run import Failure
from bench.records.store import Store
from bench.runner.forkserver import ForkServers
from bench.runner.handover import Handover
from bench.runner.run import NO_TURN, STOPPED, TRIES, Progress
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess
from bench.runner.xla_cache import XlaCache
from cifar_core.cifar10 import Source

Wanted = tuple[Case, Case, float, int, int]  # baseline, candidate, predicted steps, steps to train, repeat


def plan(store: Store, modes: Sequence[str], repeats: int) -> list[Wanted]:
    """The tests of a run, repeat by repeat; of cases on this machine, for only `run` asks others to start workers.

    Raises BenchError where the run predicts nothing for these modes.
    """
    groups = analyse(store.plan, store.outcomes(), store.left_out).groups
    predicted = [
        (group.baseline.case, result.case, steps)
        for group in groups
        for result in group.candidates
        if result.case.mode in modes and not result.case.hosts and (steps := _steps(result.break_even))
    ]
    if not predicted:
        names = ", ".join(modes)
        raise BenchError(f"{store.folder} predicts no break-even for {names}; see its report, or give other --modes")
    return [
        (baseline, candidate, steps, trained, repeat)
        for repeat in range(repeats)
        for baseline, candidate, steps in predicted
        for trained in (round(steps / 2) + 1, round(steps * 2) + 1)  # the first step is part of the start
    ]


def _steps(even: BreakEven | None) -> float:
    return even.steps.centre if even and even.steps else 0.0


def execute(
    store: Store,
    source: Source,
    wanted: Sequence[Wanted],
    progress: Progress,
    command: Sequence[str] = WORKER,
    turn: AbstractContextManager[object] = NO_TURN,
) -> TriedBreakEvens:
    """Make the tests that the folder does not hold yet; each is kept as soon as it is made. Raises BenchError.

    `turn`: entered for each test, see run.execute.
    """
    tried = read_break_evens(store.folder)
    done = {(each.candidate.key, each.steps, each.repeat) for each in tried.trials}
    left = [entry for entry in wanted if (entry[1].key, entry[3], entry[4]) not in done]
    # What failed before is tried again now.
    again = {(case.key, repeat) for baseline, candidate, _, _, repeat in left for case in (baseline, candidate)}
    tried = replace(tried, failures=tuple(f for f in tried.failures if (f.case.key, f.block) not in again))
    with contextlib.ExitStack() as ends:
        cache, handover = XlaCache(command, ends), Handover(ends)
        for number, entry in enumerate(left):
            progress.start(len(left) - number)
            progress.notice(f"{entry[1].arm}, {entry[3]} steps", 0.0)
            try:
                with turn:
                    trial = _try_undisturbed(store, source, entry, command, cache, handover)
                tried = replace(tried, trials=(*tried.trials, trial))
            except CaseFailed as error:
                tried = replace(tried, failures=(*tried.failures, error.failure))
            _keep(store, tried)
            progress.block_done()
    return tried


def _try_undisturbed(
    store: Store, source: Source, entry: Wanted, command: Sequence[str], cache: XlaCache, handover: Handover
) -> TriedBreakEven:
    """A test whose processes nobody stopped; up to TRIES are made. Raises CaseFailed."""
    for _ in range(TRIES):
        trial, undisturbed = _try(store, source, entry, command, cache, handover)
        if undisturbed:
            return trial
    _, candidate, _, _, repeat = entry
    raise CaseFailed(Failure(candidate, repeat, "total", STOPPED))


def _try(
    store: Store, source: Source, entry: Wanted, command: Sequence[str], cache: XlaCache, handover: Handover
) -> tuple[TriedBreakEven, bool]:
    """Both from nothing, one after the other in an order drawn from the seed; whether all ran on. Raises CaseFailed."""
    baseline, candidate, predicted, steps, repeat = entry
    order = [baseline, candidate]
    random.Random(f"{store.plan.seed}/{candidate.key}/{steps}/{repeat}").shuffle(order)
    orders = handover.given_to(_orders(store, source, order, repeat, cache))
    with noting_stops() as own_stops, _workers(orders, command) as workers:
        for worker in workers:
            worker.ask(StageRequest("open"))
        for worker in workers:
            worker.answer()
        seconds = {w.order.case: w.take(StageRequest("total", steps)).seconds for w in workers}
    trial = TriedBreakEven(candidate, predicted, steps, repeat, seconds[baseline], seconds[candidate])
    return trial, not (own_stops or any(worker.stopped for worker in workers))


def _orders(store: Store, source: Source, cases: Sequence[Case], repeat: int, cache: XlaCache) -> list[Order]:
    now, schedule = environment.read(), replace(store.plan.schedule, time_limit_s=3600.0)
    orders = [Order(case, repeat, schedule, now, source) for case in cases]
    return cache.filled_for(orders, (StageRequest("open"), StageRequest("total", 1)))


@contextlib.contextmanager
def _workers(orders: Sequence[Order], command: Sequence[str]) -> Iterator[list[WorkerProcess]]:
    with ForkServers(command) as servers, contextlib.ExitStack() as ends:
        servers.open(orders)
        workers = []
        for order in orders:
            workers.append(WorkerProcess(order, servers.start(order)))
            ends.callback(workers[-1].end)
        yield workers


def _keep(store: Store, tried: TriedBreakEvens) -> None:
    try:
        write(store.folder / "trials.json", tried)
    except OSError as error:
        raise BenchError(f"cannot write to {store.folder}: {error.strerror}; make room, then try again") from None
