"""`devices`: exit code 4 where a GPU is there that cannot be used, and only there; as text and as JSON."""

import json

import pytest

from bench.commands.devices import devices
from bench.errors import BenchError, Exit
from bench.machine import availability
from bench.machine.availability import Availability
from bench.records.devices import DeviceProbe, FoundDevice
from bench.records.facts import DeviceFact
from bench.runner import facts as runner_facts

CARD = (("A card", "580.1"),)
CPU = FoundDevice("cpu", "the CPU", 0.0)
GPU = FoundDevice("gpu:0", "A card, compute capability 9.0", 3e-7)
FULL = FoundDevice("gpu:0", "A card", error="CUDA_ERROR_OUT_OF_MEMORY")


@pytest.mark.parametrize(
    ("found", "cards", "code"),
    [
        ((CPU,), (), Exit.OK),
        ((CPU, GPU), CARD, Exit.OK),
        ((CPU,), CARD, Exit.CASE_FAILED),
        ((CPU, FULL), CARD, Exit.CASE_FAILED),
    ],
    ids=["no GPU", "a GPU that works", "a GPU that TensorFlow does not see", "a GPU that is full"],
)
def test_only_a_gpu_that_cannot_be_used_fails_the_command(
    found: tuple[FoundDevice, ...],
    cards: tuple[tuple[str, str], ...],
    code: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    probed = DeviceProbe("2.21.0", True, "12.5.1", "9", found)
    monkeypatch.setattr(availability, "probe", lambda: Availability(probed, "", cards))
    assert devices() is code
    assert "TensorFlow 2.21.0, built for CUDA 12.5.1" in capsys.readouterr().out
    assert devices(json=True) is code
    assert json.loads(capsys.readouterr().out)["cards"] == [list(card) for card in cards]


def test_a_fact_that_is_not_sound_fails_the_command_and_a_missing_gpu_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    probed = DeviceProbe("2.21.0", True, "12.5.1", "9", (CPU, GPU))
    monkeypatch.setattr(availability, "probe", lambda: Availability(probed, "", CARD))
    seen = [DeviceFact("NVML", "", gpu_only=True), DeviceFact("ops of eager", "80 on GPU:0; nothing moves", True)]
    asked = list[str]()
    monkeypatch.setattr(runner_facts, "facts", lambda device: asked.append(device) or iter(seen))
    assert devices(facts=True) is Exit.OK
    assert "  ok   ops of eager: 80 on GPU:0; nothing moves" in capsys.readouterr().out
    seen.append(DeviceFact("memory", "growth OFF", False))
    assert devices(facts=True) is Exit.CASE_FAILED
    assert "  LOOK memory: growth OFF" in capsys.readouterr().out
    assert asked == ["gpu", "gpu"]


def test_two_answers_at_once_are_refused() -> None:
    with pytest.raises(BenchError, match="type one of them"):
        devices(json=True, facts=True)
