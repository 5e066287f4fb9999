"""The report of an `accuracy` folder: the section on learning, and what it was made on."""

from pathlib import Path

from bench.analysis.learning import Learning, read_learning
from bench.report.form.document import Row, Section, Table, column
from bench.report.form.folder import write
from bench.report.sections import learning
from bench.report.training import facts


def build(folder: Path) -> Path:
    """Write report.md, tables and plots; the report's path. Raises BenchError."""
    found = read_learning(folder)
    sections = (learning.section(found), Section("Conditions", (_conditions(found),)))
    return write(folder, "The same training, by execution mode", found.plan.training.data_title, sections)


def _conditions(found: Learning) -> Table:
    plan = found.plan
    own = [
        ("model", plan.training.model),
        ("modes", ", ".join(plan.modes)),
        ("seeds", f"{len(plan.seeds)}, from {plan.seeds[0]} on"),
        ("turns", f"one of {plan.training.display_step} steps each, in an order drawn anew each round"),
    ]
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in (*own, *facts(plan.training)))
    return Table("conditions", (column("what", "what"), column("value", "value")), rows, "What the numbers belong to")
