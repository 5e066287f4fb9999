"""Where a class sets its attributes."""

import ast

from bench.autograph.source.stores import stores

SOURCE = """
class Net:
    size: int = 3
    def __init__(self, other):
        self.a, (self.b, self.c) = 1, (2, other)
        self.d, self.e = other
        other.f = 1
    def call(self, x):
        try:
            with x:
                for _ in x:
                    self.a += 1
        except OSError:
            self.g: int = 4
        finally:
            match x:
                case 1: self.h = 5
        def inner():
            self.i = 6
"""


def test_each_statement_that_sets_an_attribute_of_self_is_found_with_its_value() -> None:
    (node,) = ast.parse(SOURCE).body
    assert isinstance(node, ast.ClassDef)
    found = {name: [value and ast.unparse(value) for _, value in places] for name, places in stores(node).items()}
    assert {name: sorted(map(str, values)) for name, values in found.items()} == {
        "a": ["1", "None"], "b": ["2"], "c": ["other"], "d": ["None"], "e": ["None"], "g": ["4"], "h": ["5"],
        "i": ["6"],
    }  # fmt: skip
