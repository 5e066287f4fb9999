"""State that cannot be read is noted, and is not an error of the driver."""

from pathlib import Path
from typing import Any

from bench.autograph.probe.child.leaves import leaves
from bench.autograph.probe.child.reading import StateReader
from bench.autograph.probe.child.state import State


class Faulty(State):
    """Fails wherever it is asked."""

    def of_modules(self) -> Any:
        raise AttributeError("no attribute 'variables'")

    of = is_users = of_modules  # type: ignore[assignment]


def test_what_cannot_be_read_is_said_once_for_each_thing(tmp_path: Path) -> None:
    reader = StateReader(Faulty(tmp_path / "train.py"), "drive's ")
    assert (reader.modules("before"), reader.at_end) == ((), ())
    reader.locals({"x": 1})
    assert [text.partition(" cannot")[0] for text in reader.unread] == [
        "the state before the driver",
        "the state of the driver's locals",
    ]


def test_the_rest_of_a_result_is_read_where_a_part_fails() -> None:
    class Sealed:
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    (whole, one, sealed, two) = leaves([1, {Sealed(): 1}, 2], "result", lambda value: True)
    assert (whole.text, one.text, two.text) == ("3 items", "1", "2")
    assert sealed.text == "cannot be read: RuntimeError"


def test_the_losses_that_fit_returns_are_compared() -> None:
    import keras

    history = keras.callbacks.History()
    history.history, history.epoch = {"loss": [1.0, 0.5]}, [0, 1]
    by_path = {leaf.path: leaf.text for leaf in leaves(history, "history", lambda value: False)}
    assert by_path["history.history['loss'][1]"] == "0.5"
