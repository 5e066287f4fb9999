"""A mode's speedup over several models: the geometric mean of the valid ones, and how many those are."""

from dataclasses import replace

import pytest
from builders import a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.over_models import combined, over_models
from bench.analysis.results import Run
from bench.analysis.stats.ratios import Summary
from bench.records.run import Failure, Outcome
from bench.report.sections import over_models as section

SPEEDS = {"mlp": 2.0, "gru": 8.0}


def a_run(speeds: dict[str, float], failing: str = "", repetitions: int = 6) -> Run:
    cases, records = [], list[Outcome]()
    for model, speed in speeds.items():
        group = tuple(
            replace(case, workload=replace(case.workload, model=model)) for case in a_group(("eager", "function"))
        )
        cases += group
        known = outcomes(a_plan(group), {"eager": 0.04, "eager-again": 0.04, "function": 0.04 / speed}, repetitions)
        failed = [Outcome(failure=Failure(group[-1], 0, "build", "it broke"))]
        kept = [o for o in known if o.case.mode != "function"]
        records += [*kept, *failed] if model == failing else known
    return analyse(a_plan(tuple(cases)), records)


def test_the_mean_is_geometric_and_counts_its_models() -> None:
    (found,) = over_models(a_run(SPEEDS))
    assert found.mean
    assert found.mean.centre == pytest.approx(4.0, rel=0.01)
    assert (found.mode, found.baseline, found.models, found.valid) == ("tf.function", "eager", 2, 2)
    (sentence,) = section.sentences(a_run(SPEEDS))
    assert sentence.startswith("Over 2 models (batch 64, float32, CPU), geometric mean vs eager: tf.function 4")


def test_a_model_in_which_the_mode_failed_is_counted_as_not_valid() -> None:
    (found,) = over_models(a_run(SPEEDS, failing="gru"))
    assert (found.models, found.valid) == (2, 1)
    assert section.sentences(a_run(SPEEDS, failing="gru"))[0].endswith("] (1 valid).")
    assert found.mean
    assert found.mean.centre == pytest.approx(2.0, rel=0.01)


def test_few_repetitions_make_a_rough_mean_and_one_makes_no_sentence() -> None:
    (sentence,) = section.sentences(a_run(SPEEDS, repetitions=3))
    assert "rough geometric mean vs eager: tf.function 4" in sentence
    assert "rough" not in section.sentences(a_run(SPEEDS))[0]
    once = a_run(SPEEDS, repetitions=1)
    assert section.sentences(once) == []
    assert over_models(once)[0].mean  # the table has it


def test_one_model_has_no_such_line() -> None:
    assert over_models(a_run({"mlp": 2.0})) == []
    assert section.section(a_run({"mlp": 2.0})).parts == ()


def test_the_interval_is_that_of_a_mean_of_independent_ones() -> None:
    wide, sure = Summary(2.0, 1.0, 4.0, 6), Summary(2.0, 2.0, 2.0, 6)
    both = combined([wide, sure])
    assert both.low == pytest.approx(2**0.5)
    assert both.high == pytest.approx(2 * 2**0.5)
    assert combined([replace(wide, low=None, high=None), sure]).low is None
