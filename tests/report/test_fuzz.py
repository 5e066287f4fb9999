"""Damaged records of every kind: with a checksum none passes for another, without one none ends in a traceback.

Each kind is damaged 500 times from a seed in either way. Reports of what is still read are made in full, but for the
drawing, of which a few are made; `slow` makes the report of every one.
"""

import random
from pathlib import Path

import pytest
from damage import damaged_bytes
from damaged_records import KINDS, Kind, damage_file, files_of, in_a_value

from bench.errors import BenchError

TIMES = 500
TOLD = 12  # one of so many that are still read has its report made


@pytest.mark.parametrize("kind", KINDS[:3] + KINDS[4:-1], ids=lambda kind: kind.name)
def test_a_damaged_record_with_a_checksum_is_refused_or_reads_as_it_was(kind: Kind, tmp_path: Path) -> None:
    rng, files = random.Random(kind.name), files_of(kind, tmp_path / "folder")
    sound = kind.read(tmp_path / "folder")
    read = 0
    for number in range(TIMES):
        file = rng.choice(files)
        whole = damage_file(file, rng, lambda text: damaged_bytes(text, rng))
        lines = whole.count(b"\n"), file.read_bytes().count(b"\n")
        try:
            if kind.name == "selftest":
                assert kind.read(tmp_path / "folder")[0] == sound[0], number  # type: ignore[index]
            else:
                assert kind.read(tmp_path / "folder") == sound or lines[0] != lines[1], (number, file.read_bytes())
            read += 1
        except BenchError:
            pass
        file.write_bytes(whole)
    assert read < TIMES / 10  # else nothing was damaged


def tell_damaged(kind: Kind, folder: Path, one_of: int) -> int:
    """How many of TIMES damaged records were read; of one of so many a report was made."""
    rng, files = random.Random(kind.name), files_of(kind, folder)
    read = 0
    for number in range(TIMES):
        file = rng.choice(files)
        whole = damage_file(file, rng, lambda text: in_a_value(text, rng))
        try:
            kind.read(folder)
            read += 1
            if read % one_of == 0:
                kind.tell(folder)
        except BenchError as error:
            if "\n" in str(error):
                pytest.fail(f"{kind.name} {number}: {error}")
        except Exception as error:
            pytest.fail(f"{kind.name} {number}: {error!r}; {file.name} held {file.read_bytes()[:20_000]!r}")
        file.write_bytes(whole)
    return read


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_damaged_value_without_a_checksum_is_one_line_or_a_report(kind: Kind, tmp_path: Path) -> None:
    assert tell_damaged(kind, tmp_path / "folder", TOLD) < TIMES


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_damaged_value_is_one_line_or_a_report(kind: Kind, tmp_path: Path) -> None:
    tell_damaged(kind, tmp_path / "folder", 1)
