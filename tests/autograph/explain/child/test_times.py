"""Slices of the modes of `explain`, by a fake clock."""

from bench.autograph.explain.child.times import LEAST, slices


class Steady:
    """Calls that take so long each, and say how often they were made."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        self._clock, self._seconds, self.made = clock, seconds, 0

    def run(self, steps: int) -> None:
        self.made += steps
        self._clock[0] += steps * self._seconds

    def sync(self) -> float:
        return 0.0


def test_every_mode_has_its_slices_and_a_slow_one_leaves_early() -> None:
    now = [0.0]
    quick, slow = Steady(now, 0.25), Steady(now, 4.0)
    seconds = slices({"quick": (quick, 1.0, 2), "slow": (slow, 1.0, 1)}, lambda: now[0])
    assert seconds == {"quick": [0.25] * 12, "slow": [4.0] * LEAST}
    assert (quick.made, slow.made) == (24, LEAST)
