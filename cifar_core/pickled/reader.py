"""Reads a pickle of plain values and NumPy arrays: the few opcodes that a batch file has, nothing that can run code.

Gives dictionaries, lists, tuples, numbers, bytes and text, and arrays as the records of arrays.py. Whatever the
bytes, it ends in time and memory that grow with their number.
"""

import struct
import warnings

from cifar_core.pickled.arrays import Corrupt, Refused
from cifar_core.pickled.machine import PickleMachine
from cifar_core.pickled.opcodes import OPCODES, STOP, unknown

MOST_OPCODES = 1_000_000  # 10,000 images take 20,000 as Python 2 wrote them, 270,000 with NumPy's labels in protocol 0


def read(content: bytes) -> object:
    """What the pickle holds. Raises Refused if it asks for what no batch needs, Corrupt if it is not a pickle."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in Python 2's strings
            return _run(PickleMachine(content))
    except (Refused, Corrupt):
        raise
    except (IndexError, KeyError):  # of the bytes, the stack, the marks, the memo
        raise Corrupt("it ends too early, or uses what it does not hold") from None
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise Corrupt(str(error)) from None


def _run(machine: PickleMachine) -> object:
    content = machine.content
    for _ in range(MOST_OPCODES):
        code = content[machine.at]
        machine.at += 1
        if code == STOP:
            return machine.stack.pop()
        OPCODES.get(code, unknown)(machine)
    raise Corrupt(f"it has more than {MOST_OPCODES:,} opcodes")
