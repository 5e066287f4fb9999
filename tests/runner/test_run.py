"""The run loop on fake workers: blocks, resuming, precision, budget, interruption."""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders import SCHEDULE, a_case, a_group, a_plan
from places import SUPPORT
from watcher import Watcher

from bench.analysis.analyse import analyse
from bench.analysis.results import GroupResult
from bench.analysis.stats.ratios import PILOT_BLOCKS, Verdict
from bench.errors import BenchError
from bench.machine.availability import Availability
from bench.records.decoding import encoded
from bench.records.devices import DeviceProbe, FoundDevice
from bench.records.run import NOT_AVAILABLE, Looks, Schedule, groups
from bench.records.store import Store
from bench.runner import run, stopping
from bench.runner.settled import block_seconds
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
CASES = a_group(("eager", "function"))


def a_store(folder: Path, **schedule: object) -> Store:
    return Store.create(folder, a_plan(CASES, schedule=replace(SCHEDULE, **schedule)))  # type: ignore[arg-type]


def kept(store: Store, name: str = "measurements.jsonl") -> list[bytes]:
    return (store.folder / name).read_bytes().splitlines()


def without(store: Store, arm: str, block: int) -> Store:
    """The run as a crash would have left it, before that outcome was written."""
    lost = [o for o in store.outcomes() if o.case.arm == arm and o.block == block]
    store.close()
    lines = [line for line in kept(store) if line not in [encoded(outcome) for outcome in lost]]
    assert len(lines) == len(kept(store)) - 1
    (store.folder / "measurements.jsonl").write_bytes(b"\n".join([*lines, b""]))
    return Store.resume(store.folder)


def test_each_block_of_the_plan_is_measured_and_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
    assert len(kept(store)) == 2 * 3


def test_a_case_that_does_other_work_is_not_timed_and_has_no_speed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), FAKE, refused={CASES[2].key: "it counts its calls otherwise"})
    (group,) = analyse(store.plan, store.outcomes()).groups
    (function,) = group.candidates
    assert group.baseline.valid
    assert not function.measurements
    assert function.comparison
    assert (function.comparison.verdict, function.comparison.reason) == (
        Verdict.INVALID,
        "it counts its calls otherwise",
    )


def test_a_finished_run_is_not_measured_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    before = kept(store)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert before == kept(store)


def test_what_failed_is_measured_again_on_request_with_all_cases_of_its_block(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), (*FAKE, "function=fail"))
    assert {outcome.case.arm for outcome in store.outcomes() if outcome.failure} == {"function"}
    before = kept(store)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert kept(store) == before  # only on request
    assert run.set_failed_aside(store) == 2
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    read = Store.open(tmp_path)
    assert kept(store)[: len(before)] == before
    assert [outcome.failure for outcome in read.outcomes()] == [None] * 6
    assert not analyse(read.plan, read.outcomes(), read.left_out).failed
    assert run.set_failed_aside(store) == 0


def test_what_a_mode_cannot_hold_is_not_tried_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), (*FAKE, "function=inapplicable"))
    assert any(outcome.failure for outcome in store.outcomes())
    assert run.set_failed_aside(store) == 0


