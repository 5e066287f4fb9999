"""Values of expressions, also where names are defined by each other."""

from pathlib import Path

from snippets import findings


def test_names_that_stand_for_each_other_many_times_over_take_no_longer(tmp_path: Path) -> None:
    lines = "".join(f"    v{n} = v{n - 1} + v{n - 1} * v{n - 1}\n" for n in range(1, 60))  # 3^59 ways down to v0
    source = f"def around(v0):\n{lines}    return tf.function(lambda x: x + v59)\n"
    assert findings(tmp_path, source) == ()


def test_names_that_stand_for_themselves_end(tmp_path: Path) -> None:
    source = "def around():\n    a = b\n    b = a\n    return tf.function(lambda x: x + a)\n"
    assert findings(tmp_path, source) == ()
