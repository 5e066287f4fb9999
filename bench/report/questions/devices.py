"""Questions on devices: was a GPU used, and from which batch does it win?"""

from bench.analysis.across_devices import compare_devices
from bench.analysis.results import CaseResult, Run
from bench.report.questions.asking import Answer, Known, cannot_say, listed, modes_of, run_command
from bench.report.sections.devices import sentences


def gpu_used(known: Known) -> Answer:
    """Where the loss and the variables of each GPU case were, by TensorFlow's own account."""
    title, run = "Is my GPU used at all?", known.run
    cases = [(group, r) for group, r in run.rows() if r.case.device.startswith("gpu") and not r.case.again]
    if not cases:
        why = f"it was not asked to use one; {_seen(run)}. `cifar-bench devices` tries it out in seconds"
        return cannot_say(title, why, _command(known, devices="cpu,gpu"))
    valid = [r for _, r in cases if r.valid]
    sentences = [f"Yes, by {listed([f'**{r.title}** ({_devices(r)})' for r in valid])}."] if valid else []
    sentences += [f"Not by {r.title} in {group.title}: {_why(r)}." for group, r in cases if not r.valid]
    return Answer(title, " ".join(sentences))


def _seen(run: Run) -> str:
    names = {o.measurement.environment.gpu for o in run.outcomes if o.measurement} - {None}
    return f"the machine has {listed(sorted(map(str, names)))}" if names else "the driver names none on this machine"


def _devices(result: CaseResult) -> str:
    return ", ".join(dict.fromkeys(d for m in result.measurements for d in m.proof.execution.devices))


def _why(result: CaseResult) -> str:
    return [*result.invalid, *(f.message for f in result.failures), "it was not measured"][0]


def gpu_wins(known: Known) -> Answer:
    """What the section on devices says: each mode on a GPU compared with itself on the CPU."""
    title, run = "From which batch does the GPU win?", known.run
    compared = [each for each in compare_devices(run) if each.comparison.ratio and "gpu" in each.other.case.device]
    if not compared:
        sizes = dict.fromkeys((*(case.workload.batch_size for case in run.plan.cases), 1, 32, 256, 1024))
        asked = ",".join(map(str, sorted(sizes)))
        why = "the same work was not measured on the CPU and on a GPU"
        return cannot_say(title, why, _command(known, devices="cpu,gpu", batch_sizes=asked))
    return Answer(title, "\n".join(f"- {text}" for text in sentences(run)))


def _command(known: Known, **changed: str) -> str:
    return run_command(known.run, modes_of(known.run), **changed)
