"""Faults injected into a mode or a model: each trains other than it says. What `docs/methods.md` lists as found.

A fault changes the task before a mode opens it, or the opened trainer. `found` is what the reason must say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import numpy as np
import tensorflow as tf

HONEST_STEPS = 5  # as many as the first evidence looks at
LATE = 45  # after the last mark at which all cases are looked at


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its name in the documentation, how it is injected, and what the reason must say."""

    name: str
    found: str
    task: Callable[[Any], None] | None = None
    trainer: Callable[[Any], None] | None = None


def hidden_setting(**settings: float) -> Callable[[Any], None]:
    """The updates are made with other settings than the optimizer names."""

    def inject(task: Any) -> None:
        optimizer, apply = task.optimizer, task.optimizer.apply

        def applied(gradients: Any) -> Any:
            named = {name: getattr(optimizer, name) for name in settings}
            for name, value in settings.items():
                setattr(optimizer, name, value)
            try:
                return apply(gradients)
            finally:
                for name, value in named.items():
                    setattr(optimizer, name, value)

        optimizer.apply = applied

    return inject


def other_setting(**settings: float) -> Callable[[Any], None]:
    """The optimizer has other settings, and says so."""

    def inject(task: Any) -> None:
        for name, value in settings.items():
            setattr(task.optimizer, name, value)

    return inject


def with_gradients(change: Callable[[Any, list[Any]], list[Any]]) -> Callable[[Any], None]:
    """The gradients are `change(task, gradients)` before they are applied."""

    def inject(task: Any) -> None:
        apply = task.optimizer.apply
        task.optimizer.apply = lambda gradients: apply(change(task, list(gradients)))

    return inject


def scaled(factor: float) -> Callable[[Any], None]:
    return with_gradients(lambda task, gradients: [tf.convert_to_tensor(g) * factor for g in gradients])


def last_scaled(factor: float) -> Callable[[Any], None]:
    return with_gradients(lambda task, gradients: [*gradients[:-1], gradients[-1] * factor])


def largest_left_out(task: Any, gradients: list[Any]) -> list[Any]:
    largest = int(np.argmax([np.prod(weight.shape) for weight in task.weights]))
    return [tf.zeros(g.shape) if number == largest else g for number, g in enumerate(gradients)]


def none_at_all(task: Any, gradients: list[Any]) -> list[Any]:
    return [tf.zeros(g.shape) for g in gradients]


def stops_at(updates: int) -> Callable[[Any], None]:
    """The learning rate is 0 once the optimizer has counted so many updates."""

    def inject(task: Any) -> None:
        rate = task.optimizer.learning_rate
        settings = task.optimizer.hyperparameters()
        task.optimizer.learning_rate = lambda step: rate * tf.cast(step <= updates, tf.float32)
        task.optimizer.hyperparameters = lambda: settings

    return inject


def smaller_batch_from(updates: int) -> Callable[[Any], None]:
    """The loss is that of half the batch once the optimizer has counted so many updates."""

    def inject(task: Any) -> None:
        batch, whole = task.inputs.batch, task._loss

        def loss(labels: Any, logits: Any) -> Any:
            half = labels.shape[0] // 2
            late = tf.convert_to_tensor(task.optimizer.iterations) >= updates
            return tf.where(late, whole(labels[:half], logits[:half]), whole(labels, logits))

        task.inputs.batch, task._loss = batch, loss

    return inject


def smoothed(share: float) -> Callable[[Any], None]:
    """Label smoothing."""

    def inject(task: Any) -> None:
        def loss(labels: Any, logits: Any) -> Any:
            classes = logits.shape[-1]
            smooth = tf.one_hot(labels, classes) * (1 - share) + share / classes
            return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=smooth, logits=logits))

        task._loss = loss

    return inject


def wrong_labels(task: Any) -> None:
    batch = task.inputs.batch

    def shifted(*values: Any) -> Any:
        images, labels, drop = batch(*values)
        return images, (labels + 1) % 10, drop

    task.inputs.batch = shifted


def fed(order: Callable[[int], int]) -> Callable[[Any], None]:
    """Step n is given the batch that step `order(n)` should have; in loops inside a graph nothing changes."""

    def inject(task: Any) -> None:
        feed = task.inputs.feed

        def other() -> Iterator[Any]:
            batches = list(islice(feed(), 8))
            return (batches[order(number) % 8] for number in count())

        task.inputs.feed = other

    return inject


def in_float16(task: Any) -> None:
    task.precision = "mixed_float16"


def in_bfloat16(task: Any) -> None:
    task.precision = "mixed_bfloat16"


def counted(trainer: Any, steps: int) -> None:
    """Steps that are counted and not taken."""
    iterations = trainer.task.optimizer.iterations
    trainer.write([iterations], [trainer.read([iterations])[0] + steps])


