"""What each opcode of a batch file does to the machine that reads it. Any other opcode is refused by name.

Source: Python's pickletools.py, protocols 0 to 5. Left out are those that make objects of classes, sets, persistent
identifiers, extensions and buffers from elsewhere.
"""

import codecs
import pickletools
import struct
from collections.abc import Callable, Mapping
from typing import Any

from cifar_core.pickled.arrays import GLOBALS, Array, Corrupt, DType, Refused
from cifar_core.pickled.machine import LONGEST_NUMBER, PickleMachine

Opcode = Callable[[PickleMachine], None]
STOP = ord(".")
NEWEST_PROTOCOL = 5
LONGEST_KEY = 1000  # characters; keys are hashed and compared again and again, long ones would take hours


def unknown(machine: PickleMachine) -> None:
    """Raises Refused for an opcode that no batch needs, Corrupt for a byte that is not an opcode."""
    place = machine.at - 1
    known = {ord(opcode.code): opcode.name for opcode in pickletools.opcodes}
    if machine.content[place] not in known:
        raise Corrupt(f"byte {place:,} is not an opcode of a pickle")
    raise Refused(f"what the opcode {known[machine.content[place]]} makes")


def _put(read: Callable[[PickleMachine], object]) -> Opcode:
    return lambda machine: machine.stack.append(read(machine))


def _constant(value: object) -> Opcode:
    return lambda machine: machine.stack.append(value)


def _protocol(machine: PickleMachine) -> None:
    if (protocol := machine.size(1)) > NEWEST_PROTOCOL:
        raise Corrupt(f"it is of the unknown protocol {protocol}")


def _frame(machine: PickleMachine) -> None:
    machine.take(8)  # its length, which is there to speed up reading from a stream


# Numbers


def _unsigned_1(machine: PickleMachine) -> None:
    machine.stack.append(machine.content[machine.at])  # a label is written so: worth a shorter way
    machine.at += 1


def _signed(machine: PickleMachine, count: int) -> int:
    if count > LONGEST_NUMBER:
        raise Corrupt("a number is too long")
    return int.from_bytes(machine.take(count), "little", signed=True)


def _int_line(machine: PickleMachine) -> int:
    line = machine.number_line()
    if line in (b"00", b"01"):  # how protocols 0 and 1 write False and True
        return line == b"01"
    return int(line)


def _long_line(machine: PickleMachine) -> int:
    return int(machine.number_line().removesuffix(b"L"))


def _float(machine: PickleMachine) -> float:
    return float(struct.unpack(">d", machine.take(8))[0])


# Bytes and text; Python 2's strings are bytes


def _bytes(width: int) -> Opcode:
    return lambda machine: machine.stack.append(machine.take(machine.size(width)))


def _text(width: int) -> Opcode:
    return lambda machine: machine.stack.append(str(machine.take(machine.size(width)), "utf-8", "surrogatepass"))


def _string_line(machine: PickleMachine) -> bytes:
    line = machine.line().rstrip(b"\r")
    if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
        raise Corrupt("a string lacks its quotes")
    return bytes(codecs.escape_decode(line[1:-1])[0])


# Tuples, lists, dictionaries


def _tuple(count: int) -> Opcode:
    def opcode(machine: PickleMachine) -> None:
        items = [machine.stack.pop() for _ in range(count)]
        machine.stack.append(tuple(reversed(items)))

    return opcode


def _extend(machine: PickleMachine, items: list[Any]) -> None:
    if type(machine.stack[-1]) is not list:
        raise Corrupt("items for something that is not a list")
    machine.stack[-1].extend(items)


def _set_items(machine: PickleMachine, items: list[Any]) -> None:
    if type(machine.stack[-1]) is not dict:
        raise Corrupt("entries for something that is not a dictionary")
    machine.stack[-1].update(_dictionary(items))


