"""Questions on devices: was a GPU used, and from which batch does it win?"""

from dataclasses import replace

from bench.analysis import CaseResult, Run
from bench.records import Case
from bench.report.questions.asking import Answer, Known, cannot_say, listed, modes_of, run_command, step_ms
from bench.stats import Summary


def gpu_used(known: Known) -> Answer:
    """Where the loss and the variables of each GPU case were, by TensorFlow's own account."""
    title, run = "Is my GPU used at all?", known.run
    cases = [(group, r) for group, r in run.rows() if r.case.device.startswith("gpu") and not r.case.again]
    if not cases:
        return cannot_say(title, f"it was not asked to use one; {_seen(run)}", _command(known, devices="cpu,gpu"))
    used = [r for _, r in cases if r.valid]
    said = [f"Yes, by {listed([f'**{r.title}** ({_devices(r)})' for r in used])}."] if used else []
    said += [f"Not by {r.title} in {group.title}: {_why(r)}." for group, r in cases if not r.valid]
    return Answer(title, " ".join(said))


def _seen(run: Run) -> str:
    names = {o.measurement.environment.gpu for o in run.outcomes if o.measurement} - {None}
    return f"the machine has {listed(sorted(map(str, names)))}" if names else "the driver names none on this machine"


def _devices(result: CaseResult) -> str:
    return ", ".join(dict.fromkeys(d for m in result.measurements for d in m.proof.execution.devices))


def _why(result: CaseResult) -> str:
    return [*result.invalid, *(f.message for f in result.failures), "it was not measured"][0]


def gpu_wins(known: Known) -> Answer:
    """The fastest mode on either device, batch by batch."""
    title, run = "From which batch does the GPU win?", known.run
    pairs = _pairs(run)
    if not pairs:
        sizes = dict.fromkeys((*(case.workload.batch_size for case in run.plan.cases), 1, 32, 256, 1024))
        asked = ",".join(map(str, sorted(sizes)))
        why = "the same work was not measured on the CPU and on a GPU"
        return cannot_say(title, why, _command(known, devices="cpu,gpu", batch_sizes=asked))
    return Answer(title, "\n".join(f"- {_told(cpu, gpu)}" for cpu, gpu in pairs))


def _pairs(run: Run) -> list[tuple[CaseResult, CaseResult]]:
    """The fastest CPU case and the fastest GPU case of each workload, by batch size."""
    fastest: dict[Case, dict[str, tuple[float, CaseResult]]] = {}
    for group in run.groups:
        for result in (r for r in group.cases if not r.case.again):
            step, device = result.summary("step"), result.case.device.partition(":")[0]
            key = replace(group.baseline.case, device="", threads=0)
            if step and step.centre < fastest.setdefault(key, {}).get(device, (float("inf"),))[0]:
                fastest[key][device] = (step.centre, result)
    found = [(by["cpu"][1], by["gpu"][1]) for by in fastest.values() if {"cpu", "gpu"} <= by.keys()]
    return sorted(found, key=lambda pair: pair[0].case.workload.batch_size)


def _told(cpu: CaseResult, gpu: CaseResult) -> str:
    w = cpu.case.workload
    times = f"{gpu.title} on the GPU {step_ms(gpu)} ms a step, {cpu.title} on the CPU {step_ms(cpu)}"
    return f"{w.model}, batch {w.batch_size}: {_order(cpu.summary('step'), gpu.summary('step'))}; {times}"


def _order(cpu: Summary | None, gpu: Summary | None) -> str:
    """Who is faster, where the intervals leave no doubt: the two were measured one after the other."""
    assert cpu and gpu
    if None in (cpu.low, cpu.high, gpu.low, gpu.high):
        return "one block is no evidence"
    assert cpu.low and cpu.high and gpu.low and gpu.high
    return "**the GPU**" if gpu.high < cpu.low else "**the CPU**" if cpu.high < gpu.low else "not certain"


def _command(known: Known, **changed: str) -> str:
    return run_command(known.run, modes_of(known.run), **changed)
