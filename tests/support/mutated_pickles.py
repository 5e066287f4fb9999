"""Batch files with errors, from a seed: `python mutated_pickles.py SEED COUNT` reads them, with little memory.

Prints how many ended in which way. What crashes, hangs, takes memory or raises anything but DataError ends the
process: the kernel ends it after CPU_S seconds of work, and it gets ADDRESSES bytes.
"""

import json
import pickle
import pickletools
import random
import resource
import struct
import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np

from cifar_core import batch_file
from cifar_core.errors import LONGEST, DataError

CPU_S, ADDRESSES = 60, 2**30
CODES = [ord(opcode.code) for opcode in pickletools.opcodes]
SIZES = (2**63, 2**64 - 1, 2**32 - 1, 2**31, 2**40, 0)
# What hostile pickles are made of; mutations carry pieces of them into sound files.
PIECES = (
    b"cos\nsystem\n(S'true'\ntR", b"\x8c\x02os\x8c\x06system\x93", b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR",
    b"cnumpy.core.multiarray\nscalar\n", b"cnumpy\nndarray\n(I9\ntR", b"r\xff\xff\xff\xff", b"j\xff\xff\xff\xff",
    b"\x96" + b"\xff" * 8, b"2\x86" * 100, b"(" * 1000, b"\x85" * 1000, b"]2a", b"}2Ns", b"\x8b\xff\xff\xff\x7f",
    b"I" + b"9" * 5000 + b"\n", b"V\\ud800\n", b"S'\\x'\n", b"c\x1b[31m\nx\n", b"\x82\x01", b"Pid\n", b"\x97\x98",
)  # fmt: skip


def sound_files() -> list[bytes]:
    """Two images, in every protocol, with the labels as Python's numbers, NumPy's, and an array."""
    pixels = np.arange(2 * 3072, dtype=np.uint8).reshape(2, 3072)
    labels = ([1, 2], [np.int64(1), np.uint8(2)], np.array([1, 2]), np.array([1, 2], ">i2"))
    return [
        pickle.dumps({b"data": pixels, b"labels": each, b"filenames": [b"a", b""]}, protocol)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        for each in labels
    ]


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """Sound files with one to eight errors each."""
    rng, files = random.Random(seed), sound_files()
    for _ in range(count):
        content = bytearray(rng.choice(files))
        for _ in range(rng.choice((1, 1, 2, 3, 8))):
            _mutate(content, rng, files)
        yield bytes(content)


def _mutate(content: bytearray, rng: random.Random, files: list[bytes]) -> None:
    # Most near the ends, where the opcodes are: the middle is pixels.
    near_end = (rng.randrange(200), len(content) - rng.randrange(1, 200), rng.randrange(len(content) + 1))
    at, way = min(max(rng.choice(near_end), 0), len(content)), rng.randrange(6)
    if way == 0:
        content[at : at + 1] = bytes([rng.randrange(256)])
    elif way == 1:
        del content[at : at + rng.randrange(1, 9)]
    elif way == 2:
        content[at:at] = bytes([rng.choice(CODES)]) * rng.choice((1, 1, 10, 10_000))
    elif way == 3:
        content[at:at] = struct.pack("<Q", rng.choice(SIZES))
    elif way == 4:
        content[at:at] = rng.choice(PIECES)
    else:
        other, start = rng.choice(files), rng.randrange(300)
        content[at:at] = other[start : start + rng.randrange(60)]


def ending(content: bytes) -> str:
    """How reading it ends. Raises AssertionError for an error that is not one clear line."""
    try:
        batch_file.parse(content, "batch")
    except DataError as error:
        text = str(error)
        assert text.isprintable(), text
        assert len(text) < 2 * LONGEST, text
        return next((word for word in ("refused to load", "truncated or corrupt") if word in text), "not CIFAR-10")
    return "sound"


def main() -> None:
    seed, count = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    json.dump(Counter(map(ending, mutated(seed, count))), sys.stdout)


if __name__ == "__main__":
    main()