def _set_item(machine: PickleMachine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _set_items(machine, [key, value])


def _dictionary(items: list[Any]) -> dict[str | bytes, Any]:
    keys, values = items[::2], items[1::2]
    if not all(isinstance(key, str | bytes) and len(key) <= LONGEST_KEY for key in keys):
        raise Corrupt("a dictionary has other keys than short texts")
    return dict(zip(keys, values, strict=True))


# The stack and the memo


def _pop(machine: PickleMachine) -> None:
    if machine.marks and machine.marks[-1] == len(machine.stack):
        machine.marks.pop()  # a mark is on top
    else:
        machine.stack.pop()


def _keep(read_index: Callable[[PickleMachine], int]) -> Opcode:
    def opcode(machine: PickleMachine) -> None:
        machine.memo[read_index(machine)] = machine.stack[-1]

    return opcode


def _kept(read_index: Callable[[PickleMachine], int]) -> Opcode:
    return lambda machine: machine.stack.append(machine.memo[read_index(machine)])


# Names and calls: all that is called is one of GLOBALS


def _named(module: object, name: object) -> Callable[..., object]:
    if not isinstance(module, str) or not isinstance(name, str):
        raise Corrupt("a name that is not a text")
    if (module, name) not in GLOBALS:
        raise Refused(f"{module[:LONGEST_KEY]}.{name[:LONGEST_KEY]}")
    return GLOBALS[module, name]


def _named_by_lines(machine: PickleMachine) -> Callable[..., object]:
    return _named(machine.line().decode(), machine.line().decode())


def _named_by_stack(machine: PickleMachine) -> Callable[..., object]:
    name, module = machine.stack.pop(), machine.stack.pop()
    return _named(module, name)


def _instance(machine: PickleMachine) -> None:
    _named_by_lines(machine)  # the name says more than the opcode
    raise Refused("what the opcode INST makes")


def _call(machine: PickleMachine) -> None:
    arguments, function = machine.stack.pop(), machine.stack.pop()
    if not callable(function) or not isinstance(arguments, tuple):
        raise Corrupt("a call of what cannot be called")
    made = function(*arguments)
    if isinstance(made, bytes):
        machine.count_made(made)
    machine.stack.append(made)


def _set_state(machine: PickleMachine) -> None:
    state, target = machine.stack.pop(), machine.stack[-1]
    if not isinstance(target, Array | DType):
        raise Corrupt("a state for what has none")
    target.set_state(state)


_BY_LETTER: Mapping[str, Opcode] = {
    "(": lambda machine: machine.marks.append(len(machine.stack)),
    "0": _pop,
    "1": lambda machine: machine.since_mark().clear(),
    "2": lambda machine: machine.stack.append(machine.stack[-1]),
    "I": _put(_int_line),
    "J": _put(lambda machine: _signed(machine, 4)),
    "K": _unsigned_1,
    "M": _put(lambda machine: machine.size(2)),
    "L": _put(_long_line),
    "F": _put(lambda machine: float(machine.number_line())),
    "G": _put(_float),
    "N": _constant(None),
    "S": _put(_string_line),
    "U": _bytes(1),
    "T": _bytes(4),
    "C": _bytes(1),
    "B": _bytes(4),
    "V": _put(lambda machine: str(machine.line(), "raw-unicode-escape")),
    "X": _text(4),
    ")": _put(lambda machine: ()),
    "t": _put(lambda machine: tuple(machine.since_mark())),
    "]": _put(lambda machine: []),
    "l": _put(lambda machine: machine.since_mark()),
    "a": lambda machine: _extend(machine, [machine.stack.pop()]),
    "e": lambda machine: _extend(machine, machine.since_mark()),
    "}": _put(lambda machine: {}),
    "d": _put(lambda machine: _dictionary(machine.since_mark())),
    "s": _set_item,
    "u": lambda machine: _set_items(machine, machine.since_mark()),
    "p": _keep(lambda machine: int(machine.number_line())),
    "q": _keep(lambda machine: machine.size(1)),
    "r": _keep(lambda machine: machine.size(4)),
    "g": _kept(lambda machine: int(machine.number_line())),
    "h": _kept(lambda machine: machine.size(1)),
    "j": _kept(lambda machine: machine.size(4)),
    "c": _put(_named_by_lines),
    "i": _instance,
    "R": _call,
    "b": _set_state,
}
_BY_NUMBER: Mapping[int, Opcode] = {
    0x80: _protocol,
    0x85: _tuple(1),
    0x86: _tuple(2),
    0x87: _tuple(3),
    0x88: _constant(True),
    0x89: _constant(False),
    0x8A: _put(lambda machine: _signed(machine, machine.size(1))),
    0x8B: _put(lambda machine: _signed(machine, machine.size(4))),
    0x8C: _text(1),
    0x8D: _text(8),
    0x8E: _bytes(8),
    0x93: _put(_named_by_stack),
    0x94: _keep(lambda machine: len(machine.memo)),
    0x95: _frame,
    0x96: _bytes(8),
}
OPCODES: Mapping[int, Opcode] = {**{ord(letter): opcode for letter, opcode in _BY_LETTER.items()}, **_BY_NUMBER}
