"""The first two stages: the function's source, and AutoGraph's code with each line's place in the source."""

import inspect
import re
import textwrap
from pathlib import Path
from types import CodeType

import tensorflow as tf

from bench.autograph.explain.child.target import Target
from bench.autograph.explain.records import Listing, ListingLine, SourceCode
from bench.errors import BenchError

DNC = "autograph_info__"  # what do_not_convert leaves on a function
# How AutoGraph's code tells its options: not the same for a function that is called by another.
_OPTIONS = re.compile(r"ag__\.(STD|ConversionOptions\(.*?internal_convert_user_code=\w+\))\) as ")


class Code:
    """Where a function's lines are: in its file, and in the file that AutoGraph wrote."""

    def __init__(self, target: Target) -> None:
        self._python, self._name = target.python, target.name
        code = target.python.__code__
        self.file, self.first = code.co_filename, code.co_firstlineno
        places = sorted({line for _, _, line in code.co_lines() if line})
        self.body, self.last = (places[1:] or [self.first])[0], (places or [self.first])[-1]
        self._generated = set[str]()  # files that AutoGraph wrote of it, all with the same lines
        self._text = ""
        self._origin: dict[int, int] = {}

    def source(self) -> SourceCode:
        """As it was written. Raises BenchError where Python cannot find it."""
        try:
            lines, self.first = inspect.getsourcelines(self._python)
        except (OSError, TypeError) as error:
            raise BenchError(f"Python has no source of it: {error}") from None
        self.last = self.first + len(lines) - 1
        texts = textwrap.dedent("".join(lines)).splitlines()
        listed = tuple(ListingLine(text, self.first + number) for number, text in enumerate(texts))
        return SourceCode(self._name, self.file, self.first, Listing(listed, len(listed)))

    def converted(self) -> Listing:
        """What AutoGraph makes of it: the text of tf.autograph.to_code. Raises what TensorFlow does, and BenchError."""
        if hasattr(self._python, DNC):
            raise BenchError("it is marked do_not_convert, so AutoGraph leaves it as it is")
        graph = tf.autograph.to_graph(self._python)  # the function of to_code's text, which has the map as well
        lines, first = inspect.getsourcelines(graph)
        generated = graph.__code__.co_filename
        self._generated, self._text = {generated}, _told(generated)
        self._origin = {
            place.lineno: origin.loc.lineno
            for place, origin in graph.ag_source_map.items()
            if place.filename == generated and origin.loc.filename == self.file
        }
        texts = textwrap.dedent("".join(lines)).splitlines()
        listed = tuple(ListingLine(text, self._origin.get(first + number)) for number, text in enumerate(texts))
        return Listing(listed, len(listed))

    def place(self, file: str, line: int) -> int | None:
        """The source line that a line of either file stands for; None for any other."""
        if file in self._generated:
            return self._origin.get(line)
        return line if file == self.file and self.first <= line <= self.last else None

    def generated(self, code: CodeType) -> bool:
        """Whether this is AutoGraph's code for the function, which it writes anew for one that is called by another."""
        file = code.co_filename
        unknown = self._text and file not in self._generated and "__autograph_generated_file" in file
        if unknown and _told(file) == self._text:
            self._generated.add(file)
        return file in self._generated


def _told(file: str) -> str:
    """The text of a file of AutoGraph's, but for the options, which say who asked for it."""
    return _OPTIONS.sub("OPTIONS) as ", Path(file).read_text(encoding="utf-8"))
