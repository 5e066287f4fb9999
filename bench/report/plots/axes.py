"""Axes of a chart: which place a value has, and at which values a line and its label stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_RATIOS = (1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500)
_FINE_RATIOS = (1.05, 1.1, 1.2)
NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` at places from `start` to `end`, on a log scale or evenly; `ticks` with labels."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    ticks: tuple[tuple[float, str], ...] = ()

    def at(self, value: float) -> float:
        """The place of a value; one beyond an end lies on the end."""
        low, high, value = (math.log(v) if self.log else v for v in (self.low, self.high, self._held(value)))
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)

    def _held(self, value: float) -> float:
        return min(max(value, self.low), self.high)


def even_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values from low to high, at most so many."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in NICE if nice * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(step * k, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 times powers of ten from low to high; powers alone where there would be many, even ticks for few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    digits = (1, 2, 5) if len(powers) <= 3 else (1,)
    ticks = [digit * 10.0**power for power in powers for digit in digits if low <= digit * 10.0**power <= high]
    return ticks if len(ticks) > 2 else [tick for tick in even_ticks(low, high, 5) if tick > 0]


def ratio_ticks(low: float, high: float) -> list[float]:
    """The ratios at which a line stands, of which 1 is always one."""
    known = (*_RATIOS, *(_FINE_RATIOS if high / low < 1.8 else ()))
    return sorted({1.0, *(tick for ratio in known for tick in (ratio, 1 / ratio) if low <= tick <= high)})


def ratio_label(ratio: float, baseline: str = "") -> str:
    """A ratio in words: '2x', '2x slower', '1x = eager'."""
    if ratio == 1:
        return f"1x = {baseline}" if baseline else "1x"
    return f"{ratio:g}x" if ratio > 1 else f"{1 / ratio:.3g}x slower"


def apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """The places moved as little as keeps them `least` apart, in their order, between low and high."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in zip([None, *order], order, strict=False):
        floor = low if before is None else moved[before] + least
        moved[index] = max(places[index], floor)
    for after, index in zip([None, *order[::-1]], order[::-1], strict=False):
        ceiling = high if after is None else moved[after] - least
        moved[index] = min(moved[index], ceiling)
    return moved
