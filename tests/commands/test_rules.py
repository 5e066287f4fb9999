"""`rules`: the list, one rule, the rules of an error message."""

import pytest

from bench.commands.rules import rules
from bench.errors import BenchError, Exit


def test_without_a_word_all_rules_are_listed_and_with_a_code_that_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules() is Exit.OK
    listing = capsys.readouterr().out
    assert rules("ag301") is Exit.OK
    page = capsys.readouterr().out
    assert "AG301" in listing
    assert page.startswith("AG301")
    assert "\nfix: " in page


def test_a_message_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(BenchError, match="no rule knows this message"):
        rules(match="no such error")
