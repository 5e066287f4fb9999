"""The report of one training: a sentence, its curves, every displayed step, and what it was made on."""

from functools import partial
from pathlib import Path

from bench import modes
from bench.errors import BenchError
from bench.report import plots
from bench.report.document import Column, Figure, Row, Section, Table, column, csv, markdown
from bench.report.wording import number
from bench.train import open_
from bench.train_records import Point, Progress, Training


def log_line(point: Point) -> str:
    """The tutorial's log line, with a time per step that a clock could see."""
    return (
        f"step = {point.step}, loss = {point.loss:.4f}, accuracy = {point.accuracy:.4f}, "
        f"test accuracy = {point.test_accuracy:.4f}, time per step = {1e3 * point.step_s:.2f} ms"
    )


def sentence(training: Training, progress: Progress) -> str:
    """What came out, in one sentence."""
    images = " (synthetic images)" if training.synthetic else ""
    mode = modes.row(training.mode).title
    if not progress.points:
        return f"The {training.recipe.name} recipe in {mode} has not reached its first displayed step{images}."
    last, best = progress.points[-1], max(progress.points, key=lambda point: point.test_accuracy)
    return (
        f"The {training.recipe.name} recipe in {mode} reached {last.test_accuracy:.2%} test accuracy after "
        f"{last.step:,} of {training.training_steps:,} steps and {number(last.seconds)} s of training "
        f"(best: {best.test_accuracy:.2%} at step {best.step:,}), seed {training.recipe.seed}{images}."
    )


def build(folder: Path) -> Path:
    """Write report.md, tables/points.csv and plots/curves.png; the report's path. Raises BenchError."""
    training, progress = open_(folder)
    sections = sections_of(training, progress)
    try:
        for name in ("tables", "plots"):
            (folder / name).mkdir(exist_ok=True)
        for part in (part for section in sections for part in section.parts):
            if isinstance(part, Table):
                (folder / "tables" / f"{part.name}.csv").write_text(csv(part, training.data_title), encoding="utf-8")
            elif isinstance(part, Figure):
                part.draw(folder / "plots" / f"{part.name}.png")
        (folder / "report.md").write_text(markdown("A training to an accuracy", sections), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write the report into {folder}: {error.strerror}") from None
    return folder / "report.md"


def sections_of(training: Training, progress: Progress) -> tuple[Section, ...]:
    """What the report says, in order."""
    images = " (synthetic images)" if training.synthetic else ""
    title = f"{training.model}, {training.recipe.name} recipe, {modes.row(training.mode).title}{images}"
    figure = Figure("curves", f"Loss and accuracy over steps: {title}", partial(plots.curves, progress.points, title))
    return (
        Section("In one sentence", (sentence(training, progress),)),
        Section(f"Curves{images}", (figure, _points(progress.points))),
        Section("Conditions", (_conditions(training, progress),)),
    )


def _points(points: tuple[Point, ...]) -> Table:
    columns = (
        column("step", "step"),
        Column("loss of the batch", lambda row: f"{row['loss']:.4f}"),
        Column("accuracy, 1,000 training images", lambda row: f"{row['accuracy']:.2%}"),
        Column("test loss", lambda row: f"{row['test_loss']:.4f}"),
        Column("test accuracy", lambda row: f"{row['test_accuracy']:.2%}"),
        Column("ms a step", lambda row: f"{1e3 * float(str(row['step_s'])):.2f}"),
        Column("seconds so far", lambda row: number(float(str(row["seconds"])))),
    )
    names = ("step", "loss", "accuracy", "step_s", "seconds", "test_loss", "test_accuracy")
    rows = tuple({name: getattr(point, name) for name in names} for point in points)
    return Table("points", columns, rows)


def _conditions(training: Training, progress: Progress) -> Table:
    recipe, env = training.recipe, training.environment
    facts = [
        ("data", training.data_title),
        ("recipe", f"{recipe.name}: {recipe.title}"),
        ("learning rate", f"{recipe.learning_rate:g}, {recipe.schedule}, {recipe.warmup_steps} steps of warm-up"),
        ("batch, steps, seed", f"{recipe.batch_size}, {training.training_steps}, {recipe.seed}"),
        ("augmentation, dropout, decay", f"{recipe.augment}, {recipe.dropout:g}, {recipe.weight_decay:g}"),
        ("building the model", f"{number(progress.start_s)} s"),
        ("CPU", f"{env.cpu}, {env.cores} cores"),
        ("TensorFlow / NumPy / Python", f"{env.tensorflow} / {env.numpy} / {env.python}"),
        ("started", training.created),
        ("source", f"{env.commit or 'unknown'}{' with uncommitted changes' if env.dirty else ''}"),
    ]
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in facts)
    return Table("conditions", (column("what", "what"), column("value", "value")), rows)
