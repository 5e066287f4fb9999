"""The report of a run on several machines: the same mode's speedup by machine, and what machines differ in."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.analysis.comparable import NamedRun
from bench.analysis.machines import Machines, SpeedupByMachine, read_machines
from bench.errors import Exit
from bench.records.fleet import machine_folder
from bench.records.store import Store
from bench.report import run as report_of_run
from bench.report import summary
from bench.report.cover import day
from bench.report.form.card import Card, Chip, Cover, Fact, Tone
from bench.report.form.document import (
    Column,
    Figure,
    Row,
    Section,
    Table,
    column,
    counted,
    measured,
    number_of,
    summary_of,
)
from bench.report.form.folder import write
from bench.report.form.wording import ends, interval, number, slower, speedup, speedup_interval
from bench.report.plots import machines as plots
from bench.report.sections import glossary
from bench.report.sections.steady import verdict_of
from bench.report.speeds import over_time

ORDER = ("mode", "machine", "speedup", "interval", "verdict")  # on a narrow terminal
_READING = (
    "Each machine measured the whole run by itself: its modes are interleaved with its own baseline, and its speedups "
    "are ratios of its own times. Step times and repetitions of different machines are never pooled. The last columns "
    "divide a machine's speedup by the first machine's, with the run-to-run spread of both in the interval; their "
    "p-values hold after Holm's correction over all modes and machines."
)


def build(folder: Path, png: bool = False) -> tuple[Path, Machines]:
    """Write each machine's report, and report.md, report.html, tables and plots of all; report.md's path, the results.

    Raises BenchError for what holds no such runs, or cannot be written.
    """
    found = read_machines(folder)
    for named in found.runs:
        report_of_run.build(Store.open(machine_folder(folder, named.name)), png=png)
    figure = _figure(found)
    filled = (
        Section("Answer", (_card(found), *figure, *sentences(found))),
        Section(f"Machines{found.label}", (by_machine(found), _READING, machines(found)), _summary(found)),
        *_environment(found),
    )
    return write(folder, _cover(found), (*filled, glossary.of_columns(filled)), png=png), found


def tables(found: Machines) -> list[Table]:
    """The tables that a terminal shows: those that have any row."""
    return [table for table in (by_machine(found), machines(found)) if table.rows]


def exit_code(found: Machines) -> Exit:
    """The worst of the machines' own: whether all came through, and are known as precisely as was asked for."""
    codes = {summary.exit_code(named.run) for named in found.runs}
    if found.missing or Exit.CASE_FAILED in codes:
        return Exit.CASE_FAILED
    return Exit.NOT_ENOUGH_EVIDENCE if Exit.NOT_ENOUGH_EVIDENCE in codes else Exit.OK


def sentences(found: Machines) -> list[str]:
    """For each mode its speedup on each machine; then what depends on the machine, and which machines are missing."""
    by_mode = dict[str, list[SpeedupByMachine]]()
    for each in found.speedups:
        by_mode.setdefault(each.result.case.key, []).append(each)
    lines = [text for of_mode in by_mode.values() if (text := _of_mode(found, of_mode))]
    missing = [f"**Not measured**: {', '.join(found.missing)}."] if found.missing else []
    return [*lines, *_dependence(found), *missing]


def _of_mode(found: Machines, of_mode: Sequence[SpeedupByMachine]) -> str:
    known = [(each.machine, ratio) for each in of_mode if (ratio := over_time(each.result))]
    if not known:
        return ""
    first = of_mode[0]
    where = f" ({first.group.title})" if len({each.group.name for each in found.speedups}) > 1 else ""
    words = ", ".join(f"{speedup_interval(ratio)} on {machine}" for machine, ratio in known)
    return f"**{first.result.title}** vs {first.group.baseline.title}{where}: {words}{found.label}."


def _dependence(found: Machines) -> list[str]:
    compared = [each for each in found.speedups if each.against and each.against.over_time]
    if not compared:
        return []
    first = found.runs[0].name
    if not found.depending:
        return [f"No speedup is shown to differ from that on {first}."]
    words = "; ".join(
        f"**{each.result.title}** on {each.machine} {_times_of(each)} that on {first} (p = {each.against.p:.2g})"
        for each in found.depending
        if each.against and each.against.p is not None
    )
    return [f"A speedup {_likely(found)}depends on the machine: {words}."]


def _likely(found: Machines) -> str:
    return "likely " * any(each.against.rough for each in found.depending if each.against)


def _times_of(each: SpeedupByMachine) -> str:
    ratio = each.against.over_time if each.against else None
    return interval(ratio, sign="x")


def _summary(found: Machines) -> str:
    names = ", ".join(named.name for named in found.runs) or "none has come back"
    return f"{len(found.runs)} of {len(found.plan.machines)}: {names}"


