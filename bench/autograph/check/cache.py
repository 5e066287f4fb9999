"""Keeps the result of a check in the user's cache folder, and uses it again where all that the check saw is unchanged.

A check sees which files there are under its paths, what it reads (also files elsewhere into which calls lead), and
where it looked for a module in vain. The result is kept with all of these. What it depends on besides is in its name.
"""

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import platformdirs

from bench.autograph.check.check import check_files
from bench.autograph.check.settings import Settings
from bench.autograph.findings import CheckResult
from bench.autograph.rules import RULES
from bench.autograph.source.disk import Disk
from bench.autograph.source.files import python_files

_MOST = 64  # results that are kept


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result, and all that it was computed from: `read` has path, place and digest of each file that was read."""

    files: tuple[str, ...]
    read: tuple[tuple[str, str, str], ...]
    existing: tuple[tuple[str, bool], ...]
    result: CheckResult


def cache_folder() -> Path:
    """Where results are kept: ~/.cache/cifar-bench/check on Linux, elsewhere what the system has for it."""
    return platformdirs.user_cache_path("cifar-bench", appauthor=False) / "check"


def check_or_recall(paths: Sequence[Path], settings: Settings, folder: Path) -> CheckResult:
    """What `check` finds, recalled where nothing has changed since. Raises BenchError for a path that does not exist.

    A kept result that cannot be read is computed again; one that cannot be written is not kept.
    """
    files = list(python_files(paths, settings.excludes))
    kept_at = folder / f"{_name(paths, settings)}.json"
    kept = _recalled(kept_at)
    if kept and kept.files == tuple(map(str, files)) and _unchanged(kept):
        return kept.result
    disk = Disk()
    result = check_files(files, settings, RULES, disk=disk)
    existing = tuple((str(path), is_file) for path, is_file in disk.existing.items())
    _keep(kept_at, KeptResult(tuple(map(str, files)), _read(disk, disk.seen()), existing, result))
    return result


def _name(paths: Sequence[Path], settings: Settings) -> str:
    """A digest of what a result depends on besides files: this program, Python, the folder, what was asked for."""
    shown = replace(settings, fail_on=Settings().fail_on, output_format=Settings().output_format)  # change no result
    python = (sys.version, sys.implementation.name, sys.getrecursionlimit())
    asked = (_program(), python, str(Path.cwd()), tuple(map(str, paths)), shown)
    return hashlib.blake2b(repr(asked).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _program() -> str:
    """A digest of the source of `check` and its rules: a version alone stays the same while somebody works on them."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(disk: Disk, paths: Sequence[Path]) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(path), str(path.resolve()), disk.digest(path)) for path in paths)


def _unchanged(kept: KeptResult) -> bool:
    """Would a check see the same files with the same content, and miss the same modules?"""
    disk = Disk()
    still = all(disk.is_file(Path(path)) == is_file for path, is_file in kept.existing)
    return still and _read(disk, [Path(path) for path, _, _ in kept.read]) == kept.read


def _recalled(file: Path) -> KeptResult | None:
    """The kept result; None where there is none, or it is damaged."""
    try:
        digest, _, text = file.read_bytes().partition(b"\n")
        return msgspec.json.decode(text, type=KeptResult) if digest == _checksum(text) else None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _checksum(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).hexdigest().encode()


def _keep(file: Path, kept: KeptResult) -> None:
    """Write it all or nothing, beside at most `_MOST` others; where that cannot be done, it is not kept."""
    with contextlib.suppress(OSError, UnicodeEncodeError):
        text = msgspec.json.encode(kept)
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_checksum(text) + b"\n" + text)
            os.replace(draft, file)
        except OSError:
            os.unlink(draft)
        _drop_oldest(file.parent)


def _drop_oldest(folder: Path) -> None:
    by_age = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in by_age[_MOST:]:
        file.unlink()
