"""What is going on is said again while nothing else is said, and not after that."""

import time

import pytest

from bench.commands import heartbeat
from bench.commands.heartbeat import Heartbeat


def waited_for(capsys: pytest.CaptureFixture[str], lines: int) -> list[str]:
    """What was said on stderr once it has so many lines; a test that waits in vain fails there."""
    said, give_up = "", time.monotonic() + 20
    while said.count("\n") < lines and time.monotonic() < give_up:
        time.sleep(0.01)
        said += capsys.readouterr().err
    return said.splitlines()


def test_a_silent_stretch_is_spoken_into_again_and_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(heartbeat.PATIENCE, raising=False)
    monkeypatch.setattr(heartbeat, "EVERY_S", 0.02)
    with Heartbeat() as beat:
        beat.say("graph")
        first, second, *_ = waited_for(capsys, 3)
    assert first == "graph ..."
    assert second.startswith("graph ... (")
    capsys.readouterr()
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_nothing_is_said_of_what_is_soon_over(capsys: pytest.CaptureFixture[str]) -> None:
    with Heartbeat("reading", first_s=60.0), Heartbeat() as beat:
        beat.expect("loading")
    assert capsys.readouterr().err == ""
