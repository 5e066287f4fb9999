"""`# noqa` comments suppress the findings they name."""

from pathlib import Path

from snippets import reported

from bench.autograph.check.settings import Settings


def test_noqa_silences_what_it_names(tmp_path: Path) -> None:
    source = """
    losses = []
    @tf.function
    def step(x):
        losses.append(x)  # noqa: AG301
        losses.append(x)  # noqa
        losses.append(x)  # noqa: E501, AG3
        losses.append(x)  # noqa: AG101
        losses.append(x)  # noqa: E501
        return x
    """
    assert reported(tmp_path, source) == {(8, "AG301"), (8, "AG002"), (9, "AG301")}


def test_noqa_in_a_text_is_no_comment(tmp_path: Path) -> None:
    source = """
    @tf.function
    def step(x):
        print("# noqa: AG101")
        return x
    """
    assert reported(tmp_path, source) == {(4, "AG101")}


def test_a_noqa_for_a_rule_that_is_not_looked_for_is_not_called_unused(tmp_path: Path) -> None:
    assert reported(tmp_path, "x = 1  # noqa: AG301\n", Settings(select=("AG0", "AG1"))) == set()
