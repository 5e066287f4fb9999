"""The tables of the statistics' characteristics: shares in per cent, a row for each machine and goal."""

from bench.analysis.stats.characteristics import Characteristic, Stopping
from bench.report import characteristics


def test_each_machine_is_a_row_with_the_suites_shares_before_the_naive_methods() -> None:
    table = characteristics.table([Characteristic("quiet", 0.04, 0.99, 6.0, 63.0, 0.95, 0.96, 0.6, 0.7)])
    assert table.cells() == [["quiet", "4.0%", "99.0%", "63 s, 6.0 repetitions", "95.0%", "96.0%", "60.0%", "70.0%"]]
    titles = [column.title for column in table.columns]
    assert titles[1:4] == ["A/A false positives", "3% detected", "after, on average"]


def test_each_goal_is_a_row_with_its_mean_number_of_blocks() -> None:
    assert characteristics.stopping([Stopping(0.01, 0.951, 23.44)]).cells() == [["1.0%", "95.1%", "23.4"]]
