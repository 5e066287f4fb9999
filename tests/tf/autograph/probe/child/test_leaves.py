"""Values flattened into leaves that can be compared across processes."""

from typing import Any

import numpy as np

from bench.autograph.probe.child.leaves import leaves


def test_a_key_is_written_the_same_way_in_every_process() -> None:
    def loss() -> None: ...

    weights = {"mse": 1, loss: 2, object(): 3}
    paths = [leaf.path for leaf in leaves(weights, "weights", lambda value: False)[1:]]
    name = "test_a_key_is_written_the_same_way_in_every_process.<locals>.loss"
    assert paths == ["weights['mse']", f"weights[{name} 1]", "weights[object 2]"]


def test_what_a_keras_model_of_the_user_s_own_class_keeps_is_included() -> None:
    import keras

    class Noting(keras.layers.Dense):
        calls = 0

        def call(self, inputs: Any) -> Any:
            self.calls += 1
            return super().call(inputs)

    model = keras.Sequential([keras.Input((2,)), Noting(3, name="noting")])
    model(np.ones([1, 2], np.float32))
    by_path = {leaf.path: leaf for leaf in leaves(model, "model", lambda value: isinstance(value, Noting))}
    assert by_path["model.variables[0]"].variable
    assert by_path["model.variables[0]"].shape == (2, 3)
    assert by_path["model.noting.calls"].text == "1"


def test_a_list_that_contains_itself_ends() -> None:
    rows: list[Any] = [1.5]
    rows.append(rows)
    assert [leaf.path for leaf in leaves(rows, "rows", lambda value: False)] == ["rows", "rows[0]"]


def test_a_symbolic_tensor_is_marked_and_a_tensor_has_its_numbers() -> None:
    import tensorflow as tf

    kept = list[Any]()
    tf.function(lambda x: kept.append(x))(tf.ones([2]))
    (_, leaf) = leaves(kept, "kept", lambda value: False)
    assert (leaf.symbolic, leaf.numbers) == (True, None)
    (leaf,) = leaves(tf.ones([2]), "x", lambda value: False)
    assert (leaf.shape, np.frombuffer(leaf.numbers or b"").tolist()) == ((2,), [1.0, 1.0])
