"""The section on devices: which is faster, from which batch size on, and a GPU that is absent."""

from two_devices import BOTH, REASON, a_device_run, a_run_without_its_gpu

from bench.report.sections import devices, failures, headline, steady


def test_without_a_crossing_it_is_said_who_is_ahead_all_along() -> None:
    said = devices.sentences(a_device_run(*BOTH, gains={8: 2.0, 64: 3.0, 512: 6.0}))
    assert (
        "eager: **the GPU is faster than the CPU** at every batch size measured (8, 64, 512); speedup at 8 2.00x"
        in said[0]
    )
    even = devices.sentences(a_device_run(*BOTH, gains={8: 1.0, 64: 1.0}))
    assert "neither the CPU nor the GPU is ahead with certainty at any batch size measured (8, 64);" in even[0]
    one_end = devices.sentences(a_device_run(*BOTH, gains={8: 1.0, 64: 3.0}))
    assert "**the GPU is faster than the CPU**, with certainty at batch 64 of 8, 64 measured;" in one_end[0]


def test_few_repetitions_say_who_is_likely_ahead() -> None:
    said = devices.sentences(a_device_run(*BOTH, gains={8: 2.0, 64: 3.0}, blocks=3))
    assert "**the GPU is likely faster than the CPU** at every batch size measured" in said[0]
    one_end = devices.sentences(a_device_run(*BOTH, gains={8: 1.0, 64: 3.0}, blocks=3))
    assert "**the GPU is likely faster than the CPU** at batch 64 of 8, 64 measured;" in one_end[0]
    (alone, *_) = devices.sentences(a_device_run(*BOTH, gains={64: 4.0}, blocks=3))
    assert alone.endswith("] vs the CPU**, likely.")


def test_one_batch_size_has_its_ratio_with_interval() -> None:
    said = devices.sentences(a_device_run(*BOTH, gains={64: 4.0}))
    assert said[1].startswith("tutorial_cnn, float32, tf.function, batch 64: **the GPU: 4.0")
    assert said[1].endswith("] vs the CPU**.")


def test_a_gpu_that_is_not_there_reads_not_available_and_nothing_else_suffers() -> None:
    run = a_run_without_its_gpu()
    cells = [(row["group"], row["verdict"]) for row in steady.table(run).rows]
    assert [verdict for group, verdict in cells if str(group).endswith("GPU")] == ["NOT AVAILABLE"] * 3
    assert next(verdict for group, verdict in cells if str(group).endswith("CPU")) == "FASTER"
    assert failures.lines(run) == []
    assert headline.sentences(run)[-1] == f"**GPU NOT AVAILABLE**: {REASON}"
    assert devices.sentences(run) == ["the GPU against the CPU: NOT AVAILABLE."]


def test_a_crossing_is_a_sentence_with_its_range_and_both_ratios() -> None:
    run = a_device_run(*BOTH, gains={8: 0.5, 64: 2.0, 512: 6.0})
    (_, said) = devices.sentences(run)
    assert said.startswith(
        "tutorial_cnn, float32, tf.function: **the GPU overtakes the CPU between batch 8 and 64 (about batch 23)**; at "
    )
    assert "x [" in said
