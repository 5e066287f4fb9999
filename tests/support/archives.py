"""Archives in CIFAR-10's form, sound ones and others."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cifar_core.cifar10 import FOLDER_NAME

BATCH = f"{FOLDER_NAME}/data_batch_1"


def files_of(folder: Path) -> dict[str, bytes]:
    """The folder's files by their names in an archive."""
    return {f"{FOLDER_NAME}/{file.name}": file.read_bytes() for file in sorted(folder.iterdir())}


def packed(files: Mapping[str, bytes], *members: tarfile.TarInfo, mode: Any = "w:gz") -> bytes:
    """The files, then the members without content, as an archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in files.items():
            tar.addfile(header(name, size=len(content)), io.BytesIO(content))
        for member in members:
            tar.addfile(member)
    return buffer.getvalue()


def header(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> tarfile.TarInfo:
    """The header of a member of this kind, such as a link to `target`."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, size
    return info


def block(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    """The bytes of a header, which may claim any size; a negative one as GNU tar writes it."""
    raw = bytearray(header(name, kind).tobuf(tarfile.GNU_FORMAT))
    raw[124:136] = b"%011o\0" % size if 0 <= size < 8**11 else (size % 256**12 | (1 << 95)).to_bytes(12, "big")
    raw[148:156] = b"%06o\0 " % (256 + sum(raw[:148]) + sum(raw[156:]))
    return bytes(raw)
