"""Questions on trust: is the clock right, is the work the same, is it reproducible, does memory grow?"""

from bench.analysis import costs
from bench.analysis.gradients import floor_of, largest_gradient_difference, most_rounding_units
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats import ratios
from bench.analysis.validity import loss_differences
from bench.analysis.warnings import unsteady
from bench.records.run import UNEQUAL
from bench.report.form.wording import mib
from bench.report.questions.asking import Answer, Known, by_group, cannot_say, listed, modes_of, run_command
from bench.report.sections import learning
from bench.report.sections.proof import less_warm

GROWING = 64 * 1024  # bytes a step: more than this in every block is called growing


def synchronised(known: Known) -> Answer:
    """Whether slices end with a barrier, after the warm-up, in a steady state."""
    title, run = "Are the timings synchronised, and past warm-up?", known.run
    rows = [(group, result) for group, result in run.rows() if result.measurements]
    if not rows:
        return cannot_say(title, "nothing was measured", run_command(run, "eager,function"))
    traced = [f"{_where(known, group)}{r.title}" for group, r in rows if _traced_in_the_clock(r)]
    steps, less = run.plan.schedule.warmup_steps, less_warm(run)
    fewer = f"; fewer where a step takes long: {'; '.join(less)}" if less else ""
    sentences = [
        "Yes, by construction: the clock of every slice stops when the device has finished the slice's last step, and "
        f"the first slice begins after the first five steps and {steps} more{fewer}."
    ]
    sentences.append(
        f"But traced while timed, so INVALID: {listed(traced)}." if traced else "Nothing was traced inside it."
    )
    sentences.append(_steadiness([(f"{_where(known, group)}{r.title}", r) for group, r in rows]))
    return Answer(title, " ".join(sentences))


def _steadiness(named: list[tuple[str, CaseResult]]) -> str:
    """Which modes became faster or slower in their blocks, and which have too few slices to say."""
    moving = [f"{name}: {text}" for name, r in named for text in unsteady(r.measurements)]
    undecided = [name for name, r in named if ratios.drift([m.steady for m in r.measurements]) is None]
    if len(undecided) == len(named):
        return "There are not enough slices to tell whether a mode became faster or slower within its repetitions."
    but = f"; of {listed(undecided)} there are not enough slices to tell" if undecided else ""
    steady = "No mode is shown to have become faster or slower within its repetitions"
    return f"Not yet steady: {'; '.join(moving)}{but}." if moving else f"{steady}{but}."


def _traced_in_the_clock(result: CaseResult) -> bool:
    return any(m.proof.traces_while_timing for m in result.measurements)


def _where(known: Known, group: GroupResult) -> str:
    return f"{group.title}, " if len(known.run.groups) > 1 else ""


def same_learning(known: Known) -> Answer:
    """Equal work before timing; accuracies where trainings lie beside the run."""
    title, run = "Do the modes learn the same thing?", known.run
    model = run.plan.cases[0].workload.model
    command = f"cifar-bench accuracy --modes {modes_of(run, trains=True) or 'eager,function'} --model {model}"
    if known.learned:
        return Answer(title, " ".join(learning.sentences(known.learned)))
    if not (compared := _equal_work(known)):
        return cannot_say(title, "no two modes were measured in the same repetition", command)
    if ":" in model:
        return Answer(title, f"{compared} How well they end only a training of yours can show.")
    return Answer(title, f"{compared} How well they end this run cannot say; run `{command}`.")


