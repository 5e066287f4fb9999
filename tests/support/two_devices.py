"""Runs of eager and tf.function on a CPU and a GPU whose speedup over the CPU is known at each batch size."""

from collections.abc import Mapping
from dataclasses import replace

from builders import A_READING, EXECUTIONS, a_costs, a_gpu_log, a_group, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.case import Case
from bench.records.costs import Energy
from bench.records.devices import DeviceTime, Placed, Placement, Synced
from bench.records.proof import Proof
from bench.records.run import NOT_AVAILABLE, Failure, Measurement, Outcome, Plan

MODES = ("eager", "function")


CPU_S = {8: 0.01, 64: 0.05, 512: 0.3}  # a step of eager; tf.function takes half of it


REASON = "TensorFlow sees no GPU"


BOTH = (("cpu", 0), ("gpu", 0))


def cases(*devices: tuple[str, int], sizes: tuple[int, ...] = (64,)) -> tuple[Case, ...]:
    return tuple(
        replace(case, device=device, threads=threads, workload=replace(case.workload, batch_size=size))
        for size in sizes
        for device, threads in devices
        for case in a_group(MODES)
    )


def a_step_s(case: Case, gains: Mapping[int, float]) -> float:
    size = case.workload.batch_size
    on_cpu = CPU_S[size] * (0.5 if case.mode == "function" else 1.0)
    return on_cpu / gains[size] if case.device != "cpu" else on_cpu / max(1, case.threads)


def on_gpu(measurement: Measurement) -> Measurement:
    """As measured on a GPU: with its placement, synchronisation, the copy of a batch, its energy and the GPU's log."""
    proof = Proof(replace(EXECUTIONS[measurement.case.mode], devices=("GPU:0",)), 0, 13, 13)
    if measurement.block == 0:
        moved = ("int32 index: CPU:0 to GPU:0",)
        proof = replace(proof, placement=Placement((Placed("GPU:0", 80),), moved))
    energy = Energy(400, 4.0, 1000.0 + 4 * measurement.block, 100.0)
    costs = a_costs(measurement.case.mode, synced=Synced(0.01, 2e-5, 0.015), energy=energy)
    if costs.profile:
        device = DeviceTime(0.2, 0.15, 0.01, 0.001, 0.0, 400)
        costs = replace(costs, profile=replace(costs.profile, on_device=True, device=device))
    copied = replace(costs, batch_copy_s=2.5e-4 if measurement.case.again else None)
    throttled = replace(A_READING, throttled=("power cap",), sm_mhz=1500)
    return replace(measurement, proof=proof, costs=copied, card=a_gpu_log(A_READING, A_READING, throttled))


def measured(plan: Plan, gains: Mapping[int, float], blocks: int = 6) -> list[Outcome]:
    outcomes = []
    for block in range(blocks):
        for number, case in enumerate(plan.cases):
            step_s = a_step_s(case, gains) * (1 + 0.002 * ((block + number) % 3))
            measurement = a_measurement(case, block, step_s)
            outcomes.append(Outcome(measurement=on_gpu(measurement) if case.device != "cpu" else measurement))
    return outcomes


def a_device_run(*devices: tuple[str, int], gains: Mapping[int, float], blocks: int = 6) -> Run:
    plan = a_plan(cases(*devices, sizes=tuple(gains)))
    return analyse(plan, measured(plan, gains, blocks))


def a_run_without_its_gpu(needed: tuple[str, ...] = ()) -> Run:
    plan = a_plan(cases(*BOTH), needed=needed)
    records = [outcome for outcome in measured(plan, {64: 1.0}) if outcome.case.device == "cpu"]
    absent = [Outcome(failure=Failure(c, 0, NOT_AVAILABLE, REASON)) for c in plan.cases if c.device == "gpu"]
    return analyse(plan, records + absent)
