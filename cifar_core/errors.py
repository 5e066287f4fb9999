"""The errors of this package."""


class DataError(Exception):
    """The images asked for are not there or not sound; the text says which file, what is wrong, what to type."""


class ModelError(Exception):
    """A person's own model is not there or is none; the text says what is wrong and what it must be."""


class Unsuited(Exception):
    """A task cannot be made in the way asked for, by its nature; the text says why."""
