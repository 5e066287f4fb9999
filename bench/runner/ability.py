"""What a run can detect on this machine: before it begins, after its first repetition, and once it is over.

By its own interval, in nine of ten runs; of a group the noisiest comparison counts.
"""

import math
import statistics
from collections.abc import Iterable, Sequence

from bench.analysis.earlier_runs import compared
from bench.analysis.paired import block_ratios
from bench.analysis.results import GroupResult, Run
from bench.analysis.stats.looks import level
from bench.analysis.stats.power import pooled_sd, smallest
from bench.analysis.stats.ratios import ALPHA
from bench.records.case import Case
from bench.records.run import Looks, Measurement, Outcome, Plan, Schedule, groups
from bench.runner.rounds import error
from bench.runner.settled import block_seconds, looks_of

# What a block's log speedup spreads by beyond its rounds, from process to process: simulated and recorded machines that
# were neither idle nor overloaded had 0.7 to 0.9 %. Only until blocks have shown their own.
BETWEEN_BLOCKS = 0.009


def foretold(plan: Plan, earlier: Sequence[Run]) -> str:
    """By earlier runs of the same comparisons here; '' without any."""
    found = [_by_earlier(plan.schedule, cases, earlier) for cases in groups(plan).values()]
    said = _shares(found)
    runs = f"{len(earlier)} earlier run{'s' * (len(earlier) > 1)} here"
    return f"by {runs}, it will detect a difference of {said} in nine of ten runs" if said else ""


def _by_earlier(schedule: Schedule, cases: Sequence[Case], earlier: Sequence[Run]) -> float | None:
    alike = [group for run in earlier for group in run.groups if compared(group.baseline.case) == compared(cases[0])]
    spreads = [sd for case in cases if (sd := pooled_sd([_logs(group, case) for group in alike]))]
    seconds = [s for group in alike for s in block_seconds(m for r in group.cases for m in r.measurements) if s]
    return _detected(schedule, max(spreads, default=None), statistics.median(seconds) if seconds else None)


def _logs(group: GroupResult, case: Case) -> list[float]:
    """A group's block ratios of the same case, as logarithms."""
    same = [result for result in group.candidates if compared(result.case) == compared(case)]
    return [math.log(ratio) for result in same for ratio in block_ratios(group.baseline, result)]


def after_first_block(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """By the spread of the first block's rounds; '' where there is none."""
    measured = [o.measurement for o in outcomes if o.measurement and o.block == 0]
    found = [
        _by_rounds(plan.schedule, cases, [m for m in measured if m.case in cases]) for cases in groups(plan).values()
    ]
    said = _shares(found)
    return f"by the noise of the first repetition, the run will detect about {said} in nine of ten runs" if said else ""


def _by_rounds(schedule: Schedule, cases: Sequence[Case], measured: Sequence[Measurement]) -> float | None:
    rounds = max((len(m.steady.seconds) for m in measured), default=0)
    whole = [m for m in measured if len(m.steady.seconds) == rounds]
    baselines = [m.steady.seconds for m in whole if m.case.is_like(cases[0])]
    others = [m.steady.seconds for m in whole if not m.case.is_like(cases[0])]
    if not baselines or not others or rounds < 2:
        return None
    sd = math.hypot(error(baselines, others), BETWEEN_BLOCKS)
    return _detected(schedule, sd, max(block_seconds(measured), default=None))


def could_have_detected(run: Run) -> str:
    """By the run's own blocks; '' where no comparison has two."""
    said = _shares([_by_blocks(group) for group in run.groups])
    return f"a run like this one detects a difference of {said} in nine of ten runs" if said else ""


def _by_blocks(group: GroupResult) -> float | None:
    every = [(result, [math.log(r) for r in block_ratios(group.baseline, result)]) for result in group.candidates]
    found = [
        smallest(sd, len(logs), _alpha(next((m.schedule.looks for m in reversed(r.measurements)), None)))
        for r, logs in every
        if len(logs) > 1 and not r.skipped_blocks and (sd := pooled_sd([logs]))
    ]
    return max(found, default=None)


def _detected(schedule: Schedule, sd: float | None, block_s: float | None) -> float | None:
    """The smallest difference that the last look detects, given a block's standard deviation and seconds.

    With a goal it is no smaller than that: the run ends once it is known to lie within it.
    """
    looks = looks_of(schedule, [block_s, block_s]) if block_s else None
    if not sd or schedule.precision or (schedule.goal and not looks):
        return None
    blocks = max(2, looks.last if looks else schedule.blocks)
    return max(schedule.goal or 0.0, smallest(sd, blocks, _alpha(looks)))


def _alpha(looks: Looks | None) -> float:
    return level(looks.first, looks.last) if looks else ALPHA


def _shares(found: Iterable[float | None]) -> str:
    """One share in words, or the least and the largest of several groups'."""
    known = [share for share in found if share is not None]
    words = list(dict.fromkeys(f"{float(f'{100 * share:.2g}'):g} %" for share in sorted(known)))
    return " to ".join([words[0], *words[-1:]] if len(words) > 1 else words)
