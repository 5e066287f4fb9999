"""How a mode looks in every figure: its family, and the dashes that tell it from others of the family."""

from bench import modes

_DASHES = ("", "5 3", "2 3", "8 3 2 3", "12 3")


def family(mode: str) -> str:
    """The family that gives the mode its colour and its mark."""
    return modes.row(mode).family


def dashes(mode: str) -> str:
    """The mode's kind of line: the first of a family is drawn through."""
    row = modes.row(mode)
    of_family = [other for other in modes.MODES if other.family == row.family]
    return _DASHES[of_family.index(row) % len(_DASHES)]
