"""The first screen of a self-test: whether it passed, and what that rests on."""

from bench.analysis.selftest import Recovery, SelfTestResult
from bench.report.cover import day
from bench.report.form.card import Card, Chip, Cover, Fact, Sign
from bench.report.form.wording import control as in_words
from bench.report.form.wording import number, percent


def cover(result: SelfTestResult) -> Cover:
    """What was tested, where and when."""
    tested = result.selftest
    env = tested.environment
    about = f"{env.cpu}, {env.cores} cores"
    chips = (
        Chip(f"**{day(tested.created)}**"),
        Chip(f"TensorFlow **{env.tensorflow}**"),
        Chip(f"mode **{tested.mode}**"),
        Chip(f"**{result.control.runs}** runs, preset {tested.preset}"),
    )
    tab = f"Self-test · {about} · {day(tested.created)}"
    command = f"cifar-bench selftest --mode {tested.mode}"
    return Cover("Can this machine's measurements be trusted?", tested.data_title, about, tab, chips, command)


def card(result: SelfTestResult) -> Card:
    """Whether the self-test passed, and what it rests on."""
    control = result.control
    found = f"{control.false_positives} of {control.runs} runs"
    wrong: Sign = "bad" if control.too_many else "good"
    facts = [
        Fact(wrong, f"False positives: {found}", f"A/A control {in_words(control.ratio)}"),
        *(_recovered(recovery) for recovery in result.recoveries),
        *(Fact("bad", text) for text in result.broken[:1]),
    ]
    sure = f"{control.runs} runs of this mode, on this machine, as it was loaded."
    if not control.runs:
        return Card("No run has been measured yet", "NOT MEASURED", facts=tuple(facts[1:]), tone="open")
    if result.problems:
        return Card("Self-test", "FAILED", result.problems[0], facts=tuple(facts), sure=sure, tone="bad")
    return Card("Self-test", "PASSED", "", facts=tuple(facts), sure=sure, tone="open" if result.broken else "good")


def _recovered(recovery: Recovery) -> Fact:
    sign: Sign = "bad" if recovery.biased else "good"
    detected = f"detected in {recovery.detected} of {recovery.runs} runs"
    return Fact(sign, f"Injected {recovery.slowdown:.0%}, measured {percent(*recovery.measured)}", detected)


def resolves(result: SelfTestResult) -> str:
    """The smallest difference that most repetitions would detect."""
    if not result.resolutions:
        return "Unknown yet"
    last = result.resolutions[-1]
    return f"{last.blocks} repetitions detect a slowdown of {number(100 * last.smallest)} %"
