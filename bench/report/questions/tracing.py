"""Questions on what TensorFlow makes of the step before it runs: first step, traces, conversion, XLA's programs."""

from collections.abc import Callable

from bench import modes
from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult
from bench.modes.mode import Mode
from bench.report.form.wording import break_even, number
from bench.report.questions.asking import Answer, Known, by_group, fallen, found, listed, measured, run_command, unknown


def _measured(group: GroupResult, belongs: Callable[[Mode], bool]) -> list[CaseResult]:
    """Whatever was measured in the modes of a kind, valid or not."""
    return measured(group, [mode.name for mode in modes.MODES if belongs(mode)])


def first_call(known: Known) -> Answer:
    """Start-up and break-even of each candidate."""

    def say(group: GroupResult) -> str:
        started, others = [r for r in group.candidates if r.valid], fallen(group)
        if not started or not group.baseline.valid:
            return unknown(others)
        base = f"{group.baseline.title}, building included, takes {_start_s(group.baseline)} s before its second step"
        return "; ".join([base, *map(_started, started), *others]) + "."

    return by_group(
        known.run,
        "What does the first step cost, and when does it break even?",
        say,
        "there is no mode to compare with the baseline",
        run_command(known.run, "eager,function,xla"),
    )


def _started(result: CaseResult) -> str:
    trace = result.summary("trace")
    traced = f", {number(trace.centre)} of it tracing" if trace else ""
    even = result.break_even
    when = f"break-even after {break_even(even)}" if even and even.steps else f"break-even: {break_even(even)}"
    return f"**{result.title}** {_start_s(result)} s{traced}, {when}"


def _start_s(result: CaseResult) -> str:
    startup = result.summary("startup")
    return number(startup.centre) if startup else "–"


def retraced(known: Known) -> Answer:
    """Whether a traced step was traced again, and what changed in its arguments."""

    def say(group: GroupResult) -> str:
        traced = _measured(group, lambda mode: mode.traces)
        retraces = [text for result in traced if (text := _retraces(result))]
        if retraces:
            return f"Yes: {'; '.join(retraces)}."
        names = listed([result.title for result in traced])
        return f"No: {names} {'were' if len(traced) > 1 else 'was'} never traced while timed." if traced else ""

    return by_group(
        known.run,
        "Did it retrace, and why?",
        say,
        "no mode that traces was measured",
        run_command(known.run, "eager,function"),
    )


def _retraces(result: CaseResult) -> str:
    count = sum(m.proof.traces_while_timing for m in result.measurements)
    changes = list(dict.fromkeys(text for m in result.measurements for text in m.proof.execution.retraces))
    if not count and not changes:
        return ""
    when = f"{count} times while it was timed, so it is INVALID" if count else "before it was timed"
    why = f"; what changed: {'; '.join(changes)}" if changes else "; what changed is unknown"
    return f"**{result.title}** was traced again {when}{why}"


def converted(known: Known) -> Answer:
    """Whether AutoGraph rewrote the step, and what it left as it was."""

    def say(group: GroupResult) -> str:
        results = _measured(group, lambda mode: mode.converts)
        known_results = [r for r in results if r.measurements[-1].proof.execution.converted is not None]
        return "; ".join(map(_conversion, known_results)) + "." if known_results else ""

    return by_group(
        known.run,
        "Did AutoGraph convert my function?",
        say,
        "no mode that AutoGraph rewrites was measured, or what it did was not recorded",
        run_command(known.run, "eager,function,function_unconverted"),
    )


def _conversion(result: CaseResult) -> str:
    execution = result.measurements[-1].proof.execution
    left = list(dict.fromkeys(text for m in result.measurements for text in m.proof.execution.fallbacks))
    if not execution.converted:
        return f"**{result.title}**: no"
    return f"**{result.title}**: yes, but for {'; '.join(left)}" if left else f"**{result.title}**: yes, all of it"


def xla_active(known: Known) -> Answer:
    """What XLA compiled, by TensorFlow's own account."""

    def say(group: GroupResult) -> str:
        results = _measured(group, lambda mode: mode.compiles)
        compiled = [f"**{result.title}**: {_compiled(result)}" for result in results]
        plain = found(group, "function")
        without = f" Without it, {plain.title} formed no cluster and compiled nothing." if plain else ""
        return f"{'; '.join(compiled)}.{without}" if compiled else ""

    return by_group(
        known.run,
        "Was XLA really active?",
        say,
        "no mode with XLA was measured",
        run_command(known.run, "eager,function,xla"),
    )


def _compiled(result: CaseResult) -> str:
    execution, structure = result.measurements[-1].proof.execution, costs.structure(result)
    if not execution.xla_compilations and not execution.clusters:
        return "no, nothing was compiled"
    compiled = f"{execution.xla_compilations} program" + "s" * (execution.xla_compilations != 1)
    parts = f"{execution.clusters} cluster" + "s" * (execution.clusters != 1)
    what = compiled if execution.xla_compilations else parts
    size = f" of {execution.hlo_instructions:,} instructions" if execution.hlo_instructions else ""
    fused = f", {structure.fusions} of them fusions after optimisation" if structure.fusions is not None else ""
    profile = costs.profile(result)
    before = ", compiled before the slices" if profile and profile.compilations == 0 else ""
    return f"yes, {what}{size}{fused}{before}"
