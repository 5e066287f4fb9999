"""A person's own batches: a later feed gives the first ones again, however Python makes them."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from cifar_core.errors import ModelError
from cifar_core.own_batches import DIGESTED, OwnBatches


def pair(number: float) -> tuple[Any, Any]:
    return np.full((2, 3), number, np.float32), np.array([0, 1])


class Counting:
    """Batches that are never the same twice: each one made has the next number. `length` a time."""

    def __init__(self, length: int = 100) -> None:
        self.made, self.length = 0, length

    def __call__(self) -> Iterator[tuple[Any, Any]]:
        for _ in range(self.length):
            self.made += 1
            yield pair(self.made)


def numbers(feed: Iterator[Any], count: int) -> list[float]:
    return [float(inputs[0, 0]) for inputs, _ in islice(feed, count)]


def test_a_later_feed_gives_the_first_batches_as_they_were_and_then_goes_on_with_new_ones() -> None:
    batches = OwnBatches(Counting())
    first = numbers(batches.feed(), DIGESTED + 3)
    again = numbers(batches.feed(), DIGESTED + 3)
    assert again[:DIGESTED] == first[:DIGESTED]
    assert not set(again[DIGESTED:]) & set(first)
    assert batches.repeats == DIGESTED


def test_what_an_earlier_feed_has_not_given_yet_is_kept_from_the_later_one() -> None:
    batches = OwnBatches(Counting())
    short = numbers(batches.feed(), 3)
    longer = numbers(batches.feed(), 6)
    assert longer[:3] == short
    assert numbers(batches.feed(), 6) == longer
    assert [float(batches.again(number)[0][0, 0]) for number in range(6)] == longer


def test_batches_that_end_within_the_first_ones_are_made_again_and_kept_all_the_same() -> None:
    batches = OwnBatches(Counting(length=3))
    first = numbers(batches.feed(), 10)
    assert len(set(first)) == 10  # each one again
    assert numbers(batches.feed(), DIGESTED) == first[:DIGESTED]


def test_a_list_repeats_without_end() -> None:
    batches = OwnBatches(lambda: [pair(1), pair(2), pair(3)])
    assert numbers(batches.feed(), 7) == [1, 2, 3, 1, 2, 3, 1]
    assert numbers(batches.feed(), 2) == [1, 2]
    assert batches.repeats == math.inf
    assert float(batches.again(4)[0][0, 0]) == 2


def test_a_used_up_iterator_is_reported_after_its_last_batch() -> None:
    used = iter([pair(1), pair(2)])
    feed = OwnBatches(lambda: used).feed()
    with pytest.raises(ModelError, match="used-up iterator"):
        numbers(feed, 3)
