"""The exit code of a probe."""

import re

import pytest
from probe_runs import a_run, one_that_differs

from bench.autograph.probe.records import Raised
from bench.commands.probe import outcome
from bench.errors import BenchError, Exit


def test_the_exit_code_is_1_for_a_divergence_and_a_driver_that_always_fails_is_an_error() -> None:
    failing = [a_run(mode, raised=Raised("KeyError", "'x'")) for mode in ("eager", "graph", "xla")]
    assert outcome("drive", one_that_differs(), diverges=False) is Exit.OK
    assert outcome("drive", one_that_differs(), diverges=True) is Exit.REGRESSION
    with pytest.raises(BenchError, match=re.escape("drive() fails in every mode: KeyError: 'x'")):
        outcome("drive", failing, diverges=False)
    endless = [a_run("eager", limit="the driver did not end within 5 s"), a_run("graph")]
    with pytest.raises(BenchError, match=re.escape("did not end within 5 s; let drive() do less")):
        outcome("drive", endless, diverges=False)
