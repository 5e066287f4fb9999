"""The demonstration of the tutorial's rules, with outcomes that no process had to produce."""

from bench.autograph.rules.demo import SHOWN, demonstration


def outcomes(mode: str, codes: list[str]) -> dict[tuple[str, str], tuple[str, list[str]]]:
    return {(code, part): (f"{code} {part} in {mode}", ["a line"]) for code in codes for part in ("fails", "passes")}


def test_each_rule_is_shown_with_both_examples_in_both_modes() -> None:
    text = "\n".join(demonstration(outcomes))
    for _, code, second_mode in SHOWN:
        for part in ("fails", "passes"):
            for mode in ("eager", second_mode or "graph"):
                assert f"  {mode:<6} gave    {code} {part} in {mode}\n" in text
    assert text.count("printed a line") == 4 * len(SHOWN)


def test_of_a_long_error_message_the_part_that_matters_is_kept() -> None:
    def fails(mode: str, codes: list[str]) -> dict[tuple[str, str], tuple[str, list[str]]]:
        message = f"ValueError: in user code: {'x' * 200} ValueError: tf.function only supports singleton"
        return {key: (message, []) for key in outcomes(mode, codes)}

    text = "\n".join(demonstration(fails))
    assert "ValueError: in user code" in text
    assert "... ValueError: tf.function only supports singleton\n" in text
