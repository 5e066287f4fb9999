"""Python sources with errors, from a seed: what `check` must read, or call broken, without an error of its own."""

import random
from collections.abc import Iterator

from places import ROOT

FOLDERS = ("bench/autograph/rules/examples", "bench/modes", "cifar_core/models")
PIECES = (
    b"@tf.function\n", b"lambda x: ", b"global x, y\n", b"async ", b"await ", b"yield from ", b"match x:\n    case ",
    b"*a, ", b"**k, ", b":=", b"f'{x!r:>{y}}'", b"del self.x\n", b"nonlocal q\n", b"(" * 300, b"[" * 3000,
    b"-" * 5000 + b"1", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\x0c", b"\t", b"\\\n", b"9" * 5000, b"1e999",
    b"# -*- coding: latin-1 -*-\n", b"type X[T] = T\n", b"class A[T](A): ...\n", b"from . import *\n",
    b"import tensorflow as tf, os as tf\n", b"\\N{DASH}", b"try:\n    pass\nexcept* E:\n    pass\n", b"x = x\n",
    "\u202e\u0445 = '\xe9'\n".encode(), b"@property\n", b"self.self.self = self\n",
)  # fmt: skip


def sound_files() -> list[bytes]:
    """Those of the rules' examples, the modes and the models."""
    return [file.read_bytes() for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.py"))]


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """Sound files with one to eight errors each."""
    rng, files = random.Random(seed), sound_files()
    for _ in range(count):
        content = rng.choice(files)
        for _ in range(rng.choice((1, 1, 2, 3, 8))):
            content = _mutate(content, rng, files)
        yield content


def _mutate(content: bytes, rng: random.Random, files: list[bytes]) -> bytes:
    """Half of them in whole lines, so that what comes of it often is Python again."""
    way, at = rng.randrange(6), rng.randrange(len(content) + 1)
    lines = content.splitlines(keepends=True) or [b""]
    number = rng.randrange(len(lines))
    if way == 0:
        del lines[number]
    elif way == 1:
        lines.insert(number, rng.choice(rng.choice(files).splitlines(keepends=True)))
    elif way == 2:
        other = rng.randrange(len(lines))
        lines[number], lines[other] = lines[other], lines[number]
    elif way == 3:
        return content[:at] + rng.choice(PIECES) + content[at:]
    elif way == 4:
        return content[:at] + content[at + rng.randrange(1, 9) :]
    else:
        indent = len(lines[number]) - len(lines[number].lstrip(b" "))
        lines.insert(number, b" " * indent + rng.choice(PIECES))
    return b"".join(lines)
