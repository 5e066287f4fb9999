"""The report of a comparison of runs: environment differences, what changed, and the gates' decisions."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.analysis.compare import CaseChange, Difference, NamedRun
from bench.analysis.gates import GateResult
from bench.analysis.stats.between_runs import STEP_SPREAD
from bench.analysis.stats.over_time import ASSUMED
from bench.analysis.stats.ratios import Comparison
from bench.records import files
from bench.records.decoding import plain
from bench.report import comparison_summary, summary
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.folder import write
from bench.report.form.wording import interval
from bench.report.plots import comparison as plots

RECORD = "comparison.json"
_READING = (
    "Ratios over 1: faster in the later run. *Step* compares times as they stand; *gain* compares how many times as "
    "fast a mode was as its own run's baseline, which is free of most of what the machine did. 95 % intervals over "
    "blocks; verdicts after Holm's correction over all cases."
)
_INTERLEAVED = "The runs' blocks took turns, so they are compared block by block (Student's interval)."
_ONE_AFTER_THE_OTHER = (
    "**The runs were made one after the other.** What a machine does from one run to the next is not in the spread of "
    "their repetitions, so the intervals (Welch's) are widened by the run-to-run spread of both runs: that which their "
    f"plans hold, else an assumed {ASSUMED.tau:.1%} of a speedup and {STEP_SPREAD.tau:.1%} of a step (standard "
    "deviation of a run). For small changes interleave the runs: "
    "measure a block of each in alternation, with `cifar-bench run --resume RUN --blocks 1`."
)


def build(
    folder: Path,
    runs: Sequence[NamedRun],
    differing: Sequence[Difference],
    changes: Sequence[CaseChange],
    gates: Sequence[GateResult],
) -> Path:
    """Write report.md, report.html, tables, plots and RECORD; returns the path of report.md. Raises BenchError."""
    title = f"{', '.join(named.name for named in runs[1:])} against {runs[0].name}"
    environment = _differences(runs, differing) if differing else "Nothing else that is recorded."
    sections = [
        Section("What differs around the runs", (*left_out(runs), data_line(runs), environment)),
        _changed(changes),
        *([Section("Gates", (_gates(gates),))] if gates else []),
    ]
    with files.new_folder(folder, "give another --out", again=RECORD):
        record = {"runs": [n.name for n in runs], "differences": differing, "changes": changes, "gates": gates}
        text = msgspec.json.format(plain(record)).decode()
        summarised = summary.in_words(comparison_summary.document(runs, differing, changes, gates))
        others = {RECORD: f"{text}\n", summary.NAME: summarised}
        return write(folder, title, _data(runs), sections, others=others)


def tables(
    runs: Sequence[NamedRun],
    differing: Sequence[Difference],
    changes: Sequence[CaseChange],
    gates: Sequence[GateResult],
) -> list[Table]:
    """The tables that a terminal shows: those of the report that have any row."""
    every = (_differences(runs, differing), table(changes), _gates(gates))
    return [each for each in every if each.rows]


def data_line(runs: Sequence[NamedRun]) -> str:
    """The images that the numbers were made on; synthetic ones say nothing about learning on real ones."""
    return f"Data: {_data(runs)}."


def left_out(runs: Sequence[NamedRun]) -> list[str]:
    """A sentence for each line of a run's files that does not count."""
    return [f"**Left out of {named.name}**: {line.text}." for named in runs for line in named.run.left_out]


def _data(runs: Sequence[NamedRun]) -> str:
    return "; ".join(dict.fromkeys(named.run.plan.data_title for named in runs))


def _differences(runs: Sequence[NamedRun], differing: Sequence[Difference]) -> Table:
    columns = (column("what", "what"), *(column(named.name, named.name) for named in runs))
    rows: tuple[Row, ...] = tuple(
        {"what": d.what, **{named.name: value for named, value in zip(runs, d.values, strict=True)}} for d in differing
    )
    return Table("differences", columns, rows, "What differs around the runs")


def _changed(changes: Sequence[CaseChange]) -> Section:
    figure = Figure("changes", _alt(changes), plots.changes(changes))
    compared = any(change.step.ratio for change in changes)
    return Section("What changed", (_READING, *interleaving(changes), table(changes), *([figure] if compared else [])))


def interleaving(changes: Sequence[CaseChange]) -> list[str]:
    """Whether the runs' blocks were interleaved, and what follows from it; empty where nothing is compared."""
    compared = [change for change in changes if change.step.ratio]
    text = _INTERLEAVED if all(change.in_turns for change in compared) else _ONE_AFTER_THE_OTHER
    return [text] if compared else []


def table(changes: Sequence[CaseChange]) -> Table:
    """One row for each case and later run."""
    several = len({change.group for change in changes}) > 1
    later = len({change.run for change in changes}) > 1
    columns = (
        *([column("run", "run")] if later else []),
        *([column("case", "group")] if several else []),
        column("mode", "title"),
        Column("step, times as fast", lambda row: interval(summary_of(row, "step"), sign="x")),
        column("verdict", "step_verdict"),
        Column("gain, times as much", lambda row: interval(summary_of(row, "gain"), sign="x")),
        column("verdict", "gain_verdict"),
        column("why", "reason"),
    )
    return Table("changes", columns, tuple(map(_row, changes)), "What changed, case by case")


def _row(change: CaseChange) -> Row:
    gain = change.gain
    return {
        "run": change.run,
        "group": change.group,
        "mode": change.case.mode,
        "title": change.title,
        "step": change.step.ratio,
        "step_p": change.step.p,
        "step_verdict": change.step.verdict.value,
        "gain": gain.ratio if gain else None,
        "gain_p": gain.p if gain else None,
        "gain_verdict": gain.verdict.value if gain else "–",
        "in_turns": change.in_turns,
        "reason": _reason(change.step, gain),
    }


def _reason(step: Comparison, gain: Comparison | None) -> str:
    texts = [step.reason, *step.warnings, *((gain.reason, *gain.warnings) if gain else ())]
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _gates(gates: Sequence[GateResult]) -> Table:
    columns = (
        column("gate", "gate"),
        column("where", "where"),
        Column("ratio", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("decision", "decision"),
        column("why", "reason"),
    )
    rows: tuple[Row, ...] = tuple(
        {"gate": g.gate, "where": g.where, "ratio": g.ratio, "decision": g.decision.value, "reason": g.reason}
        for g in gates
    )
    return Table("gates", columns, rows, "The gates")


def _alt(changes: Sequence[CaseChange]) -> str:
    words = [f"{c.title} {interval(c.step.ratio, sign='x')}" for c in changes if c.step.ratio]
    return "Speed of each case in the later run against the first: " + "; ".join(words)
