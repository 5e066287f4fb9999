"""Questions on steps that run on a GPU; they are asked of a run that measured, or was to measure, one."""

from collections.abc import Sequence
from dataclasses import replace

from bench import modes
from bench.analysis import costs, energy
from bench.analysis.paired import ratio_between
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import judged
from bench.analysis.stats.ratios import Summary, Verdict
from bench.modes import placement
from bench.records.devices import Placement
from bench.report.form.wording import interval, number, speedup_interval
from bench.report.questions.asking import WORDS, Answer, Known, by_group, found, listed, modes_of, run_command
from bench.report.questions.speed import xla as with_xla
from bench.report.sections.steady import step_ms

STARVED = 0.10  # of the profiled time without anything to compute: less is not starving
NAMED = 3  # transfers in a sentence


def on_gpu(run: Run) -> bool:
    """Whether a GPU is in the plan."""
    return any(case.device != "cpu" for case in run.plan.cases)


def _of_gpus(run: Run) -> Run:
    """The run with its GPU groups alone."""
    return replace(run, groups=tuple(group for group in run.groups if group.baseline.case.device != "cpu"))


def _valid(group: GroupResult) -> list[CaseResult]:
    return [result for result in group.cases if result.valid and not result.case.again]


def _command(known: Known, modes: str = "", **changed: str) -> str:
    return run_command(known.run, modes or modes_of(known.run), devices="gpu", **changed)


def ops_on_cpu(known: Known) -> Answer:
    """By the placement of one step: what ran elsewhere, and what moved for it."""

    def say(group: GroupResult) -> str:
        placed = [(r, p) for r in group.cases if not r.case.again and (p := _placement(r))]
        away = [f"**{r.title}**: {'; '.join(wrong)}" for r, p in placed if (wrong := _strangers(r, p))]
        moving = [f"{r.title}: {_moved(p)}" for r, p in placed if p.transfers]
        none = f"None: every computing op of {listed([r.title for r, _ in placed])} ran on the GPU."
        moves = f" Moved in a step: {'; '.join(moving)}." if moving else " Nothing moves between devices in a step."
        return (f"{'; '.join(away)}." if away else none) + moves if placed else ""

    why_not = "where ops ran was not recorded"
    return by_group(_of_gpus(known.run), "Which ops stay on the CPU?", say, why_not, _command(known))


def _placement(result: CaseResult) -> Placement | None:
    return next((m.proof.placement for m in result.measurements if m.proof.placement), None)


def _strangers(result: CaseResult, placed: Placement) -> list[str]:
    return placement.strangers(placed, *modes.homes_of(result.case))


def _moved(placed: Placement) -> str:
    more = len(placed.transfers) - NAMED
    return ", ".join(placed.transfers[:NAMED]) + (f" and {more} more" if more > 0 else "")