def running(take: Callable[[Any, Callable[[int], None], int, int], None]) -> Callable[[Any], None]:
    """`run(steps)` becomes `take(trainer, the real run, steps, steps so far)`."""

    def inject(trainer: Any) -> None:
        run, done = trainer.run, 0

        def other(steps: int) -> None:
            nonlocal done
            take(trainer, run, steps, done)
            done += steps

        trainer.run = other

    return inject


def stops_after_first(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    real = max(0, min(steps, HONEST_STEPS - done))
    if real:
        run(real)
    counted(trainer, steps - real)


def one_step_a_call(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    run(1)
    counted(trainer, steps - 1)


def one_fewer(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    run(max(1, steps - 1))
    counted(trainer, steps - max(1, steps - 1))


def one_more(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    run(steps + (steps > 1))
    counted(trainer, -(steps > 1))


def not_counted(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    run(max(1, steps - 1))


def not_a_number(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    """A kernel becomes NaN in the end, and the loss that is reported does not."""
    if done < LATE:
        run(steps)
        loss = trainer.sync()
        trainer.sync = lambda: loss
        return
    kernel = trainer.task.weights[0]
    trainer.write([kernel], [np.full(kernel.shape, np.nan, np.float32)])
    counted(trainer, steps)


def traces_inside(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    if done >= HONEST_STEPS:
        tf.function(lambda x: x + done, autograph=False).get_concrete_function(tf.TensorSpec([], tf.float32))
    run(steps)


def frozen_loss(trainer: Any) -> None:
    """The loss that is reported is the one of a step long ago, so nothing waits for the device."""
    sync, calls = trainer.sync, 0
    kept = 0.0

    def other() -> float:
        nonlocal calls, kept
        calls += 1
        kept = float(sync()) if calls <= HONEST_STEPS + 1 else kept
        return kept

    trainer.sync = other


def loss_before(trainer: Any) -> None:
    """The loss that is reported is that of the call before, once the first evidence has been taken."""
    sync, calls = trainer.sync, 0
    before = 0.0

    def other() -> float:
        nonlocal calls, before
        calls += 1
        now = float(sync())
        reported, before = (before if calls > HONEST_STEPS else now), now
        return reported

    trainer.sync = other


def random_loss(task: Any) -> None:
    """Something random is in each step, as dropout is."""
    plain = task._loss
    task._loss = lambda labels, logits: plain(labels, logits * (1 + 1e-3 * tf.random.uniform([])))


def averages_stand(task: Any) -> None:
    """The normalisations' moving averages do not move."""
    for block in task.model.blocks.values():
        block.MOMENTUM = 1.0


def another_function(trainer: Any, function: Callable[..., Any], after: int = 0) -> None:
    """So many steps run as they should; the later ones call another function of the same step."""
    run, done = trainer.run, 0

    def other(steps: int) -> None:
        nonlocal done
        for _ in range(steps):
            if done < after:
                run(1)
            else:
                trainer._loss = function(*next(trainer._feed))
            done += 1

    trainer.run = other


def loss_of(trainer: Any) -> Callable[..., Any]:
    """The step of a task, which gives its loss alone."""

    def loss_of_step(*values: Any) -> Any:
        return trainer.task.step(*values)[0]

    return loss_of_step


def plain_function(trainer: Any) -> None:
    another_function(trainer, tf.function(loss_of(trainer)))


def plain_function_later(trainer: Any) -> None:
    another_function(trainer, tf.function(loss_of(trainer)), after=HONEST_STEPS)


def a_graph_a_batch(trainer: Any) -> None:
    """The number of the batch is a constant of a graph of its own."""
    baked: dict[int, Any] = {}

    def function(number: Any) -> Any:
        batch = int(number)
        if batch not in baked:
            baked[batch] = tf.function(lambda: loss_of(trainer)(tf.constant(batch)))
        return baked[batch]()

    another_function(trainer, function)


def retraces(trainer: Any, run: Callable[[int], None], steps: int, done: int) -> None:
    """The batch's number changes its type once, and the step is traced again."""
    if done <= LATE < done + steps:
        trainer._loss = trainer._step(tf.cast(next(trainer._feed)[0], tf.int64))
        steps -= 1
    if steps:
        run(steps)


FIRST = "first gradient"
UPDATE, DECAY, MOMENT = "is not Adam's", "along itself", "second moment"
AGAIN, IN_ONE = "came out otherwise after the last slice", "in one call are not"
AFTER = "after 10 updates"
FAULTS = (
    Fault("all gradients x 1.001", FIRST, scaled(1.001)),
    Fault("all gradients x 1.01", FIRST, scaled(1.01)),
    Fault("all gradients x 1.025", FIRST, scaled(1.025)),
    Fault("one weight's gradient x 1.01", FIRST, last_scaled(1.01)),
    Fault("one kernel is not updated", FIRST, with_gradients(largest_left_out)),
    Fault("label smoothing of 0.0001", FIRST, smoothed(1e-4)),
    Fault("label smoothing of 0.001", FIRST, smoothed(1e-3)),
    Fault("label smoothing of 0.1", "first loss", smoothed(0.1)),
    Fault("it computes in float16", FIRST, in_float16),
    Fault("it computes in bfloat16", FIRST, in_bfloat16),
    Fault("no weight is updated", f"{FIRST}|{UPDATE}", with_gradients(none_at_all)),
    Fault("something random in each step", f"first loss|{FIRST}|late gradient|{AGAIN}", random_loss),
    Fault("the same batch from the start", "its losses drift", fed(lambda number: 0)),
    Fault("batches in reversed order", "first loss", fed(lambda number: 7 - number % 8)),
    Fault("wrong labels", "first loss", wrong_labels),
    Fault("half the batch from the start", "first loss", smaller_batch_from(0)),
    Fault("learning rate + 1 %, named", "learning_rate is", other_setting(learning_rate=1.01e-3)),
    Fault("epsilon 1e-5, named", "epsilon is", other_setting(epsilon=1e-5)),
    Fault("beta2 0.99, named", "beta_2 is", other_setting(beta2=0.99)),
    Fault("weight decay 5e-4, named", "weight_decay is", other_setting(weight_decay=5e-4)),
    Fault("learning rate + 1 %", UPDATE, hidden_setting(learning_rate=1.01e-3)),
    Fault("learning rate + 10 %", UPDATE, hidden_setting(learning_rate=1.1e-3)),
    Fault("learning rate x 2", UPDATE, hidden_setting(learning_rate=2e-3)),
    Fault("epsilon 1e-7", UPDATE, hidden_setting(epsilon=1e-7)),
    Fault("epsilon 1e-5", UPDATE, hidden_setting(epsilon=1e-5)),
    Fault("epsilon 1e-3", UPDATE, hidden_setting(epsilon=1e-3)),
    Fault("beta2 0.99", MOMENT, hidden_setting(beta2=0.99)),
    Fault("beta2 0.9", MOMENT, hidden_setting(beta2=0.9)),
    Fault("weight decay 5e-4", f"{DECAY}|{UPDATE}", hidden_setting(weight_decay=5e-4)),
    Fault("weight decay 5e-3", f"{DECAY}|{UPDATE}", hidden_setting(weight_decay=5e-3)),
    Fault("weight decay 0.1", f"{DECAY}|{UPDATE}", hidden_setting(weight_decay=0.1)),
    Fault("updates stop after 5, by the counter", AFTER, stops_at(HONEST_STEPS)),
    Fault("updates stop after 20, by the counter", "after 40 updates", stops_at(20)),
    Fault("updates stop late, by the counter", UPDATE, stops_at(LATE)),
    Fault("half the batch from update 6 on, by the counter", AFTER, smaller_batch_from(HONEST_STEPS)),
    Fault("half the batch late, by the counter", "late", smaller_batch_from(LATE)),
    Fault("the same batch from step 6 on", AFTER, fed(lambda number: min(number, 5))),
    Fault("batches 5 to 7 reversed", AFTER, fed(lambda number: (0, 1, 2, 3, 4, 7, 6, 5)[number % 8])),
    Fault("the same batch late", "late", fed(lambda number: number if number < LATE else LATE + 1)),
    Fault("updates stop after 5", AGAIN, trainer=running(stops_after_first)),
    Fault("one step a call, the rest only counted", f"{AGAIN}|{IN_ONE}", trainer=running(one_step_a_call)),
    Fault("one step fewer a call, counted", f"{AGAIN}|{IN_ONE}", trainer=running(one_fewer)),
    Fault("one step more a call, not counted", f"{AGAIN}|{IN_ONE}", trainer=running(one_more)),
    Fault("one step fewer a call", "its optimizer counted", trainer=running(not_counted)),
    Fault("a kernel becomes NaN, the loss does not", "held NaN", trainer=running(not_a_number)),
    Fault("a function is traced in each slice", "it traced functions for", trainer=running(traces_inside)),
    Fault("the loss is one of long ago", AGAIN, trainer=frozen_loss),
    Fault("the loss is that of the step before", AGAIN, trainer=loss_before),
)
# Faults of one model or mode.
NOT_TRACED = "the graph that it has traced is not the one that it calls"
ONLY_IN = (
    ("resnet9", "function", Fault("moving averages stand still", "moving average", averages_stand)),
    ("resnet9", "eager", Fault("moving averages stand still", "moving average", averages_stand)),
    ("mlp", "eager", Fault("an eager step calls a graph", "Python ran none of the ops", trainer=plain_function)),
    ("mlp", "xla", Fault("XLA compiles one step, another is timed", NOT_TRACED, trainer=plain_function)),
    ("mlp", "function", Fault("another graph from step 6 on", NOT_TRACED, trainer=plain_function_later)),
    ("mlp", "function", Fault("a graph for each batch", NOT_TRACED, trainer=a_graph_a_batch)),
    ("mlp", "function", Fault("a step is traced again while timed", "it retraced 1 time", trainer=running(retraces))),
)
