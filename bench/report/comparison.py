"""The report of a comparison of runs: environment differences, what changed, and the gates' decisions."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange, Difference
from bench.analysis.gates import GateResult
from bench.analysis.quantities import QUANTITIES
from bench.analysis.stats.between_runs import STEP_SPREAD
from bench.analysis.stats.over_time import ASSUMED
from bench.analysis.stats.ratios import Comparison
from bench.records import files
from bench.records.decoding import plain
from bench.report import comparison_card, comparison_summary, summary
from bench.report.form.document import Column, Role, Row, Section, Table, column, number_of, summary_of
from bench.report.form.folder import write
from bench.report.form.wording import change_interval
from bench.report.gate_words import WORDS, changed_by, gate_line, sides_of
from bench.report.sections import glossary

RECORD = "comparison.json"
_READING = (
    "All changes are in per cent of time: 5 % slower means 1.05 times the time. *Step time* compares times as they "
    "are; *speedup* compares each mode's time relative to its own run's baseline, which is mostly unaffected by "
    "machine noise. *First step*, *CPU time* of a step and *peak memory* are compared as they are, in per cent. "
    "Intervals are 95 %; verdicts and p-values hold after Holm's correction over all cases."
)
_INTERLEAVED = (
    "The runs' repetitions were interleaved, so they are compared repetition by repetition (Student's interval)."
)
_ONE_AFTER_THE_OTHER = (
    "**The runs were made one after the other.** What a machine does from one run to the next is not in the spread of "
    "their repetitions, so the intervals (Welch's) are widened by the run-to-run spread of both runs: that which their "
    f"plans hold, else an assumed {ASSUMED.tau:.1%} of a speedup and {STEP_SPREAD.tau:.1%} of a step (standard "
    "deviation of a run). For small changes interleave the runs: "
    "measure a repetition of each in alternation, with `cifar-bench run --resume RUN --blocks 1`."
)


def build(
    folder: Path,
    runs: Sequence[NamedRun],
    differing: Sequence[Difference],
    changes: Sequence[CaseChange],
    gates: Sequence[GateResult],
) -> Path:
    """Write report.md, report.html, tables, plots and RECORD; returns the path of report.md. Raises BenchError."""
    environment = _differences(runs, differing) if differing else "Nothing else that is recorded."
    count = f"{len(differing)}: {', '.join(d.what for d in differing[:MOST_NAMED])}" if differing else "None"
    last = [Section("Gate", tuple(f"**{gate_line(gate, changes, runs)}**" for gate in gates))] if gates else []
    filled = [
        _first(runs, changes, gates),
        Section("Environment differences", (*left_out(runs), data_line(runs), environment), count),
        *(
            [Section("Gates", (_gates(gates), _DECIDES), "PASS, FAIL or UNDECIDED, by the whole interval")]
            if gates
            else []
        ),
        Section("How runs are compared", (_READING, *interleaving(changes)), "Per cent of time, on one scale"),
    ]
    sections = [*filled, glossary.of_columns(filled), *last]
    with files.new_folder(folder, "give another --out", again=RECORD):
        record = {"runs": [n.name for n in runs], "differences": differing, "changes": changes, "gates": gates}
        text = msgspec.json.format(plain(record)).decode()
        summarised = summary.in_words(comparison_summary.document(runs, differing, changes, gates))
        others = {RECORD: f"{text}\n", summary.NAME: summarised}
        return write(folder, comparison_card.cover(runs, gates), sections, others=others)


def _first(runs: Sequence[NamedRun], changes: Sequence[CaseChange], gates: Sequence[GateResult]) -> Section:
    figure = comparison_card.figure(changes, gates)
    card = comparison_card.card(runs, changes, gates)
    return Section("Answer", (card, *([figure] if figure else []), table(changes), costs(changes)))


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
    columns = (column("what", "what"), *(column(named.name, named.name, "") for named in runs))
    rows: tuple[Row, ...] = tuple(
        {"what": d.what, **{named.name: value for named, value in zip(runs, d.values, strict=True)}} for d in differing
    )
    return Table("differences", columns, rows, "Environment differences")


def interleaving(changes: Sequence[CaseChange]) -> list[str]:
    """Whether the runs' blocks were interleaved, and what follows from it; empty where nothing is compared."""
    compared = [change for change in changes if change.step.ratio]
    text = _INTERLEAVED if all(change.in_turns for change in compared) else _ONE_AFTER_THE_OTHER
    return [text] if compared else []


