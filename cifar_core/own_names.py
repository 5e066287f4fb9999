"""A person's own `bench` or `cifar_core` beside their code, in a process where these names are this program's packages.

Modules that only theirs has are found in theirs; for other clashes an error says what to rename.
"""

import sys
import traceback
from pathlib import Path

OURS = ("bench", "cifar_core")


def share(folder: Path) -> None:
    """Let `import bench.util` find bench/util.py of this folder too, where this program has no such module."""
    for name in OURS:
        theirs, package = folder / name, sys.modules.get(name)
        if package is None or not theirs.is_dir():
            continue
        places = package.__path__
        if str(theirs) not in places and not any(theirs.samefile(place) for place in places if Path(place).exists()):
            places.append(str(theirs))


def explained(error: BaseException, folder: Path) -> str:
    """Why an import of theirs failed, if it is for the name: one line that says what to rename; else nothing."""
    wanted = error.name if isinstance(error, ImportError | AttributeError) else None
    owner = getattr(getattr(error, "obj", None), "__name__", None) if isinstance(error, AttributeError) else wanted
    name = str(owner).partition(".")[0]
    theirs = [place for place in (folder / f"{name}.py", folder / name) if name in OURS and place.exists()]
    if not theirs or any(_is_ours(theirs[0], place) for place in sys.modules[name].__path__[:1]):
        return ""
    hidden = ("<frozen", *sys.modules[name].__path__[:1])  # import's own frames, and those of our package
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(hidden)]
    if not frames:
        return ""
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return (
        f"{where} means {theirs[0].name} beside it, but {name} is the name of cifar-bench's own package, whose modules "
        f"come first; rename {theirs[0]}, e.g. to my_{theirs[0].name}"
    )


def _is_ours(theirs: Path, place: str) -> bool:
    return Path(place).exists() and theirs.samefile(place)
