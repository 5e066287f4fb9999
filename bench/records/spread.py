"""The run-to-run spread of a speedup, and where it comes from, as a plan keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """`tau`: standard deviation of a comparison's log speedup between runs, apart from what its blocks show.

    `nu`: the degrees of freedom that it is known with; `source` in words: 'assumed', or from which runs. `runs`: how
    many earlier ones it was measured on.
    """

    tau: float
    nu: float
    source: str
    runs: int = 0


@dataclass(frozen=True, slots=True)
class ComparisonSpread:
    """The spread of one comparison of a run: of the cases with these keys."""

    baseline: str
    candidate: str
    spread: Spread
