"""Which TensorFlow operation each instruction of an XLA program belongs to, by the program that the profiler keeps."""

from collections import Counter, defaultdict
from typing import Any

UNNAMED = "XLA, of no operation"
CONTAINERS = ("while", "call", "conditional")  # whose instructions are executed, and noted, one by one


def operations_of(module: Any) -> dict[str, str | None]:
    """The operation of every instruction of an HloModuleProto, by the instruction's name; None for a container.

    XLA notes with an instruction the operation that it was made for. What has no such note (copies, transpositions,
    indices, some convolutions) belongs to the operation that uses the result, or else to the one that made its input.
    """
    bodies = {computation.id: _Body(computation) for computation in module.computations}
    return {
        instruction.name: None if instruction.opcode in CONTAINERS else _operation(body, instruction.id, bodies)
        for body in bodies.values()
        for instruction in body.instructions.values()
    }


class _Body:
    """The instructions of a computation by their numbers, and which of them use each."""

    def __init__(self, computation: Any) -> None:
        self.instructions = {each.id: each for each in computation.instructions}
        self.users = defaultdict[int, list[int]](list)
        for each in computation.instructions:
            for operand in each.operand_ids:
                self.users[operand].append(each.id)
        self.parameters = {
            each.parameter_number: each.id for each in computation.instructions if _is(each, "parameter")
        }


Bodies = dict[int, _Body]


def _operation(body: _Body, number: int, bodies: Bodies) -> str:
    return _own(body.instructions[number], bodies) or _user(body, number, bodies) or _maker(body, number, bodies)


def _own(instruction: Any, bodies: Bodies) -> str:
    """What is noted with an instruction, or with most of those that are fused in it; else ''."""
    if instruction.metadata.op_type or not _is(instruction, "fusion"):
        return str(instruction.metadata.op_type)
    fused = (inner for number in instruction.called_computation_ids for inner in bodies[number].instructions.values())
    counts = Counter(inner.metadata.op_type for inner in fused if inner.metadata.op_type)
    return str(counts.most_common(1)[0][0]) if counts else ""


def _user(body: _Body, number: int, bodies: Bodies) -> str:
    """The nearest operation that uses an instruction's result, the part of a fusion that it goes to; else ''."""
    left = [number]
    for used in left:
        for user in body.users[used]:
            instruction = body.instructions[user]
            if found := _entered(instruction, used, bodies) or _own(instruction, bodies):
                return found
            left += [user] * (user not in left)
    return ""


def _entered(fusion: Any, used: int, bodies: Bodies) -> str:
    """The first operation within a fusion to use one of the fusion's operands."""
    if not _is(fusion, "fusion"):
        return ""
    body = bodies[fusion.called_computation_ids[0]]
    return _user(body, body.parameters[list(fusion.operand_ids).index(used)], bodies)


def _maker(body: _Body, number: int, bodies: Bodies) -> str:
    """The nearest operation whose result an instruction uses."""
    left = [number]
    for user in left:
        for maker in body.instructions[user].operand_ids:
            if found := _own(body.instructions[maker], bodies):
                return found
            left += [maker] * (maker not in left)
    return UNNAMED


def _is(instruction: Any, opcode: str) -> bool:
    return bool(instruction.opcode == opcode)
