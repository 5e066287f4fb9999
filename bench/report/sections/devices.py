"""The section on devices: each mode's speedup from one device to another, and the batch size from which on."""

from bench.analysis.across_devices import DeviceComparison, DeviceSweep, compare_devices, device_sweeps
from bench.analysis.results import Run
from bench.analysis.stats.ratios import Summary, Verdict
from bench.analysis.sweep import BATCH_SIZES, RatioAtSize
from bench.report.form.document import Column, Row, Section, Table, column, counted, measured, summary_of
from bench.report.form.wording import indication, speedup_interval
from bench.report.sections import gpu
from bench.report.sections.steady import NO_DEVICE, ratio_of
from bench.report.sections.sweep import crossing_sentence

_READING = (
    "Here the same mode is compared with itself on another device, from the same weights, on the same batches; its "
    "first loss and gradients are compared with the other's. Everywhere else in this report a speedup is against the "
    "baseline on the same device. Devices are interleaved repetition by repetition, not slice by slice as modes are, "
    "so these ratios depend more on what else the machine did. All numbers: `tables/devices.csv`."
)


def section(run: Run) -> Section:
    """Sentences and a table, then the GPU's state; no parts without a GPU or a second device in the plan."""
    comparisons = compare_devices(run)
    if not comparisons:
        return Section("Devices", gpu.parts(run), "Where ops ran, waiting for the GPU, copies, clocks")
    bullets = "\n".join(f"- {text}" for text in sentences(run))
    few = () if run.enough else (indication(run),)
    parts = (*few, bullets, _table(comparisons), _READING, *gpu.parts(run))
    return Section(f"Devices{run.label}", parts, sentences(run)[0].replace("**", "").removesuffix("."))


def sentences(run: Run) -> list[str]:
    """Each mode's speedup on the other device, and from which batch size on; one line for a device that is absent."""
    texts = [text for sweep in device_sweeps(compare_devices(run)) for text in _sentences(sweep)]
    return list(dict.fromkeys(texts))


def _sentences(sweep: DeviceSweep) -> list[str]:
    first = sweep.comparisons[0]
    if absent := [each for each in sweep.comparisons if each.comparison.verdict is Verdict.NOT_AVAILABLE]:
        reference, other = absent[0].devices
        return [f"{other} against {reference}: NOT AVAILABLE."]
    subject = f"{_workload(first)}, {first.title}"
    if crossings := sweep.crossings:
        return [f"{subject}: {crossing_sentence(BATCH_SIZES, crossing)}" for crossing in crossings]
    ratios = sweep.ratios
    if len(sweep.comparisons) == 1 or not ratios:
        return [f"{subject}, batch {each.size}: {_at_one_size(each)}" for each in sweep.comparisons]
    ends = "; ".join(f"at {end.size} {speedup_interval(end.ratio)}" for end in (ratios[0], ratios[-1]))
    return [f"{subject}: {_order(sweep)}; speedup {ends}."]


def _workload(comparison: DeviceComparison) -> str:
    workload = comparison.other.case.workload
    inputs = "" if workload.input == "resident" else ", tf.data pipeline"
    return f"{workload.model}, {workload.precision}{inputs}"


def _order(sweep: DeviceSweep) -> str:
    """Which device is faster where neither overtakes the other, as far as that is certain."""
    reference, other = sweep.comparisons[0].devices
    measured, certain = _sizes(sweep.ratios), [ratio for ratio in sweep.ratios if ratio.certain]
    if not certain:
        return f"neither {reference} nor {other} is ahead with certainty at any batch size measured ({measured})"
    likely = "likely " * any(ratio.rough for ratio in certain)
    order = f"**{other} is {likely}{'faster' if certain[0].ratio.centre > 1 else 'slower'} than {reference}**"
    if len(certain) < len(sweep.ratios):
        return f"{order}{', with certainty' * (not likely)} at batch {_sizes(certain)} of {measured} measured"
    return f"{order} at every batch size measured ({measured})"


def _sizes(ratios: list[RatioAtSize]) -> str:
    return ", ".join(str(ratio.size) for ratio in ratios)


def _at_one_size(each: DeviceComparison) -> str:
    reference, other = each.devices
    comparison = each.comparison
    if not comparison.ratio:
        return f"no ratio of {other} to {reference} ({comparison.verdict.value}: {comparison.reason})."
    directed = comparison.verdict.faster or comparison.verdict.slower
    certainty = ", likely" * comparison.rough if directed else ", not certain"
    certainty = ", the same" if comparison.verdict is Verdict.SAME else certainty
    return f"**{other}: {speedup_interval(comparison.over_time or comparison.ratio)} vs {reference}**{certainty}."


def _table(comparisons: list[DeviceComparison]) -> Table:
    columns = (
        column("mode", "title"),
        counted("batch", "size", "batch_size"),
        column("device", "device"),
        column("vs", "reference"),
        measured("step (ms)", "step_s", 1e3),
        measured("step there (ms)", "reference_step_s", 1e3),
        Column("speedup", lambda row: speedup_interval(summary_of(row, "ratio")), "device_ratio", ratio_of, "high"),
        column("verdict", "verdict"),
        column("why", "reason"),
    )
    return Table("devices", columns, tuple(map(_row, comparisons)), "Devices compared", group="case")


def _row(each: DeviceComparison) -> Row:
    reference, other = each.devices
    ratio: Summary | None = each.comparison.over_time
    return {
        "case": _workload(each),
        "mode": each.other.case.mode,
        "title": each.title,
        "size": each.size,
        "device": other,
        "reference": reference,
        "step_s": each.other.summary("step"),
        "reference_step_s": each.reference.summary("step"),
        "ratio": ratio,
        "p_holm": each.comparison.p,
        "verdict": each.comparison.verdict.value,
        "reason": NO_DEVICE if each.comparison.verdict is Verdict.NOT_AVAILABLE else each.comparison.reason,
    }