def test_half_a_block_is_set_aside_and_measured_anew(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    before = kept(store)
    store = without(store, "function", 1)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert len(store.outcomes()) == 2 * 3
    lines = kept(store)
    assert [line in before for line in lines] == [True] * 5 + [False] * 5  # two are moved aside, then three measured
    assert sum(b"set_aside" in line for line in lines) == 2


def test_all_blocks_use_the_steps_a_slice_that_the_first_settled(tmp_path: Path) -> None:
    store = a_store(tmp_path, slice_s=0.1)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    steps = {(o.case.mode, o.measurement.steady.steps_per_slice) for o in store.outcomes() if o.measurement}
    assert steps == {("eager", 5), ("function", 10)}


def test_one_call_of_a_slice_is_compared_with_single_steps_once_for_each_number_of_steps(tmp_path: Path) -> None:
    store = a_store(tmp_path, slice_s=0.2, blocks=4)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    measured = [o.measurement for o in store.outcomes() if o.measurement and o.case.mode == "function"]
    compared = [(m.steady.steps_per_slice, bool(m.proof.replay and m.proof.replay.slice)) for m in measured]
    known = [steps in [earlier for earlier, _ in compared[:block]] for block, (steps, _) in enumerate(compared)]
    assert [seen for _, seen in compared] == [not before for before in known]
    assert known[-2:] == [True, True]


def measured_noise(store: Store) -> set[tuple[str, int]]:
    """The cases that measured the rounding noise, with their blocks."""
    measurements = [o.measurement for o in store.outcomes() if o.measurement]
    return {(m.case.arm, m.block) for m in measurements if m.evidence.moved_losses}


FIRST_BLOCK = {("eager", 0), ("eager-again", 0)}


def test_the_rounding_noise_is_measured_in_one_block_of_a_run_whenever_the_others_come(tmp_path: Path) -> None:
    store = a_store(tmp_path, blocks=3)
    run.execute(store, SYNTHETIC, Watcher(), FAKE, most_blocks=1)
    assert measured_noise(store) == FIRST_BLOCK
    store.close()
    store = Store.resume(tmp_path)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert {outcome.block for outcome in store.outcomes()} == {0, 1, 2}
    assert measured_noise(store) == FIRST_BLOCK


def test_where_the_baseline_failed_in_the_first_block_the_next_one_measures_the_noise(tmp_path: Path) -> None:
    store = a_store(tmp_path, blocks=3)
    run.execute(store, SYNTHETIC, Watcher(), (*FAKE, "eager=fail"), most_blocks=1)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert measured_noise(store) == {("eager-again", 0), ("eager", 1), ("eager-again", 1)}


def test_each_workload_of_a_run_measures_its_own_noise(tmp_path: Path) -> None:
    larger = tuple(replace(case, workload=replace(case.workload, batch_size=8)) for case in CASES)
    store = Store.create(tmp_path, a_plan((*CASES, *larger), schedule=SCHEDULE))
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    measured = [o for o in store.outcomes() if o.measurement and o.measurement.evidence.moved_losses]
    assert [(o.case.arm, o.block) for o in measured if o.case.workload.batch_size == 8]
    assert {o.block for o in measured} == {0}
    assert len(measured) == 4


def test_a_case_that_loops_inside_a_call_takes_whole_calls_for_as_long_as_the_others(tmp_path: Path) -> None:
    cases = (*a_group(("eager",)), replace(a_case("function_loop"), steps_per_call=10))
    store = Store.create(tmp_path, a_plan(cases, schedule=replace(SCHEDULE, slice_s=0.1)))
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    steps = {(o.case.mode, o.block): o.measurement.steady.steps_per_slice for o in store.outcomes() if o.measurement}
    assert steps == {("eager", 0): 5, ("eager", 1): 5, ("function_loop", 0): 10, ("function_loop", 1): 10}


def test_a_baseline_that_loops_inside_a_call_is_timed_by_the_steps_that_it_took(tmp_path: Path) -> None:
    loop = replace(a_case("function_loop"), steps_per_call=10)
    store = Store.create(
        tmp_path, a_plan((loop, replace(loop, again=True), a_case("xla")), schedule=replace(SCHEDULE, slice_s=0.04))
    )
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    steps = {(o.case.mode, o.measurement.steady.steps_per_slice) for o in store.outcomes() if o.measurement}
    assert steps == {("function_loop", 10), ("xla", 10)}  # one call of the baseline's, in the first block as in all


def test_a_flag_that_has_xla_compile_every_graph_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_cpu_global_jit --tf_xla_auto_jit=2")
    store = a_store(tmp_path)
    with pytest.raises(BenchError, match="TF_XLA_FLAGS holds --tf_xla_auto_jit=2"):
        run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert store.outcomes() == ()
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=-1")
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert len(kept(store)) == 2 * 3


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_the_workers_and_keeps_what_was_timed(tmp_path: Path) -> None:
    store = a_store(tmp_path, rounds=50)
    watcher = Watcher("round 4 of", lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run.execute(store, SYNTHETIC, watcher, FAKE)
    assert store.outcomes() == ()
    assert len(kept(store, "interrupted.jsonl")) == 3


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_a_worker_is_busy_still_keeps_its_slices(tmp_path: Path) -> None:
    store = a_store(tmp_path, rounds=1000)
    watcher = Watcher("round 4 of", lambda: threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start())
    with pytest.raises(KeyboardInterrupt):
        run.execute(store, SYNTHETIC, watcher, (*FAKE, "function=slow"))
    time.sleep(0.1)
    assert len(kept(store, "interrupted.jsonl")) == 3


def test_a_group_of_which_nothing_can_be_measured_is_tried_once(tmp_path: Path) -> None:
    store, watcher = a_store(tmp_path, blocks=5), Watcher()
    stopped = run.execute(store, SYNTHETIC, watcher, (*FAKE, "eager=refuse", "eager-again=refuse", "function=refuse"))
    assert "no case could be measured" in stopped
    assert watcher.blocks == 1
    assert len(kept(store)) == 3


def test_so_many_blocks_now_and_the_rest_later(tmp_path: Path) -> None:
    store = a_store(tmp_path, blocks=3)
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE, most_blocks=1) == "so many repetitions were asked for now: 1"
    assert len(kept(store)) == 3
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE, most_blocks=2) == ""
    assert {outcome.block for outcome in store.outcomes()} == {0, 1, 2}
    assert len({outcome.measurement.environment.at for outcome in store.outcomes() if outcome.measurement}) == 3


