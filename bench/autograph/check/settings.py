"""What a check looks for: codes, files, what fails it. From the command line, and from the nearest pyproject.toml."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bench.autograph.rules.rule import SEVERITIES
from bench.errors import BenchError

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

TABLE = "[tool.cifar-bench.check]"
FORMATS = ("full", "concise", "json", "github", "sarif")
_KEYS = ("select", "ignore", "exclude", "fail-on", "per-file-ignores", "output-format")
UNREADABLE = "AG001"
OWN_CODES = (UNREADABLE, "AG002")  # of the check itself


@dataclass(frozen=True, slots=True)
class Settings:
    """Codes may be prefixes: AG3 is a whole family."""

    select: tuple[str, ...] = ("AG",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "warning"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    output_format: str = "full"
    root: Path = Path()

    def selects(self, code: str) -> bool:
        """Is the code looked for? AG001 is unless it is ignored: a file that cannot be read was not checked for any."""
        chosen = code == UNREADABLE or code.startswith(self.select)
        return chosen and not (self.ignore and code.startswith(self.ignore))

    def wants(self, code: str, file: str) -> bool:
        """Is the code looked for in this file?"""
        inside = _inside(Path(file), self.root)
        own = any(code.startswith(codes) for pattern, codes in self.per_file_ignores if _matches(inside, pattern))
        return self.selects(code) and not own

    def excludes(self, file: Path) -> bool:
        """Is the file left out? A pattern names it, or a folder it is in below the root: by name, or by its path."""
        inside = _inside(file, self.root)
        places = [inside] if inside.is_absolute() else [inside, *inside.parents][:-1]  # the last is the root itself
        return any(_matches(place, pattern) for place in places for pattern in self.exclude)


def _inside(path: Path, root: Path) -> Path:
    """The path from the root, however it was typed; in full where it lies elsewhere."""
    full, root = path.resolve(), root.resolve()
    return full.relative_to(root) if full.is_relative_to(root) else full


def _matches(inside: Path, pattern: str) -> bool:
    return fnmatch(inside.as_posix(), pattern) or inside.match(pattern)


def nearest(paths: Iterable[Path]) -> Path | None:
    """The pyproject.toml nearest above the first path that has our table."""
    for path in paths:
        for folder in (path.resolve(), *path.resolve().parents):
            candidate = folder / "pyproject.toml"
            if candidate.is_file() and "check" in _tool(candidate):
                return candidate
        break
    return None


def _tool(path: Path) -> Mapping[str, Any]:
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("cifar-bench", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} cannot be read: {error}") from None
    return tool if isinstance(tool, dict) else {}


def load(paths: Iterable[Path], known: tuple[str, ...]) -> Settings:
    """The settings of the nearest pyproject.toml, or the defaults. Raises BenchError for what it does not know."""
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
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BenchError(f'{path}: {key} is a list of texts; type e.g. {key} = ["AG1", "AG305"]')
    return tuple(value)


def with_words(settings: Settings, fail_on: str | None, output_format: str | None) -> Settings:
    """The settings with these in place of their own. Raises BenchError for a word that is none of the known."""
    if fail_on is not None and fail_on not in SEVERITIES:
        raise BenchError(f"unknown severity '{fail_on}'; known: {', '.join(SEVERITIES)}; type e.g. --fail-on error")
    if output_format is not None and output_format not in FORMATS:
        known = ", ".join(FORMATS)
        raise BenchError(f"unknown format '{output_format}'; known: {known}; type e.g. --output-format concise")
    return replace(settings, fail_on=fail_on or settings.fail_on, output_format=output_format or settings.output_format)


def codes_of(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """`AG1,AG305` as codes. Raises BenchError for one that begins no known code."""
    return known_codes(tuple(part.strip().upper() for part in text.split(",") if part.strip()), known)


def known_codes(codes: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The same codes. Raises BenchError for one that begins no known code."""
    for code in codes:
        if not any(one.startswith(code) for one in known):
            raise BenchError(f"unknown code '{code}'; known: {', '.join(known)}, or a beginning such as AG3")
    return codes
