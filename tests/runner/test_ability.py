"""What a run is said to detect: before it, after its first repetition, and once it is over."""

import math
import random
from dataclasses import replace

import pytest
from builders import SCHEDULE, a_group, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.analysis.stats.power import power
from bench.records.run import Outcome, Plan, Samples
from bench.runner.ability import after_first_block, could_have_detected, foretold

CASES = a_group(("eager", "function"))
STANDARD = replace(SCHEDULE, blocks=6, goal=0.03, ceiling_s=300.0, rounds=6)
FIXED = replace(SCHEDULE, blocks=12)


def outcomes(sd: float, blocks: int = 12, rounds: int = 6, elapsed_s: float = 10.0, seed: int = 1) -> list[Outcome]:
    """Blocks whose slices spread by `sd`, rounds and blocks alike."""
    rng = random.Random(seed)
    return [
        Outcome(
            measurement=a_measurement(
                case,
                block,
                steady=Samples(tuple(0.1 * math.exp(rng.gauss(0, sd) + moved) for _ in range(rounds)), 1),
                elapsed_s=elapsed_s,
            )
        )
        for block in range(blocks)
        for case in CASES
        for moved in (rng.gauss(0, sd),)
    ]


def a_run(plan: Plan, sd: float, blocks: int = 12) -> Run:
    return analyse(plan, outcomes(sd, blocks))


def share(said: str) -> float:
    (word,) = [word for word, after in zip(said.split(), said.split()[1:], strict=False) if after.startswith("%")]
    return float(word) / 100


def test_without_earlier_runs_nothing_is_foretold() -> None:
    assert foretold(a_plan(CASES, schedule=FIXED), []) == ""


def test_noisier_earlier_runs_foretell_less_and_the_number_of_them_is_said() -> None:
    plan = a_plan(CASES, schedule=FIXED)
    quiet, noisy = (foretold(plan, [a_run(plan, sd), a_run(plan, sd)]) for sd in (0.01, 0.05))
    assert quiet.startswith("by 2 earlier runs here, it will detect a difference of ")
    assert share(quiet) < share(noisy) / 3


def test_a_run_with_a_goal_detects_nothing_smaller_and_needs_the_time_of_a_block_to_say_anything() -> None:
    goal = a_plan(CASES, schedule=STANDARD)
    assert share(foretold(goal, [a_run(goal, 0.0001)])) == 0.03
    untimed = analyse(goal, outcomes(0.01, elapsed_s=0.0))
    assert foretold(goal, [untimed]) == ""


def test_earlier_runs_of_other_modes_say_nothing() -> None:
    others = a_plan(a_group(("eager", "xla")), schedule=FIXED)
    assert foretold(others, [a_run(a_plan(CASES, schedule=FIXED), 0.01)]) == ""


def test_the_first_block_foretells_by_the_noise_of_its_rounds() -> None:
    plan = a_plan(CASES, schedule=STANDARD)
    quiet, noisy = (share(after_first_block(plan, outcomes(sd, blocks=1))) for sd in (0.001, 0.3))
    assert quiet < noisy
    assert after_first_block(plan, []) == ""
    alone = [o for o in outcomes(0.01, blocks=1) if o.case.mode == "eager"]
    assert after_first_block(plan, alone) == ""


def test_what_a_run_could_have_detected_it_detects_in_nine_of_ten() -> None:
    run = a_run(a_plan(CASES, schedule=FIXED), 0.02, blocks=8)
    detected = share(could_have_detected(run))
    (result,) = run.groups[0].candidates
    assert result.comparison
    assert result.comparison.ratio
    assert result.comparison.ratio.high
    half, quantile = math.log(result.comparison.ratio.high / result.comparison.ratio.centre), 2.3646  # t of 7
    assert power(math.log1p(detected), half / quantile * math.sqrt(8), 8) == pytest.approx(0.9, abs=0.02)
    assert could_have_detected(a_run(a_plan(CASES, schedule=FIXED), 0.02, blocks=1)) == ""


def test_even_what_only_a_huge_difference_would_show_is_said_in_plain_figures() -> None:
    said = could_have_detected(a_run(a_plan(CASES, schedule=FIXED), 1.5, blocks=3))
    assert "e+" not in said
    assert share(said) > 1
