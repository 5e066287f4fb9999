"""The section on a user's own models: what probing them before the first block reported."""

from bench.records.probes import Probes
from bench.report.form.document import Section, Verbatim

_READING = (
    "Before anything was timed, each own model trained a few steps in each way of executing them, and results, printed "
    "lines and what is left in globals, closures and attributes were compared with the baseline's. Lines of source are "
    "`cifar-bench check`'s. A mode that leaves other state behind is INVALID; results are compared in each repetition."
)


def section(probes: Probes) -> Section:
    """The report on each model, as text."""
    texts = [Verbatim("\n".join(model.lines)) for model in probes.probed]
    return Section("Own models, probed", (_READING, *texts), "What each own model does in each mode, before timing")
