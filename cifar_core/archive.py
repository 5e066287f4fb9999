"""The official archive of CIFAR-10: download it, check it, unpack it. Leaves out reading the images (cifar10.py).

What is not complete never stands under its final name: a download is a `.part` until its MD5 is right, the folder is
unpacked beside its place and checked before it is moved there.
"""

import errno
import hashlib
import http.client
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from cifar_core import cifar10
from cifar_core.cifar10 import FOLDER_NAME, OFFICIAL_MD5, Announce, Source
from cifar_core.errors import DataError

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
NAME = "cifar-10-python.tar.gz"
MD5 = "c58f30108f718f92721af3b95e74349a"
ROOM_BYTES = 400 * 2**20  # the archive (163 MiB) and what it unpacks to (178 MiB), rounded up
MEMBERS = frozenset({*OFFICIAL_MD5, "batches.meta", "readme.html"})
LARGEST_MEMBER = 64 * 2**20  # twice a batch file: a member beyond it is not CIFAR-10, whatever it is called
CHUNK = 2**18

Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all (None where the server does not say)


def get(out: Path, announce: Announce, progress: Progress, url: str = URL, md5: str = MD5) -> Source:
    """The checked folder `out`/cifar-10-batches-py, downloaded and unpacked unless it is there already.

    Raises DataError, with nothing half-written, for want of network or room, for a wrong checksum and for an archive
    that holds anything but CIFAR-10's files.
    """
    folder = out / FOLDER_NAME
    if folder.exists():
        announce(f"{folder} is there already")
        return cifar10.inspect(folder)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _check_room(out)
        archive = out / NAME
        if not archive.exists():
            announce(f"downloading {url}")
            download(url, archive, md5, progress)
        announce(f"unpacking {archive}")
        unpack(archive, folder)
    except OSError as error:
        raise DataError(_reason(error, out)) from None
    return cifar10.inspect(folder)


def download(url: str, target: Path, md5: str, progress: Progress) -> None:
    """Fetch `url` to `target`, going on from an earlier `.part`. Raises DataError; a broken-off part is kept."""
    part = target.with_name(target.name + ".part")
    try:
        _fetch(url, part, progress)
    except urllib.error.HTTPError as error:
        raise DataError(f"{url} answered {error.code} {error.reason}; give another with --url") from None
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(f"cannot download {url} ({reason}); type the same again to go on where it stopped") from None
    found = _md5(part)
    if found != md5:
        part.unlink()
        raise DataError(f"what {url} sent has MD5 {found}, not {md5}: deleted; type the same again, or give --url")
    os.replace(part, target)


def _fetch(url: str, part: Path, progress: Progress) -> None:
    done = part.stat().st_size if part.exists() else 0
    if not url.startswith(("http://", "https://")):  # urllib would also open local files
        raise DataError(f"'{url}' is no http(s) address; give one with --url")
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310
    try:
        response = urllib.request.urlopen(request, timeout=60)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # the part is whole already; its checksum decides
        raise
    with response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        done = done if resumed else 0
        length = response.headers.get("Content-Length")
        total = None if length is None else done + int(length)
        with part.open("ab" if resumed else "wb") as stream:
            while chunk := response.read(CHUNK):
                stream.write(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done < total:
        raise ConnectionError(f"it broke off after {done:,} of {total:,} bytes")


def _md5(file: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def unpack(archive: Path, folder: Path) -> None:
    """Unpack into `folder`, which appears only when every file in it is sound. Raises DataError and OSError."""
    draft = Path(tempfile.mkdtemp(prefix=".cifar-", dir=folder.parent))
    try:
        (draft / FOLDER_NAME).mkdir()
        with tarfile.open(archive) as tar:
            for member in tar:
                _unpack_member(tar, member, draft / FOLDER_NAME)
        cifar10.inspect(draft / FOLDER_NAME)
        os.replace(draft / FOLDER_NAME, folder)
    except (tarfile.TarError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{archive} is truncated or corrupt ({error}); delete it and type the same again") from None
    finally:
        shutil.rmtree(draft)


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file of a known name, by reading it: tar's own paths, links and modes are never followed."""
    if member.isdir() and PurePosixPath(member.name) == PurePosixPath(FOLDER_NAME):
        return
    path = PurePosixPath(member.name)
    if path.parts != (FOLDER_NAME, path.name) or path.name not in MEMBERS or not member.isfile():
        raise DataError(f"refused to unpack '{member.name}' from the archive: CIFAR-10 has no such file")
    if member.size > LARGEST_MEMBER:
        raise DataError(f"refused to unpack '{member.name}': {member.size:,} bytes are more than CIFAR-10 has")
    source = tar.extractfile(member)
    with (folder / path.name).open("wb") as target:
        if source is not None:  # never, for a plain file
            shutil.copyfileobj(source, target)


def _check_room(out: Path) -> None:
    free = shutil.disk_usage(out).free
    if free < ROOM_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _reason(error: OSError, out: Path) -> str:
    if error.errno == errno.ENOSPC:
        return f"the disk of {out} is full: {ROOM_BYTES // 2**20} MiB are needed; make room or give another --out"
    return f"cannot write to {out}: {error.strerror or error}; give another --out"
