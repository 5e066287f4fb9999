"""Finds CIFAR-10's files in the place a person names, or says what is there instead.

Leaves out reading them (cifar10.py).
"""

import os
from collections.abc import Collection
from pathlib import Path

from cifar_core.errors import DataError, quoted
from cifar_core.plain_files import open_plain

FOLDER_NAME = "cifar-10-batches-py"
OFFICIAL_MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
# Where the folder lies in the one that was named: torchvision's root, Keras' `datasets`.
_WITHIN = (Path(FOLDER_NAME), Path(f"{FOLDER_NAME}-target") / FOLDER_NAME)
_GET = "type `cifar-bench data --out data` to get CIFAR-10"
_OTHERS = {  # what lies in a place, and what it says of it
    "cifar-100-python": "it is CIFAR-100",
    "cifar-10-batches-bin": "it is the binary version of CIFAR-10, the python version is needed",
    "cifar-10-batches-mat": "it is the Matlab version of CIFAR-10, the python version is needed",
}


def locate(place: Path) -> Path:
    """The folder of batch files in, or the archive that is, `place`. Raises DataError where there is neither."""
    try:
        os.stat(place)
    except FileNotFoundError:
        raise DataError(f"no data folder {place}; {_GET}, or --data synthetic") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"cannot read {quoted(place)}: {reason}; {_GET}, or --data synthetic") from None
    if os.path.isdir(place):
        return next((place / inner for inner in _WITHIN if os.path.isdir(place / inner)), place)
    _refuse_batch(place)
    return place


def _refuse_batch(file: Path) -> None:
    """Raises DataError for a single batch file, and for what is not a file."""
    try:
        with open_plain(file) as stream:
            beginning = stream.read(2)
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror or error}; give a folder or the archive") from None
    pickled = beginning[:1] == b"\x80" or beginning in (b"(d", b"}q", b"}(")
    if file.name in OFFICIAL_MD5 or pickled:
        raise DataError(f"{file} is one batch file, all six are needed; give the folder: --data {file.parent}")


def names_in(folder: Path) -> set[str]:
    """The names of what lies in a folder; none where it cannot be listed."""
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def advice_for(part: str, names: Collection[str]) -> str:
    """What to do about a missing batch file, from the names of what lies in its place."""
    if {"train", "test", "meta"} <= set(names):
        return f"it is CIFAR-100; {_GET}"
    for name, text in _OTHERS.items():
        if name in names:
            return f"{text}; {_GET}"
    similar = sorted(name for name in names if name.startswith(f"{part}."))
    if f"{part}.bin" in similar or f"{part}.mat" in similar:
        kind = "binary" if f"{part}.bin" in similar else "Matlab"
        return f"it is the {kind} version of CIFAR-10, the python version is needed; {_GET}"
    if similar:
        return f"it has {quoted(similar[0])}: rename that to {part}, and the others likewise"
    archives = sorted(name for name in names if name.startswith("cifar-10-python.tar"))
    if archives:
        return f"it has {quoted(archives[0])}: give that as --data, or unpack it there"
    return f"it needs {', '.join(OFFICIAL_MD5)}"
