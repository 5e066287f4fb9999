"""Questions people ask again and again, answered from this run alone: a title and a plain answer each.

To add one: a function of what is known in the file of its topic, and its place in QUESTIONS.
"""

from bench.analysis.learning import Learning
from bench.analysis.results import Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS
from bench.report.form.document import Section
from bench.report.form.wording import short_cases
from bench.report.questions import advice, devices, gpu, peers, replicas, speed, tracing, trust
from bench.report.questions.asking import Known, Question

QUESTIONS: tuple[Question, ...] = (
    advice.what_to_use,
    speed.tf_function,
    tracing.first_call,
    tracing.retraced,
    tracing.converted,
    speed.xla,
    tracing.xla_active,
    devices.gpu_used,
    devices.gpu_wins,
    gpu.ops_on_cpu,
    gpu.moving,
    gpu.starved,
    gpu.first_step,
    gpu.xla,
    gpu.dtypes,
    gpu.joules,
    trust.synchronised,
    trust.same_learning,
    trust.reproducible,
    trust.memory,
    speed.gradient_tape,
    speed.tf1_graph,
    speed.whole_loop,
    peers.another_framework,
    replicas.second_gpu,
    replicas.mirrored_slower,
)

_JUDGED = (
    "Verdicts against the baseline are the run's own. Where two other modes are compared with each other, the ratio is "
    "judged by itself, without Holm's correction: of many such answers one in twenty may be chance."
)


def asked_of(run: Run) -> tuple[Question, ...]:
    """The questions that fit a run: those on steps on a GPU only where one is in the plan."""
    return QUESTIONS if gpu.on_gpu(run) else tuple(each for each in QUESTIONS if each not in gpu.GPU_QUESTIONS)


def section(run: Run, learned: Learning | None) -> Section:
    """Every question with its answer, or with what to type for one."""
    blocks = f"{run.fewest_blocks} of the {ENOUGH_BLOCKS} repetitions a claim needs{short_cases(run)}"
    few = () if run.enough else (f"Indications only, from {blocks}.",)
    answers = [question(Known(run, learned)) for question in asked_of(run)]
    parts = [part for answer in answers for part in (f"### {answer.title}", answer.text)]
    summary = "What to use, tf.function, retracing, AutoGraph, XLA, GPU, memory, reproducibility"
    return Section(f"Questions{run.label}", (*few, _JUDGED, *parts), summary)
