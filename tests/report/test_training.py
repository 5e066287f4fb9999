"""The report of one training: the log line, the sentence, and its files."""

from pathlib import Path

from builders import a_point, a_training

from bench.records.files import write
from bench.records.folders import create_training
from bench.records.run import FORMAT
from bench.records.training import TrainingProgress
from bench.report import training as report

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
