"""Demonstrates the tutorial's three rules: runs the example of each in every mode and shows the outcomes."""

import json
from collections.abc import Callable, Iterator

from bench.autograph.rules import rule
from bench.autograph.rules.catalogue import halves
from bench.errors import BenchError
from bench.machine.completed import completed
from bench.machine.launcher import command
from bench.machine.xla_flags import without_caches

# Rule 1 twice: tf.print follows the rule, but XLA cannot compile it.
SHOWN = (
    ("Rule 1", "AG101", ""),
    ("Rule 2", "AG201", ""),
    ("Rule 3", "AG301", ""),
    ("Rule 1 against itself", "AG801", "xla"),
)
TIME_LIMIT_S = 300.0  # for the examples of a mode, which take seconds
Answer = tuple[str, list[str]]


def demonstration(run: Callable[[str, list[str]], dict[tuple[str, str], Answer]] | None = None) -> Iterator[str]:
    """A text for each rule. `run` returns the outcomes of the examples of these codes in a mode.

    Raises BenchError where the examples cannot be run.
    """
    run = run or run_examples
    codes = [code for _, code, _ in SHOWN]
    answers = {mode: run(mode, codes) for mode in ("eager", "graph", "xla")}
    for title, code, second_mode in SHOWN:
        modes = ("eager", second_mode or "graph")
        rule_row = rule(code)
        yield f"{title}: {rule_row.summary} ({code})\n"
        for part, source in zip(("fails", "passes"), halves(code), strict=True):
            yield "\n".join([*(f"    {line}".rstrip() for line in source.splitlines()), ""])
            for mode in modes:
                yield from _answer_lines(mode, *answers[mode][code, part])
        yield f"  why: {rule_row.why}\n"


def _answer_lines(mode: str, outcome: str, printed: list[str]) -> Iterator[str]:
    short = outcome if len(outcome) <= 160 else f"{outcome[:70]} ... {_key_message(outcome)}"
    yield "\n".join([f"  {mode:<6} printed {line}" for line in printed] + [f"  {mode:<6} gave    {short}"])


def _key_message(outcome: str) -> str:
    """The part of a long error message that says what is wrong."""
    for mark in ("ValueError: tf.function", "unsupported operations"):
        if mark in outcome:
            return outcome[outcome.rindex(mark) :][:150]
    return outcome[-150:]


def run_examples(mode: str, codes: list[str]) -> dict[tuple[str, str], Answer]:
    """The outcomes of both examples of each code, from one process in this mode. Raises BenchError where it fails."""
    words = [*command("bench.autograph.rules.child"), mode, *codes]
    environment = {**without_caches(), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = completed(words, environment, TIME_LIMIT_S)
    if done.code is None:
        raise BenchError(f"the examples take more than {TIME_LIMIT_S:g} s in mode {mode}; type the same again later")
    if done.code:
        last = (done.errors.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise BenchError(f"the examples do not run in mode {mode}: {last}")
    answers = (json.loads(line) for line in done.out.splitlines())
    return {(answer["code"], answer["part"]): (answer["outcome"], answer["printed"]) for answer in answers}
