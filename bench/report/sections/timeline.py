"""The section of slices: every one in the order measured, which shows drift and outliers."""

from bench.analysis.results import GroupResult, Run
from bench.report.form.document import Figure, Section
from bench.report.plots import timing
from bench.report.sections.steady import step_ms


def section(run: Run) -> Section:
    """Every slice in the order measured: drift and outliers at a glance."""
    figures = tuple(_timeline(group, run.label) for group in run.groups if any(r.valid for r in group.cases))
    return Section(f"Timeline of slices{run.label}", figures, "Every slice in the order measured: drift and outliers")


def _timeline(group: GroupResult, label: str) -> Figure:
    steps = "; ".join(f"{r.title} {step_ms(r)} ms" for r in group.cases if r.valid and not r.case.again)
    caption = (
        "A dot a slice; height is the difference from the mode's own median, larger marks are off scale. All values: "
        "`cifar-bench report FOLDER --slices`."
    )
    alt = f"Time of every slice in the order measured, {group.title}{label}: median step {steps}"
    return Figure(f"{group.name}-slices", alt, timing.timeline(group), caption)
