"""The state of a pickle that is being read: the bytes, how far they were read, and what was made of them so far."""

from typing import Any

from cifar_core.pickled.arrays import Corrupt

LONGEST_NUMBER = 40  # bytes or digits


class PickleMachine:
    """The bytes and `at`, the place of the next; the stack, how high it was at each mark, and the memo.

    The memo is a dictionary, so that an index of four thousand million costs no more than another.
    """

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self._made = 0

    def take(self, count: int) -> bytes:
        """The next bytes. Raises Corrupt where there are fewer."""
        end = self.at + count
        if end > len(self.content):
            raise Corrupt("it ends too early")
        taken = self.content[self.at : end]
        self.at = end
        return taken

    def size(self, width: int) -> int:
        """The next number without a sign, little-endian, of `width` bytes."""
        return int.from_bytes(self.take(width), "little")

    def line(self) -> bytes:
        """The bytes up to the end of the line, which is left out. Raises ValueError where no line ends."""
        end = self.content.find(b"\n", self.at)
        if end < 0:
            raise Corrupt("it ends too early")
        line = self.content[self.at : end]
        self.at = end + 1
        return line

    def number_line(self) -> bytes:
        """The next line, where it can be a number."""
        line = self.line()
        if len(line) > LONGEST_NUMBER:
            raise Corrupt("a number is too long")
        return line

    def since_mark(self) -> list[Any]:
        """What was put on the stack since the last mark, taken off."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def count_made(self, content: bytes) -> None:
        """Raises Corrupt where more was made of text than the file holds: a text can be encoded again and again."""
        self._made += len(content)
        if self._made > len(self.content):
            raise Corrupt("it makes more bytes than it holds")
