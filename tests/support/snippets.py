"""Source snippets for tests of `check`: a comment `#! AG301` names the finding on its line; no other may occur."""

import re
import textwrap
from pathlib import Path

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import CheckResult, Finding
from bench.autograph.rules import RULES

HEAD = """import functools, itertools, logging, math, os, random, sys, time
import keras
import numpy as np
import tensorflow as tf
"""
BAD = """
losses = []

@tf.function(jit_compile=True)
def step(x):
    losses.append(x)
    return helper(x)

def helper(x):
    print(x)
    return x
"""
LOUD = "import tensorflow as tf\n@tf.function\ndef step(x):\n    print(x)\n    return x\n"


def write_files(folder: Path, texts: dict[str, str]) -> None:
    """Write a text to each path under the folder."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def checked(path: Path, settings: Settings | None = None) -> CheckResult:
    """The result of `check` for a file or folder."""
    return check([path], settings or Settings(), RULES)


def findings(tmp_path: Path, source: str, settings: Settings | None = None, head: str = HEAD) -> tuple[Finding, ...]:
    """The findings in the source, written to a file of its own."""
    (tmp_path / "snippet.py").write_text(head + textwrap.dedent(source))
    return checked(tmp_path / "snippet.py", settings).findings


def reported(tmp_path: Path, source: str, settings: Settings | None = None) -> set[tuple[int, str]]:
    """(line, code) of each finding; lines of the snippet itself, from 1."""
    head = HEAD.count("\n")
    return {(finding.line - head, finding.code) for finding in findings(tmp_path, source, settings)}


def expected(source: str) -> set[tuple[int, str]]:
    """(line, code) of each marked line."""
    lines = textwrap.dedent(source).splitlines()
    marked = [(number, re.search(r"#! (.+)", line)) for number, line in enumerate(lines, start=1)]
    return {(number, code) for number, match in marked if match for code in match[1].split()}
