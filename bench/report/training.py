"""The report of one training: a sentence, its curves, every displayed step, and its conditions."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench import modes
from bench.records.folders import open_training
from bench.records.training import Point, Training, TrainingProgress
from bench.report import summary, training_summary
from bench.report.cover import day
from bench.report.form.card import Card, Chip, Cover, Fact, Tone
from bench.report.form.document import Column, Figure, Row, Section, Table, column, counted, number_of
from bench.report.form.folder import write
from bench.report.form.wording import number
from bench.report.plots import training as plots

MOST_NOISE = 4  # displayed steps: fewer show no trend
RISEN = 1.05  # a test loss this many times its least has risen
GAP = 0.10  # between the accuracies of training and test images: overfitted


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
    """Write the report and summary.json; returns report.md's path. Raises BenchError.

    `png`: the figure also as PNG.
    """
    training, progress = open_training(folder)
    others = {summary.NAME: summary.in_words(training_summary.document(training, progress))}
    return write(folder, _cover(training), sections_of(training, progress), others=others, png=png)


def _cover(training: Training) -> Cover:
    env, mode = training.environment, modes.row(training.mode).title
    about = f"{training.model}, {mode}, {env.cpu}"
    chips = (
        Chip(f"**{day(training.created)}**"),
        Chip(f"TensorFlow **{env.tensorflow}**"),
        Chip(f"batch **{training.recipe.batch_size}**"),
        Chip(f"**{training.training_steps:,}** steps"),
        Chip(f"{training.recipe.name} recipe, seed {training.recipe.seed}", minor=True),
    )
    command = f"cifar-bench train --model {training.model} --mode {training.mode} --recipe {training.recipe.name}"
    tab = f"Training · {about} · {day(training.created)}"
    return Cover("A training to an accuracy:", training.data_title, about, tab, chips, command)


def sections_of(training: Training, progress: TrainingProgress) -> tuple[Section, ...]:
    """The report's sections, in order."""
    images = " (synthetic images)" if training.synthetic else ""
    title = f"{training.model}, {training.recipe.name} recipe, {modes.row(training.mode).title}"
    alt = f"Loss and accuracy over steps{images}: {title}; {'; '.join(_shows(progress.points))}"
    figures = [Figure("curves", alt, plots.curves(progress.points), legend=False)] if progress.points else []
    return (
        Section("Answer", (_card(training, progress), *figures, sentence(training, progress))),
        Section(f"Every displayed step{images}", (_points(progress.points),), f"{len(progress.points)} points"),
        Section("Conditions", (_conditions(training, progress),), "What the numbers belong to"),
    )


def _card(training: Training, progress: TrainingProgress) -> Card:
    """The accuracy that was reached, and what the curves show."""
    recipe = f"{training.recipe.name} recipe"
    if not progress.points:
        return Card(f"The {recipe} has begun", "0 steps", f"of {training.training_steps:,}", tone="open")
    last, best = progress.points[-1], max(progress.points, key=lambda point: point.test_accuracy)
    facts = [
        Fact("good", f"Best: {_percent(best.test_accuracy)} at step {best.step:,}", f"loss {best.test_loss:.3f}"),
        Fact("same", f"{number(last.seconds)} s of training", f"{1e3 * last.step_s:.2f} ms a step at the end"),
        *(Fact("warn", text) for text in _shows(progress.points)),
    ]
    done = last.step >= training.training_steps
    title = f"The {recipe} is done" if done else f"The {recipe} is at step {last.step:,}"
    sure = f"one training, seed {training.recipe.seed}; other seeds end elsewhere, see `cifar-bench accuracy`."
    tone: Tone = "good" if done else "open"
    return Card(title, _percent(last.test_accuracy), "test accuracy", (), "", tuple(facts), sure, tone)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _shows(points: Sequence[Point]) -> list[str]:
    """What the curves show beyond the last numbers: overfitting, and whether it was still improving."""
    if len(points) < MOST_NOISE:
        return []
    least = min(points, key=lambda point: point.test_loss)
    last, texts = points[-1], []
    if last.test_loss > RISEN * least.test_loss and least is not last:
        texts.append(f"Test loss rises from step {least.step:,} on ({least.test_loss:.3f} to {last.test_loss:.3f})")
    if last.accuracy - last.test_accuracy > GAP:
        both = f"training images {_percent(last.accuracy)}, test images {_percent(last.test_accuracy)}"
        texts.append(f"Overfitted: {both}")
    if max(points, key=lambda point: point.test_accuracy) is last:
        texts.append("Still improving at its last step")
    return texts


def _points(points: tuple[Point, ...]) -> Table:
    columns = (
        counted("step", "step"),
        _numbered("loss of the batch", "loss", lambda row: f"{row['loss']:.4f}"),
        _numbered("accuracy, 1,000 training images", "accuracy", lambda row: f"{row['accuracy']:.2%}"),
        _numbered("test loss", "test_loss", lambda row: f"{row['test_loss']:.4f}"),
        _numbered("test accuracy", "test_accuracy", lambda row: f"{row['test_accuracy']:.2%}"),
        _numbered("ms a step", "step_s", lambda row: f"{1e3 * float(str(row['step_s'])):.2f}"),
        _numbered("waited for data", "waited_s", lambda row: _share(row["waited_s"], row["seconds"])),
        _numbered("seconds so far", "seconds", lambda row: number(float(str(row["seconds"])))),
    )
    rows = tuple({name: getattr(point, name) for name in Point.__slots__} for point in points)
    return Table("points", columns, rows, "Every displayed step")


def _numbered(title: str, key: str, text: Callable[[Row], str]) -> Column:
    return Column(title, text, value=partial(number_of, key=key))


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
