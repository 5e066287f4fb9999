"""The fifth stage: the program that XLA is given, in its own language (HLO), and what its optimisation makes of it."""

import re
from typing import Any

import tensorflow as tf

from bench.autograph.explain.child.target import Target
from bench.autograph.explain.child.trace import Tracer, counts
from bench.autograph.explain.records import Listing, ListingLine, Program, XlaCompilation

MOST_LINES = 1500  # that cross to the parent; all are counted
_OP_NAME = re.compile(r'op_name="([^"]*)"')
_DETAILS = re.compile(r", (metadata|backend_config)=\{.*$")
_OPCODE = re.compile(r" ([a-z][\w-]*)\(")


def compiled(target: Target, traced: Tracer) -> XlaCompilation:
    """Both programs for these arguments. Raises TensorFlow's reason where XLA cannot compile it."""
    programs = tf.function(target.call, jit_compile=True).experimental_get_compiler_ir(*target.arguments)
    lines = {op.name: traced.place(op) for graph in traced.graphs.values() for op in graph.get_operations()}
    given, optimised = (programs(stage=stage) for stage in ("hlo", "optimized_hlo"))
    fusions = sum(" fusion(" in line for line in optimised.splitlines())
    return XlaCompilation(program(given, lines), program(optimised, lines), fusions)


def program(text: str, lines: dict[str, Any]) -> Program:
    """A program's text with each instruction's source line; what XLA notes beside an instruction is left out."""
    rows = text.rstrip().splitlines()
    instructions = [row for row in rows if " = " in row]
    kinds = counts(found[1] for row in instructions if (found := _OPCODE.search(row.partition(" = ")[2])))
    listed = tuple(ListingLine(_DETAILS.sub("", row), _source(row, lines)) for row in rows[:MOST_LINES])
    return Program(len(instructions), kinds, Listing(listed, len(rows)))


def _source(row: str, lines: dict[str, Any]) -> int | None:
    found = _OP_NAME.search(row)
    return lines.get(found[1]) if found else None
