"""The outcome of an example, compared with the row of its rule."""

import pytest

from bench.autograph.rules.outcome import fits


@pytest.mark.parametrize(
    ("expected", "outcome", "printed", "fit"),
    [
        ("prints 2 lines", "3", ["a", "b"], True),
        ("prints 2 lines", "3", ["a"], False),
        ("prints 0 lines", "ValueError: x", [], False),
        ("ValueError: part", "ValueError: the part is here", [], True),
        ("ValueError: part", "TypeError: the part is here", [], False),
        ("[1, 2]", "[1, 2]", ["a warning"], True),
        ("[1, 2]", "[1, 3]", [], False),
    ],
)
def test_an_outcome_fits_what_the_row_says(expected: str, outcome: str, printed: list[str], fit: bool) -> None:
    assert fits(expected, outcome, printed) is fit
