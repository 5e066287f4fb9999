"""Why a device cannot be used, by what TensorFlow really said; and the command that tells it."""

import sys
from pathlib import Path

import pytest

from bench.commands import devices as devices_command
from bench.machine import availability
from bench.machine.availability import FULL, INSTALL, Availability
from bench.records.devices import DeviceProbe, FoundDevice

CARD = (("A card", "580.1"),)
NO_DRIVER = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795651009.217216   23907 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will "
    "not be used.\n"
    "E0000 00:00:1795651012.564130   23907 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: Failed "
    "call to cuInit: UNKNOWN ERROR (303)\n"
)
NO_LIBRARIES = (
    "2026-01-01 10:00:00.123456: I external/local_xla/xla/tsl/cuda/cudart_stub.cc:31] Could not find cuda drivers on "
    "your machine, GPU will not be used.\n"
    "W0000 00:00:1795651009.217216   23907 gpu_device.cc:2365] Cannot dlopen some GPU libraries. Please make sure the "
    "missing libraries mentioned above are installed properly if you would like to use GPU.\n"
    "Skipping registering GPU devices...\n"
)
NO_DEVICE = (
    "E0000 00:00:1795651012.564130   23907 cuda_platform.cc:51] failed call to cuInit: INTERNAL: CUDA error: Failed "
    "call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected\n"
)
BUSY = "cudaSetDevice() on GPU:0 failed. Status: CUDA-capable device(s) is/are busy or unavailable"
CPU = FoundDevice("cpu", "the CPU", 0.0)
WORKS = FoundDevice("gpu:0", "A card, compute capability 9.0", 3e-7)


def seen(
    *gpus: FoundDevice, words: str = "", cards: tuple[tuple[str, str], ...] = (), **changes: object
) -> Availability:
    probed = DeviceProbe("2.21.0", True, "12.5.1", "9", (CPU, *gpus))
    return Availability(probed, words, cards, **changes)  # type: ignore[arg-type]


def test_without_a_driver_the_reason_is_tensorflows_and_what_to_install_stands_beside_it() -> None:
    assert seen(words=NO_DRIVER).missing("gpu") == (
        'TensorFlow sees no GPU and says "Could not find cuda drivers on your machine, GPU will not be used"; '
        "`nvidia-smi` finds no card: install NVIDIA's driver, so that `nvidia-smi` answers, then " + INSTALL
    )


def test_with_a_driver_and_no_libraries_only_the_libraries_are_to_be_installed() -> None:
    reason = seen(words=NO_LIBRARIES, cards=CARD).missing("gpu:0")
    assert 'says "Cannot dlopen some GPU libraries"; `nvidia-smi` finds 1 (A card, driver 580.1): ' in reason
    assert reason.endswith(INSTALL)
    # TensorFlow says so too where a library, not the driver, is what it could not find.
    assert seen(words=NO_DRIVER, cards=CARD).missing("gpu").endswith(f"driver 580.1): {INSTALL}")


def test_a_driver_that_shows_no_card_is_told_from_no_driver() -> None:
    reason = seen(words=NO_DEVICE).missing("gpu")
    assert "CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected" in reason
    assert "CUDA_VISIBLE_DEVICES" in reason


@pytest.mark.parametrize(
    "error",
    [
        "failed to allocate: CUDA_ERROR_OUT_OF_MEMORY: out of memory",
        "{{function_node}} RESOURCE_EXHAUSTED: OOM when allocating tensor",
        "CUDA_ERROR_DEVICE_UNAVAILABLE: CUDA-capable device(s) is/are busy or unavailable",
        BUSY,
        "cudaSetDevice() on GPU:0 failed. Status: out of memory",
    ],
)
def test_a_card_that_is_full_or_in_use_is_not_available_and_says_who_to_ask(error: str) -> None:
    reason = seen(FoundDevice("gpu:0", "A card", error=error)).missing("gpu")
    assert reason.startswith(f'A card: TensorFlow says "{error}"; ')
    assert reason.endswith(FULL)


