"""Records <-> JSON as it stands on the disk: with a checksum, no field that is unknown, no string that acts."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

import msgspec

from bench.records.checksum import sealed, unsealed
from bench.records.strings import cleaned, may_act

Record = TypeVar("Record")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what broken JSON raises


def encoded(record: object) -> bytes:
    """A record on one line, with its checksum. A string that no encoding takes is written as `strings` shows it."""
    return sealed(plain(record))


def formatted(record: object) -> bytes:
    """The same for people to read, ending in a newline."""
    return sealed(msgspec.json.format(plain(record)) + b"\n")


def plain(record: object) -> bytes:
    """A record on one line, for other programs: without a checksum."""
    try:
        return msgspec.json.encode(record)
    except UnicodeEncodeError:
        return msgspec.json.encode(cleaned(record))


def decoded(text: bytes, kind: type[Record]) -> Record:
    """The record that the text holds. Raises one of UNREADABLE.

    Of a record without checksum each field must be known: under a damaged name it would be missing without a word.
    """
    content, has_checksum = unsealed(text)
    record = msgspec.json.decode(content, type=kind)
    if not has_checksum and (stray := next(_strays(msgspec.json.decode(content), record), "")):
        raise msgspec.DecodeError(f"'{stray}' is not one of its fields")
    return cleaned(record) if may_act(content) else record


def _strays(raw: object, value: object) -> Iterator[str]:
    """The names in the JSON that are not fields of what was made of it, at any depth."""
    if isinstance(raw, dict) and is_dataclass(value):
        known = {field.name for field in fields(value)}
        yield from (name for name in raw if name not in known)
        for name in known & raw.keys():
            yield from _strays(raw[name], getattr(value, name))
    elif isinstance(raw, list) and isinstance(value, tuple) and raw and isinstance(raw[0], dict | list):
        for item, made in zip(raw, value, strict=True):
            yield from _strays(item, made)
