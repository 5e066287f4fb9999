"""Questions on replicas: does a second GPU pay, and why is MirroredStrategy slower?"""

from bench.analysis.replicas import Scaling, strong, strong_in, weak
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Verdict
from bench.report.form.wording import interval, speedup_interval
from bench.report.questions.asking import (
    WORDS,
    Answer,
    Known,
    by_group,
    cannot_say,
    fallen,
    run_command,
    unknown,
    versus,
)
from bench.report.sections.replicas import sentence

ASKS = "function,mirrored"
NO_GPUS = "no mode was measured on several GPUs"


def second_gpu(known: Known) -> Answer:
    """Several GPUs against one, of the same global batch and of as large a batch for each."""
    title, run = "Does a second GPU pay?", known.run
    scaled = [each for each in strong(run) if each.several.case.device == "gpu"]
    if not scaled:
        return cannot_say(title, _why_not(run), run_command(run, ASKS, devices="gpu", replicas="2"))
    texts = [f"{WORDS[each.speedup.verdict]}: {sentence(each)}" for each in scaled]
    grown = [each for each in weak(run) if each.several.case.device == "gpu"]
    texts += [
        f"With as large a batch for each GPU, **{each.several.title}** keeps {interval(each.efficiency, 100, ' %')} of "
        f"the speed of one (batch {each.several.case.workload.batch_size} in all): {_weakly(each)}."
        for each in grown
    ]
    return Answer(title, "\n".join(f"- {text}" for text in texts))


def _weakly(each: Scaling) -> str:
    """What the two steps' comparison comes to: more replicas that take no longer have lost nothing."""
    verdict = each.speedup.verdict
    if verdict.slower:
        return f"a step {'likely ' * each.speedup.rough}takes longer"
    return "one repetition cannot say more" if verdict == Verdict.NONE else "a step was not shown to take longer"


def _why_not(run: Run) -> str:
    on_cpu = any(case.replicas > 1 and case.device == "cpu" for case in run.plan.cases)
    return f"{NO_GPUS}, and replicas on the CPUs of one machine say nothing about GPUs" if on_cpu else NO_GPUS


def mirrored_slower(known: Known) -> Answer:
    """What the strategy itself costs, what the all-reduce costs, and how small a replica's share has become."""
    return by_group(
        known.run,
        "Why is my MirroredStrategy slower?",
        _say,
        "MirroredStrategy was not measured beside tf.function",
        run_command(known.run, ASKS, replicas="2"),
    )


def _say(group: GroupResult) -> str:
    split = [r for r in group.cases if r.case.mode == "mirrored" and not r.case.again]
    one = next((r for r in split if r.case.replicas == 1 and r.valid), None)
    found = [each for each in strong_in(group) if each.several.case.mode == "mirrored"]
    if not split:
        return ""
    if not one or not found:
        return unknown(fallen(group, ["mirrored"])) or ""
    return " ".join([*_price(group, one), *(f"{sentence(each)} {_slower(each)}" for each in found)])


def _slower(each: Scaling) -> str:
    """Causes only of what was found to be slower, or likely so."""
    verdict = each.speedup.verdict
    return _causes(each) if verdict.slower else f"It was not found to be slower ({verdict.value})."


def _price(group: GroupResult, one: CaseResult) -> list[str]:
    """What the strategy costs before anything is split."""
    compared = versus(group, group.baseline, one)
    if not compared or one.case == group.baseline.case:
        return []
    ratio = speedup_interval(compared.over_time)
    return [f"The strategy alone, with one replica, is {ratio} vs {group.baseline.title}."]


def _causes(each: Scaling) -> str:
    proof, cost = each.proof, each.all_reduce
    causes = [f"each replica computes on {proof.batch} images only"] if proof else []
    causes += (
        [f"averaging takes {1e3 * (cost.with_s - cost.without_s):.2g} ms of a step"] if cost and cost.share else []
    )
    if each.several.case.device == "cpu" and not each.several.case.hosts:
        causes.append("all replicas share the cores of one machine, so there is nothing to gain here")
    likely = "Likely causes" if each.speedup.rough else "Causes"
    return f"{likely}: {'; '.join(causes)}." if causes else ""