def test_precision_adds_blocks_until_it_is_reached(tmp_path: Path) -> None:
    store = a_store(tmp_path, precision=0.5)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert len(kept(store)) == PILOT_BLOCKS * 3  # these intervals are narrow, but no run may stop earlier


def test_a_goal_ends_a_run_once_it_is_answered_and_the_looks_are_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path, blocks=3, goal=0.1, ceiling_s=60.0, rounds_by_noise=True)
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
    measured = {m.block: m for o in store.outcomes() if (m := o.measurement)}
    assert list(measured) == [0, 1, 2]  # the function takes half the time, so three blocks say all
    looks = [m.schedule.looks for m in measured.values()]
    assert looks[:2] == [None, None]  # before the first look, by what the first two blocks have cost
    assert looks[2]
    assert (looks[2].first, looks[2].last) == (3, 2 + math.floor((60 - spent_s(store, 2)) / spent_s(store, 2, 1)))
    assert {m.schedule.rounds for m in measured.values()} == {6}
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert {outcome.block for outcome in store.outcomes()} == {0, 1, 2}
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE, most_blocks=1) == "so many repetitions were asked for now: 1"
    assert {outcome.block for outcome in store.outcomes()} == {0, 1, 2, 3}  # a person's number replaces the rule
    assert {o.measurement.schedule.looks for o in store.outcomes() if o.measurement and o.block > 1} == {looks[2]}


def spent_s(store: Store, end: int, begin: int = 0) -> float:
    return sum(block_seconds(o.measurement for o in store.outcomes() if o.measurement)[begin:end])


def test_what_cannot_be_answered_ends_at_the_ceiling_which_is_never_below_the_fewest_blocks(tmp_path: Path) -> None:
    store = a_store(tmp_path, blocks=3, goal=0.001, ceiling_s=0.5)
    run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert {outcome.block for outcome in store.outcomes()} == {0, 1, 2}


def test_each_group_goes_on_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def needs_two_more(group: GroupResult, schedule: Schedule, looks: Looks, seconds: Sequence[float]) -> bool:
        return group.name == CASES[0].group and len(seconds) < looks.last

    other = tuple(replace(case, threads=1) for case in a_group(("eager",)))
    store = Store.create(
        tmp_path, a_plan((*CASES, *other), schedule=replace(SCHEDULE, blocks=1, goal=0.1, ceiling_s=60.0))
    )
    monkeypatch.setattr(stopping, "settled", lambda schedule, measured: replace(schedule, looks=Looks(1, 3)))
    monkeypatch.setattr(stopping, "goes_on", needs_two_more)
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
    blocks = {group: {o.block for o in store.outcomes() if o.case.group == group} for group in groups(store.plan)}
    assert blocks == {CASES[0].group: {0, 1, 2}, other[0].group: {0}}


