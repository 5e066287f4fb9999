"""Questions on speed: is one way of executing the step faster than another?"""

from collections.abc import Callable, Mapping

from bench import modes
from bench.analysis.results import GroupResult
from bench.analysis.stats.ratios import Verdict
from bench.modes.mode import Mode
from bench.report.questions.asking import WORDS, Answer, Known, answer, by_group, found, run_command, verdict
from bench.report.sections.steady import step_ms


def tf_function(known: Known) -> Answer:
    """tf.function against eager."""
    return by_group(
        known.run,
        "Is tf.function faster for my model and batch, and by how much?",
        lambda group: answer(group, "eager", "function", WORDS),
        "eager and tf.function were not both measured",
        run_command(known.run, "eager,function"),
    )


_HELPS = {
    Verdict.FASTER: "It helps",
    Verdict.SLOWER: "It hurts",
    Verdict.LIKELY_FASTER: "It likely helps",
    Verdict.LIKELY_SLOWER: "It likely hurts",
    Verdict.SAME: "It changes nothing",
    Verdict.UNCERTAIN: "No difference is shown",
    Verdict.NONE: "One repetition cannot say",
}


def xla(known: Known) -> Answer:
    """Each mode with XLA compared with the same mode without it."""
    return by_group(
        known.run,
        "Does XLA help or hurt here?",
        lambda group: _answers(group, _adds_xla, _HELPS),
        "no mode was measured both with XLA and without",
        run_command(known.run, "eager,function,xla,autocluster"),
    )


def tf1_graph(known: Known) -> Answer:
    """A TF1 graph against tf.function."""
    return by_group(
        known.run,
        "Is a TF1 graph still faster than tf.function?",
        lambda group: answer(group, "function", "graph", WORDS),
        "the TF1 graph and tf.function were not both measured",
        run_command(known.run, "eager,graph,function"),
    )


def whole_loop(known: Known) -> Answer:
    """The loop over steps inside the graph against a Python loop around the step."""
    return by_group(
        known.run,
        "Should the whole loop be in the graph?",
        lambda group: _answers(group, _adds_loop, WORDS),
        "no mode was measured both with its loop in the graph and in Python",
        run_command(known.run, "eager,function,function_loop"),
    )


def _answers(group: GroupResult, adds: Callable[[Mode, Mode], bool], words: Mapping[Verdict, str]) -> str:
    """Of each mode that adds something to the mode it differs from, each answer once."""
    pairs = [(before.name, after.name) for before, after in modes.pairs() if adds(before, after)]
    return " ".join(dict.fromkeys(text for pair in pairs if (text := answer(group, *pair, words))))


def _adds_xla(before: Mode, after: Mode) -> bool:
    return after.compiles and not before.compiles


def _adds_loop(before: Mode, after: Mode) -> bool:
    return after.loops and not before.loops


_TAPE = {
    Verdict.SLOWER: "Because fit runs its step as a graph",
    Verdict.FASTER: "It is not",
    Verdict.LIKELY_SLOWER: "It seems so, and fit runs its step as a graph",
    Verdict.LIKELY_FASTER: "It seems not to be",
    Verdict.SAME: "It is not",
    Verdict.UNCERTAIN: "It was not shown to be",
    Verdict.NONE: "One repetition cannot say",
}


def gradient_tape(known: Known) -> Answer:
    """A bare GradientTape loop against Keras' fit, and what of the difference is tf.function."""

    def say(group: GroupResult) -> str:
        sentences = [answer(group, "keras_fit", "eager", _TAPE)]
        if not sentences[0]:
            return ""
        if wrapped := verdict(group, "keras_fit", "function"):
            sentences.append(f"With the same step in tf.function, {wrapped[1]}.")
        if eager := found(group, "keras_eager"):
            sentences.append(f"Without its graph (`run_eagerly=True`) fit takes {step_ms(eager)} ms a step.")
        return " ".join(sentences)

    return by_group(
        known.run,
        "Why is my GradientTape loop slower than fit?",
        say,
        "eager and Keras fit were not both measured",
        run_command(known.run, "eager,function,keras_fit,keras_eager"),
    )
