"""The official archive of CIFAR-10: get it, check it, unpack it.

Leaves out the network (download.py), the archive's own form (tarball.py) and reading the images (cifar10.py).
Nothing incomplete has its final name: a download is a `.part` until its MD5 is right, the folder is
unpacked beside its place and checked before it is moved there.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from cifar_core import cifar10, tarball
from cifar_core.cifar10 import Announce, Source
from cifar_core.download import CHUNK, Patience, Progress, check_address, fetch
from cifar_core.errors import DataError, quoted
from cifar_core.places import FOLDER_NAME, OFFICIAL_MD5
from cifar_core.plain_files import open_plain

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
NAME = "cifar-10-python.tar.gz"
MD5 = "c58f30108f718f92721af3b95e74349a"
ROOM_BYTES = 400 * 2**20  # the archive (163 MiB) and what it unpacks to (178 MiB), rounded up
MEMBERS = frozenset({*OFFICIAL_MD5, "batches.meta", "readme.html"})
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


def get(out: Path, announce: Announce, progress: Progress, url: str = URL, md5: str = MD5) -> Source:
    """The checked folder `out`/cifar-10-batches-py, downloaded and unpacked unless it is there already.

    Raises DataError, with nothing half-written, without network or disk space, for a wrong checksum and for an archive
    that holds anything but CIFAR-10's files.
    """
    folder, archive = out / FOLDER_NAME, out / NAME
    if os.path.lexists(folder):
        announce(f"{folder} is there already")
        return cifar10.inspect(folder)
    if not os.path.lexists(archive):
        check_address(url)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _check_room(out)
        if not os.path.lexists(archive):
            announce(f"downloading {url}")
            download(url, archive, md5, progress)
        announce(f"unpacking {archive}")
        unpack(archive, folder)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise DataError(_reason(error, out)) from None
    return cifar10.inspect(folder)


def download(url: str, target: Path, md5: str, progress: Progress, patience: Patience = Patience()) -> None:  # noqa: B008
    """Fetch `url` to `target`, resuming an earlier `.part`. Raises DataError; an interrupted part is kept.

    Raises OSError where it cannot be written.
    """
    part = target.with_name(target.name + ".part")
    fetch(url, part, progress, patience)
    found = _md5(part)
    if found != md5:
        part.unlink()
        raise DataError(f"what {url} sent has MD5 {found}, not {md5}: deleted; type the same again, or give --url")
    os.replace(part, target)


def _md5(file: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with open_plain(file) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into `folder`, which appears only when every file in it is sound. Raises DataError and OSError."""
    draft = Path(tempfile.mkdtemp(prefix=".cifar-", dir=folder.parent))
    try:
        (draft / FOLDER_NAME).mkdir()
        for member in tarball.members(archive):
            _unpack_member(member, draft / FOLDER_NAME)
        cifar10.inspect(draft / FOLDER_NAME)
        os.replace(draft / FOLDER_NAME, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack_member(member: tarball.Member, folder: Path) -> None:
    """One plain file of a known name, by reading it: the archive's paths, links and modes are never used."""
    if member.kind == "folder" and member.path.parts in ((), (FOLDER_NAME,)):
        return
    name = member.path.name
    if member.path.parts != (FOLDER_NAME, name) or name not in MEMBERS:
        raise DataError(f"refused to unpack '{quoted(member.path)}' from the archive: CIFAR-10 has no such file")
    member.refuse_unless_file()
    if (folder / name).exists():
        raise DataError(f"refused to unpack '{quoted(member.path)}': the archive holds it twice")
    (folder / name).write_bytes(member.read())


def _check_room(out: Path) -> None:
    free = shutil.disk_usage(out).free
    if free < ROOM_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _reason(error: OSError | ValueError, out: Path) -> str:
    if isinstance(error, ValueError):
        return f"cannot write to {quoted(out)}: {quoted(error)}; give another --out"
    if error.errno in _FULL:
        return f"the disk of {out} is full: {ROOM_BYTES // 2**20} MiB are needed; make room or give another --out"
    if os.path.lexists(out) and not os.path.isdir(out):
        return f"cannot write to {out}: it is not a folder; give another --out"
    if isinstance(error, FileNotFoundError):
        return f"cannot write to {out}: it was removed meanwhile; type the same again"
    file = f" ({error.filename})" if error.filename and error.filename != os.fspath(out) else ""
    return f"cannot write to {out}: {error.strerror or error}{file}; give another --out"
