"""The report of one training: the log line, the sentence, and its files."""

from pathlib import Path

from builders import a_point, a_training

from bench.records.files import write
from bench.records.folders import create_training
from bench.records.run import FORMAT
from bench.records.training import Point, TrainingProgress
from bench.report import training as report
from bench.report.form.card import Card

POINTS = (a_point(100, test_accuracy=0.4), a_point(200, test_accuracy=0.7), a_point(300, test_accuracy=0.6))
PROGRESS = TrainingProgress(FORMAT, 0.5, POINTS)


def test_the_log_line_is_the_tutorials_with_a_measured_time_per_step() -> None:
    assert report.log_line(a_point(100, step_s=0.05, test_accuracy=0.4)) == (
        "step = 100, loss = 1.0000, accuracy = 0.4000, test accuracy = 0.4000, time per step = 50.00 ms"
    )


def test_the_sentence_gives_the_last_accuracy_and_the_best() -> None:
    text = report.sentence(a_training(), PROGRESS)
    assert "in eager reached 60.00% test accuracy after 300 of 300 steps and 16.0 s" in text
    assert "(best: 70.00% at step 200), seed 0." in text
    assert report.sentence(a_training(), TrainingProgress(FORMAT, 0.0, ())).endswith("its first displayed step.")
    assert report.sentence(a_training(synthetic=True), PROGRESS).endswith("seed 0 (synthetic images).")


def test_a_training_leaves_its_report_points_and_curves(tmp_path: Path) -> None:
    create_training(tmp_path / "a", a_training())
    write(tmp_path / "a" / "points.json", PROGRESS)
    text = report.build(tmp_path / "a").read_text()
    assert "| 300 | 1.0000 | 60.00% | 1.1000 | 60.00% | 50.00 | 10.0% | 16.0 |" in text
    assert "| building the model | 0.500 s |" in text
    assert (tmp_path / "a" / "plots" / "curves.svg").read_text().startswith("<svg ")
    assert (tmp_path / "a" / "tables" / "points.csv").read_text().count("\n") == 4


def card_of(points: tuple[Point, ...]) -> Card:
    first = report.sections_of(a_training(), TrainingProgress(FORMAT, 0.5, points))[0]
    assert isinstance(first.parts[0], Card)
    return first.parts[0]


def test_the_card_says_where_the_test_loss_begins_to_rise() -> None:
    losses = ((100, 1.2, 0.5), (200, 0.9, 0.6), (300, 1.0, 0.6), (400, 1.3, 0.55))
    points = tuple(a_point(step, test_accuracy=share, test_loss=loss, accuracy=0.9) for step, loss, share in losses)
    lines = [fact.line for fact in card_of(points).facts]
    assert "Test loss rises from step 200 on (0.900 to 1.300)" in lines
    assert any(line.startswith("Overfitted: training images 90.00 %") for line in lines)
    assert not any("improving" in line for line in lines)


def test_a_training_that_still_improves_is_said_to() -> None:
    points = tuple(a_point(100 * n, test_accuracy=0.1 * n, test_loss=2 - 0.3 * n) for n in range(1, 5))
    assert "Still improving at its last step" in [fact.line for fact in card_of(points).facts]


def test_a_training_without_a_displayed_step_has_a_card_and_no_figure() -> None:
    first = report.sections_of(a_training(), TrainingProgress(FORMAT, 0.5, ()))[0]
    assert [type(part).__name__ for part in first.parts] == ["Card", "str"]
