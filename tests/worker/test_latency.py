"""Single calls are timed one by one, many enough for a percentile, and few where they are slow."""

import pytest
from builders import FakeTrainer

from bench.worker.latency import CALLS, LEAST, latency


def test_calls_are_waited_for_one_by_one() -> None:
    trainer = FakeTrainer(step_s=0.001)
    found = latency(trainer, trainer.clock)  # type: ignore[arg-type]
    assert found.calls == CALLS
    assert found.median_s == found.p99_s == pytest.approx(0.001)


def test_of_slow_calls_there_are_few() -> None:
    trainer = FakeTrainer(step_s=2.0)
    assert latency(trainer, trainer.clock).calls == LEAST  # type: ignore[arg-type]


def test_a_rare_slow_call_is_in_the_99th_percentile_alone() -> None:
    trainer = FakeTrainer(step_s=0.001)
    run, calls = trainer.run, list[int]()

    def sometimes_slow(steps: int) -> None:
        calls.append(steps)
        trainer.clock.now += 0.1 if len(calls) % 50 == 0 else 0.0
        run(steps)

    trainer.run = sometimes_slow  # type: ignore[method-assign]
    found = latency(trainer, trainer.clock)  # type: ignore[arg-type]
    assert found.median_s == found.p95_s == pytest.approx(0.001)
    assert found.p99_s > 0.05
