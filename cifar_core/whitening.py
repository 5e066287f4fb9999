"""Filters that whiten the patches of images: what the first convolution of a fast recipe starts from. No TensorFlow."""

import numpy as np
import numpy.typing as npt

WHITENED_IMAGES = 2000
EPSILON = 1e-2  # keeps the rarest directions of patches from being blown up (Page 2018)


def whitening(images: npt.NDArray[np.float32], kernel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A kernel of the same shape [size, size, channels, filters] for images [n, h, w, channels].

    Its first filters are the principal directions of the patches, each scaled to unit variance, the commonest first,
    and the same negated, for a ReLU follows; those that are left keep what `kernel` gives them.
    """
    size, _, channels, filters = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * channels).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov(patches, rowvar=False))
    directions = vectors[:, ::-1] / np.sqrt(values[::-1] + EPSILON)
    # An eigenvector's sign is arbitrary: the largest entry of each is made positive.
    largest = directions[np.abs(directions).argmax(axis=0), range(directions.shape[1])]
    both = np.stack([directions * np.sign(largest), -directions * np.sign(largest)], axis=2)
    found = both.reshape(size * size * channels, -1)[:, :filters]
    whole = np.array(kernel, np.float32)
    whole[..., : found.shape[1]] = found.reshape(size, size, channels, -1).astype(np.float32)
    return whole
