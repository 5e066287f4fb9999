"""Devices: the same mode on each, how much faster the one is, and from which batch size on.

Leaves out what the GPU itself was up to (card.py).
"""

from bench.analysis.across_devices import Across, Line, across, lines
from bench.analysis.results import Run
from bench.analysis.stats.ratios import Summary, Verdict
from bench.analysis.sweep import BATCH_SIZES, Place
from bench.report.form.document import Column, Row, Section, Table, column, summary_of
from bench.report.form.wording import indication, interval
from bench.report.sections import gpu as card
from bench.report.sections.steady import NO_DEVICE
from bench.report.sections.sweep import crossing_sentence

_READING = (
    "Here the same mode is compared with itself on another device, from the same weights, on the same batches, its "
    "first loss and gradients held against the other's. Everywhere else in this report a gain is against the baseline "
    "on the same device. Devices take turns block by block, not slice by slice as modes do, so these ratios are less "
    "sheltered from what else the machine did. All numbers: `tables/devices.csv`."
)


def section(run: Run) -> Section:
    """Sentences and a table, then what the card did; no parts where nothing ran, or was to run, on two devices."""
    found = across(run)
    if not found:
        return Section("Devices", card.parts(run))
    bullets = "\n".join(f"- {text}" for text in sentences(run))
    few = () if run.enough else (indication(run),)
    return Section(f"Devices{run.label}", (*few, bullets, _READING, _table(found), *card.parts(run)))


def sentences(run: Run) -> list[str]:
    """What each mode gains or loses on the other device, and from which batch on; a device not there has one line."""
    said = [text for line in lines(across(run)) for text in _said(line)]
    return list(dict.fromkeys(said))


def _said(line: Line) -> list[str]:
    first = line.results[0]
    if absent := [each for each in line.results if each.comparison.verdict is Verdict.NOT_AVAILABLE]:
        one, other = absent[0].devices
        return [f"{other} against {one}: NOT AVAILABLE."]
    about = f"{_what(first)}, {first.title}"
    if found := line.crossings:
        return [f"{about}: {crossing_sentence(BATCH_SIZES, each)}" for each in found]
    if len(line.results) == 1 or not line.places:
        return [f"{about}, batch {each.size}: {_one(each)}" for each in line.results]
    ends = "; ".join(f"at {p.size} {interval(p.ratio, sign='x')}" for p in (line.places[0], line.places[-1]))
    return [f"{about}: {_order(line)}; {ends} as fast."]


def _what(each: Across) -> str:
    workload = each.other.case.workload
    inputs = "" if workload.input == "resident" else ", tf.data pipeline"
    return f"{workload.model}, {workload.precision}{inputs}"


def _order(line: Line) -> str:
    """Who is ahead all along. Nothing that is not certain is said to be."""
    one, other = line.results[0].devices
    measured, known = _sizes(line.places), [place for place in line.places if place.certain]
    if not known:
        return f"neither {one} nor {other} is ahead with certainty at any batch size measured ({measured})"
    order = f"**{other} is {'faster' if known[0].ratio.centre > 1 else 'slower'} than {one}**"
    if len(known) < len(line.places):
        return f"{order}, with certainty at batch {_sizes(known)} of {measured} measured"
    return f"{order} at every batch size measured ({measured})"


def _sizes(places: list[Place]) -> str:
    return ", ".join(str(place.size) for place in places)


def _one(each: Across) -> str:
    one, other = each.devices
    if not (ratio := each.comparison.ratio):
        return f"no ratio of {other} to {one} ({each.comparison.verdict.value}: {each.comparison.reason})."
    verdict = "" if each.comparison.verdict in (Verdict.FASTER, Verdict.SLOWER) else ", not certain"
    verdict = ", the same" if each.comparison.verdict is Verdict.SAME else verdict
    return f"**on {other} {interval(ratio, sign='x')} as fast as on {one}**{verdict}."


def _table(found: list[Across]) -> Table:
    columns = (
        column("case", "case"),
        column("mode", "title"),
        column("batch", "size"),
        column("device", "device"),
        column("against", "reference"),
        Column("step (ms)", lambda row: interval(summary_of(row, "step_s"), 1e3)),
        Column("step there (ms)", lambda row: interval(summary_of(row, "reference_step_s"), 1e3)),
        Column("times as fast", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("verdict", "verdict"),
        column("why", "reason"),
    )
    return Table("devices", columns, tuple(map(_row, found)))


def _row(each: Across) -> Row:
    one, other = each.devices
    ratio: Summary | None = each.comparison.ratio
    return {
        "case": _what(each),
        "mode": each.other.case.mode,
        "title": each.title,
        "size": each.size,
        "device": other,
        "reference": one,
        "step_s": each.other.summary("step"),
        "reference_step_s": each.reference.summary("step"),
        "ratio": ratio,
        "p_holm": each.comparison.p,
        "verdict": each.comparison.verdict.value,
        "reason": NO_DEVICE if each.comparison.verdict is Verdict.NOT_AVAILABLE else each.comparison.reason,
    }
