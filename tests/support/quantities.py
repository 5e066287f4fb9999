"""Numbers as documents print them, and whether a kept file holds them.

A quantity is a number with its interval, if it has one. It is in a file where some value, in a unit that the document
may use for it, rounds to what is printed; its interval must be that same value's.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
INTERVAL = rf"(?: ?(?:%|ms|s|steps))? \[{NUMBER}, {NUMBER}\]"
QUANTITY = re.compile(rf"(?<![\w.\-/`]){NUMBER}(?![\w.]*`)x?(?: slower)?(?:{INTERVAL})?")
MEASURED = re.compile(rf"\[{NUMBER}, {NUMBER}\]|\d(?:x\b| (?:%|ms|s|MiB|points)(?!\w))")
PLAIN = re.compile(
    r"`[^`]*`|\]\([^)]*\)|(?:90|95) %|TensorFlow [\d.]+|[Bb]atch \d+|\d+ seeds?|±1 ?(?:points?|个百分点)"
)
SCALES = (1.0, 100.0, 1000.0, 1 / 60)  # as it stands, per cent, milliseconds, minutes


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its interval (None without one), as text in a document or as values in a file."""

    value: float
    interval: tuple[float, float] | None
    text: str = ""
    slower: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A quantity of a file, with the texts of the row that it stands in."""

    quantity: Quantity
    row: frozenset[str]


def quantities(text: str) -> list[Quantity]:
    """The quantities that a text prints; code, links, sizes of batches and levels of intervals are not."""
    return [_read(match[0]) for match in QUANTITY.finditer(PLAIN.sub("", text)) if match[0].strip(" x") != "1"]


def _read(text: str) -> Quantity:
    value, *ends = (float(number.replace(",", "")) for number in re.findall(NUMBER, text))
    return Quantity(value, (ends[0], ends[1]) if ends else None, text.strip(), "slower" in text)


@cache
def kept(path: Path) -> tuple[Kept, ...]:
    """All quantities of a kept file: CSV by row (x with x_low and x_high), JSON, or the text of a report."""
    if path.suffix == ".csv":
        return tuple(found for row in csv.DictReader(path.read_text().splitlines()) for found in _of_row(row))
    if path.suffix == ".json":
        return tuple(Kept(quantity, frozenset()) for quantity in _of_object(json.loads(path.read_text())))
    return tuple(found for line in path.read_text().splitlines() for found in _of_line(line))


def _of_line(line: str) -> Iterator[Kept]:
    """Of a report: a table's line is a row, any other has no title."""
    cells = frozenset(cell.strip(" *`") for cell in line.strip("|").split("|")) if line.startswith("|") else frozenset()
    yield from (Kept(quantity, cells) for quantity in quantities(line))


def _of_row(row: dict[str, str]) -> Iterator[Kept]:
    texts = frozenset(row.values())
    for name, cell in row.items():
        if re.fullmatch(r"[-+\d.e]+", cell):
            ends = tuple(float(row[end]) for end in (f"{name}_low", f"{name}_high") if row.get(end))
            yield Kept(Quantity(float(cell), ends if len(ends) == 2 else None), texts)
        else:
            yield from (Kept(quantity, texts) for quantity in quantities(cell))


def _of_object(value: object) -> Iterator[Quantity]:
    if isinstance(value, dict):
        ends = [one for one in value.values() if isinstance(one, list) and len(one) == 2]
        yield from (Quantity(value["value"], (low, high)) for low, high in ends if "value" in value)
        if value.keys() == {"value", "low", "high"}:
            yield Quantity(value["value"], (value["low"], value["high"]))
        for one in value.values():
            yield from _of_object(one)
    elif isinstance(value, list):
        for one in value:
            yield from _of_object(one)
    elif isinstance(value, int | float):
        yield Quantity(float(value), None)


def holds(files: list[Path], quantity: Quantity, title: str = "") -> bool:
    """Whether one of the files has it; in the rows of that title, where a file has such rows."""
    named = re.sub(r"(?<=\d) %", "%", title)  # as reports write it
    for path in files:
        rows = kept(path)
        titled = [one for one in rows if title and {title, named} & one.row]
        if any(_same(quantity, one.quantity) for one in titled or rows):
            return True
    return False


def _same(printed: Quantity, found: Quantity) -> bool:
    if printed.interval and not found.interval:
        return False
    if found.text:  # printed already, by a report
        return (printed.value, printed.interval or found.interval) == (found.value, found.interval)
    numbers = re.findall(NUMBER, printed.text)
    values = [found.value, *(found.interval or ())][: len(numbers)]
    if printed.slower:  # a ratio below 1, told the other way round
        values = [1 / value for value in (values[0], *reversed(values[1:])) if value]
    return any(
        len(values) == len(numbers)
        and all(_rounds_to(value * scale, number) for value, number in zip(values, numbers, strict=True))
        for scale in SCALES
    )


def _rounds_to(value: float, number: str) -> bool:
    """Whether a value is printed so, with these decimals or, from 10 on, with these significant digits."""
    digits = number.replace(",", "").lstrip("+-")
    decimals = len(digits.partition(".")[2])
    zeros = len(digits) - len(digits.rstrip("0")) if not decimals else 0
    unit = 10.0 ** (zeros if zeros else -decimals)
    return abs(value - float(number.replace(",", ""))) <= unit / 2 * (1 + 1e-9)
