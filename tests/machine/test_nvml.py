"""A GPU by recorded readings of NVML: what is read, what is left open, what a run makes of it."""

import pytest
from builders import A_READING, a_case, a_gpu_log, a_measurement
from recorded_nvml import RecordedNvml

from bench.analysis.warnings import shared_gpu, throttled
from bench.machine.nvml import GpuLogger, find, of_this_run
from bench.records.devices import GpuLog, Guests, Reading


def test_a_gpu_is_read_in_plain_units() -> None:
    gpu = find(0, RecordedNvml())
    assert gpu
    assert gpu.reading() == Reading(1980, 2619, 412.3, 61)
    assert (gpu.name(), gpu.driver()) == ("A GPU", "580.1")


@pytest.mark.parametrize(
    ("visible", "number", "asked_for"),
    [("", 1, 1), ("2,3", 1, 3), ("3", 0, 3), ("GPU-12ab,GPU-34cd", 1, b"GPU-34cd")],
)
def test_a_gpu_is_found_as_cuda_counts_those_it_may_see(visible: str, number: int, asked_for: int | bytes) -> None:
    nvml = RecordedNvml()
    assert find(number, nvml, visible)
    assert nvml.asked_for == asked_for


def test_without_nvidias_library_or_driver_there_is_no_gpu_and_no_log() -> None:
    assert find(0, RecordedNvml(silent=("nvmlInit",))) is None
    logger = GpuLogger(None, set)
    logger.read_slice()
    assert logger.log() is None


def test_what_a_gpu_does_not_tell_is_none() -> None:
    silent = ("nvmlDeviceGetPowerUsage", "nvmlDeviceGetCurrentClocksThrottleReasons", "nvmlDeviceGetName")
    gpu = find(0, RecordedNvml(silent=(*silent, "nvmlDeviceGetComputeRunningProcesses")))
    assert gpu
    assert gpu.reading() == Reading(1980, 2619, None, 61)
    assert gpu.name() is None
    assert gpu.guests(set()) == Guests(None, 3 * 2**30)


@pytest.mark.parametrize(
    ("bits", "reasons"),
    [
        (0x1, ()),  # idle
        (0x2, ()),  # clocks that a person chose
        (0x4, ("power cap",)),
        (0x20 | 0x40, ("heat (software)", "heat (hardware)")),
        (0x8 | 0x80, ("hardware slowdown", "power brake")),
    ],
)
def test_only_what_holds_the_clocks_down_is_a_throttle(bits: int, reasons: tuple[str, ...]) -> None:
    gpu = find(0, RecordedNvml([bits]))
    assert gpu
    assert gpu.reading().throttled == reasons


def test_the_logger_holds_before_each_slice_and_after_and_counts_what_was_held_down() -> None:
    bits = [0x1, 0x4, 0x0, 0x24, 0x1]
    logger = GpuLogger(find(0, RecordedNvml(bits)), set)
    for _ in range(3):
        logger.read_slice()
    log = logger.log()
    assert log
    assert (log.before.throttled, log.after.throttled) == ((), ())
    assert [reading.throttled for reading in log.slices] == [("power cap",), (), ("power cap", "heat (software)")]
    assert (log.throttled, log.reasons) == (2, ("power cap", "heat (software)"))


def test_others_on_the_gpu_are_distinguished_from_the_runs_own_processes() -> None:
    ours = of_this_run()
    mine, strange = min(ours), 2**30
    gpu = find(0, RecordedNvml(pids=(mine, strange)))
    assert gpu
    assert gpu.guests(ours).processes == (f"process {strange}",)
    assert len(gpu.guests(set()).processes or ()) == 2


def logged(*logs: GpuLog) -> list[str]:
    measured = [a_measurement(a_case(), block, card=log) for block, log in enumerate(logs)]
    return [*throttled(measured), *shared_gpu(measured)]


def test_throttled_slices_are_a_warning_that_counts_them_over_all_blocks() -> None:
    held_down = Reading(1200, throttled=("power cap",))
    assert logged(a_gpu_log(A_READING, held_down, held_down), a_gpu_log(A_READING, A_READING, held_down)) == [
        "the card's clocks were held down in 3 of 6 slices (power cap)"
    ]
    assert logged(a_gpu_log(A_READING, A_READING)) == []


def test_others_on_the_gpu_are_a_warning() -> None:
    assert logged(a_gpu_log(A_READING, others=("Xorg (77)",)), a_gpu_log(A_READING, others=("Xorg (77)",))) == [
        "others used the card as well: Xorg (77)"
    ]
