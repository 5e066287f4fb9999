"""The section on other frameworks: what their modes are, and how fast against TensorFlow's fastest mode."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.modes import row
from bench.report.form.document import Column, Row, Section, Table, column, measured, summary_of
from bench.report.form.wording import grouping, speedup_interval
from bench.report.questions import asking, peers
from bench.report.sections.steady import ratio_of, verdict_of

_READING = (
    "Each framework trains the same network from the same weights on the same batches with the same Adam; its losses, "
    "gradients and updates are compared with the baseline's as those of every other mode. It runs in processes of its "
    "own, without TensorFlow. The comparison holds for this step on this machine: it says nothing about larger models, "
    "other devices or a framework's other strengths."
)


def section(run: Run) -> Section:
    """A table; no parts without another framework in the plan."""
    cases = [(group, r) for group, r in run.rows() if row(r.case.mode).peer and not r.case.again]
    if not cases:
        return Section("Other frameworks", ())
    absent = [f"- **{row(mode).title}**: {reason}" for mode, reason in run.not_installed.items()]
    notes = ("\n".join(absent),) if absent else ()
    summary = "PyTorch, JAX and Keras on each, against TensorFlow's fastest mode"
    return Section(f"Other frameworks{run.label}", (*notes, _table(run, cases), _READING), summary)


def _table(run: Run, cases: list[tuple[GroupResult, CaseResult]]) -> Table:
    columns = (
        column("mode", "title", role="key"),
        column("framework", "framework"),
        measured("step (ms)", "step_s", 1e3),
        column("vs", "fastest_of_tensorflow"),
        Column("speedup", lambda row: speedup_interval(summary_of(row, "ratio")), "peer_ratio", ratio_of, "high"),
        column("verdict", "verdict"),
        column("why", "reason"),
    )
    rows = tuple(_row(*case) for case in cases)
    return Table("peers", columns, rows, "Other frameworks against TensorFlow's fastest mode", group=grouping(run))


def _row(group: GroupResult, result: CaseResult) -> Row:
    own = peers.fastest_of_tensorflow(group)
    compared = asking.versus(group, own, result) if own and result.valid else None
    said, reason = verdict_of(group, result)
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "framework": next((m.proof.execution.library for m in result.measurements), ""),
        "step_s": result.summary("step"),
        "fastest_of_tensorflow": own.title if own else "",
        "ratio": compared and compared.over_time,
        "verdict": compared.verdict.value if compared else said,
        "reason": compared.reason if compared else reason,
    }
