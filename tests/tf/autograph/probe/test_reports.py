"""Public reports, each reduced to a file: what `probe` says of it, what the cause is, and what it does not say."""

import pytest
from places import SUPPORT

from bench.commands.probe import probe
from bench.errors import BenchError, Exit

REPORTS = SUPPORT / "reports"
XLA_ALONE = "XLA alone differs: the graph without it did what eager did"
SAME = "every mode did the same"
pytestmark = pytest.mark.slow  # three or four processes each


@pytest.mark.parametrize(
    ("name", "code", "said", "unsaid"),
    [
        ("lambda_list", 1, ("lambda_list.py:10:24: AG310 error, predicted and observed",), (XLA_ALONE,)),
        ("dataset_accumulator", 1, ("graph   the same", "AG801, observed: xla:", XLA_ALONE), ("AG802",)),
        (
            "int8_abs_xla",
            1,
            ("graph   the same", XLA_ALONE, "a fault of XLA, not of your code: XLA computes Less of Mul"),
            ("AG",),
        ),
        ("squeeze_where_xla", 1, ("graph   the same", XLA_ALONE, "AG802, observed: written and xla"), ()),
        (
            "bound_method",
            0,
            ("  graph    yes          5                5", "AG403 warning, predicted and observed"),
            (),
        ),
        (
            "list_or_tensor",
            1,
            ("list_or_tensor.py:10:9: AG305 info, predicted and observed",),
            ("AG301", "AG309", XLA_ALONE),
        ),
        ("frozen_late", 1, ("frozen_late.py:27:5: AG708 warning, predicted and observed",), (XLA_ALONE,)),
        ("moments_xla", 1, (XLA_ALONE, "(a fault of XLA, not of your code: SquaredDifference of Mean)"), ("AG",)),
        ("varlen_predict", 0, (SAME, "predict was traced 2 times"), ("NO",)),
        ("repeat_tensor_xla", 0, (SAME,), ("NO",)),
        ("clean_map", 0, (SAME,), ("NO", "observed")),
        ("return_history", 0, (SAME,), ("NO", "AttributeError")),
    ],
)
def test_a_report_is_described_as_it_is(
    name: str, code: int, said: tuple[str, ...], unsaid: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe(REPORTS / f"{name}.py") is Exit(code)
    shown = capsys.readouterr().out
    assert [text for text in said if text not in shown] == []
    assert [text for text in unsaid if text in shown] == []


def test_a_report_that_fails_in_every_mode_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BenchError, match=r"TypeError: Tensor is unhashable.* \(.*tensor_key.py:9\)"):
        probe(REPORTS / "tensor_key.py")
    assert capsys.readouterr().out == ""
