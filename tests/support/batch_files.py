"""Small folders in CIFAR-10's python form."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from cifar_core.cifar10 import FOLDER_NAME, OFFICIAL_MD5


def write_folder(parent: Path, images: int = 20) -> Path:
    folder = parent / FOLDER_NAME
    folder.mkdir()
    for seed, part in enumerate(OFFICIAL_MD5):
        write_batch(folder / part, images, seed)
    return folder


def write_batch(file: Path, images: int = 20, seed: int = 0, **changes: Any) -> None:
    rng = np.random.default_rng(seed)
    entries = {
        "batch_label": "a batch",
        "labels": [int(label) for label in rng.integers(10, size=images)],
        "data": rng.integers(256, size=(images, 3072), dtype=np.uint8),
        "filenames": ["x.png"] * images,
    } | changes
    # Bytes for names, as which the official files' Python 2 strings are loaded.
    file.write_bytes(pickle.dumps({key.encode(): value for key, value in entries.items()}, protocol=4))
