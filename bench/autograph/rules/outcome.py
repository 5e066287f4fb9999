"""Compares the outcome of an example with the one in its rule's row."""

import re


def fits(expected: str, outcome: str, printed: list[str]) -> bool:
    """`prints 3 lines` asks for the lines printed, `ValueError: text` for an error, all else for the result itself."""
    if match := re.fullmatch(r"prints (\d+) lines?", expected):
        return len(printed) == int(match[1]) and not _is_error(outcome)
    if _is_error(expected):
        name, _, text = expected.partition(": ")
        return outcome.startswith(f"{name}: ") and text in outcome
    return outcome == expected


def _is_error(text: str) -> bool:
    return re.match(r"\w+(Error|Exception|Expired): ", text) is not None
