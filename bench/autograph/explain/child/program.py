"""The fifth stage: XLA's program (HLO) before and after its optimisation."""

import re
from typing import Any

import tensorflow as tf

from bench.autograph.explain.child.target import Target
from bench.autograph.explain.child.trace import Tracer, counts
from bench.autograph.explain.records import Listing, ListingLine, Program, XlaCompilation

MOST_LINES = 1500  # that are sent to the parent; all are counted
_OP_NAME = re.compile(r'op_name="([^"]*)"')
_DETAILS = re.compile(r", (metadata|backend_config)=\{.*$")
_OPCODE = re.compile(r" ([a-z][\w-]*)\(")


def xla_compilation(target: Target, tracer: Tracer) -> XlaCompilation:
    """Both programs for the target's arguments. Raises TensorFlow's error where XLA cannot compile the function."""
    programs = tf.function(target.call, jit_compile=True).experimental_get_compiler_ir(*target.arguments)
    lines = {op.name: tracer.place(op) for graph in tracer.graphs.values() for op in graph.get_operations()}
    given, optimised = (programs(stage=stage) for stage in ("hlo", "optimized_hlo"))
    fusions = sum(" fusion(" in line for line in optimised.splitlines())
    return XlaCompilation(program(given, lines), program(optimised, lines), fusions)


def program(text: str, lines: dict[str, Any]) -> Program:
    """A program's text with the source line of each instruction, without XLA's metadata."""
    rows = text.rstrip().splitlines()
    instructions = [row for row in rows if " = " in row]
    kinds = counts(opcode[1] for row in instructions if (opcode := _OPCODE.search(row.partition(" = ")[2])))
    listed = tuple(ListingLine(_DETAILS.sub("", row), _source_line(row, lines)) for row in rows[:MOST_LINES])
    return Program(len(instructions), kinds, Listing(listed, len(rows)))


def _source_line(row: str, lines: dict[str, Any]) -> int | None:
    op_name = _OP_NAME.search(row)
    return lines.get(op_name[1]) if op_name else None
