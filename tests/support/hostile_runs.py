"""Run folders of every kind with a hostile string in each of their strings, and what of it got into the reports."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from builders import a_costs, a_group, a_plan, a_point, a_training, an_accuracy_plan, outcomes
from hostile import faults_of_csv, faults_of_markdown, faults_of_page, hostile
from made_up_selftests import RECORD
from two_devices import BOTH, cases, measured

from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, training_folder
from bench.records.probes import ModelProbe, Probes
from bench.records.run import FORMAT, Failure, Outcome, Plan
from bench.records.store import Store
from bench.records.training import Broken, TrainingProgress

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02, "xla": 0.06}


def a_hostile_run(folder: Path, text: str) -> None:
    plan = a_plan((*a_group(("eager", "function", "xla")), *(replace(c, threads=1) for c in a_group(("eager", "xla")))))
    made = [
        Outcome(measurement=replace(outcome.measurement, costs=a_costs(outcome.case.mode)))
        for outcome in outcomes(plan, STEPS, 2)
        if outcome.measurement
    ]
    failures = [
        Failure(plan.cases[4], 2, "slice", "message", "Traceback\nlines"),
        Failure(plan.cases[6], 2, "open", "m"),
    ]
    kept(folder, plan, [*made, *(Outcome(failure=failure) for failure in failures)], text, "devices")  # it is valid
    probe = ModelProbe("mine:make", ("eager", "graph"), ("line", "line"), (("graph", "reason"),))
    write(folder / "probes.json", hostile(Probes(FORMAT, (probe,)), text))
    candidate = hostile(plan.cases[2], text)
    tried = tuple(TriedBreakEven(candidate, 40.0, steps, 0, 2.0, 1.5) for steps in (21, 81))
    failed = (hostile(Failure(candidate, 0, "total", "message"), text),)
    write(folder / "trials.json", TriedBreakEvens(FORMAT, tried, failed))


def kept(folder: Path, plan: Plan, made: list[Outcome], text: str, *spared: str) -> None:
    with Store.create(folder, hostile(plan, text)) as store:
        for outcome in made:
            store.keep(hostile(outcome, text, *spared))
    with (folder / "measurements.jsonl").open("ab") as stream:
        stream.write(json.dumps({"set_aside": [text, 0], "why": text}).encode() + b"\n")


def a_hostile_run_on_devices(folder: Path, text: str) -> None:
    plan = a_plan(cases(*BOTH))
    kept(folder, plan, measured(plan, {64: 2.0}, blocks=2), text)


def a_hostile_training(folder: Path, text: str) -> None:
    create_training(folder, hostile(a_training(), text, "machine"))  # a name, which is checked
    write(folder / "points.json", TrainingProgress(FORMAT, 0.5, (a_point(100), a_point(200))))


def a_hostile_accuracy(folder: Path, text: str) -> None:
    plan = hostile(an_accuracy_plan(("eager", "xla"), 2), text, "machine")
    create_accuracy(folder, plan)
    for mode in plan.modes:
        for seed in plan.seeds:
            place = training_folder(folder, mode, seed)
            create_training(place, plan.of(mode, seed))
            write(place / "points.json", TrainingProgress(FORMAT, 0.5, (a_point(100), a_point(300))))
    write(place / "broken.json", hostile(Broken(FORMAT, "message", "tail"), text))


def a_hostile_selftest(folder: Path, text: str) -> None:
    plan = a_plan(tuple(replace(case, slowdown=0.05 * (case.mode == "xla")) for case in a_group(("eager", "xla"))))
    kept(folder / "runs" / "00", plan, outcomes(plan, {**STEPS, "xla-slowed5": 0.06}, 3), text)
    write(folder / "selftest.json", hostile(RECORD, text))


KINDS = (a_hostile_run, a_hostile_run_on_devices, a_hostile_training, a_hostile_accuracy, a_hostile_selftest)


def faults_in(folder: Path) -> Iterator[str]:
    """What the written files hold that a record's string must not bring about."""
    text = (folder / "report.md").read_text("utf-8")
    page = (folder / "report.html").read_text("utf-8")
    yield from (f"report.html: {fault}" for fault in faults_of_page(page))
    yield from (f"report.md: {fault}" for fault in faults_of_markdown(text, page.count("<table")))
    for table in folder.glob("tables/*.csv"):
        yield from (f"{table.name}: {fault}" for fault in faults_of_csv(table.read_text("utf-8")))
    for name in ("benchmark.json", "comparison.json"):
        if (folder / name).exists():
            json.loads((folder / name).read_text("utf-8"))
