"""The sections on replicas: strong scaling, with what the strategy and the all-reduce cost, and weak scaling."""

from bench.analysis import replicas
from bench.analysis.replicas import Scaling
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Column, Row, Section, Table, column, counted, measured, summary_of
from bench.report.form.wording import grouping, interval, speedup_interval
from bench.report.sections.steady import ratio_of
from bench.report.speeds import over_time

SAME_MACHINE = (
    "**All replicas of a CPU case share the cores of one machine, so no scaling is to be had here**: the batch is cut "
    "up, but no core is added. What these rows show is what the strategy and the all-reduce cost, not how a cluster or "
    "several GPUs would scale."
)
_STRONG = (
    "Strong scaling: the global batch stays the baseline's, so each replica has a share of it. Efficiency is the "
    "speedup over the same strategy with one replica, divided by the number of replicas; its interval is over time. "
    "The strategy's own price is that one replica against the run's baseline. The all-reduce's share comes from steps "
    "with and without it, interleaved, after the timing in the first repetition (a cost, not a comparison); waiting "
    "for the slowest replica is part of it. Replicas "
    "end with the same bits in every variable, or the case is INVALID."
)
_NO_CORE_ADDED = "**Nor is there any scaling to be had here on the CPUs of one machine**: no core is added."
_WEAK = (
    "Weak scaling: the batch of each replica stays the same, so the global batch grows with their number. Efficiency "
    "is the step time of one replica over that of several; 100 % means that more replicas take no longer. The two are "
    "different workloads, whose repetitions alternate, so these ratios depend more on what else the machine did."
)


def strong(run: Run) -> Section:
    """A table of what was split; no parts without modes with replicas."""
    split = [(group, r) for group, r in run.rows() if r.case.replicas and not r.case.again]
    if not split:
        return Section("Replicas", ())
    scaled = {(each.group.name, each.several.case): each for each in replicas.strong(run)}
    rows = tuple(_row(group, result, scaled.get((group.name, result.case))) for group, result in split)
    alone = (SAME_MACHINE,) if shares_cores(run) else ()
    said = tuple(f"- {text}" for text in sentences(run))
    parts = (*alone, *(("\n".join(said),) if said else ()), _table(run, rows), _STRONG)
    return Section(f"Replicas{run.label}", parts, "What splitting the batch over replicas saves and costs")


def weak(run: Run) -> Section:
    """A table; no parts where no batch is so many times another as there are replicas."""
    rows = tuple(_weak_row(each) for each in replicas.weak(run))
    if not rows:
        return Section("Weak scaling", ())
    columns = (
        column("mode", "title"),
        counted("replicas", "replicas"),
        counted("batch of a replica", "replica_batch"),
        counted("global batch", "size", "batch_size"),
        measured("step (ms)", "step_s", 1e3),
        measured("step, one replica (ms)", "one_step_s", 1e3),
        _efficiency("weak_efficiency"),
    )
    alone = (_NO_CORE_ADDED,) if shares_cores(run) else ()
    table = Table("weak-scaling", columns, rows, "The same batch for each replica", group=grouping(run))
    return Section(f"Weak scaling{run.label}", (*alone, table, _WEAK), "More replicas, each with as large a batch")


def shares_cores(run: Run) -> bool:
    """Whether a case has several replicas on the CPUs of one machine."""
    return any(c.replicas > 1 and c.device == "cpu" and not c.hosts for c in run.plan.cases)


def sentences(run: Run) -> list[str]:
    """Each case's efficiency, and where its time goes."""
    several = len(run.groups) > 1
    return [f"{each.group.title}: " * several + sentence(each) for each in replicas.strong(run)]


def sentence(each: Scaling) -> str:
    """'**MirroredStrategy, 2 replicas**: 0.80x [..] vs one replica, efficiency 40 % [..]; 30 % of a step is ...'."""
    speed = speedup_interval(each.speedup.over_time)
    text = f"**{each.several.title}**: {speed} vs one replica, efficiency {interval(each.efficiency, 100, ' %')}"
    cost, proof = each.all_reduce, each.proof
    if cost and proof:
        text += f"; about {100 * cost.share:.0f} % of a step is the all-reduce, over {proof.link}"
    return f"{text}."


def _table(run: Run, rows: tuple[Row, ...]) -> Table:
    columns = (
        column("mode", "title", role="key"),
        counted("replicas", "replicas"),
        counted("batch of a replica", "replica_batch"),
        measured("step (ms)", "step_s", 1e3),
        Column("vs baseline", lambda row: speedup_interval(summary_of(row, "ratio")), "speedup", ratio_of, "high"),
        _efficiency("efficiency"),
        column("all-reduce", "all_reduce"),
        Column("its share", lambda row: _share(row["all_reduce_share"]), "all_reduce_share", _share_of),
        column("replicas alike", "alike"),
    )
    return Table("replicas", columns, rows, "The same global batch over replicas", group=grouping(run))


def _efficiency(term: str) -> Column:
    return Column("efficiency", lambda row: interval(summary_of(row, "efficiency"), 100, " %"), term, _centre, "high")


def _centre(row: Row) -> float | None:
    summary = summary_of(row, "efficiency")
    return summary.centre if summary else None


def _share(value: object) -> str:
    return f"{100 * value:.0f} %" if isinstance(value, float) else "–"


def _share_of(row: Row) -> float | None:
    value = row["all_reduce_share"]
    return value if isinstance(value, float) else None


def _row(group: GroupResult, result: CaseResult, scaled: Scaling | None) -> Row:
    proof = next((m.proof.replicas for m in result.measurements if m.proof.replicas), None)
    cost = next((m.costs.all_reduce for m in result.measurements if m.costs and m.costs.all_reduce), None)
    kinds = ", ".join(proof.all_reduce) if proof else ""
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "replicas": result.case.replicas,
        "replica_batch": proof.batch if proof else None,
        "step_s": result.summary("step"),
        "ratio": over_time(result),
        "efficiency": scaled and scaled.efficiency,
        "all_reduce": f"{kinds}, {proof.link}" if proof and kinds else None,
        "all_reduce_share": cost.share if cost else None,
        "with_all_reduce_s": cost.with_s if cost else None,
        "without_all_reduce_s": cost.without_s if cost else None,
        "alike": _alike(result) if proof and proof.replicas > 1 else None,
    }


def _alike(result: CaseResult) -> str:
    """What the digests of every repetition say."""
    apart = {name for m in result.measurements if m.proof.replicas for name in m.proof.replicas.apart}
    return f"**{len(apart)} variables differ**" if apart else "bit for bit"


def _weak_row(each: Scaling) -> Row:
    return {
        "group": each.group.title,
        "mode": each.several.case.mode,
        "title": each.several.title,
        "replicas": each.several.case.replicas,
        "replica_batch": each.one.case.workload.batch_size,
        "size": each.several.case.workload.batch_size,
        "step_s": each.several.summary("step"),
        "one_step_s": each.one.summary("step"),
        "efficiency": each.efficiency,
        "verdict": each.speedup.verdict.value,
    }
