"""The section on conditions: the machine, the A/A control, and every warning and failure."""

from bench.analysis import audit
from bench.analysis.results import GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS
from bench.records.environment import LASTING, Environment, differ
from bench.report import onednn
from bench.report.form.document import Row, Section, Table, column
from bench.report.form.wording import control, mib
from bench.report.sections import failures
from bench.report.sections.proof import less_warm

MUCH_STOLEN = 0.03  # a share of CPU time


def section(run: Run) -> Section:
    """The A/A control, warnings, failures, then the machine."""
    parts = [*_controls(run), *_warnings(run)]
    return Section("Conditions and warnings", (*parts, *failures.parts(run), _conditions(run)), _summary(run))


def _summary(run: Run) -> str:
    """How many warnings and failures there are."""
    lines, failed = _warning_lines(run), len(run.breakdowns)
    warned = f"{len(lines)} warning{'s' * (len(lines) > 1)}" if lines else "No warnings"
    return f"{warned}; {failed} failure{'s' * (failed > 1)}" if failed else warned


def _controls(run: Run) -> list[str]:
    """A sentence for each group whose device is available; the headline reports the others."""
    return [_control(group) for group in run.groups if not group.baseline.not_available]


def _control(group: GroupResult) -> str:
    ratio = group.control_ratio
    if ratio is None or group.aa_difference is None:
        return f"{group.title}: no A/A difference, as the baseline was not measured twice."
    said = f"{group.title}: A/A control (the baseline against itself) {control(ratio)}"
    if ratio.low is None or ratio.high is None:
        return f"{said}; one repetition gives no interval."
    if ratio.low <= 1 <= ratio.high:
        return f"{said}, which contains 1 as it should."
    return f"{said}, which does **not** contain 1: ignore small differences."


def _warnings(run: Run) -> list[str]:
    lines = _warning_lines(run)
    return ["Warnings:\n\n" + "\n".join(f"- {line}" for line in lines)] if lines else ["No warnings."]


def _warning_lines(run: Run) -> list[str]:
    lines = [f"{group.title}, {result.title}: {text}" for group, result in run.rows() for text in result.warnings]
    for group, result in run.rows():
        lines += [
            f"{group.title}, {result.title}: {w}" for w in (result.comparison.warnings if result.comparison else ())
        ]
    lines += [f"audit: {text}" for text in audit.alarms(run)]
    return [*lines, *of_machine(run)]


def of_machine(run: Run) -> list[str]:
    """What of the machine qualifies the numbers: its load, what a hypervisor took, blocks that are missing."""
    first = _environments(run)[:1]
    lines = [
        f"the machine was busy before the run (load {env.load_before:g} on {env.cores} cores); close what else runs"
        for env in first
        if env.load_before is not None and env.load_before > 0.5 * env.cores
    ]
    if (stolen := _stolen(_environments(run))) is not None and stolen > MUCH_STOLEN:
        lines.append(
            f"the hypervisor took up to {stolen:.0%} of this machine's CPU time during a repetition: other tenants are "
            "active, so trust the speedups more than the times"
        )
    if differing := _differing(_environments(run)):
        lines.append(f"the repetitions did not run under the same conditions; these differ: {', '.join(differing)}")
    if run.blocks < ENOUGH_BLOCKS and run.blocks < run.plan.schedule.blocks:
        lines.append(
            f"only {run.blocks} of {run.plan.schedule.blocks} planned repetitions were measured; --resume goes on"
        )
    return lines


def _stolen(environments: list[Environment]) -> float | None:
    return max((env.stolen for env in environments if env.stolen is not None), default=None)


def _differing(environments: list[Environment]) -> list[str]:
    """The fields that should be the same in all blocks of a run and are not; it may have been resumed elsewhere."""
    return [name for name in LASTING if differ(name, (getattr(env, name) for env in environments))]


def _environments(run: Run) -> list[Environment]:
    return [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]


def _conditions(run: Run) -> Table:
    schedule, plan = run.plan.schedule, run.plan
    measured = [outcome.measurement for outcome in run.outcomes if outcome.measurement]
    steps = sorted({m.steady.steps_per_slice for m in measured})
    rounds = sorted({m.schedule.rounds for m in measured})  # what the noise of the first repetition called for
    conditions: list[tuple[str, str]] = [
        ("data", plan.data_title),
        ("seed of weights, batches and order", str(plan.seed)),
        ("preset", schedule.preset),
        ("repetitions measured", str(run.blocks)),
        ("rounds a repetition", ", ".join(map(str, rounds)) or "–"),
        ("steps a slice", ", ".join(map(str, steps)) or "–"),
        ("warm-up steps", "; ".join([f"{schedule.warmup_steps} after the first five", *less_warm(run)])),
        ("started", plan.created),
    ]
    conditions += [*_machine(_environments(run)), ("oneDNN in TensorFlow", onednn.condition(run.groups))]
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in conditions)
    return Table("conditions", (column("what", "what"), column("value", "value")), rows, "What the numbers belong to")


def _machine(environments: list[Environment]) -> list[tuple[str, str]]:
    if not environments:
        return []
    env, loads = environments[0], [e.load_after for e in environments if e.load_after is not None]
    stolen = _stolen(environments)
    quota = "" if env.cgroup_quota_cores is None else f", quota {env.cgroup_quota_cores:g}"
    features = f", {env.cpu_features}" if env.cpu_features else ""
    return [
        ("CPU", f"{env.cpu}, {env.cores} cores{quota}{features}"),
        ("memory (MiB)", mib(env.memory_bytes)),
        ("GPU", f"{env.gpu}, driver {env.driver}" if env.gpu else "none"),
        ("system", env.os),
        ("TensorFlow / NumPy / Python", f"{env.tensorflow} / {env.numpy} / {env.python}"),
        ("TensorFlow flags", " ".join(f"{k}={v}" for k, v in env.flags) or "none set"),
        ("load before, and after a repetition at most", f"{env.load_before} / {max(loads, default=0.0)}"),
        ("CPU time stolen in a repetition, at most", "unknown" if stolen is None else f"{stolen:.1%}"),
        ("source", f"{env.commit or 'unknown'}{' with uncommitted changes' if env.dirty else ''}"),
    ]
