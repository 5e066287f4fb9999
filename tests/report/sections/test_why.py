"""The section on causes: the larger one first, in a sentence for each comparison."""

from costed_runs import a_costed_run, usual_costs

from bench.report.sections import why


def test_why_names_the_larger_cause_first_in_one_sentence_a_comparison() -> None:
    (text,) = why.section(a_costed_run(usual_costs)).parts
    assert isinstance(text, str)
    function, _, xla = text.splitlines()
    assert function.startswith("- **tf.function, 2.00x")
    assert "it keeps more cores busy (2.00 against 1.00), and it needs 40.0 ms of CPU time a step" in function
    assert "eager 40.0 (as much)" in function
    assert "Python/dispatch overhead is 1.00 of its 20.0 ms (1 call a step), 20.0 of eager's 40.1" in function
    assert "Grappler left 111 of 166 operations" in function
    assert "it needs 80.0 ms of CPU time a step, eager 40.0 (0.500 times as much)" in xla
    assert "XLA made 94 fusions of its 683 instructions" in xla


def test_nothing_is_explained_where_no_costs_were_recorded() -> None:
    assert why.section(a_costed_run(lambda mode: None)).parts == ()
