"""Rule AG511: tensors as keys and indices of Python's containers."""

from pathlib import Path

import pytest
from snippets import expected, findings, reported

KEYS = [
    """
    NAMES = {0: 10, 1: 20}
    KNOWN = {0, 1}

    @tf.function
    def step(x):
        label = tf.argmax(x)
        seen = set()
        seen.add(label)  #! AG511
        own = {label: 1}  #! AG511
        own[label] = 2  #! AG511
        if label in KNOWN:  #! AG511
            return NAMES.get(label, 0)  #! AG511
        return NAMES[label]  #! AG511
    """,
    """
    VALUES = [1.0, 2.0]

    @tf.function
    def step(n):
        total = 0.0
        for i in tf.range(n):
            total += VALUES[i] + (1.0, 2.0)[i]  #! AG511
        return total
    """,
]
PLAIN = [
    """
    NAMES = {"a": 10, "b": 20}

    @tf.function
    def step(features, x):
        losses = {name: features[name] for name in NAMES}
        for name in losses:
            x += losses[name] * NAMES[name]
        rows = [x, x]
        for i in range(2):
            x += rows[i]
        return x[tf.argmax(x)] + tf.gather(tf.constant([1.0, 2.0]), tf.argmax(x))
    """,
]


@pytest.mark.parametrize("source", [*KEYS, *PLAIN])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)


def test_what_a_dataset_gives_its_function_is_a_tensor_for_certain(tmp_path: Path) -> None:
    source = """
    NAMES = {0: 10, 1: 20}

    def recode(label):
        return NAMES[label]

    data = tf.data.Dataset.range(2).map(recode)
    """
    (finding,) = findings(tmp_path, source)
    assert (finding.code, finding.severity) == ("AG511", "error")