def moving(known: Known) -> Answer:
    """One batch from the host to the GPU, beside the fastest step."""

    def say(group: GroupResult) -> str:
        copies = [m.costs.batch_copy_s for r in group.cases for m in r.measurements if m.costs and m.costs.batch_copy_s]
        steps = [(step.centre, r) for r in _valid(group) if (step := r.summary("step"))]
        if not copies or not steps:
            return ""
        step_s, fastest = min(steps, key=lambda pair: pair[0])
        copy_ms = number(1e3 * sorted(copies)[len(copies) // 2])
        share = f"{sorted(copies)[len(copies) // 2] / step_s:.0%} of the step of {fastest.title}, the fastest"
        return f"{copy_ms} ms for a batch of {group.workload.batch_size}: {share} ({step_ms(fastest)} ms)."

    why_not = "no copy of a batch was measured on a GPU"
    return by_group(_of_gpus(known.run), "What does moving a batch to the GPU cost?", say, why_not, _command(known))


def starved(known: Known) -> Answer:
    """The same steps on resident batches and from the pipeline, and how busy the GPU was meanwhile."""
    title = "Is my GPU starved by the input pipeline?"
    streamed = [group for group in _of_gpus(known.run).groups if group.workload.input == "pipeline"]

    def say(group: GroupResult) -> str:
        resident = _twin(known.run, group, input="resident")
        return " ".join(filter(None, (_starved(group, r, resident) for r in _valid(group)))) if resident else ""

    why_not = "batches on the device and from the pipeline were not both measured on a GPU"
    command = _command(known, inputs="resident,pipeline")
    return by_group(replace(known.run, groups=tuple(streamed)), title, say, why_not, command)


def _twin(run: Run, group: GroupResult, **changed: str) -> GroupResult | None:
    """The group of the same device that differs in this alone."""
    workload, case = replace(group.workload, **changed), group.baseline.case  # type: ignore[arg-type]
    return next((g for g in run.groups if g.baseline.case == replace(case, workload=workload)), None)


def _starved(group: GroupResult, piped: CaseResult, resident: GroupResult) -> str:
    plain = found(resident, piped.case.mode)
    compared = judged(group, plain, piped) if plain else None
    if not compared or not compared.over_time:
        return ""
    idle = costs.outside_share(piped) if (p := costs.profile(piped)) and p.on_device else None
    waits = "" if idle is None else f", and the GPU had nothing to do for {idle:.0%} of the time"
    said = "No sign of it"
    if compared.verdict is Verdict.NONE:
        said = WORDS[Verdict.NONE]
    elif compared.verdict.slower and (idle is None or idle > STARVED):
        said = "Likely yes" if compared.rough else "Yes"
    times = speedup_interval(compared.over_time)
    return f"{said}: **{piped.title}** from the pipeline {times} vs resident batches{waits}."


def first_step(known: Known) -> Answer:
    """The first step beside a later one: how much of it is tracing, and what is left for libraries and autotuning."""

    def say(group: GroupResult) -> str:
        return " ".join(text for r in _valid(group) if (text := _first(r)))

    title, why_not = "Why is the first step on the GPU slow?", "no first step was measured on a GPU"
    return by_group(_of_gpus(known.run), title, say, why_not, _command(known))


def _first(result: CaseResult) -> str:
    first, trace, step = (result.summary(name) for name in ("first_call", "trace", "step"))
    if not first or not step:
        return ""
    times = f"{number(first.centre)} s, as long as {first.centre / step.centre:,.0f} later steps"
    traced_s = trace.centre if trace else 0.0
    rest = "loading CUDA's libraries and choosing cuDNN's algorithms" + (
        ", and XLA's compilation" if result.case.mode in _compiling(result) else ""
    )
    tracing = f"{number(traced_s)} s of it is tracing; " if trace else ""
    return f"**{result.title}**: {times}; {tracing}{number(max(0.0, first.centre - traced_s))} s is left for {rest}."


def _compiling(result: CaseResult) -> Sequence[str]:
    return [result.case.mode] if any(m.proof.execution.xla_compilations for m in result.measurements) else []


def xla(known: Known) -> Answer:
    """What the run says of XLA, of its GPU groups alone."""
    said = with_xla(replace(known, run=_of_gpus(known.run)))
    command = _command(known, "eager,function,xla,autocluster")
    why_not = f"This run cannot say: no mode was measured both with XLA and without on a GPU. Run `{command}`."
    return replace(said, title="Does XLA pay on the GPU?", text=why_not if said.cannot else said.text)


def dtypes(known: Known) -> Answer:
    """Each mode's speedup in another dtype over float32 on the same GPU; what it does to accuracy, trainings show."""
    title = "TF32, bfloat16 or float16?"
    plain = [group for group in _of_gpus(known.run).groups if group.workload.precision == "float32"]

    def say(group: GroupResult) -> str:
        others = [twin for name in OTHERS if (twin := _twin(known.run, group, precision=name))]
        return " ".join(text for r in _valid(group) if (text := _in_dtypes(r, others)))

    why_not = "float32 and another dtype were not both measured on a GPU"
    command = _command(known, dtypes=",".join(("float32", *OTHERS)))
    return by_group(replace(known.run, groups=tuple(plain)), title, say, why_not, command)


OTHERS = ("tf32", "mixed_bfloat16", "mixed_float16")


def _in_dtypes(plain: CaseResult, others: Sequence[GroupResult]) -> str:
    ratios = [(g.workload.precision, _ratio(plain, found(g, plain.case.mode))) for g in others]
    texts = [f"{name} {speedup_interval(ratio)}" for name, ratio in ratios if ratio]
    return f"**{plain.title}** vs float32 ({step_ms(plain)} ms a step): {', '.join(texts)}." if texts else ""


def _ratio(plain: CaseResult, other: CaseResult | None) -> Summary | None:
    return ratio_between(plain, other) if other else None


def joules(known: Known) -> Answer:
    """Joules a step of each mode, the least first."""

    def say(group: GroupResult) -> str:
        counted = [(r, each) for r in _valid(group) if (each := energy.joules_a_step(r))]
        return "; ".join(_joules(r, each) for r, each in sorted(counted, key=lambda pair: pair[1].centre))

    title = "How many joules does a step take?"
    why_not = "the GPU's energy was not counted (it takes the extra `gpu`, and a GPU since Volta)"
    return by_group(_of_gpus(known.run), title, say, why_not, _command(known))


def _joules(result: CaseResult, each: Summary) -> str:
    above, busy, idle = (f(result) for f in (energy.joules_above_idle, energy.power_w, energy.idle_w))
    powers = f"{busy.centre:.0f} W, idle {idle.centre:.0f} W" if busy and idle else ""
    beyond = f"{number(above.centre)} above idle, " if above else ""
    return f"**{result.title}** {interval(each)} J ({beyond}{powers})"


GPU_QUESTIONS = (ops_on_cpu, moving, starved, first_step, xla, dtypes, joules)
