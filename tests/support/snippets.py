"""Snippets as tests of `check`: a comment `#! AG301` says what must be found on its line; nothing else may be."""

import re
import textwrap
from pathlib import Path

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import Finding
from bench.autograph.rules import RULES

HEAD = """import functools, itertools, logging, math, os, random, sys, time
import keras
import numpy as np
import tensorflow as tf
"""


def findings(tmp_path: Path, source: str, settings: Settings | None = None, head: str = HEAD) -> tuple[Finding, ...]:
    """What `check` finds in the source, put into a file of its own."""
    (tmp_path / "snippet.py").write_text(head + textwrap.dedent(source))
    return check([tmp_path / "snippet.py"], settings or Settings(), RULES).findings


def found(tmp_path: Path, source: str, settings: Settings | None = None) -> set[tuple[int, str]]:
    """(line, code) of each finding; lines of the snippet itself, from 1."""
    head = HEAD.count("\n")
    return {(finding.line - head, finding.code) for finding in findings(tmp_path, source, settings)}


def expected(source: str) -> set[tuple[int, str]]:
    """(line, code) of each marked line."""
    lines = textwrap.dedent(source).splitlines()
    marked = [(number, re.search(r"#! (.+)", line)) for number, line in enumerate(lines, start=1)]
    return {(number, code) for number, match in marked if match for code in match[1].split()}
