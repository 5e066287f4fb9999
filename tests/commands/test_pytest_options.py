"""The options of `pytest bench`: those of `cifar-bench run`, which a user knows already."""

from dataclasses import fields, replace

import pytest
import typer

from bench.commands import pytest_options
from bench.commands.app import app
from bench.errors import BenchError
from bench.records.choices import DEFAULTS, Options


def test_its_options_are_those_of_run_with_their_defaults_but_for_the_preset() -> None:
    offered = {option.name: option for option in pytest_options.run_options()}
    run = {p.name: p for p in typer.main.get_command(app).commands["run"].params}  # type: ignore[attr-defined]
    assert set(offered) == {*(field.name for field in fields(Options)), "out"} - {"trace"}  # pytest has its own
    assert {name: option.flags for name, option in offered.items()} == {name: tuple(run[name].opts) for name in offered}
    defaults = {name: option.default for name, option in offered.items() if name != "out"}
    assert Options(**defaults) == replace(DEFAULTS, preset="quick")  # type: ignore[arg-type]


class Typed:
    """A pytest.Config with these options typed, and the defaults of all others."""

    def __init__(self, **typed: str) -> None:
        defaults = {f"run_{option.name}": option.default for option in pytest_options.run_options()}
        self._options = {**defaults, **{f"run_{name}": value for name, value in typed.items()}}

    def getoption(self, name: str) -> object:
        return self._options.get(name)


def test_old_names_and_other_spellings_work_as_in_run(capsys: pytest.CaptureFixture[str]) -> None:
    typed = pytest_options._options(Typed(precisions="bf16", precision="5%", modes="tf.function"))  # type: ignore[arg-type]
    assert (typed.dtypes, typed.target_ci, typed.modes) == ("mixed_bfloat16", "5%", "function")
    assert "note: --precisions is now --dtypes; the old name works until 2.0" in capsys.readouterr().err


def test_an_old_name_beside_its_new_one_is_refused() -> None:
    with pytest.raises(BenchError, match="--precision is the old name of --target-ci; type --target-ci alone"):
        pytest_options._options(Typed(precision="5%", target_ci="2%"))  # type: ignore[arg-type]
