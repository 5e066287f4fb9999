"""Reports built from outcomes: four modes of one workload, tf.function twice as fast as eager and XLA slower."""

from pathlib import Path

from builders import a_plan

from bench.records.run import Outcome, Plan
from bench.records.store import Store
from bench.report import run as report

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}


def built(folder: Path, records: list[Outcome], plan: Plan | None = None) -> report.Report:
    store = Store.create(folder, plan or a_plan())
    for outcome in records:
        store.keep(outcome)
    return report.build(store)
