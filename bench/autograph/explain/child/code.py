"""The first two stages: the function's source, and AutoGraph's code with the source line of each line."""

import inspect
import re
import textwrap
from pathlib import Path
from types import CodeType

import tensorflow as tf

from bench.autograph.explain.child.target import Target
from bench.autograph.explain.records import Listing, ListingLine, SourceCode
from bench.errors import BenchError

DO_NOT_CONVERT = "autograph_info__"  # the attribute that do_not_convert sets on a function
# The options in AutoGraph's code, which differ where the function is called by another converted function.
_OPTIONS = re.compile(r"ag__\.(STD|ConversionOptions\(.*?internal_convert_user_code=\w+\))\) as ")


class Code:
    """Where the lines of a function are: in its own file, and in the file that AutoGraph generated."""

    def __init__(self, target: Target) -> None:
        self._python, self._name = target.python, target.name
        code = target.python.__code__
        self.file, self.first = code.co_filename, code.co_firstlineno
        # From Python 3.11 on the line of the def (or its first decorator) is among them.
        line_numbers = sorted({line for _, _, line in code.co_lines() if line and line > self.first}) or [self.first]
        self.body, self.last = line_numbers[0], line_numbers[-1]
        self._generated = set[str]()  # files that AutoGraph generated for it, all with the same lines
        self._text = ""
        self._origin: dict[int, int] = {}

    def source(self) -> SourceCode:
        """The function as written. Raises BenchError where Python cannot find its source."""
        if self.file == "<string>":  # for which Python 3.13 gives the text of `python -c`
            raise BenchError("Python cannot find its source: it was made from a string")
        try:
            lines, self.first = inspect.getsourcelines(self._python)
        except (OSError, TypeError) as error:
            raise BenchError(f"Python cannot find its source: {error}") from None
        self.last = self.first + len(lines) - 1
        texts = textwrap.dedent("".join(lines)).splitlines()
        listed = tuple(ListingLine(text, self.first + number) for number, text in enumerate(texts))
        return SourceCode(self._name, self.file, self.first, Listing(listed, len(listed)))

    def converted(self) -> Listing:
        """AutoGraph's code, as tf.autograph.to_code gives it.

        Raises BenchError for a function marked do_not_convert, and TensorFlow's errors.
        """
        if hasattr(self._python, DO_NOT_CONVERT):
            raise BenchError("it is marked do_not_convert, so AutoGraph does not convert it")
        graph = tf.autograph.to_graph(self._python)  # the function behind to_code's text: it also has the source map
        lines, first = inspect.getsourcelines(graph)
        generated = graph.__code__.co_filename
        self._generated, self._text = {generated}, _text_without_options(generated)
        self._origin = {
            generated_position.lineno: source_position.loc.lineno
            for generated_position, source_position in graph.ag_source_map.items()
            if generated_position.filename == generated and source_position.loc.filename == self.file
        }
        texts = textwrap.dedent("".join(lines)).splitlines()
        listed = tuple(ListingLine(text, self._origin.get(first + number)) for number, text in enumerate(texts))
        return Listing(listed, len(listed))

    def place(self, file: str, line: int) -> int | None:
        """The source line of a line in either file; None for any other line."""
        if file in self._generated:
            return self._origin.get(line)
        return line if file == self.file and self.first <= line <= self.last else None

    def generated(self, code: CodeType) -> bool:
        """Is this AutoGraph's code for the function? It is generated again where another function calls it."""
        file = code.co_filename
        unknown = self._text and file not in self._generated and "__autograph_generated_file" in file
        if unknown and _text_without_options(file) == self._text:
            self._generated.add(file)
        return file in self._generated


def _text_without_options(file: str) -> str:
    """The text of a generated file without the conversion options, which depend on the caller."""
    return _OPTIONS.sub("OPTIONS) as ", Path(file).read_text(encoding="utf-8"))