def _equal_work(known: Known) -> str:
    """How far the first steps differ from the baseline's, at most; and who did other work."""
    losses, gradients, units = [], [], []
    for group in known.run.groups:
        reference = {m.block: m.evidence for m in group.baseline.measurements}
        for m in (m for r in group.candidates for m in r.measurements if m.block in reference):
            baseline = reference[m.block]
            losses += loss_differences(m.evidence, baseline)
            if floor := floor_of(baseline, m.case.workload.precision, m.case.device):
                units.append(most_rounding_units(m.evidence.gradients, baseline.gradients, floor)[1])
            else:
                gradients.append(largest_gradient_difference(m.evidence.gradients, baseline.gradients)[1])
    unequal = [r.title for _, r in known.run.rows() if any(f.stage == UNEQUAL for f in r.failures)]
    others = f" {listed(unequal)} did not compute the same thing: INVALID." if unequal else ""
    if not losses:
        return others.strip()
    differences = [f"{max(gradients):.1e}"] if gradients else []
    differences += [f"{max(units):.1f} rounding units"] if units else []
    return (
        "Their first steps do: from the same weights and batches, first losses differ from the baseline's by at most "
        f"{max(losses):.1e} and the first gradients by {' or '.join(differences)}, which is rounding.{others}"
    )


def reproducible(known: Known) -> Answer:
    """Whether fresh processes gave the same first losses, bit for bit."""
    title, run = "Is it reproducible, and what does determinism cost?", known.run
    several = [(group, r) for group, r in run.rows() if len(r.measurements) > 1 and not r.case.again]
    if not several:
        return cannot_say(title, "no mode was measured in two repetitions", run_command(run, modes_of(run)))
    other = [f"{_where(known, group)}{r.title}" for group, r in several if not _same_losses(r)]
    sentences = [
        f"The first losses differ from one fresh process to the next in {listed(other)}."
        if other
        else "In every mode the first losses were the same to the last bit in every repetition, each a fresh process."
    ]
    return Answer(title, " ".join([*sentences, _determinism(known)]))


def _same_losses(result: CaseResult) -> bool:
    curves = [m.evidence.first_losses for m in result.measurements]
    shortest = min(map(len, curves))
    return len({curve[:shortest] for curve in curves}) == 1


def _determinism(known: Known) -> str:
    """How to learn what deterministic ops cost: it takes two runs, of which this is one."""
    run = known.run
    command, compared = run_command(run, modes_of(run)), "`cifar-bench compare {} {}`"
    if any(case.deterministic for case in run.plan.cases):
        compared = compared.format("OTHER", "THIS")
        return f"Only deterministic ops were used. What they cost: run `{command}` too, and compare them: {compared}."
    compared = compared.format("THIS", "OTHER")
    return f"What deterministic ops cost this run cannot say; run `{command} --determinism`, then {compared}."


def memory(known: Known) -> Answer:
    """Peak memory by mode, and whether it grew in every block."""

    def say(group: GroupResult) -> str:
        cases = [r for r in group.cases if r.valid and not r.case.again]
        peaks = [(r, peak) for r in cases if (peak := r.summary("memory"))]
        if not peaks:
            return ""
        listed_peaks = "; ".join(
            f"{r.title} {mib(peak.centre)}" for r, peak in sorted(peaks, key=lambda p: p[1].centre)
        )
        return f"Peak of the process in MiB: {listed_peaks}. {_growth([r for r, _ in peaks])}"

    return by_group(
        known.run,
        "How much memory does each mode take, and is it growing?",
        say,
        "nothing valid was measured",
        run_command(known.run, "eager,function,xla"),
    )


def _growth(cases: list[CaseResult]) -> str:
    """Growth that is there in every block and large for the steps taken; a cache fills once, a leak goes on."""
    counted = [r for r in cases if costs.growth_bytes(r) is not None]
    if not counted:
        return "Whether it grows was not counted."
    steps = max(map(costs.timed_steps, counted))
    growing = [r for r in counted if _least_growth(r) > GROWING * costs.timed_steps(r)]
    if not growing:
        return f"No mode's grew by more than {GROWING // 1024} KiB a step in every repetition ({steps} steps)."
    growths = ", ".join(f"{r.title} {mib(costs.growth_bytes(r))} MiB in {costs.timed_steps(r)} steps" for r in growing)
    return f"Growing in every repetition: {growths}; so few steps do not tell a leak from a cache that fills once."


def _least_growth(result: CaseResult) -> float:
    return min(m.costs.memory_after_bytes - m.costs.memory_before_bytes for m in result.measurements if m.costs)
