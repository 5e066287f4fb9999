"""One block: fresh workers for all cases of a group, interleaved slice by slice.

Interleaving makes drift, noisy neighbours and throttling hit every case alike.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bench.analysis.gradients import with_noise_of
from bench.analysis.slow_cases import SLOW, SLOW_ROUNDS
from bench.machine.environment import Stolen, load_average
from bench.machine.signals import noting_stops, uninterrupted
from bench.records.case import Case
from bench.records.messages import Order, Reply, StageRequest
from bench.records.proof import Evidence
from bench.records.run import Outcome
from bench.runner.forkserver import ForkServers
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess

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

        `noise` holds the baseline's rounding noise from an earlier block; without it, this block measures it.
        """
        first = orders[0]
        self._orders = [
            replace(order, measures_noise=noise is None and _same_but_for_again(order.case, first.case))
            for order in orders
        ]
        self._noise = noise
        self._keep, self._notice, self._between = keep, notice, between
        self._schedule = first.schedule
        self._rng = random.Random(f"{seed}/{first.case.group}/{first.block}")
        self._workers: list[WorkerProcess] = []
        self._over: list[WorkerProcess] = []
        self._baseline_step_s = 0.0
        self._stolen = Stolen()

    def run(self, command: Sequence[str] = WORKER) -> bool:
        """Measure the block. Every case ends in one Outcome, whatever happens to the others.

        False where a process of it was stopped for a while (SIGSTOP, a frozen container, a machine that slept): then
        its times are not those of a block.
        """
        with noting_stops() as own_stops, ForkServers(command) as servers:
            self._run(servers)
        return not (own_stops or any(worker.stopped for worker in self._over))

    def _run(self, servers: ForkServers) -> None:
        try:
            self._load(servers)
            self._build()
            self._check_equal_work()
            self._time(self._warm_up())
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
        for number, worker in enumerate(self._shuffled()):
            self._notice(f"first call: {worker.order.case.arm}", 0.45 + 0.2 * number / len(self._orders))
            self._guarded(worker, lambda worker: worker.take(StageRequest("build")))

    def _check_equal_work(self) -> None:
        baseline = self._workers[0].evidence if self._workers else None
        if baseline is None or self._workers[0].order.case.key != self._orders[0].case.key:
            return  # the baseline has failed: nothing to compare with, which the report says
        self._notice("checking equal work", 0.66)
        self._baseline_step_s = self._workers[0].step_s
        baseline = with_noise_of(baseline, self._noise or baseline)
        precision = self._orders[0].case.workload.precision

        def check(worker: WorkerProcess) -> None:
            worker.expect_equal_work(baseline, precision)

        self._each(check)

    def _warm_up(self) -> int:
        """The same number of steps for each; the steps of a slice follow from the baseline's time and calls unless set.

        None for a very slow case, whose first losses have warmed it up for seconds.
        """

        def warm_up(worker: WorkerProcess) -> float:
            """Seconds a step."""
            steps = 0 if self._slowness(worker) >= SLOW else self._own_steps(worker, self._schedule.warmup_steps)
            seconds = worker.take(StageRequest("warmup", steps)).seconds
            return seconds / steps if steps else worker.step_s

        steps_s = self._each(warm_up)
        if self._schedule.steps_per_slice or not steps_s:
            return self._schedule.steps_per_slice or 1
        return self._own_steps(self._workers[0], max(1, round(self._schedule.slice_s / steps_s[0])))

    def _time(self, steps: int) -> None:
        rounds = self._schedule.rounds
        for number in range(rounds):
            self._notice(f"round {number + 1} of {rounds}", 0.7 + 0.3 * number / rounds)
            for worker in self._shuffled():
                if number % self._stride(worker, steps) == 0:
                    self._guarded(worker, partial(self._take_slice, steps=steps, number=number))
            for worker in self._shuffled() if self._between else ():
                self._guarded(worker, lambda worker: self._between and self._between(worker, steps))

    def _take_slice(self, worker: WorkerProcess, steps: int, number: int) -> None:
        worker.take(StageRequest("slice", self._own_steps(worker, steps), number))

    def _slowness(self, worker: WorkerProcess) -> float:
        """How many times as long as the baseline's one of its steps took in the short loss curve."""
        return worker.step_s / self._baseline_step_s if self._baseline_step_s else 1.0

    def _own_steps(self, worker: WorkerProcess, steps: int) -> int:
        """Fewer steps for a very slow case, which would take everyone's time; whole calls for all."""
        slowness, per_call = self._slowness(worker), worker.order.case.steps_per_call or 1
        wanted = steps if slowness < SLOW else max(1, round(steps / slowness))
        return math.ceil(wanted / per_call) * per_call

    def _stride(self, worker: WorkerProcess, steps: int) -> int:
        """A case whose slices take far longer than the baseline's, or are shortened, takes part in some rounds only."""
        slowness = self._slowness(worker)
        longer = slowness * self._own_steps(worker, steps) / steps
        return math.ceil(self._schedule.rounds / SLOW_ROUNDS) if max(slowness, longer) >= SLOW else 1

    def _close(self) -> None:
        def close(worker: WorkerProcess) -> None:
            with uninterrupted():  # what a worker has handed over exists nowhere else until it is written
                self._keep_measurement(worker.take(StageRequest("close")), interrupted=False)
                # Ended only when all have handed over: until then no process is asked for anything else.
                self._dismiss(worker)

        self._each(close)

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
        environment = replace(reply.measurement.environment, load_after=load_average(), stolen=self._stolen.share())
        self._keep(Outcome(measurement=replace(reply.measurement, environment=environment)), interrupted)

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


def _same_but_for_again(case: Case, baseline: Case) -> bool:
    """Whether the case is the baseline or its A/A control."""
    return replace(case, again=baseline.again) == baseline
