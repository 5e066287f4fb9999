"""How good a model is: mean loss and accuracy on images that it was not trained on. No TensorFlow import."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from cifar_core.batch_file import Part
from cifar_core.pipeline import normalise

EVALUATION_BATCH = 500


class Answering(Protocol):
    """What answers images float32 [n, 32, 32, 3] with logits [n, 10]."""

    def logits(self, images: Any) -> Any: ...


def evaluate(model: Answering, part: Part, mirrored: bool = False) -> tuple[float, float]:
    """Mean loss (nats) and accuracy (0..1) of the model as it is on all images of a part, without dropout.

    `mirrored`: of the mean of its logits for each image and for its mirror image.
    """
    losses, hits = 0.0, 0
    for start in range(0, len(part.labels), EVALUATION_BATCH):
        labels = part.labels[start : start + EVALUATION_BATCH]
        images = normalise(part.images[start : start + EVALUATION_BATCH])
        logits = _padded_logits(model, images)
        logits = (logits + _padded_logits(model, images[:, :, ::-1])) / 2 if mirrored else logits
        hits += int(np.sum(logits.argmax(1) == labels))
        losses += float(np.sum(_log_sum_exp(logits) - logits[np.arange(len(labels)), labels]))
    return losses / len(part.labels), hits / len(part.labels)


def _padded_logits(model: Answering, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Filled up to a whole batch, for a last ragged one would be traced and compiled again."""
    padded = np.zeros((EVALUATION_BATCH, *images.shape[1:]), np.float32)
    padded[: len(images)] = images
    return np.asarray(model.logits(padded), np.float64)[: len(images)]


def _log_sum_exp(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    highest = logits.max(axis=1)
    sums: npt.NDArray[np.float64] = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return sums
