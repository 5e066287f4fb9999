"""Strings from elsewhere: what would act on whoever shows them is made visible.

Those are control characters (a terminal acts on them), marks that reverse the direction of writing or cannot be seen
(they let one text pass for another), and halves of surrogate pairs (file names that are not UTF-8; no encoding takes
them).
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Value = TypeVar("Value")
OF_SEVERAL_LINES = ("stderr_tail", "lines")  # fields of records; all others are shown within a line
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_WHITE = re.compile(r"\r\n|[\n\t\r]")
# Bytes of JSON that may stand for one of these: an escape, or the first ones in UTF-8.
_SUSPECT = re.compile(rb"[\\\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2[\x80\x81]|\xef\xbb\xbf|\xef\xbf|\xf3\xa0")


def visible(text: str) -> str:
    """The text with what acts written as its number. Line ends and tabs stay."""
    return _ACTING.sub(lambda match: escaped(match[0]), text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    """Each character by its number in UTF-16, as JSON and Python write it: text that is JSON stays the same JSON."""
    units = iter(text.encode("utf-16-be", "surrogatepass"))
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units, units, strict=True))


def on_one_line(text: str) -> str:
    """The same with a space for each line end and tab."""
    return visible(_WHITE.sub(" ", text))


def may_act(json: bytes) -> bool:
    """Whether a record's JSON may hold such characters: the quick answer, which errs on the safe side."""
    return bool(_SUSPECT.search(json))


def cleaned(record: Value) -> Value:
    """The record with `visible` strings at any depth; those of a field not in OF_SEVERAL_LINES are on one line."""
    value: Value = _cleaned(record, "")
    return value


def _cleaned(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return visible(value) if name in OF_SEVERAL_LINES else on_one_line(value)
    if isinstance(value, tuple):
        return value if all(isinstance(item, float) for item in value) else tuple(_cleaned(v, name) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        now = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{key: _cleaned(each, key) for key, each in now.items()})
    return value
