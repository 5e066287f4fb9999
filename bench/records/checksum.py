"""The checksum that a record carries on the disk, so that a damaged digit does not pass for another number.

It is the last field of the JSON object, `crc`: CRC-32 of all bytes before its comma, in hexadecimal. Records of older
versions carry none.
"""

import re
import zlib

import msgspec

_SEAL = re.compile(rb',\s*"crc":\s*"([0-9a-f]{8})"\s*\}\s*\Z')
_LONGEST = 64  # bytes of a seal, with room for spaces


def sealed(text: bytes) -> bytes:
    """A JSON object, on one line or formatted, with its checksum."""
    before = text.rstrip()[:-1].rstrip()
    if before == b"{":
        return text
    seal = b',\n  "crc": "%08x"\n}\n' if b"\n" in before else b',"crc":"%08x"}'
    return before + seal % zlib.crc32(before)


def unsealed(text: bytes) -> tuple[bytes, bool]:
    """The object without its checksum, and whether there was one. Raises DecodeError where it does not fit."""
    seal = _SEAL.search(text, max(0, len(text) - _LONGEST))
    if not seal:
        return text, False
    before = text[: seal.start()]
    if zlib.crc32(before) != int(seal[1], 16):
        raise msgspec.DecodeError("its checksum does not fit: it was changed after it had been written")
    return before + b"}", True
