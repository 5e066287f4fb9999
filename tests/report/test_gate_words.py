"""A gate's decision in words: on the scale of time, first and last on the page."""

from pathlib import Path

from kept_runs import STEPS, a_run, named

from bench.analysis.compare import changes, differences
from bench.analysis.gates import judge, parse
from bench.report import comparison, comparison_card
from bench.report.gate_words import gate_line, limit_of, sentence


def test_slower_and_the_limit_are_both_per_cent_of_time(tmp_path: Path) -> None:
    runs = [named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", first_s=30.0))]
    changed = changes(runs)
    (gate,) = judge(parse("function slower 10%"), runs, changed)
    assert round(limit_of(gate), 6) == 0.1
    line = gate_line(gate, changed, runs)
    assert line.startswith("PASS  tf.function is ")
    assert line.endswith("; limit 10 %")


def test_the_page_begins_and_ends_with_the_gate_and_p_values_have_columns_of_their_own(tmp_path: Path) -> None:
    runs = [named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", first_s=30.0))]
    changed = changes(runs)
    gates = judge(parse("slower 10%"), runs, changed)
    text = comparison.build(tmp_path / "out", runs, differences(runs), changed, gates).read_text()
    assert text.index("**Gate: slower 10%: PASS** exit code 0") < text.index("## Environment differences")
    last = text.rsplit("## ", 1)[1]
    assert last.startswith("Gate\n")
    assert "**PASS  " in last
    titles = [column.title for column in comparison.table(changed).columns]
    assert [title for title in titles if title.startswith("p of")] == ["p of the step time", "p of the speedup"]


def test_without_a_gate_the_card_says_what_changed_most(tmp_path: Path) -> None:
    runs = [named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", first_s=30.0))]
    made = comparison_card.card(runs, changes(runs), [])
    assert made.title == "No change is significant"


def test_too_few_repetitions_exit_with_3_and_state_no_fact_nor_that_the_limit_is_in_the_interval(
    tmp_path: Path,
) -> None:
    slowed = {**STEPS, "function": 1.3 * STEPS["function"]}
    runs = [named(a_run(tmp_path / "a", blocks=2)), named(a_run(tmp_path / "b", slowed, blocks=2))]
    changed = changes(runs)
    gates = [
        gate for text in ("function slower 5%", "function/eager < 1.5") for gate in judge(parse(text), runs, changed)
    ]
    made = comparison_card.card(runs, changed, gates[:1])
    assert (made.value, made.unit, made.tone) == ("UNDECIDED", "exit code 3", "open")
    assert "(2 of the 6 repetitions that a gate needs); limit 5 %" in made.sentence
    assert "is not excluded" not in made.sentence
    assert sentence(gates[1], changed, runs).endswith("1.63] (2 of the 6 repetitions that a gate needs); limit 1.5x")


def test_the_figure_judges_the_first_rows_and_draws_the_limit(tmp_path: Path) -> None:
    runs = [named(a_run(tmp_path / "a")), named(a_run(tmp_path / "b", first_s=30.0))]
    changed = changes(runs)
    gates = judge(parse("function slower 5%"), runs, changed)
    figure = comparison_card.figure(changed, gates)
    assert figure
    assert figure.alt.startswith("What changed, and the limit: tf.function, speedup")
    without = comparison_card.figure(changed, [])
    assert without
    assert without.alt.startswith("What changed: ")


def test_without_a_gate_what_became_slower_comes_before_what_became_faster(tmp_path: Path) -> None:
    runs = [named(a_run(tmp_path / "a"))]
    runs.append(named(a_run(tmp_path / "b", first_s=30.0, steps={**STEPS, "function": 0.04, "xla": 0.03})))
    made = comparison_card.card(runs, changes(runs), [])
    assert made.title == "tf.function became slower"
    assert made.tone == "bad"
    assert "2 changes are significant" in made.sentence


def test_a_change_that_few_repetitions_show_is_likely_only_and_one_gives_no_verdict(tmp_path: Path) -> None:
    slowed = {
        **STEPS,
        "function": 2 * STEPS["function"],
        "eager": 2 * STEPS["eager"],
        "eager-again": 2 * STEPS["eager"],
    }
    runs = [named(a_run(tmp_path / "a", blocks=3)), named(a_run(tmp_path / "b", slowed, blocks=3))]
    made = comparison_card.card(runs, changes(runs), [])
    assert "likely became" in made.title
    assert "likely significant" in made.sentence
    assert "the baseline, likely changed itself" in " ".join(fact.line for fact in made.facts)
    once = [named(a_run(tmp_path / name, blocks=1)) for name in ("c", "d")]
    assert comparison_card.card(once, changes(once), []).title == "One repetition gives no verdict"
