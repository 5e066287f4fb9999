"""The errors of this package, and how text from outside is quoted in them."""

LONGEST = 200  # characters of a text from outside that an error quotes


class DataError(Exception):
    """The images are missing or damaged; the text says which file, what is wrong, what to type."""


class ModelError(Exception):
    """A person's own model is missing or is not a model; the text says what is wrong and what it must be."""


class Unsuited(Exception):
    """A task cannot be made in this mode; the text says why."""


def quoted(text: object) -> str:
    """The text on one line, shortened, with escapes for whatever a terminal would act on or could not show.

    For names in files, answers of servers and reasons of other libraries: they may hold anything.
    """
    line = " ".join(str(text)[: 10 * LONGEST].split())
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."
