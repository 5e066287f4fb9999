"""The report of an `accuracy` folder: the section on learning, and the conditions of its trainings."""

from pathlib import Path

from bench.analysis.learning import Learning, read_learning
from bench.records.training import AccuracyPlan
from bench.report.form.document import Row, Section, Table, column
from bench.report.form.folder import write
from bench.report.sections import learning
from bench.report.training import training_conditions


def build(folder: Path, png: bool = False) -> tuple[Path, Learning]:
    """Write report.md, report.html, tables and plots; returns report.md's path and the results. Raises BenchError.

    `png`: the figures also as PNG.
    """
    trainings = read_learning(folder)
    sections = (learning.section(trainings), Section("Conditions", (_conditions(trainings.plan),)))
    title, data = "The same training, by execution mode", trainings.plan.training.data_title
    return write(folder, title, data, sections, png=png), trainings


def _conditions(plan: AccuracyPlan) -> Table:
    of_plan = [
        ("model", plan.training.model),
        ("modes", ", ".join(plan.modes)),
        ("seeds", f"{len(plan.seeds)}, from {plan.seeds[0]} on"),
        ("turns", f"one of {plan.training.display_step} steps each, in an order drawn anew each round"),
    ]
    conditions = (*of_plan, *training_conditions(plan.training))
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in conditions)
    return Table("conditions", (column("what", "what"), column("value", "value")), rows, "What the numbers belong to")
