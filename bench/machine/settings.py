"""A setting that `advise` tries, in the environment variables of a child: set before TensorFlow loads, and only there.

A library that a setting needs is looked for; none is installed.
"""

import os
from ctypes.util import find_library
from pathlib import Path

from bench.errors import BenchError
from bench.machine import xla_flags
from bench.machine.environment import cpu_features
from bench.records.environment import ONEDNN_VARIABLE, onednn_used
from bench.records.settings import Setting, setting

_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib")  # Debian keeps libraries one folder deeper
_PRELOAD, _XLA_FLAGS = "LD_PRELOAD", "XLA_FLAGS"


def environment(name: str, env: dict[str, str]) -> dict[str, str]:
    """A child's environment variables with the setting of that name; '' adds nothing. Raises BenchError."""
    if not name:
        return env
    chosen, added = setting(name), {}
    if chosen.preload:
        others = env.get(_PRELOAD, "")
        added[_PRELOAD] = ":".join(filter(None, (_library(chosen.preload), others)))
    if chosen.xla_flag:  # a person's own flags come first: of two values of one flag the last one counts
        added[_XLA_FLAGS] = " ".join((*xla_flags.flags(env.get(_XLA_FLAGS, "")), chosen.xla_flag))
    return {**env, **added, **dict(chosen.variables)}


def missing(chosen: Setting) -> str:
    """Why a setting cannot be tried, or changes nothing, on this machine; '' where it can."""
    if chosen.variables and all(os.environ.get(name) == value for name, value in chosen.variables):
        return f"{chosen.variables[0][0]} is {chosen.variables[0][1]} already"
    wanted = dict(chosen.variables).get(ONEDNN_VARIABLE)
    if wanted and (wanted == "1") is onednn_used(os.environ, cpu_features()):
        return f"{chosen.title} already, by TensorFlow's default on this CPU"
    try:
        environment(chosen.name, dict(os.environ))
    except BenchError as error:
        return str(error)
    return ""


def _library(name: str) -> str:
    """The path of a shared library. Raises BenchError where it is not there."""
    if file := find_library(name):
        places = [place for folder in map(Path, _FOLDERS) for place in (folder, *folder.glob("*/"))]
        found = [path for place in places if (path := place / file).is_file()]
        if found:
            return str(found[0])
    raise BenchError(f"lib{name} is not installed on this machine")
