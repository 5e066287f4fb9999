"""The options of `pytest bench`: those of `cifar-bench run`, which a user knows already."""

from dataclasses import fields, replace

import typer

from bench.commands import pytest_options
from bench.commands.app import app
from bench.records.choices import DEFAULTS, Options


def test_its_options_are_those_of_run_with_their_defaults_but_for_the_preset() -> None:
    offered = {option.name: option for option in pytest_options.run_options()}
    run = {p.name: p for p in typer.main.get_command(app).commands["run"].params}  # type: ignore[attr-defined]
    assert set(offered) == {*(field.name for field in fields(Options)), "out"}
    assert {name: option.flags for name, option in offered.items()} == {name: tuple(run[name].opts) for name in offered}
    defaults = {name: option.default for name, option in offered.items() if name != "out"}
    assert Options(**defaults) == replace(DEFAULTS, preset="quick")  # type: ignore[arg-type]
