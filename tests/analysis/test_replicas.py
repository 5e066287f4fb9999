"""Scaling over replicas from made-up measurements, and replicas that are not what they say."""

from dataclasses import replace

import pytest
from replica_runs import a_proof, a_replicated, a_run

from bench.analysis.replicas import strong, weak
from bench.analysis.validity import unproven_mode


def test_strong_scaling_is_the_speedup_over_one_replica_by_their_number() -> None:
    (scaling,) = strong(a_run({"mirrored-r1": 0.04, "mirrored-r2": 0.025}))
    assert scaling.speedup.over_time
    assert scaling.speedup.over_time.centre == pytest.approx(1.6, rel=0.01)
    assert scaling.efficiency.centre == pytest.approx(0.8, rel=0.01)
    low, high = scaling.efficiency.low, scaling.efficiency.high
    assert low
    assert high
    assert low < 0.8 < high
    assert scaling.all_reduce
    assert scaling.all_reduce.share == pytest.approx(0.25)


def test_without_one_replica_there_is_no_efficiency() -> None:
    assert strong(a_run({"mirrored-r2": 0.025})) == []


def test_the_two_modes_are_compared_each_with_its_own_one_replica() -> None:
    steps = {"mirrored-r1": 0.04, "mirrored-r2": 0.02, "multi_worker-r1": 0.02, "multi_worker-r2": 0.02}
    centres = {each.several.case.mode: each.efficiency.centre for each in strong(a_run(steps))}
    assert centres == pytest.approx({"mirrored": 1.0, "multi_worker": 0.5}, rel=0.01)


def test_weak_scaling_takes_as_large_a_batch_for_each_replica() -> None:
    steps = {"mirrored-r1": 0.02, "mirrored-r2": 0.025}
    (scaling,) = weak(a_run(steps, batch_sizes=(32, 64)))
    assert scaling.one.case.workload.batch_size == 32
    assert scaling.several.case.workload.batch_size == 64
    assert scaling.efficiency.centre == pytest.approx(0.8, rel=0.01)
    assert weak(a_run(steps, batch_sizes=(32, 48))) == []
    assert weak(a_run(steps)) == []


def test_a_step_without_the_all_reduce_that_is_no_faster_gives_no_share() -> None:
    (scaling,) = strong(a_run({"mirrored-r1": 0.04, "mirrored-r2": 0.025}, without=1.1))
    assert scaling.all_reduce
    assert scaling.all_reduce.share == 0.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"apart": ("kernel", "bias"), "digests": ("a", "b")}, "its replicas drifted apart: kernel and 1 more differ"),
        ({"digests": ("a", "b")}, "its replicas drifted apart"),
        ({"replicas": 1, "batch": 64}, "tf.distribute kept 1 replicas in sync, not 2"),
        ({"batch": 64}, "2 shares of 64 are not the batch of 64"),
        ({"all_reduce": ()}, "its graph reduces nothing over its replicas"),
    ],
)
def test_replicas_that_are_not_what_they_say_are_invalid(changes: dict[str, object], reason: str) -> None:
    measurement = a_replicated("mirrored", 2)
    assert unproven_mode(measurement) == ()
    proof = replace(measurement.proof, replicas=replace(a_proof(2, 64), **changes))  # type: ignore[arg-type]
    (said,) = unproven_mode(replace(measurement, proof=proof))
    assert said.startswith(reason)


def test_a_case_with_replicas_needs_their_proof_and_another_none() -> None:
    measurement = a_replicated("mirrored", 2)
    bare = replace(measurement, proof=replace(measurement.proof, replicas=None))
    assert unproven_mode(bare) == ("nothing shows that its batch was split over replicas",)
