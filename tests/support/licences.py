"""The licences of the packages that pyproject.toml names: `python licences.py` compares docs/licences.md with it.

With the standard library alone (and tomli on Python 3.10), so that lint needs none of the packages.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
ACCEPTED = {
    *("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "MIT", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BSL-1.0"),
    *("PSF-2.0", "Zlib", "CC0-1.0", "ISC"),
}
# What a package says that states no SPDX identifier (PEP 639), and which identifiers that may be
SAID = {
    "Apache Software License": ("Apache-2.0",),
    "BSD License": ("BSD-2-Clause", "BSD-3-Clause"),
    "MIT License": ("MIT",),
    "Python Software Foundation License": ("PSF-2.0",),
}


def declared(pyproject: str) -> list[str]:
    """The packages' names: those that all need, then those of extras, each once."""
    project = tomllib.loads(pyproject)["project"]
    asked = [*project["dependencies"], *(text for extra in project["optional-dependencies"].values() for text in extra)]
    return list(dict.fromkeys(re.match(r"[\w.-]+", text)[0] for text in asked))  # type: ignore[index]


def listed(page: str) -> dict[str, str]:
    """The licence of each package in the page's table."""
    rows = re.findall(r"^\| ([\w.-]+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    return {name: licence for name, licence in rows if name != "package" and set(name) != {"-"}}


def faults(names: list[str], licences: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the table, a line each."""
    if names != list(licences):
        missing, over = [n for n in names if n not in licences], [n for n in licences if n not in names]
        yield f"docs/licences.md lacks {missing}, has {over} over, or has another order than pyproject.toml: {names}"
    for name, licence in licences.items():
        if others := parts(licence) - ACCEPTED:
            yield f"{name} is under {', '.join(sorted(others))}, which ACCEPTED in {Path(__file__).name} does not hold"


def states(name: str, licence: str) -> bool:
    """Whether an installed package says this of itself, as far as it says it. Raises PackageNotFoundError."""
    told = metadata.metadata(name)
    if expression := told.get("License-Expression"):
        return parts(expression) <= parts(licence)  # an older version may have needed less
    classifiers = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License ")]
    said = next((SAID[text] for text in classifiers if text in SAID), (told.get("License", ""),))
    return bool(parts(licence).intersection(said))


def parts(licence: str) -> set[str]:
    """The identifiers in an SPDX expression."""
    return set(re.split(r" AND | OR ", licence))


def main() -> None:
    page, pyproject = (ROOT / "docs" / "licences.md").read_text(), (ROOT / "pyproject.toml").read_text()
    found = list(faults(declared(pyproject), listed(page)))
    sys.exit("\n".join(found) if found else None)


if __name__ == "__main__":
    main()
