"""Recipes: how a model is trained to an accuracy, one frozen record each. No TensorFlow import.

`tutorial` is the plain recipe the suite grew from; `tuned` is ours, for the same network.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters of a training. `schedule` is `constant` or `cosine` (to zero at `steps`, after `warmup_steps`).

    `augment` flips and crops (4 pixels of padding); `dropout` is the share dropped before the last layer. Both start
    after `plain_epochs`: there is nothing to regularise before images repeat, and a short training learns more from
    them as they are. `weight_decay` is decoupled (AdamW, Loshchilov and Hutter 2019, arXiv:1711.05101) and follows the
    learning rate.
    """

    name: str
    title: str
    learning_rate: float
    schedule: str
    warmup_steps: int
    batch_size: int
    steps: int
    augment: bool
    dropout: float
    weight_decay: float
    plain_epochs: int = 0
    seed: int = 0


_TUNED = "warm-up and cosine, flips, crops, dropout, decay"

RECIPES = (
    Recipe("tutorial", "Adam at 1e-3, nothing else", 1e-3, "constant", 0, 64, 20_000, False, 0.0, 0.0),
    Recipe("tuned", _TUNED, 2e-3, "cosine", 200, 64, 20_000, True, 0.15, 0.15, plain_epochs=2),
)
