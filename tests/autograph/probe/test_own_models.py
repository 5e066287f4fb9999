"""Own models of a run: what of a probe counts."""

from dataclasses import replace

from probe_runs import a_leaf, a_run

from bench.autograph.probe.own_models import without_weights
from bench.autograph.probe.records import Leaf


def test_of_a_run_s_model_all_but_its_weights_is_kept_as_it_was_before_and_after() -> None:
    count, weight = Leaf("global count", "int", "0"), replace(a_leaf("global weight", 1.0), variable=True)
    seen = without_weights(a_run("eager", before=(count, weight), state=(weight, count)))
    assert (seen.before, seen.state) == ((count,), (count,))
