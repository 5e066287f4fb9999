"""The README keeps its word: commands that parse, files that are there, every mode named."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from places import ROOT

from bench.commands.app import app
from bench.modes import MODES
from bench.modes.groups import GROUPS

README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^    cifar-bench (.+?)(?:\s+#.*)?$", README, re.MULTILINE) + re.findall(
    r"`cifar-bench ([a-z][^`]*)`", README
)
PYTEST = re.findall(r"^    pytest (.+?)(?:\s+#.*)?$", README, re.MULTILINE)


@pytest.mark.parametrize("words", sorted(set(COMMANDS)))
def test_every_command_is_one(words: str) -> None:
    name, *arguments = shlex.split(words)
    command = typer.main.get_command(app).commands[name]
    if arguments or name != "report":
        command.make_context(name, arguments)


@pytest.mark.parametrize("words", PYTEST)
def test_every_pytest_command_collects_benchmarks(words: str, tmp_path: Path) -> None:
    here = ("-p", "no:cacheprovider", f"--benchmark-storage={tmp_path}", "--collect-only", "-q")
    command = [sys.executable, "-m", "pytest", *shlex.split(words), *here]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "bench/bench_" in done.stdout


def test_every_link_and_picture_is_there() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_group_of_modes_is_explained() -> None:
    assert [group.name for group in GROUPS if f"`--modes {group.name}`" not in README] == []


def test_every_mode_is_explained() -> None:
    assert [mode.name for mode in MODES if f"| `{mode.name}` |" not in README] == []
