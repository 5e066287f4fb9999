"""Questions on speed: is one way of executing the step faster than another?"""

from bench.analysis import GroupResult
from bench.report.questions.asking import (
    WORDS,
    Answer,
    Known,
    by_group,
    found,
    run_command,
    step_ms,
    verdict,
)
from bench.stats import Verdict


def tf_function(known: Known) -> Answer:
    """tf.function against eager."""

    def say(group: GroupResult) -> str:
        judged = verdict(group, "eager", "function")
        return f"{WORDS[judged[0]]}: {judged[1]}." if judged else ""

    return by_group(
        known.run,
        "Is tf.function faster for my model and batch, and by how much?",
        say,
        "eager and tf.function were not both measured",
        run_command(known.run, "eager,function"),
    )


_XLA_PAIRS = (("function", "xla"), ("function", "autocluster"), ("keras_fit", "keras_jit"))
_HELPS = {
    Verdict.FASTER: "It helps",
    Verdict.SLOWER: "It hurts",
    Verdict.SAME: "It changes nothing",
    Verdict.UNCERTAIN: "No difference is shown",
}


def xla(known: Known) -> Answer:
    """Each way of XLA against the same without it."""

    def say(group: GroupResult) -> str:
        judged = [found_ for pair in _XLA_PAIRS if (found_ := verdict(group, *pair))]
        return " ".join(f"{_HELPS[which]}: {clause}." for which, clause in judged)

    return by_group(
        known.run,
        "Does XLA help or hurt here?",
        say,
        "no mode was measured both with XLA and without",
        run_command(known.run, "eager,function,xla,autocluster"),
    )


def tf1_graph(known: Known) -> Answer:
    """A TF1 graph against tf.function."""

    def say(group: GroupResult) -> str:
        judged = verdict(group, "function", "graph")
        return f"{WORDS[judged[0]]}: {judged[1]}." if judged else ""

    return by_group(
        known.run,
        "Is a TF1 graph still faster than tf.function?",
        say,
        "the TF1 graph and tf.function were not both measured",
        run_command(known.run, "eager,graph,function"),
    )


def whole_loop(known: Known) -> Answer:
    """The loop over steps inside the graph against a Python loop around the step."""

    def say(group: GroupResult) -> str:
        pairs = (("function", "function_loop"), ("xla", "xla_loop"))
        judged = [found_ for pair in pairs if (found_ := verdict(group, *pair))]
        return " ".join(f"{WORDS[which]}: {clause}." for which, clause in judged)

    return by_group(
        known.run,
        "Should the whole loop be in the graph?",
        say,
        "no mode was measured both with its loop in the graph and in Python",
        run_command(known.run, "eager,function,function_loop"),
    )


_TAPE = {
    Verdict.SLOWER: "Because fit runs its step as a graph",
    Verdict.FASTER: "It is not",
    Verdict.SAME: "It is not",
    Verdict.UNCERTAIN: "It was not shown to be",
}


def gradient_tape(known: Known) -> Answer:
    """A bare GradientTape loop against Keras' fit, and what of the difference is tf.function."""

    def say(group: GroupResult) -> str:
        judged = verdict(group, "keras_fit", "eager")
        if not judged:
            return ""
        said = [f"{_TAPE[judged[0]]}: {judged[1]}."]
        if wrapped := verdict(group, "keras_fit", "function"):
            said.append(f"With the same step in tf.function, {wrapped[1]}.")
        if eager := found(group, "keras_eager"):
            said.append(f"Without its graph (`run_eagerly=True`) fit takes {step_ms(eager)} ms a step.")
        return " ".join(said)

    return by_group(
        known.run,
        "Why is my GradientTape loop slower than fit?",
        say,
        "eager and Keras fit were not both measured",
        run_command(known.run, "eager,function,keras_fit,keras_eager"),
    )