def table(changes: Sequence[CaseChange]) -> Table:
    """One row for each case and later run."""
    several = len({change.group for change in changes}) > 1
    later, rows = len({change.run for change in changes}) > 1, tuple(map(_row, changes))
    columns = (
        column("mode", "title", role="key"),
        *([column("run", "run")] if later else []),
        _change("step time", "step", "rest"),
        _p("p of the step time", "step_p"),
        _change("speedup", "gain", "key"),
        _p("p of the speedup", "gain_p"),
        column("verdict", "verdict", "verdict", "key"),
        *([Column("why", _why, "reason")] if any(map(_why, rows)) else []),
    )
    group = "group" if several else ""
    return Table("changes", columns, rows, "What changed, case by case", group=group)


def costs(changes: Sequence[CaseChange]) -> Table:
    """What each case costs beside its step time: one row for each case and later run."""
    later, several = len({change.run for change in changes}) > 1, len({change.group for change in changes}) > 1
    columns = (
        column("mode", "title", role="key"),
        *([column("run", "run")] if later else []),
        *(_change(each.title, each.key, "rest") for each in QUANTITIES),
        column("shown", "shown", "costs_shown", "key"),
    )
    rows = tuple(map(_costs_row, changes))
    return Table("cost_changes", columns, rows, "First step, CPU time and memory", group="group" if several else "")


def _costs_row(change: CaseChange) -> Row:
    place = {"run": change.run, "group": change.group, "mode": change.case.mode, "title": change.title}
    ratios = {of.key: change.costs[of.name].over_time for of in QUANTITIES}
    p_values = {f"{of.key}_p": change.costs[of.name].p for of in QUANTITIES}
    return {**place, **ratios, **p_values, "shown": _costs_shown(change)}


def _costs_shown(change: CaseChange) -> str:
    """'first step slower, peak memory likely higher'; 'no change' where none was shown."""
    found = [(of, change.costs[of.name]) for of in QUANTITIES]
    shown = [(of, each) for of, each in found if each.verdict.faster or each.verdict.slower]
    words = [f"{of.title} {'likely ' * c.rough}{sides_of(of.name)[c.verdict.faster]}" for of, c in shown]
    return ", ".join(words) or "no change"


def _change(title: str, key: str, role: Role) -> Column:
    def value(row: Row) -> float | None:
        ratio = summary_of(row, key)
        return 1 / ratio.centre - 1 if ratio else None

    def text(row: Row) -> str:
        return change_interval(summary_of(row, key), sides_of(key))

    return Column(f"{title}, change", text, f"change_{key}", value, role=role)


def _p(title: str, key: str) -> Column:
    def text(row: Row) -> str:
        p = number_of(row, key)
        return "–" if p is None else f"{p:.2g}"

    return Column(title, text, "p_holm", partial(number_of, key=key), role="low")


def _row(change: CaseChange) -> Row:
    gain = change.gain
    return {
        "run": change.run,
        "group": change.group,
        "mode": change.case.mode,
        "title": change.title,
        "step": change.step.over_time,
        "step_p": change.step.p,
        "step_verdict": change.step.verdict.value,
        "gain": gain.over_time if gain else None,
        "gain_p": gain.p if gain else None,
        "gain_verdict": gain.verdict.value if gain else "–",
        "verdict": (gain or change.step).verdict.value,
        "in_turns": change.in_turns,
        "reason": _reason(gain or change.step),
    }


def _why(row: Row) -> str:
    """The reason, where it is more than the p-value beside it."""
    reason = str(row["reason"])
    return "" if reason.startswith("p =") and ";" not in reason else reason


def _reason(judged: Comparison) -> str:
    return "; ".join(dict.fromkeys(text for text in (judged.reason, *judged.warnings) if text))


MOST_NAMED = 4  # differences that the closed section names
_DECIDES = (
    "FAIL (exit code 1): the whole interval is past the limit. PASS (0): the whole interval is within it. UNDECIDED "
    "(3): the interval contains the limit, there are too few repetitions, or a run lacks the case; more repetitions "
    "decide it."
)


def _gates(gates: Sequence[GateResult]) -> Table:
    columns = (
        column("gate", "gate"),
        column("where", "where"),
        column("change", "change", "change_gain"),
        column("decision", "decision"),
        column("why", "reason"),
    )
    rows: tuple[Row, ...] = tuple(
        {
            "gate": g.gate,
            "where": g.where,
            "ratio": g.ratio,
            "change": changed_by(g),
            "decision": WORDS[g.decision],
            "reason": g.reason,
        }
        for g in gates
    )
    return Table("gates", columns, rows, "The gates")
