"""A person's own code: found by its name and imported, with the seeds set that it may draw from."""

import importlib
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.errors import ModelError
from cifar_core.own_names import explained, share


def set_seeds(seed: int) -> None:
    """Python's, NumPy's and TensorFlow's; Keras draws its own from Python's."""
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)


def find(spelling: str, wanted: str) -> Callable[..., Any]:
    """The function `module:function`, from the current folder first, as for a script, or `folder/file.py:function`.

    Raises ModelError, which says what is `wanted`, or what the module raises.
    """
    name, _, attribute = spelling.rpartition(":")
    name, here = name.rstrip(":"), os.getcwd()
    if name.endswith(".py"):
        here, name = str(Path(name).resolve().parent), Path(name).stem
    if here not in sys.path[:1]:
        sys.path.insert(0, here)
    share(Path(here))
    try:
        module = importlib.import_module(name)
    except (ImportError, AttributeError) as error:
        if reason := explained(error, Path(here)):
            raise ModelError(reason) from None
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and (name == missing or name.startswith(f"{missing}.")):
            raise ModelError(f"there is no module {missing}, neither in {here} nor on Python's path") from None
        raise
    except SystemExit as error:
        raise ModelError(f"importing {name} exited Python; run such code only `if __name__ == '__main__':`") from error
    function = getattr(module, attribute, None)
    if not callable(function):
        what = f"has no {attribute}" if function is None else f"has a {attribute} that cannot be called"
        raise ModelError(f"{name} ({module.__file__}) {what}; name {wanted}")
    found: Callable[..., Any] = function
    return found
