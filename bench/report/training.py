"""The report of one training: a sentence, its curves, every displayed step, and its conditions."""

from pathlib import Path

from bench import modes
from bench.records.folders import open_training
from bench.records.training import Point, Training, TrainingProgress
from bench.report.form.document import Column, Figure, Row, Section, Table, column
from bench.report.form.folder import write
from bench.report.form.wording import number
from bench.report.plots import training as plots


def log_line(point: Point) -> str:
    """The tutorial's log line, with a time per step that was actually measured."""
    return (
        f"step = {point.step}, loss = {point.loss:.4f}, accuracy = {point.accuracy:.4f}, "
        f"test accuracy = {point.test_accuracy:.4f}, time per step = {1e3 * point.step_s:.2f} ms"
    )


def sentence(training: Training, progress: TrainingProgress) -> str:
    """The training's result in one sentence."""
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


def build(folder: Path, png: bool = False) -> Path:
    """Write report.md, tables/points.csv and plots/curves.svg; the report's path. Raises BenchError.

    `png`: the figure also as PNG.
    """
    training, progress = open_training(folder)
    return write(folder, "A training to an accuracy", training.data_title, sections_of(training, progress), png=png)


def sections_of(training: Training, progress: TrainingProgress) -> tuple[Section, ...]:
    """The report's sections, in order."""
    images = " (synthetic images)" if training.synthetic else ""
    title = f"{training.model}, {training.recipe.name} recipe, {modes.row(training.mode).title}{images}"
    figure = Figure("curves", f"Loss and accuracy over steps: {title}", plots.curves(progress.points, title))
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
        Column("waited for data", lambda row: _share(row["waited_s"], row["seconds"])),
        Column("seconds so far", lambda row: number(float(str(row["seconds"])))),
    )
    rows = tuple({name: getattr(point, name) for name in Point.__slots__} for point in points)
    return Table("points", columns, rows, "Every displayed step")


def _share(part: object, whole: object) -> str:
    return f"{part / whole:.1%}" if isinstance(part, float) and isinstance(whole, float) and whole else "–"


def _conditions(training: Training, progress: TrainingProgress) -> Table:
    conditions = [
        ("seed", str(training.recipe.seed)),
        ("building the model", f"{number(progress.start_s)} s"),
        *training_conditions(training),
    ]
    rows: tuple[Row, ...] = tuple({"what": what, "value": value} for what, value in conditions)
    return Table("conditions", (column("what", "what"), column("value", "value")), rows, "What the numbers belong to")


def training_conditions(training: Training) -> list[tuple[str, str]]:
    """A training's data, recipe and machine; without its seed and mode."""
    recipe, env = training.recipe, training.environment
    rate = f"{recipe.learning_rate:g}, {recipe.schedule}"
    plain = f", after {recipe.plain_epochs} plain epochs" if recipe.plain_epochs else ""
    return [
        ("data", training.data_title),
        ("recipe", f"{recipe.name}: {recipe.title}"),
        ("learning rate", f"{rate}, {recipe.warmup_steps} steps of warm-up" if recipe.warmup_steps else rate),
        ("batch, steps", f"{recipe.batch_size}, {training.training_steps:,}"),
        ("flips and crops", f"yes{plain}" if recipe.augment else "no"),
        ("dropout, weight decay", f"{recipe.dropout:g}, {recipe.weight_decay:g}"),
        ("CPU", f"{env.cpu}, {env.cores} cores, load {env.load_before} before"),
        ("flags", ", ".join(f"{name}={value}" for name, value in env.flags) or "none"),
        ("TensorFlow / NumPy / Python", f"{env.tensorflow} / {env.numpy} / {env.python}"),
        ("started", training.created),
        ("source", f"{env.commit or 'unknown'}{' with uncommitted changes' if env.dirty else ''}"),
    ]
