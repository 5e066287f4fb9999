"""A run's own models, probed before the first block: what was said then. Leaves out how (autograph/probe_models.py)."""

from bench.records.probes import Probes
from bench.report.form.document import Section

_READING = (
    "Before anything was timed, each own model trained a few steps in each way of executing them, and results, printed "
    "lines and what is left in globals, closures and attributes were compared with the baseline's. Lines of source are "
    "`cifar-bench check`'s. A mode that leaves other state behind is INVALID; results are compared in each block anew."
)


def section(found: Probes) -> Section:
    """What was said of each model."""
    texts = [f"```text\n{chr(10).join(one.lines)}\n```" for one in found.probed]
    return Section("Own models, probed", (_READING, *texts))
