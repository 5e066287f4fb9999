"""Fetches a file over http(s), resuming what is there; nothing that a server claims is trusted.

The network has its own thread, which hands over what arrives: looking up a name, handshakes and reading
headers cannot be interrupted, but nobody has to wait for the thread. It ends with the process, if not before.
Leaves out what the file holds, and whether it is the right one (archive.py).
"""

import http.client
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any
from urllib.parse import urlsplit

from cifar_core.errors import DataError, quoted
from cifar_core.plain_files import open_draft, open_more

LARGEST = 200 * 2**20  # bytes; the archive has 163 MiB
CHUNK = 2**18
_SCHEMES = ("http", "https")
_FAILURES = (OSError, http.client.HTTPException, ValueError)  # ValueError: invalid names and headers
Progress = Callable[[int, int | None], None]  # bytes so far, bytes in all (None where the server does not say)
AGAIN = "type the same again to go on where it stopped"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take: `least_bytes` in each `window_s`, and `whole_s` for all."""

    window_s: float = 60.0
    least_bytes: int = 2**16
    whole_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """The head of an answer: its status, the range it names, how many bytes follow (None where it does not say)."""

    status: int
    content_range: str
    length: int | None


def check_address(url: str) -> None:
    """Raises DataError for what is not the address of a file on the web."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0 and all("!" <= letter <= "~" for letter in url)
    except ValueError as error:  # of the port, or of an address in brackets
        raise DataError(f"'{quoted(url)}' is a malformed address ({quoted(error)}); give another with --url") from None
    if parts.scheme not in _SCHEMES:  # urllib would also open local files
        raise DataError(f"'{quoted(url)}' is not an http(s) address; give one with --url")
    if not sound:
        raise DataError(f"'{quoted(url)}' is a malformed address; give one such as https://host/file with --url")


def fetch(url: str, part: Path, progress: Progress, patience: Patience) -> None:
    """Append to `part` what it lacks of the file, or write it again if the server has no ranges.

    `progress` is called with the bytes so far and in all. Raises DataError for what the server does, and keeps what
    has arrived; OSError where `part` cannot be written.
    """
    check_address(url)
    done = part.stat().st_size if part.exists() else 0
    arrivals = _arrivals(url, done, patience)
    answer = next(arrivals, None)
    if not isinstance(answer, _Answer):  # the part is whole already; its checksum decides
        return
    resumed = _resumes(answer, done, url, part)
    done = done if resumed else 0
    total = None if answer.length is None else done + answer.length
    _refuse_large(url, done if total is None else total)
    with open_more(part) if resumed else open_draft(part) as stream:
        for chunk in arrivals:
            stream.write(chunk)
            done += len(chunk)
            _refuse_large(url, done)
            progress(done, total)
    if total is not None and done < total:
        raise _broken_off(url, f"it broke off after {done:,} of {total:,} bytes")


def _resumes(answer: _Answer, done: int, url: str, part: Path) -> bool:
    """Whether what follows is to be appended. Raises DataError for any other answer than the file."""
    if answer.status == http.HTTPStatus.OK:
        return False
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        raise DataError(f"{url} answered {answer.status}, which is not a file; give another with --url")
    if answer.content_range and not re.match(rf"bytes {done}-", answer.content_range):  # where none, the MD5 decides
        part.unlink(missing_ok=True)
        raise DataError(
            f"{url} sent a different range than requested; type the same again to start over, or give --url"
        )
    return True


def _refuse_large(url: str, size: int) -> None:
    if size > LARGEST:
        raise DataError(f"{url} sends more than {LARGEST // 2**20} MiB, which is not CIFAR-10; give another with --url")


def _broken_off(url: str, reason: object) -> DataError:
    return DataError(f"cannot download {url} ({quoted(reason)}); {AGAIN}")


def _arrivals(url: str, done: int, patience: Patience) -> Iterator[Any]:
    """The answer's head, then its bytes as they arrive; nothing where `done` bytes are all. Raises DataError."""
    queue, given_up = Queue[Any](maxsize=8), threading.Event()
    threading.Thread(target=_receive, args=(url, done, queue, given_up), daemon=True).start()
    try:
        yield from _in_time(queue, url, patience)
    finally:
        given_up.set()


def _in_time(queue: "Queue[Any]", url: str, patience: Patience) -> Iterator[Any]:
    now = time.monotonic()
    end, window_end, arrived = now + patience.whole_s, now + patience.window_s, 0
    while True:
        try:
            item = queue.get(timeout=max(0.0, min(end, window_end) - time.monotonic()))
        except Empty:
            item = b""
        if isinstance(item, Exception):
            raise _explained(item, url)
        if item is None:
            return
        arrived += len(item) if isinstance(item, bytes) else 0
        if (now := time.monotonic()) >= end:
            raise _broken_off(url, f"it took longer than {patience.whole_s:g} s")
        if now >= window_end:
            if arrived < patience.least_bytes:
                raise _broken_off(url, f"it sent {arrived:,} bytes in {patience.window_s:g} s")
            window_end, arrived = now + patience.window_s, 0
        if item:
            yield item


def _explained(error: Exception, url: str) -> Exception:
    """The error of the network as one clear line; any other as it is."""
    if isinstance(error, urllib.error.HTTPError):
        return DataError(f"{url} answered {error.code} {quoted(error.reason)}; give another with --url")
    if isinstance(error, _FAILURES):
        return _broken_off(url, getattr(error, "reason", None) or error or type(error).__name__)
    return error


def _receive(url: str, done: int, queue: "Queue[Any]", given_up: threading.Event) -> None:
    """Runs in the thread: puts the head, the bytes and None, or what went wrong, into the queue."""
    try:
        request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310
        with urllib.request.build_opener(_Redirects).open(request, timeout=60) as response:
            _put(_head(response), queue, given_up)
            # read1 gives what is there; read would wait for a whole chunk, which a slow server never fills.
            while not given_up.is_set() and (chunk := response.read1(CHUNK)):
                _put(chunk, queue, given_up)
            _put(None, queue, given_up)
    except urllib.error.HTTPError as error:
        error.close()
        complete = done and error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        _put(None if complete else error, queue, given_up)
    except Exception as error:  # whatever it is, the other thread waits for it
        _put(error, queue, given_up)


def _head(response: http.client.HTTPResponse) -> _Answer:
    return _Answer(response.status, response.headers.get("Content-Range", ""), response.length)


def _put(item: object, queue: "Queue[Any]", given_up: threading.Event) -> None:
    while not given_up.is_set():
        try:
            queue.put(item, timeout=0.5)
        except Full:
            continue
        return


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to web addresses only, and never from an encrypted one to an unencrypted one."""

    def http_error_302(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """The answer of the address that this one leads to."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except Exception:
            fp.close()  # which urllib leaves open where the address is invalid
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The request that follows. Raises URLError where the address may not be followed."""
        scheme = urlsplit(newurl).scheme
        if scheme not in _SCHEMES or (req.type == "https" and scheme == "http"):
            raise urllib.error.URLError(f"it leads to '{newurl}', which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
