"""`rules`: the list, a page, what an error message leads to."""

import pytest
from typer.testing import CliRunner

from bench.autograph.rules import RULES
from bench.autograph.rules.catalogue import matching
from bench.commands.app import app
from bench.errors import BenchError


def rules(*words: str) -> str:
    result = CliRunner().invoke(app, ["rules", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_list_has_every_rule_and_the_tutorials_first() -> None:
    text = rules()
    assert [one.code for one in RULES if f"  {one.code}  " not in text] == []
    assert text.index("Rule 1 of the tutorial") < text.index("Rule 3 of the tutorial") < text.index("Under XLA")


@pytest.mark.parametrize("code", [one.code for one in RULES])
def test_a_page_has_both_examples_and_the_fix(code: str) -> None:
    text = rules(code.lower())
    assert "    def fails():" in text
    assert "    def passes():" in text
    assert "\nfix: " in text
    assert "  graph  " in text


def test_an_unknown_code_is_one_clear_line() -> None:
    with pytest.raises(BenchError, match=r"unknown rule 'AG999', did you mean AG509\? type cifar-bench rules"):
        rules("AG999")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("ValueError: tf.function only supports singleton tf.Variables created on the first call.", "AG201"),
        ("NotImplementedError: Cannot convert a symbolic tf.Tensor (Abs:0) to a numpy array. This error may", "AG704"),
        ("    ValueError: 'y' is None at the end of the else branch.", "AG502"),
        ("WARNING:tensorflow:5 out of the last 5 calls to <f> triggered tf.function retracing. Tracing is", "AG401"),
        ("should not modify its Python input arguments", "AG304"),
        ("StagingError: in user code:\n RecursionError: maximum recursion depth exceeded while", "AG509"),
        ("TypeError: must be real number, not SymbolicTensor", "AG105"),
        ("AttributeError: 'SymbolicTensor' object has no attribute 'numpy'", "AG703"),
        ("InvalidArgumentError: Detected unsupported operations when trying to compile graph __inference_f", "AG801"),
        ("Squeeze op does not support bounded dynamic dimensions. Input shape: s64[<=4,1]", "AG802"),
        ("TypeError: Tensor is unhashable. Instead, use tensor.ref() as the key.", "AG511"),
        ("TypeError: list indices must be integers or slices, not SymbolicTensor", "AG511"),
        (
            "InaccessibleTensorError: <tf.Tensor 'while/mul:0' shape=(2,) dtype=float32> is out of scope and cannot be "
            "used here. Use return values, explicit Python locals or TensorFlow collections to access it.",
            "AG305",
        ),
        (
            "TypeError: <tf.Tensor 'x:0' shape=() dtype=float32> is out of scope and cannot be used here. Use return",
            "AG301",
        ),
        ("KeyError: 'The optimizer cannot recognize variable dense/kernel:0.'", "AG202"),
    ],
)
def test_a_pasted_error_leads_to_its_rule(message: str, code: str) -> None:
    assert matching(message)[0].code == code
    assert code in rules("--match", message)


def test_one_text_of_many_causes_leads_to_all_of_them() -> None:
    message = "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. You can"
    assert {"AG105", "AG501", "AG507", "AG601", "AG602"} <= {one.code for one in matching(message)}


def test_the_warning_of_retracing_leads_to_all_its_causes() -> None:
    message = "WARNING:tensorflow:5 out of the last 5 calls to <f at 0x7f> triggered tf.function retracing. Tracing is"
    assert [one.code for one in matching(message)] == ["AG401", "AG402", "AG403", "AG404"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("I0000 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.", "devices"),
        ("ValueError: No gradients provided for any variable: ['dense/kernel:0'].", "GradientTape"),
    ],
)
def test_a_message_that_is_no_rules_says_what_to_do(message: str, said: str) -> None:
    assert said in rules("--match", message)


def test_a_message_of_something_else_leads_nowhere() -> None:
    assert matching("KeyError: 'x'") == []
    with pytest.raises(BenchError, match="no rule knows this message"):
        rules("--match", "KeyError: 'x'")
