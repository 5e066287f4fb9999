"""Damage to records as JSON, drawn from a seed: to values, to fields, and to bytes."""

import random
from collections.abc import Callable
from typing import Any

import msgspec

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 10**6, 10**15, 2**63, -(10**15), 0.0, -0.5, 0.5, 1e-320, 1e-9, 1e17, 1e300,
    "@1e999@", "@-1e999@", f"@{'9' * 400}@", "", "x", "cpu", "\x1b[31m\x07", "../../etc", "a\nb\r\n|c|", "$\\frac$",
    "<img src=x>", "\u202e", "x" * 5000, [], [None], [[]], {}, {"a": 1}, [1, 2, 3],
)  # fmt: skip

Place = tuple[Any, Any]  # a list or an object, and the index or name of what is damaged in it


def places(value: Any) -> list[Place]:
    """Everything in a JSON value that can be damaged."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in ((value, key), *places(item))]


def damaged_value(record: Any, rng: random.Random) -> Any:
    """The JSON value with one or two faults in its values and fields."""
    whole = msgspec.json.decode(msgspec.json.encode(record))
    for _ in range(rng.choice((1, 1, 2))):
        owner, key = rng.choice(places(whole) or [([None], 0)])
        rng.choice(FAULTS)(owner, key, rng)
    return whole


def _odd(owner: Any, key: Any, rng: random.Random) -> None:
    owner[key] = rng.choice(ODD)


def _scaled(owner: Any, key: Any, rng: random.Random) -> None:
    if isinstance(owner[key], int | float) and not isinstance(owner[key], bool):
        factor = rng.choice((-1, 10, 100, 1000, 1e6, 1e-6))
        owner[key] = int(owner[key] * factor) if isinstance(owner[key], int) else owner[key] * factor
    else:
        _odd(owner, key, rng)


def _gone(owner: Any, key: Any, rng: random.Random) -> None:
    del owner[key]


def _elsewhere(owner: Any, key: Any, rng: random.Random) -> None:
    """A field under another name, or an item once more."""
    if isinstance(owner, dict):
        owner[f"{key}x"] = owner.pop(key)
    else:
        owner.insert(rng.randrange(len(owner) + 1), owner[key])


FAULTS: tuple[Callable[[Any, Any, random.Random], None], ...] = (_odd, _odd, _odd, _scaled, _scaled, _gone, _elsewhere)


def as_text(value: Any) -> bytes:
    """JSON, with the numbers that only a text can hold."""
    text = msgspec.json.encode(value)
    for digits in (b"1e999", b"-1e999", b"9" * 400):
        text = text.replace(b'"@%s@"' % digits, digits)
    return text


def damaged_bytes(text: bytes, rng: random.Random) -> bytes:
    """One or two faults as a disk or an editor makes them."""
    for _ in range(rng.choice((1, 1, 2))):
        at, length = rng.randrange(len(text)), rng.choice((1, 1, 2, 30))
        flipped = bytes([text[at] ^ (1 << rng.randrange(8))])
        digit = str(rng.randrange(10)).encode()
        instead = rng.choice(
            (flipped, flipped, digit, digit, b"", text[at : at + length] * 2, bytes([text[at] ^ 0xFF]))
        )
        cut = 1 if len(instead) == 1 else length
        text = text[:at] + instead + text[at + cut :]
        if rng.random() < 0.05:
            text = text[: rng.randrange(1, len(text))]
    return text
