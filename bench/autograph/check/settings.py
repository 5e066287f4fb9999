"""The settings of a check: codes, files and what fails it, from pyproject.toml and the command line."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bench.autograph.rules.rule import SEVERITIES
from bench.errors import BenchError
from cifar_core.plain_files import read_plain

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

TABLE = "[tool.cifar-bench.check]"
FORMATS = ("full", "concise", "json", "github", "sarif")
_KEYS = ("select", "ignore", "exclude", "fail-on", "per-file-ignores", "output-format")
LARGEST = 2**22  # bytes of a pyproject.toml
UNREADABLE = "AG001"
OWN_CODES = (UNREADABLE, "AG002")  # not of a rule: reported by the check itself


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a check. Codes may be prefixes: AG3 is a whole family."""

    select: tuple[str, ...] = ("AG",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "warning"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    output_format: str = "full"
    root: Path = Path()

    def selects(self, code: str) -> bool:
        """Is the code selected? AG001 always is unless ignored: an unreadable file was not checked for any code."""
        return self.looks_for(code) or (code == UNREADABLE and not code.startswith(self.ignore))

    def looks_for(self, code: str) -> bool:
        """Is the code among those that were asked for, and not ignored?"""
        return code.startswith(self.select) and not code.startswith(self.ignore)

    def wants(self, code: str, file: str) -> bool:
        """Is the code selected, and not ignored for this file?"""
        inside = _inside(Path(file), self.root)
        ignores = (codes for pattern, codes in self.per_file_ignores if _matches(inside, pattern))
        return self.selects(code) and not any(code.startswith(codes) for codes in ignores)

    def excludes(self, file: Path) -> bool:
        """Is the file excluded? A pattern matches it or a folder around it below the root, by name or by path."""
        inside = _inside(file, self.root)
        paths = [inside] if inside.is_absolute() else [inside, *inside.parents][:-1]  # the last is the root itself
        return any(_matches(path, pattern) for path in paths for pattern in self.exclude)


def _inside(path: Path, root: Path) -> Path:
    """The path relative to the root, however it was typed; absolute where it is not under the root."""
    full, root = Path(os.path.realpath(path)), root.resolve()  # resolve() raises for a link that leads to itself
    return full.relative_to(root) if full.is_relative_to(root) else full


def _matches(inside: Path, pattern: str) -> bool:
    return fnmatch(inside.as_posix(), pattern) or inside.match(pattern)


def nearest(paths: Iterable[Path]) -> Path | None:
    """The nearest pyproject.toml above the first path that has the table [tool.cifar-bench.check]."""
    for path in paths:
        full = Path(os.path.realpath(path))
        for folder in (full, *full.parents):
            candidate = folder / "pyproject.toml"
            if candidate.is_file() and "check" in _tool(candidate):
                return candidate
        break
    return None


def _tool(path: Path) -> Mapping[str, Any]:
    try:
        tool = tomllib.loads(read_plain(path, LARGEST).decode()).get("tool", {}).get("cifar-bench", {})
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BenchError(f"{path} cannot be read: {error}") from None
    return tool if isinstance(tool, dict) else {}


def load(paths: Iterable[Path], known: tuple[str, ...]) -> Settings:
    """The settings of the nearest pyproject.toml, or the defaults. Raises BenchError for unknown keys and values."""
    path = nearest(paths)
    if path is None:
        return Settings()
    table = _tool(path)["check"]
    strange = sorted(set(table) - set(_KEYS))
    if strange:
        raise BenchError(f"{path}: unknown key '{strange[0]}' in {TABLE}; known: {', '.join(_KEYS)}")
    texts = {key: _texts(path, key, table[key]) for key in ("select", "ignore", "exclude") if key in table}
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise BenchError(f'{path}: per-file-ignores is a table; type e.g. "tests/**" = ["AG101"]')
    ignores = tuple((pattern, _texts(path, pattern, codes)) for pattern, codes in per_file.items())
    for codes in (texts.get("select", ()), texts.get("ignore", ()), *(codes for _, codes in ignores)):
        known_codes(codes, known)
    settings = Settings(
        texts.get("select", Settings().select),
        texts.get("ignore", ()),
        texts.get("exclude", ()),
        per_file_ignores=ignores,
        root=path.parent,
    )
    return with_words(settings, table.get("fail-on"), table.get("output-format"))


def _texts(path: Path, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BenchError(f'{path}: {key} is a list of texts; type e.g. {key} = ["AG1", "AG305"]')
    return tuple(value)


def with_words(settings: Settings, fail_on: str | None, output_format: str | None) -> Settings:
    """The settings with these values where they are given. Raises BenchError for an unknown value."""
    if fail_on is not None and fail_on not in SEVERITIES:
        raise BenchError(f"unknown severity '{fail_on}'; known: {', '.join(SEVERITIES)}; type e.g. --fail-on error")
    if output_format is not None and output_format not in FORMATS:
        known = ", ".join(FORMATS)
        raise BenchError(f"unknown format '{output_format}'; known: {known}; type e.g. --output-format concise")
    return replace(settings, fail_on=fail_on or settings.fail_on, output_format=output_format or settings.output_format)


def codes_of(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """`AG1,AG305` as codes. Raises BenchError for a code that is not a prefix of a known one."""
    return known_codes(tuple(part.strip().upper() for part in text.split(",") if part.strip()), known)


def known_codes(codes: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The same codes. Raises BenchError for a code that is not a prefix of a known one."""
    for code in codes:
        if not any(known_code.startswith(code) for known_code in known):
            raise BenchError(f"unknown code '{code}'; known: {', '.join(known)}, or a beginning such as AG3")
    return codes
