"""The top of a run's report: what it is of, where and when it was made, and by which command."""

from collections.abc import Callable
from datetime import datetime

from bench.analysis.results import Run
from bench.records.case import Case
from bench.records.environment import Environment
from bench.report import onednn
from bench.report.form.card import Chip, Cover
from bench.report.questions.asking import modes_of, run_command

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def of_run(run: Run) -> Cover:
    """A run's."""
    first = next((outcome.measurement.environment for outcome in run.outcomes if outcome.measurement), None)
    machine = f"{first.cpu}, {first.cores} cores" if first else ""
    models = _each(run, lambda case: case.workload.model)
    about = ", ".join(text for text in (models, machine) if text)
    tab = " · ".join(text for text in (models, machine, day(run.plan.created)) if text)
    command = run_command(run, modes_of(run))
    return Cover("Which mode is fastest?", run.plan.data_title, about, tab, tuple(_chips(run, first)), command)


def day(created: str) -> str:
    """'24 Nov 2026' of a time as it stands in a record; the text itself where it is not such a time."""
    try:
        moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
    except ValueError:
        return created
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _chips(run: Run, first: Environment | None) -> list[Chip]:
    batches = _each(run, lambda case: case.workload.batch_size)
    precisions = _each(run, lambda case: case.workload.precision)
    devices = _each(run, lambda case: case.device.upper())
    blocks = f"{run.blocks} repetition{'s' * (run.blocks != 1)}"
    return [
        Chip(f"**{day(run.plan.created)}**"),
        *([Chip(f"TensorFlow **{first.tensorflow}**")] if first else []),
        Chip(f"batch **{batches}**, {precisions}"),
        Chip(devices),
        *([Chip("**without oneDNN**")] if onednn.off(run.groups) else []),
        Chip(f"preset **{run.plan.schedule.preset}**, {blocks}", minor=True),
    ]


def _each(run: Run, value: Callable[[Case], object]) -> str:
    return ", ".join(dict.fromkeys(str(value(case)) for case in run.plan.cases))
