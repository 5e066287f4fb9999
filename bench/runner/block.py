"""One block: fresh workers for all cases of a group, interleaved slice by slice.

Interleaving makes drift, noisy neighbours and throttling hit every case alike.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bench.analysis.gradients import as_compared_with, with_noise_of
from bench.analysis.slow_cases import FAR_LONGER, SLOW, SLOW_ROUNDS
from bench.machine.environment import Stolen, load_average
from bench.machine.signals import noting_stops, uninterrupted
from bench.records.messages import Order, Reply, StageRequest
from bench.records.proof import Evidence
from bench.records.run import Outcome
from bench.runner.durations import equally_long
from bench.runner.forkserver import ForkServers, ForkServersAhead
from bench.runner.rounds import affordable, error, rounds_for
from bench.runner.warm_up import TIMINGS, is_cold, pace, piece
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess

# A block's end over its building, at the least: over three blocks of four modes it was 1.2 (CNN) and 1.9 (MLP) on one
# CPU. Later blocks save some of the import, which makes up for that.
CLOSING = 1.0
Notice = Callable[[str, float], None]  # what is going on, and the share of the block that is done
Keep = Callable[[Outcome, bool], None]  # an outcome, and whether it was cut short by an interruption
Between = Callable[[WorkerProcess, int], None]  # a worker, and how many steps one of its slices has
Result = TypeVar("Result")


class Block:
    """One block: a fresh process for each case of a group; each outcome is kept as soon as it exists."""

    def __init__(
        self,
        orders: Sequence[Order],
        seed: int,
        keep: Keep,
        notice: Notice,
        between: Between | None = None,
        noise: Evidence | None = None,
    ) -> None:
        """`between`, if any, is what each worker is asked for after each round, in an order of its own.

        `noise` holds the baseline's rounding noise from an earlier block; without it, this block measures it, and takes
        the evidence of equal work in full.
        """
        first, in_full = orders[0], noise is None
        self._orders = [
            replace(order, measures_noise=in_full and order.case.is_like(first.case), in_full=in_full)
            for order in orders
        ]
        self._noise = noise
        self._keep, self._notice, self._between = keep, notice, between
        self._schedule = first.schedule
        self._rounds = first.schedule.rounds
        self._began = time.monotonic()
        self._build_s = 0.0
        self._rng = random.Random(f"{seed}/{first.case.group}/{first.block}")
        self._workers: list[WorkerProcess] = []
        self._over: list[WorkerProcess] = []
        self._baseline_step_s = 0.0
        self._stolen = Stolen()
        self._ahead: ForkServersAhead | None = None

    def run(self, command: Sequence[str] = WORKER, ahead: ForkServersAhead | None = None) -> bool:
        """Measure the block. Every case ends in one Outcome, whatever happens to the others.

        `ahead`: has the fork servers, if any are ready, and prepares those of the next block.
        False where a process of it was stopped for a while (SIGSTOP, a frozen container, a machine that slept): then
        its times are not those of a block.
        """
        self._ahead = ahead
        with noting_stops() as own_stops, ahead.taken() if ahead else ForkServers(command) as servers:
            self._run(servers)
        return not (own_stops or any(worker.stopped for worker in self._over))

    def _run(self, servers: ForkServers) -> None:
        try:
            self._load(servers)
            self._build()
            self._check_equal_work()
            self._warm_up()
            self._set_steps()
            self._time()
            self._close()
        except KeyboardInterrupt:
            self._rescue()
            raise
        finally:
            with uninterrupted():  # takes a moment, and an end that was cut short would have to be waited for
                for worker in [*self._over, *self._workers]:
                    worker.end()
                self._over += self._workers

    def _load(self, servers: ForkServers) -> None:
        self._notice("loading TensorFlow", 0.0)
        servers.open(self._orders)
        for order in self._orders:
            self._workers.append(WorkerProcess(order, servers.start(order)))
        for worker in self._workers:
            worker.ask(StageRequest("open"))
        self._each(WorkerProcess.answer)

    def _build(self) -> None:
        """Build, trace and compile with all others idle, so that first steps are not slowed by each other."""
        began = time.monotonic()
        for number, worker in enumerate(self._shuffled()):
            self._notice(f"first step: {worker.order.case.arm}", 0.45 + 0.2 * number / len(self._orders))
            self._guarded(worker, lambda worker: worker.take(StageRequest("build")))
        self._build_s = time.monotonic() - began

    def _check_equal_work(self) -> None:
        baseline = self._workers[0].evidence if self._workers else None
        if baseline is None or self._workers[0].order.case.key != self._orders[0].case.key:
            return  # the baseline has failed: nothing to compare with, which the report says
        self._notice("checking equal work", 0.65)
        self._baseline_step_s = self._workers[0].step_s
        baseline = with_noise_of(baseline, self._noise or baseline)
        first = self._orders[0].case

        def check(worker: WorkerProcess) -> None:
            expected = as_compared_with(baseline, worker.order.case.mode, first.mode)
            worker.expect_equal_work(expected, first.workload.precision)

        self._each(check)

    def _warm_up(self) -> None:
        """Pieces, interleaved, until none gets shorter. None for a very slow case: its first losses took seconds."""
        self._notice("warming up", 0.65)
        settled = all(worker.steps for worker in self._workers)
        least = self._schedule.warmup_steps if settled else max(self._schedule.warmup_steps, TIMINGS)
        for worker in [worker for worker in self._workers if self._is_slow(worker)]:
            self._guarded(worker, lambda worker: worker.take(StageRequest("warmup")))
        while cold := [worker for worker in self._shuffled() if not self._is_slow(worker) and is_cold(worker, least)]:
            for worker in cold:
                self._guarded(worker, lambda worker: worker.take(StageRequest("warmup", piece(worker))))

    def _set_steps(self) -> None:
        """How many steps the slices have where no earlier block has settled that: all take equally long."""
        if self._workers and not all(worker.steps for worker in self._workers):
            paces = [pace(worker, self._workers) for worker in self._workers]
            steps = equally_long(paces, self._schedule.slice_s, self._workers[0].steps)
            for worker, own in zip(self._workers, steps, strict=True):
                worker.steps = worker.steps or own

    def _time(self) -> None:
        number, began = 0, time.monotonic()
        while number < self._rounds:
            self._notice(f"round {number + 1} of {self._rounds}", 0.7 + 0.3 * number / self._rounds)
            self._take_round(number)
            number += 1
            if number == self._schedule.rounds and self._schedule.rounds_by_noise:
                self._rounds = self._rounds_for(number, time.monotonic() - began)

    def _take_round(self, number: int) -> None:
        for worker in self._shuffled():
            if number % self._stride(worker) == 0:
                self._guarded(worker, lambda worker: worker.take(StageRequest("slice", worker.steps, number)))
        for worker in self._shuffled() if self._between else ():
            self._guarded(worker, lambda worker: self._between and self._between(worker, worker.steps))

    def _rounds_for(self, taken: int, taken_s: float) -> int:
        """By the noise of those taken, as far as the fewest blocks then stay below the ceiling, their ends included."""
        ceiling_s = self._schedule.ceiling_s or math.inf
        closing_s = CLOSING * self._build_s
        left_s = ceiling_s / self._schedule.blocks - (time.monotonic() - self._began) - closing_s
        wanted = rounds_for(self._error(taken))
        return affordable(wanted, taken, taken_s, left_s) if math.isfinite(left_s) else wanted

    def _error(self, rounds: int) -> float:
        """What the spread of these rounds leaves open, of the noisiest case that took part in all of them."""
        baseline = self._orders[0].case
        whole = [worker for worker in self._workers if len(worker.slices_s) == rounds]
        alike = [worker.slices_s for worker in whole if worker.order.case.is_like(baseline)]
        others = [worker.slices_s for worker in whole if not worker.order.case.is_like(baseline)]
        return error(alike, others) if alike else 0.0

    def _is_slow(self, worker: WorkerProcess) -> bool:
        """By the steps of the short loss curve."""
        return bool(self._baseline_step_s) and worker.step_s >= SLOW * self._baseline_step_s

    def _stride(self, worker: WorkerProcess) -> int:
        """A case whose slices take far longer than the baseline's takes part in some rounds only."""
        longest_s = FAR_LONGER * self._slice_s(self._workers[0])
        return math.ceil(self._rounds / SLOW_ROUNDS) if self._slice_s(worker) >= longest_s else 1

    def _slice_s(self, worker: WorkerProcess) -> float:
        return worker.steps * pace(worker, self._workers).step_s

    def _close(self) -> None:
        self._notice("profiling, and checking the updates (not timed)", 0.99)

        def close(worker: WorkerProcess) -> None:
            with uninterrupted():  # what a worker has handed over exists nowhere else until it is written
                self._keep_measurement(worker.take(StageRequest("close")), interrupted=False)
                # Ended only when all have handed over: until then no process is asked for anything else.
                self._dismiss(worker)

        # Not while a first block closes, whose diagnostics measure how fast the machine is.
        ahead = None if self._orders[0].in_full else self._ahead
        if ahead:
            ahead.begin(self._orders)
        self._each(close)
        if ahead:
            ahead.wait()

    def _rescue(self) -> None:
        """The user interrupts: what the living workers have timed of this unfinished block is kept apart.

        A second interruption ends that: what is being written is written, and nothing more is waited for.
        """
        for worker in [worker for worker in self._workers if worker.slices_s]:
            try:
                reply = worker.hand_over()
            except CaseFailed as error:
                with uninterrupted():
                    self._keep(Outcome(failure=error.failure), True)
            else:
                with uninterrupted():
                    self._keep_measurement(reply, interrupted=True)

    def _keep_measurement(self, reply: Reply, interrupted: bool) -> None:
        assert reply.measurement
        measured = replace(
            reply.measurement,
            environment=replace(reply.measurement.environment, load_after=load_average(), stolen=self._stolen.share()),
            schedule=replace(reply.measurement.schedule, rounds=self._rounds, rounds_by_noise=False),
            elapsed_s=time.monotonic() - self._began,
        )
        self._keep(Outcome(measurement=measured), interrupted)

    def _shuffled(self) -> list[WorkerProcess]:
        return self._rng.sample(self._workers, len(self._workers))

    def _each(self, work: Callable[[WorkerProcess], Result]) -> list[Result]:
        results = [self._guarded(worker, work) for worker in list(self._workers)]
        return [result for result in results if result is not None]

    def _guarded(self, worker: WorkerProcess, work: Callable[[WorkerProcess], Result]) -> Result | None:
        """A failure ends one case, not the block."""
        try:
            return work(worker)
        except CaseFailed as error:
            self._dismiss(worker)
            worker.end()
            self._keep(Outcome(failure=error.failure), False)
            return None

    def _dismiss(self, worker: WorkerProcess) -> None:
        self._workers.remove(worker)
        self._over.append(worker)
