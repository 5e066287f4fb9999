"""The tutorial's three rules, shown: each rule's example is run eagerly and as a graph, and what came of it printed."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator

from bench.autograph.rules import rule
from bench.autograph.rules.catalogue import halves
from bench.errors import BenchError
from bench.machine.launcher import command

# Rule 1 twice: tf.print, which keeps it, is what XLA cannot compile.
SHOWN = (
    ("Rule 1", "AG101", ""),
    ("Rule 2", "AG201", ""),
    ("Rule 3", "AG301", ""),
    ("Rule 1 against itself", "AG801", "xla"),
)
Answer = tuple[str, list[str]]


def demonstration(run: Callable[[str, list[str]], dict[tuple[str, str], Answer]] | None = None) -> Iterator[str]:
    """A text for each rule. `run` gives what the examples of these codes do in a mode: by default, a process of it.

    Raises BenchError where one cannot run the examples.
    """
    run = run or run_examples
    codes = [code for _, code, _ in SHOWN]
    answers = {mode: run(mode, codes) for mode in ("eager", "graph", "xla")}
    for title, code, other in SHOWN:
        modes = ("eager", other or "graph")
        row = rule(code)
        yield f"{title}: {row.summary} ({code})\n"
        for part, source in zip(("fails", "passes"), halves(code), strict=True):
            yield "\n".join([*(f"    {line}".rstrip() for line in source.splitlines()), ""])
            for mode in modes:
                yield from _told(mode, *answers[mode][code, part])
        yield f"  why: {row.why}\n"


def _told(mode: str, outcome: str, printed: list[str]) -> Iterator[str]:
    short = outcome if len(outcome) <= 160 else f"{outcome[:70]} ... {_said(outcome)}"
    yield "\n".join([f"  {mode:<6} printed {line}" for line in printed] + [f"  {mode:<6} gave    {short}"])


def _said(outcome: str) -> str:
    """The part of a long message that says what is wrong."""
    for mark in ("ValueError: tf.function", "unsupported operations"):
        if mark in outcome:
            return outcome[outcome.rindex(mark) :][:150]
    return outcome[-150:]


def run_examples(mode: str, codes: list[str]) -> dict[tuple[str, str], Answer]:
    """What both examples of each code do in a process of the mode. Raises BenchError where it cannot run them."""
    words = [*command("bench.autograph.rules.child"), mode, *codes]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BenchError(f"the examples do not run in mode {mode}: {last}")
    found = (json.loads(line) for line in done.stdout.splitlines())
    return {(one["code"], one["part"]): (one["outcome"], one["printed"]) for one in found}
