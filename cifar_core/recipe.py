"""Recipes: how a model is trained to an accuracy, one frozen record each. No TensorFlow import.

`tutorial` is the plain recipe the suite grew from; `tuned` is ours, for the same network. `fast` takes after those that
hold CIFAR-10's speed records (Page 2018, "How to train your ResNet"; Jordan 2024, arXiv:2404.00498), for ResNet-9: its
learning rate, momentum and decay are Page's, and 16 epochs lie between his 24 and the 10 that more tricks allow.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters of a training. `schedule` is `constant`, or `cosine` or `linear`: to zero at `steps`, after
    `warmup_steps`.

    `augment` flips and crops (4 pixels of padding); `dropout` is the share dropped before the last layer. Both start
    after `plain_epochs`: there is nothing to regularise before images repeat, and a short training learns more from
    them as they are. `weight_decay` is decoupled (AdamW, Loshchilov and Hutter 2019, arXiv:1711.05101) and follows the
    learning rate. With `momentum` the optimizer is SGD with Nesterov's momentum (Sutskever et al. 2013), and the decay
    is added to the gradients. `label_smoothing`: the share of each label that goes to all classes alike (Szegedy et
    al. 2016). `whitened`: the first convolution starts as filters that whiten its patches (Page 2018). `mirrored_test`:
    a test image's logits are the mean of its own and its mirror image's. `precision`: as in a Workload.
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
    momentum: float = 0.0
    label_smoothing: float = 0.0
    whitened: bool = False
    mirrored_test: bool = False
    precision: str = "float32"


_TUNED = "warm-up and cosine, flips, crops, dropout, decay"
_FAST = "ResNet-9 only: Nesterov SGD in batches of 512, whitening, flips, crops, smoothed labels, mirrored tests"

RECIPES = (
    Recipe("tutorial", "Adam at 1e-3, nothing else", 1e-3, "constant", 0, 64, 20_000, False, 0.0, 0.0),
    Recipe("tuned", _TUNED, 2e-3, "cosine", 200, 64, 20_000, True, 0.15, 0.15, plain_epochs=2),
    Recipe(
        "fast",
        _FAST,
        0.4,
        "linear",
        390,
        512,
        1560,
        True,
        0.0,
        5e-4,
        momentum=0.9,
        label_smoothing=0.2,
        whitened=True,
        mirrored_test=True,
        precision="tf32",
    ),
)
