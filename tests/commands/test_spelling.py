"""Other spellings of options are understood and said; what is not known is left for the plan to refuse."""

import pytest

from bench.commands import spelling
from bench.commands.run import run
from bench.errors import BenchError
from bench.records.choices import DEFAULTS, Options


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (Options(devices="cuda"), Options(devices="gpu")),
        (Options(devices="GPU,cuda:1,CPU"), Options(devices="gpu,gpu:1,cpu")),
        (Options(modes="tf.function,Eager"), Options(modes="function,eager")),
        (Options(modes="TF1 graph,Keras fit,all"), Options(modes="graph,keras_fit,all")),
        (Options(modes="function-loop, XLA"), Options(modes="function_loop,xla")),
        (Options(dtypes="fp16,bf16,FP32"), Options(dtypes="mixed_float16,mixed_bfloat16,float32")),
        (Options(models="MLP,tutorial-cnn"), Options(models="mlp,tutorial_cnn")),
        (Options(models="m2.py:make"), Options(models="m2:make")),
        (Options(models="./nets/m2.py::make"), Options(models="nets.m2:make")),
        (Options(inputs="Pipeline", preset="QUICK"), Options(inputs="pipeline", preset="quick")),
    ],
)
def test_a_spelling_that_can_mean_one_thing_is_understood_and_said(
    typed: Options, read: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spelling.understood(typed) == read
    notes = capsys.readouterr().err.splitlines()
    assert notes
    assert all(note.startswith("note: --") and " is read as " in note for note in notes)


@pytest.mark.parametrize(
    "options",
    [
        DEFAULTS,
        Options(devices="gpu:N,tpu", modes="egaer", dtypes="int8", models="my_models:make,vgg", preset="fast"),
        Options(devices="gpu:1,gpu", modes="all, xla", models="pack.models:make_net"),
    ],
)
def test_what_is_spelled_rightly_or_not_known_stays_as_it_is(
    options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spelling.understood(options) == options
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("old", "new"), [("precisions", "--dtypes"), ("precision", "--target-ci")])
def test_an_old_name_of_an_option_works_with_a_notice_but_not_beside_the_new_one(
    old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spelling.renamed(old, "2%", None) == "2%"
    assert capsys.readouterr().err == f"note: --{old} is now {new}; the old name works until 2.0\n"
    assert spelling.renamed(old, None, "3%") == "3%"
    with pytest.raises(BenchError, match=f"--{old} is the old name of {new}; type {new} alone"):
        run(data="synthetic", **{old: "2%", spelling.OLD_NAMES[old]: "float32"})  # type: ignore[arg-type]
