"""Joins what a probe observed with what `check` predicts from the source."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import Finding
from bench.autograph.probe.observation import Observation
from bench.autograph.rules import RULES, rule
from bench.autograph.source.files import SUFFIXES


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """A finding in the source, observations, or both. `evidence`: predicted, observed or both.

    `codes` are the rules: several where any of them may be the cause.
    """

    codes: tuple[str, ...]
    evidence: str
    finding: Finding | None = None
    observations: tuple[Observation, ...] = ()


def predicted(file: Path, traced: Collection[tuple[str, int]] = ()) -> tuple[Finding, ...]:
    """The findings of `check` with default settings in a file; none where it is not Python source.

    `traced`: functions, by file and line, that are known to be compiled.
    """
    return check([file], Settings(), RULES, traced).findings if file.suffix in SUFFIXES else ()


def joined(findings: Sequence[Finding], observations: Sequence[Observation]) -> tuple[ProbeFinding, ...]:
    """First findings that were also observed, then what was only observed, then findings that were only predicted."""
    observed = [with_codes_of_message(observation) for observation in observations]
    both, predicted_only = list[ProbeFinding](), list[ProbeFinding]()
    explained = set[int]()
    for finding in findings:
        matching = [index for index, observation in enumerate(observed) if fits(finding, observation)]
        explained |= set(matching)
        matched = tuple(observed[index] for index in matching)
        (both if matched else predicted_only).append(
            ProbeFinding((finding.code,), "both" if matched else "predicted", finding, matched)
        )
    unexplained = [observation for index, observation in enumerate(observed) if index not in explained]
    return (
        *both,
        *(ProbeFinding(_certain_codes(observation), "observed", None, (observation,)) for observation in unexplained),
        *predicted_only,
    )


def with_codes_of_message(observation: Observation) -> Observation:
    """The observation of an exception with the rules whose messages match it; any other as it is."""
    if observation.kind != "exception":
        return observation
    codes = tuple(rule.code for rule in RULES if any(re.search(pattern, observation.text) for pattern in rule.messages))
    return replace(observation, codes=codes or observation.codes)


def fits(finding: Finding, observation: Observation) -> bool:
    """May the finding be the cause? The rule must fit, and the function where it is known."""
    if (
        observation.kind == "exception"
        and observation.line == finding.line
        and Path(observation.file).resolve() == Path(finding.file).resolve()
    ):
        return True  # at exactly this line
    if finding.code not in observation.codes:
        return False
    if observation.name:
        return observation.name in re.findall(r"\w+", " ".join(re.findall("`(.*?)`", finding.message)))
    if not observation.function:
        return True
    last = observation.function.rpartition(".")[2]
    return last in (finding.function.rpartition(".")[2], *(name.rpartition(".")[2] for name in finding.via)) or (
        _of_callers(finding.code)
    )


def _of_callers(code: str) -> bool:
    """Does the rule look at the code that calls a function, not at the function?"""
    try:
        return rule(code).of_callers
    except KeyError:  # AG001: a file that could not be read
        return False


def _certain_codes(observation: Observation) -> tuple[str, ...]:
    """The codes of an observation where they are certain: a single one, or those of an exception's message."""
    return observation.codes if len(observation.codes) == 1 or observation.kind == "exception" else ()
