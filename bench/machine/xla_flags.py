"""TF_XLA_FLAGS and XLA_FLAGS as TensorFlow reads them: their flags, and what they are without caches on the disk."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

TF_XLA_FLAGS = "TF_XLA_FLAGS"
CACHE_FOLDER = "--tf_xla_persistent_cache_directory"
# What a process compiles or tunes, kept on the disk for later ones; with how those files are named and used.
_CACHES = {
    TF_XLA_FLAGS: ("--tf_xla_persistent_cache_",),
    "XLA_FLAGS": (
        "--xla_gpu_kernel_cache_file",
        "--xla_gpu_per_fusion_autotune_cache_dir",
        "--xla_gpu_experimental_autotuner_cache_dir",
    ),
}
# Of JAX and PyTorch. PyTorch's is otherwise in the folder for temporary files, and each child has one of its own.
_FOLDERS = ("JAX_COMPILATION_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR")
# As xla/parse_flags_from_env.cc reads them: a value in quotes ends with its quote, any other with the next blank.
_FLAG = re.compile(r"""\s*(-[-\w]*(?:="(?:\\.|[^"\\])*"?|='[^']*'?|\S*))""", re.DOTALL)


def flags(text: str) -> tuple[str, ...]:
    """The flags that a variable's text holds, as they are spelled; nothing after the first word that is not a flag.

    Text that does not begin with a flag names a file that holds them.
    """
    words = text.strip()
    return tuple(_spelled(words if words[:1] in ("-", "") else _file(words)))


def _spelled(text: str) -> Iterator[str]:
    end = 0
    while match := _FLAG.match(text, end):
        yield match[1]
        end = match.end()


def _file(name: str) -> str:
    """'' where it cannot be read: then TensorFlow goes on without flags."""
    try:
        return Path(name).read_text(errors="replace")
    except (OSError, ValueError):
        return ""


def parts(flag: str) -> tuple[str, str]:
    """A flag's name, and its value without quotes; '' where it has none."""
    name, _, value = flag.partition("=")
    quote = value[:1]
    if quote not in ("'", '"') or not value:
        return name, value
    inner = value[1:].removesuffix(quote)
    return name, re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL) if quote == '"' else inner


def spelled(name: str, value: str) -> str:
    """A flag with a value that may hold blanks and quotes."""
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'{name}="{escaped}"'


def cache_folder(text: str) -> str:
    """The folder of XLA's disk cache that a TF_XLA_FLAGS of this text asks for; '' where it asks for none."""
    values = [value for name, value in map(parts, flags(text)) if name == CACHE_FOLDER]
    return values[-1] if values else ""


def caches() -> tuple[tuple[str, str], ...]:
    """Each flag of this process' environment that caches compilations on the disk, after its variable's name."""
    return tuple(
        (variable, flag)
        for variable in _CACHES
        for flag in flags(os.environ.get(variable, ""))
        if _caches(variable, flag) and parts(flag)[1]
    )


def without_caches() -> dict[str, str]:
    """The environment variables of this process, for a child that compiles for itself. All other flags stay."""
    env = {name: value for name, value in os.environ.items() if name not in _FOLDERS}
    for variable in _CACHES:
        held = flags(env.get(variable, ""))
        kept = [flag for flag in held if not _caches(variable, flag)]
        if len(kept) < len(held):
            env[variable] = " ".join(kept)
            if not kept:
                del env[variable]
    return env


def _caches(variable: str, flag: str) -> bool:
    return flag.startswith(_CACHES[variable])


def warning() -> str:
    """The warning for an environment in which processes would read what others compiled; '' if it is not one."""
    if not (found := caches()):
        return ""
    held = " and ".join(f"{variable} holds {flag}" for variable, flag in found)
    return (
        f"{held}, so repetitions would read each other's compilations: it is ignored here, and each one compiles for "
        "itself; remove it from the variable, or, to measure with a warm cache, type: cifar-bench run --modes "
        "xla,xla_cached"
    )
