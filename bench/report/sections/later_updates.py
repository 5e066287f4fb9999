"""The part of the section on equal work that goes from the first update to the last: what each check found."""

from collections.abc import Sequence

from bench.analysis.gradients import noise_in
from bench.analysis.reached import apart_after
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.records.proof import Calls, Late, Replay, Updated
from bench.records.run import Measurement
from bench.report.form.document import Column, Part, Row, Table, column
from bench.report.form.wording import grouping

READING = (
    "Work is compared to the end. At 10 and 40 updates in all, how far the weights have come is compared with the "
    "baseline. After the last slice one more update is taken from the first weights, and then the first updates are "
    "taken again by the same compiled step: on a CPU every bit must come out as it did before. Some updates are "
    "recomputed in float64 from Adam's moments. None of this is timed."
)


def parts(run: Run) -> tuple[Part, ...]:
    """The text and the table; nothing for a run of an older version, which did not look."""
    rows = tuple(_row(group, r) for group, r in run.rows() if any(m.proof.replay for m in r.measurements))
    return (_table(run, rows), READING) if rows else ()


def _table(run: Run, rows: tuple[Row, ...]) -> Table:
    columns = (
        column("mode", "title"),
        Column("updates taken again", lambda row: f"{row['replayed']}, {_same(row['replay_difference'])}", "replayed"),
        Column("after 10 updates by", lambda row: _scientific(row["difference_10"]), "difference_10"),
        Column("after 40 updates by", lambda row: _scientific(row["difference_40"]), "difference_40"),
        Column("update against float64 (rounding units)", lambda row: _units(row["update_units"]), "update_units"),
        column("a step calls", "calls", "calls_in_words"),
    )
    caption = "Whether each mode computed the same from its first update to its last"
    return Table("later_updates", columns, rows, caption, group=grouping(run))


def _row(group: GroupResult, result: CaseResult) -> Row:
    replays = [m.proof.replay for m in result.measurements if m.proof.replay]
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "replayed": max(_replayed(replay) for replay in replays),
        "replay_difference": max(_difference(replay) for replay in replays),
        "difference_10": _largest(group, result, 10),
        "difference_40": _largest(group, result, 40),
        "update_units": max((u.off or 0.0 for m in result.measurements for u in _updated(m)), default=None),
        "calls": calls_in_words(result.measurements[-1].proof.calls),
    }


def _replayed(replay: Replay) -> int:
    return max(replay.first.updates, replay.slice.updates if replay.slice else 0)


def _difference(replay: Replay) -> float:
    both = (replay.first, *([replay.slice] if replay.slice else []))
    return max(max(repeated.loss, repeated.whole) for repeated in both)


def _largest(group: GroupResult, result: CaseResult, updates: int) -> float | None:
    """The largest relative difference of the length of the weights' whole change, over all blocks; None if unknown."""
    baselines, noise = {m.block: m for m in group.baseline.measurements}, noise_in(group.baseline.measurements)
    pairs = [(m, baselines[m.block]) for m in result.measurements if m.block in baselines]
    found = [apart_after(updates, m, baseline, noise) for m, baseline in pairs]
    return max((apart.whole for apart in found if apart), default=None)


def _updated(m: Measurement) -> Sequence[Updated]:
    late: Late | None = m.proof.late
    return (*m.evidence.updated, *([late.updated] if late and late.updated else []))


def calls_in_words(calls: Calls | None) -> str:
    """'63 ops', '1 graph', '1 graph, compiled by XLA'; a dash where nobody looked, or a Session does not say."""
    if calls is None or not (calls.ops or calls.functions):
        return "–"
    graphs = len(calls.functions)
    ops = [f"{calls.ops} ops"] if calls.ops and (calls.updates or not graphs) else []
    named = [f"{graphs} graph{'s' * (graphs > 1)}"] if graphs else []
    return ", ".join([*ops, *named, *(["compiled by XLA"] if calls.compiled else [])])


def _same(difference: object) -> str:
    return "all bits the same" if difference == 0 else f"differ by {difference:.1e}"


def _scientific(value: object) -> str:
    return f"{value:.1e}" if isinstance(value, float) and value else "0" if value == 0 else "–"


def _units(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else "–"
