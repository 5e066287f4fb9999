"""The error of this package."""


class DataError(Exception):
    """The images asked for are not there or not sound; the text says which file, what is wrong, what to type."""