def test_any_other_error_of_a_card_is_quoted() -> None:
    reason = seen(FoundDevice("gpu:0", "A card", error="No algorithm worked!")).missing("gpu")
    assert reason == 'A card: TensorFlow says "No algorithm worked!"; see `cifar-bench devices`'


@pytest.mark.parametrize("difference", [0.5, float("nan")])
def test_a_card_that_computes_something_else_is_not_available(difference: float) -> None:
    assert "distrust this card" in seen(FoundDevice("gpu:0", "A card", difference)).missing("gpu")


def test_a_gpu_that_works_is_missed_by_no_one_and_one_that_is_not_there_is() -> None:
    one = seen(WORKS)
    assert (one.missing("cpu"), one.missing("gpu"), one.missing("gpu:0")) == ("", "", "")
    assert one.missing("gpu:1") == "TensorFlow sees 1 GPU, counted from gpu:0, so there is no gpu:1"


@pytest.mark.parametrize(("hidden", "hides"), [("-1", True), ("", True), ("0", False), ("GPU-1234", False)])
def test_a_gpu_that_was_hidden_on_purpose_is_said_to_be(hidden: str, hides: bool) -> None:
    assert ("hides every GPU; unset it" in seen(words=NO_DEVICE, hidden=hidden).missing("gpu")) is hides


def test_a_tensorflow_without_cuda_needs_another_package() -> None:
    built = DeviceProbe("2.21.0", False, None, None, (CPU,))
    assert "is built without CUDA" in Availability(built, "").missing("gpu")


def test_a_process_that_dies_or_hangs_is_a_reason_too(tmp_path: Path) -> None:
    died = availability.probe((sys.executable, "-c", "import sys; sys.exit('no module named tensorflow')"))
    why = 'could not be asked: it ended with code 1, and what it said last was "no module named tensorflow"'
    assert died.missing("gpu") == f"TensorFlow {why}"
    silent = availability.probe((sys.executable, "-c", "import sys; sys.exit(3)"))
    assert silent.missing("gpu") == "TensorFlow could not be asked: it ended with code 3"
    hung = availability.probe((sys.executable, "-c", "import time; time.sleep(30)"), time_limit_s=0.5)
    assert "no answer within 0.5 s" in hung.missing("gpu")
    assert devices_command.broken(hung)


def test_a_process_that_dies_of_a_card_in_use_says_so() -> None:
    died = availability.probe((sys.executable, "-c", f"import sys; sys.exit({BUSY!r})"))
    assert f'it ended with code 1, and TensorFlow said "{BUSY}"; another process has' in died.missing("gpu")
    assert died.missing("gpu").endswith(FULL)


def test_the_command_answers_first_whether_the_gpu_is_used() -> None:
    answer, cpu, gpu, versions, smi = devices_command.lines(seen(WORKS, cards=CARD))
    assert answer.startswith("Your GPU is used: TensorFlow computes on gpu:0.")
    assert cpu == "  cpu: works: the CPU; a convolution ran there"
    assert gpu.startswith("  gpu:0: works: A card, compute capability 9.0; a convolution ran there, its result within ")
    assert versions == "  TensorFlow 2.21.0, built for CUDA 12.5.1 and cuDNN 9"
    assert smi == "  nvidia-smi: A card, driver 580.1"
    assert not devices_command.broken(seen(WORKS, cards=CARD))


def test_the_command_says_what_is_missing_and_fails_only_where_a_card_lies_idle() -> None:
    nothing = seen(words=NO_DRIVER)
    assert devices_command.lines(nothing)[0].startswith("No GPU is used: TensorFlow sees no GPU and says")
    assert not devices_command.broken(nothing)
    assert devices_command.broken(seen(words=NO_LIBRARIES, cards=CARD))
    full = seen(FoundDevice("gpu:0", "A card", error="CUDA_ERROR_OUT_OF_MEMORY"), cards=CARD)
    assert devices_command.lines(full)[0] == "Your GPU is seen and cannot be used."
    assert devices_command.lines(full)[2].startswith("  gpu:0: NOT AVAILABLE: A card: TensorFlow says")
    assert devices_command.broken(full)