def test_a_far_slower_case_sits_out_every_second_block_and_none_of_them_is_measured_again(tmp_path: Path) -> None:
    store, command = a_store(tmp_path, blocks=6), (*FAKE, "function=crawl")
    run.execute(store, SYNTHETIC, Watcher(), command)
    blocks = {arm: [o.block for o in store.outcomes() if o.case.arm == arm] for arm in ("eager", "function")}
    assert blocks == {"eager": [0, 1, 2, 3, 4, 5], "function": [0, 2, 4]}
    watcher = Watcher()
    run.execute(store, SYNTHETIC, watcher, command)
    assert watcher.blocks == 0


def test_half_a_block_that_a_slow_case_sits_out_is_measured_anew_without_it(tmp_path: Path) -> None:
    store, command = a_store(tmp_path), (*FAKE, "function=crawl")
    run.execute(store, SYNTHETIC, Watcher(), command)
    store = without(store, "eager", 1)
    run.execute(store, SYNTHETIC, Watcher(), command)
    assert [o.case.arm for o in store.outcomes() if o.block == 1] == ["eager", "eager-again"]


def test_a_budget_drops_whole_blocks_of_all_groups(tmp_path: Path) -> None:
    other = tuple(replace(case, threads=1) for case in CASES)
    schedule = replace(SCHEDULE, blocks=6, budget_s=0.1)
    store = Store.create(tmp_path, a_plan((*CASES, *other), schedule=schedule))
    stopped = run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert "no room for more than 1 repetition; 5 of the 6 planned are dropped" in stopped
    assert len(kept(store)) == 2 * 3


def test_a_budget_drops_blocks_and_says_so(tmp_path: Path) -> None:
    store = a_store(tmp_path, precision=1e-9, budget_s=1.0)
    assert "time budget of 1 s" in run.execute(store, SYNTHETIC, Watcher(), FAKE)
    assert kept(store)


def an_availability(works: bool) -> Availability:
    gpus = [FoundDevice("gpu:0", "A card", 0.0)] if works else []
    return Availability(DeviceProbe("2.21.0", True, "12", "9", (FoundDevice("cpu", "the CPU", 0.0), *gpus)), "")


def test_a_gpu_that_is_not_there_is_said_once_and_the_cpu_is_measured(tmp_path: Path) -> None:
    on_gpu = tuple(replace(case, device="gpu") for case in CASES)
    store = Store.create(tmp_path, a_plan((*CASES, *on_gpu), schedule=SCHEDULE))
    asked = []
    run.execute(store, SYNTHETIC, Watcher(), FAKE, probe=lambda: asked.append(1) or an_availability(False))  # type: ignore[func-returns-value]
    absent = [outcome.failure for outcome in store.outcomes() if outcome.failure]
    assert [(failure.case.arm, failure.block, failure.stage) for failure in absent] == [
        (case.arm, 0, NOT_AVAILABLE) for case in CASES
    ]
    assert len([outcome for outcome in store.outcomes() if outcome.measurement]) == 2 * 3
    assert len(asked) == 1


def test_a_gpu_that_has_come_is_measured_when_the_run_goes_on(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan(tuple(replace(case, device="gpu") for case in CASES), schedule=SCHEDULE))
    stopped = run.execute(store, SYNTHETIC, Watcher(), FAKE, probe=lambda: an_availability(False))
    assert stopped.startswith("no case could be measured")
    run.execute(store, SYNTHETIC, Watcher(), FAKE, probe=lambda: an_availability(True))
    assert [outcome.failure for outcome in store.outcomes() if outcome.failure] == []
    assert len(store.outcomes()) == 2 * 3


def test_what_a_gpu_gave_before_it_went_is_kept(tmp_path: Path) -> None:
    store = Store.create(tmp_path, a_plan(tuple(replace(case, device="gpu") for case in CASES), schedule=SCHEDULE))
    run.execute(store, SYNTHETIC, Watcher(), FAKE, most_blocks=1, probe=lambda: an_availability(True))
    run.execute(store, SYNTHETIC, Watcher(), FAKE, probe=lambda: an_availability(False))
    assert [bool(outcome.measurement) for outcome in store.outcomes()] == [True] * 3


def test_without_a_gpu_in_the_plan_nobody_is_asked_for_one(tmp_path: Path) -> None:
    def probe() -> Availability:
        raise AssertionError("asked")

    assert run.execute(a_store(tmp_path), SYNTHETIC, Watcher(), FAKE, probe=probe) == ""
