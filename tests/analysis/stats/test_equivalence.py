"""Are two things the same? Two one-sided tests on paired differences."""

import math
import random

import pytest

from bench.analysis.stats.equivalence import equivalence, holm_equivalences


def test_equivalence_is_the_90_percent_interval_inside_the_margin() -> None:
    differences = [0.004, -0.002, 0.001, 0.003, -0.001]
    found = equivalence(differences, margin=0.01)
    half = 2.131847 * 0.002549510 / math.sqrt(5)  # t(4 df, 95 %) from a printed table, sd of the five
    assert (found.low, found.high) == (pytest.approx(0.001 - half, abs=1e-7), pytest.approx(0.001 + half, abs=1e-7))
    assert found.same
    assert not found.differs
    assert found.bound == pytest.approx(0.001 + half, abs=1e-7)
    assert not equivalence(differences, margin=0.003).same


def test_a_shown_difference_inside_the_margin_is_both() -> None:
    found = equivalence([0.004, 0.0041, 0.0039, 0.004], margin=0.01)
    assert found.same
    assert found.differs


def test_one_pair_shows_neither_and_identical_pairs_show_equality() -> None:
    single = equivalence([0.0], margin=0.01)
    assert (single.same, single.differs) == (False, False)
    assert equivalence([0.0, 0.0], margin=0.001).same


def test_equivalence_keeps_its_error_rate_at_the_margin() -> None:
    """Two things that differ by exactly the margin are called the same in at most 5 % of studies, by simulation."""
    rng = random.Random(1)
    studies = [[0.01 + rng.gauss(0, 0.004) for _ in range(5)] for _ in range(4000)]
    wrong = sum(equivalence(study, 0.01).same for study in studies) / len(studies)
    assert 0.035 < wrong < 0.062  # 5 % +- 3.5 standard errors


def test_the_family_of_differences_is_corrected() -> None:
    family = [equivalence(d, 0.01) for d in ([0.002, 0.003, 0.002], [0.001, -0.001, 0.0])]
    corrected = holm_equivalences(family)
    assert family[0].p is not None
    assert corrected[0].p == pytest.approx(2 * family[0].p)
