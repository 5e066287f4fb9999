"""What a probe saw, joined with what `check` says of the source: predicted, observed, or both.

The one place that knows `check`. Leaves out both sides' own work.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import Finding
from bench.autograph.probe.compare import Observation
from bench.autograph.rules import RULES
from bench.autograph.source.files import SUFFIXES


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """A finding in the source, what was seen, or both. `codes` are the rules: several where it may be any of them."""

    codes: tuple[str, ...]
    evidence: str
    finding: Finding | None = None
    observations: tuple[Observation, ...] = ()


def predicted(file: Path, traced: Collection[tuple[str, int]] = ()) -> tuple[Finding, ...]:
    """What `check` finds in a file, whatever the person's settings leave out; nothing in one that is no source.

    `traced`: functions that are known to be compiled.
    """
    return check([file], Settings(), RULES, traced).findings if file.suffix in SUFFIXES else ()


def joined(findings: Sequence[Finding], seen: Sequence[Observation]) -> tuple[ProbeFinding, ...]:
    """Both, then only observed, then only predicted; findings in the order of their lines."""
    known = [named(one) for one in seen]
    both, rest = list[ProbeFinding](), list[ProbeFinding]()
    explained = set[int]()
    for finding in findings:
        matching = [place for place, one in enumerate(known) if _fits(finding, one)]
        explained |= set(matching)
        saw = tuple(known[place] for place in matching)
        (both if saw else rest).append(ProbeFinding((finding.code,), "both" if saw else "predicted", finding, saw))
    alone = [one for place, one in enumerate(known) if place not in explained]
    return (*both, *(ProbeFinding(_said(one), "observed", None, (one,)) for one in alone), *rest)


def named(one: Observation) -> Observation:
    """With the rules that TensorFlow's message of an exception names."""
    if one.kind != "exception":
        return one
    codes = tuple(rule.code for rule in RULES if any(re.search(pattern, one.text) for pattern in rule.messages))
    return replace(one, codes=codes or one.codes)


def _fits(finding: Finding, one: Observation) -> bool:
    """Whether the finding may be the cause: a rule that fits, in the function where one is known."""
    if (
        one.kind == "exception"
        and one.line == finding.line
        and Path(one.file).resolve() == Path(finding.file).resolve()
    ):
        return True  # at the very line
    if finding.code not in one.codes:
        return False
    if one.name:
        return one.name in re.findall(r"\w+", " ".join(re.findall("`(.*?)`", finding.message)))
    if not one.function:
        return True
    last = one.function.rpartition(".")[2]
    return last in (finding.function.rpartition(".")[2], *(name.rpartition(".")[2] for name in finding.via)) or (
        finding.code.startswith("AG4")  # of the code that calls it
    )


def _said(one: Observation) -> tuple[str, ...]:
    """The rule where there is but one that it can be."""
    return one.codes if len(one.codes) == 1 or one.kind == "exception" else ()