def by_machine(found: Machines) -> Table:
    """One row for each mode on each machine; grouped by workload where there are several."""
    several = len({each.group.name for each in found.speedups}) > 1
    first = found.runs[0].name if found.runs else "the first"
    columns = (
        column("mode", "title", role="key"),
        column("machine", "machine", role="key"),
        replace(measured("speedup", "speedup", term="speedup"), text=_speedup, first="high", role="key"),
        Column("interval", _interval, "over_time"),
        column("verdict", "verdict", "verdict", "key"),
        measured("step ms", "step", 1e3, term="step_s"),
        measured(f"of that on {first}", "against", sign="x", term="of_first_machine"),
        Column("p", _p, "p_holm", lambda row: number_of(row, "p")),
    )
    rows = tuple(_row(each) for each in found.speedups)
    return Table("machines", columns, rows, "The same mode's speedup by machine", group="group" if several else "")


def _speedup(row: Row) -> str:
    return speedup(summary_of(row, "speedup"))


def _interval(row: Row) -> str:
    ratio = summary_of(row, "speedup")
    return ends(ratio, slower(ratio)) if ratio else ""


def _p(row: Row) -> str:
    p = number_of(row, "p")
    return "–" if p is None else f"{p:.2g}"


def _row(each: SpeedupByMachine) -> Row:
    against = each.against
    return {
        "group": each.group.title,
        "mode": each.result.case.mode,
        "title": each.result.title,
        "machine": each.machine,
        "speedup": over_time(each.result),
        "verdict": verdict_of(each.group, each.result)[0],
        "step": each.result.summary("step"),
        "against": against.over_time if against else None,
        "p": against.p if against else None,
    }


def machines(found: Machines) -> Table:
    """One row for each machine: what it is, and where its own report lies."""
    columns = (
        column("machine", "machine"),
        column("processor", "cpu", ""),
        counted("cores", "cores", ""),
        column("GPU", "gpu", ""),
        column("TensorFlow", "tensorflow", ""),
        counted("repetitions", "repetitions", "repetition"),
        column("its report", "report", ""),
    )
    rows = tuple(_machine(named) for named in found.runs)
    return Table("fleet", columns, rows, "The machines")


def _machine(named: NamedRun) -> Row:
    env = next((o.measurement.environment for o in named.run.outcomes if o.measurement), None)
    return {
        "machine": named.name,
        **{name: getattr(env, name) if env else None for name in ("cpu", "cores", "gpu", "tensorflow")},
        "repetitions": named.run.blocks,
        "report": f"machines/{named.name}/report.html",
    }


def _environment(found: Machines) -> list[Section]:
    if not found.differences:
        return []
    names = [named.name for named in found.runs]
    columns = (column("what", "what"), *(column(name, name, "") for name in names))
    rows: tuple[Row, ...] = tuple(
        {"what": each.what, **dict(zip(names, each.values, strict=True))} for each in found.differences
    )
    table = Table("differences", columns, rows, "What the machines differ in")
    return [Section("Environment differences", (table,), f"{len(rows)} conditions")]


def _figure(found: Machines) -> list[Figure]:
    known = [(each, ratio) for each in found.speedups if (ratio := over_time(each.result))]
    if not known:
        return []
    words = "; ".join(f"{each.result.title} on {each.machine} {speedup_interval(ratio)}" for each, ratio in known)
    caption = "Each machine's speedup over its own baseline. Thick: this run, thin: over time on that machine."
    return [Figure("machines", f"Speedup by machine{found.label}: {words}", plots.by_machine(found.speedups), caption)]


def _card(found: Machines) -> Card:
    """Whether speedups depend on the machine, and the range of the largest."""
    known = [(each, ratio) for each in found.speedups if (ratio := over_time(each.result))]
    if not known:
        return Card("Nothing to compare yet", "NOT MEASURED", tone="open")
    if all(ratio.high is None for _, ratio in known):
        return Card("One repetition gives no interval", "NO VERDICT", tone="open")
    best, _ = max(known, key=lambda pair: pair[1].centre)
    centres = [ratio.centre for each, ratio in known if each.result.case.key == best.result.case.key]
    low, high = number(min(centres)), number(max(centres))
    value = f"{high}x" if low == high else f"{low} to {high}x"
    facts = tuple(Fact("warn", f"{name} was not measured") for name in found.missing)
    unit = f"{best.result.title} vs {best.group.baseline.title}, on {len(centres)} machine{'s' * (len(centres) > 1)}"
    fewest = min(named.run.fewest_blocks for named in found.runs)
    sure = f"{fewest} repetitions or more a machine; holds for these machines{found.label}."
    if found.depending:
        tone: Tone = "open" if _likely(found) else "good"
        title = f"The speedup {_likely(found)}depends on the machine"
        return Card(title, value, unit, facts=facts, sure=sure, tone=tone)
    title = "No difference between machines is shown" if len(found.runs) > 1 else "One machine was measured"
    return Card(title, value, unit, facts=facts, sure=sure, tone="open")


def _cover(found: Machines) -> Cover:
    plan = found.plan.plan
    models = ", ".join(dict.fromkeys(case.workload.model for case in plan.cases))
    count = len(found.plan.machines)
    about = f"{models}, {count} machine{'s' * (count != 1)}"
    chips = (Chip(f"**{day(found.plan.created)}**"), Chip(f"preset **{plan.schedule.preset}**"))
    command = "cifar-bench run --each-machine --on ADDRESS"
    tab = f"Machines · {about} · {day(found.plan.created)}"
    return Cover("Does the speedup depend on the machine?", plan.data_title, about, tab, chips, command)
