"""What commands say beside their output: one warning of a cache that children do not get."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest
from places import ROOT
from watcher import Watcher

from bench.commands import console
from bench.commands.devices import devices
from bench.commands.pytest_session import TimingSession
from bench.machine import availability
from bench.machine.availability import Availability
from bench.machine.completed import Completed
from bench.records.choices import Options
from bench.records.store import Store

FLAG = "--tf_xla_persistent_cache_directory=/theirs"
# What starts processes with TensorFlow in them.
STARTERS = (
    "bench.runner.run", "bench.runner.train", "bench.runner.accuracy", "bench.runner.breakeven",
    "bench.runner.selftest", "bench.autograph.probe.probe", "bench.autograph.explain.explain",
    "bench.autograph.rules.demo", "bench.machine.availability",
)  # fmt: skip
PARTS = {"measuring.py", "run_accuracy.py"}  # of a command that warns
COMMANDS = sorted(file for file in (ROOT / "bench" / "commands").glob("*.py") if file.name not in PARTS)


def uses(file: Path, names: Sequence[str]) -> bool:
    nodes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    imported = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return any(name.startswith(tuple(names)) for name in imported)


def test_without_a_cache_nothing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    console.warn_of_caches()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("file", COMMANDS, ids=lambda file: str(file.stem))
def test_every_command_that_starts_processes_warns_of_a_cache(file: Path) -> None:
    warned = {"bench.commands.console.warn_of_caches", "bench.machine.xla_flags"}
    assert not uses(file, STARTERS) or uses(file, [*warned])


def test_the_warning_is_one_line_beside_the_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", FLAG)
    monkeypatch.setattr(availability, "probe", lambda: Availability(None, "", (), None))
    devices()
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert line.startswith(f"warning: TF_XLA_FLAGS holds {FLAG}, so")
    assert "warning" not in out


def test_pytest_bench_warns_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", FLAG)
    said: list[str] = []
    session = TimingSession(Options(modes="eager", data="synthetic"), False, Watcher)
    with Store.create(tmp_path / "run", session.plan) as store:
        session._announce(store, said.append)
    assert [text.partition(" holds")[0] for text in said if text.startswith("warning")] == ["warning: TF_XLA_FLAGS"]


def test_a_child_of_devices_does_not_get_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", f"--x {FLAG}")
    given: list[dict[str, str]] = []

    def noted(command: Sequence[str], env: dict[str, str], time_limit_s: float) -> Completed:
        given.append(env)
        return Completed(1, b"", b"")

    monkeypatch.setattr(availability.environment, "gpus", list)
    monkeypatch.setattr(availability, "completed", noted)
    availability.probe()
    assert [env["TF_XLA_FLAGS"] for env in given] == ["--x"]
